-- Tries of passwords and codes, counted across processes. A crash of the server forgets them and nothing else: unlogged.
CREATE UNLOGGED TABLE tries (
    -- A hash of what is counted, whose tries they are among it.
    key bytea PRIMARY KEY CHECK (length(key) = 16),
    -- When all its tries are forgotten.
    clear_at timestamptz NOT NULL
);
CREATE INDEX tries_clear ON tries (clear_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON tries TO toteboard_app;
