-- People who come from a sheet: some have no e-mail address, and none has a password.
ALTER TABLE users ALTER COLUMN email DROP NOT NULL;

-- What an import brought beside matches.
ALTER TABLE imports ADD COLUMN people int NOT NULL DEFAULT 0 CHECK (people >= 0);
ALTER TABLE imports ADD COLUMN bets int NOT NULL DEFAULT 0 CHECK (bets >= 0);
