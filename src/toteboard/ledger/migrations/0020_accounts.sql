-- Somebody may delete their account: what is personal goes, what the books need stays.
ALTER TABLE users ADD COLUMN deleted_at timestamptz;
