-- A market may say when its first bet is taken.
ALTER TABLE markets ADD COLUMN opens_at timestamptz;
ALTER TABLE markets ADD CONSTRAINT opens_before_it_closes CHECK (opens_at < closes_at);
