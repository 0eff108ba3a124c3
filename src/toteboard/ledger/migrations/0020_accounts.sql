-- Somebody may delete their account: what is personal goes, what the books need stays.
ALTER TABLE users ADD COLUMN deleted_at timestamptz;
-- Who derives the books has to know; 0001 grants people column by column.
GRANT SELECT (deleted_at) ON users TO toteboard_auditor, toteboard_reporter;
