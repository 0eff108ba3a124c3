-- What an outcome with bets was called before it was renamed: receipts and exports keep the name that a bet was taken under.
CREATE TABLE outcome_names (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tournament_id bigint NOT NULL REFERENCES tournaments,
    outcome_id bigint NOT NULL REFERENCES outcomes,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    -- When it was called otherwise from then on.
    until timestamptz NOT NULL DEFAULT clock_timestamp(),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    user_id bigint REFERENCES users
);
CREATE INDEX outcome_names_outcome ON outcome_names (outcome_id, until);

GRANT SELECT ON outcome_names TO toteboard_app, toteboard_auditor, toteboard_reporter;
GRANT INSERT (tournament_id, outcome_id, name, reason, user_id) ON outcome_names TO toteboard_app;
