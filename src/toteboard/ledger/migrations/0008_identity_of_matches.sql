-- What a file calls a match by itself, and whether a file has had it: which match of a newer file it is, imports/identity.py
-- says. A market's closing may follow its match's start. A match may not have been played.
ALTER TABLE matches ADD COLUMN number text CHECK (length(number) BETWEEN 1 AND 40);
ALTER TABLE matches ADD COLUMN is_imported boolean NOT NULL DEFAULT false;
ALTER TABLE matches ADD COLUMN not_played text
CHECK (not_played IN ('awarded', 'cancelled', 'postponed', 'suspended', 'abandoned', 'walkover'));

UPDATE matches
SET is_imported = true, number = CASE WHEN import_key LIKE 'num:%' THEN substr(import_key, 5) END
WHERE import_key IS NOT NULL;
ALTER TABLE matches DROP COLUMN import_key;

-- Seconds after the match's start, below zero before it; null: a time of its own. closes_at says the same as a time.
ALTER TABLE markets ADD COLUMN closes_offset_s int CHECK (closes_offset_s BETWEEN -2592000 AND 2592000);
UPDATE markets
SET closes_offset_s = 0
FROM matches
WHERE matches.id = markets.match_id AND markets.closes_at = matches.starts_at;
