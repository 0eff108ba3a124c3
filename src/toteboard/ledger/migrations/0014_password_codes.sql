-- One-time codes with which somebody sets a new password. Of a code only its hash is kept.
CREATE TABLE password_codes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users,
    code_hash bytea NOT NULL UNIQUE CHECK (length(code_hash) = 32),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    -- Null: asked for by e-mail, or made on the command line.
    created_by bigint REFERENCES users,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX password_codes_user ON password_codes (user_id);
GRANT SELECT, INSERT ON password_codes TO toteboard_app;
GRANT UPDATE (used_at, expires_at) ON password_codes TO toteboard_app;
