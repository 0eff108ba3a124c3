-- Identity checks by third parties: where their page is, when they were last asked, and what of the person is kept.
ALTER TABLE kyc_checks
-- The provider's hosted page; taken away once the check is decided.
ADD COLUMN page_url text,
-- When the provider is asked next, should its message be lost, and how often it was.
ADD COLUMN ask_at timestamptz,
ADD COLUMN asked int NOT NULL DEFAULT 0,
ADD COLUMN born_on date,
-- Why it is to be reviewed, where it is not the provider that says so: the same identity as this other person's.
ADD COLUMN same_as bigint REFERENCES users;
CREATE INDEX kyc_checks_ask ON kyc_checks (ask_at) WHERE ask_at IS NOT NULL;

-- By which two accounts of one person are found: keyed hashes of what the provider read. What was hashed is nowhere.
CREATE TABLE identity_marks (
    mark bytea NOT NULL CHECK (length(mark) = 32),
    user_id bigint NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (mark, user_id)
);
CREATE INDEX identity_marks_user ON identity_marks (user_id);
-- Whoever proves the books works out again whether a person may bet.
GRANT SELECT ON identity_marks TO toteboard_app, toteboard_auditor, toteboard_reporter;
GRANT INSERT (mark, user_id) ON identity_marks TO toteboard_app;
GRANT DELETE ON identity_marks TO toteboard_app;

-- Nobody younger may bet here; null: no age is asked for.
ALTER TABLE tournaments ADD COLUMN min_age smallint CHECK (min_age BETWEEN 1 AND 99);
