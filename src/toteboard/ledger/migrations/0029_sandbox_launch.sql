-- A server to try things on with people one trusts: who bets there to make it lively, and what is thrown away.
ALTER TABLE tournaments
    -- Bets a minute of simulated bettors; the organizer sets it.
    ADD COLUMN simulated_per_min int NOT NULL DEFAULT 0 CHECK (simulated_per_min BETWEEN 0 AND 600),
    -- Thrown away: everybody is refunded, then it is archived.
    ADD COLUMN discarded_at timestamptz;
GRANT UPDATE (simulated_per_min, discarded_at) ON tournaments TO toteboard_app;
CREATE INDEX tournaments_discarded ON tournaments (id) WHERE discarded_at IS NOT NULL AND archived_at IS NULL;

-- What people say of a screen, and what became of it.
ALTER TABLE feedback
    -- The address within the pages, without codes.
    ADD COLUMN screen text NOT NULL DEFAULT '' CHECK (length(screen) <= 300),
    -- What the screen showed and what was refused just before, as the page saw it.
    ADD COLUMN state jsonb NOT NULL DEFAULT '{}' CHECK (octet_length(state::text) <= 8192),
    -- Of whom agreed to it: a JPEG of the screen.
    ADD COLUMN picture bytea CHECK (octet_length(picture) <= 36864),
    ADD COLUMN may_ask boolean NOT NULL DEFAULT false,
    ADD COLUMN answer text CHECK (length(answer) BETWEEN 1 AND 2000),
    ADD COLUMN answered_by bigint REFERENCES users,
    ADD COLUMN answered_at timestamptz,
    ADD COLUMN closed_at timestamptz;
CREATE INDEX feedback_tournament ON feedback (tournament_id, id);
CREATE INDEX feedback_user ON feedback (user_id, id);
GRANT INSERT (screen, state, picture, may_ask) ON feedback TO toteboard_app;
GRANT UPDATE (tournament_id, text, screen, state, picture, may_ask, answer, answered_by, answered_at, closed_at) ON feedback TO toteboard_app;
