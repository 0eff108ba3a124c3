-- When a backup was taken, and when one was last tried: what an operator wants to be told is missing.
CREATE TABLE backups (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- taken: a whole base, verified. drilled: restored elsewhere, and its books derived.
    kind text NOT NULL CHECK (kind IN ('taken', 'drilled')),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- What it holds ends here.
    stands_at timestamptz NOT NULL,
    bytes bigint NOT NULL CHECK (bytes >= 0),
    -- Of a drill, whether its books balanced.
    whole boolean NOT NULL,
    place text NOT NULL CHECK (length(place) BETWEEN 1 AND 500)
);
CREATE INDEX backups_newest ON backups (kind, id);
GRANT SELECT ON backups TO toteboard_app, toteboard_auditor;

-- Who serves sees whether the database is what it needs, and needs no owner's login for it.
GRANT SELECT ON migration_log, function_log TO toteboard_app;
