-- name: actor
-- Who asks for what this transaction does, and from where; and how long it waits for the next question (ledger/reaching.py).
SELECT set_config('toteboard.user_id', $1, true), set_config('toteboard.ip', $2, true),
       set_config('idle_in_transaction_session_timeout', $3, true);

-- name: audit
-- Add one row to the audit log.
INSERT INTO audit_log (tournament_id, user_id, ip, action, subject, details)
VALUES ($1, $2, $3::text::inet, $4, $5, $6::text::json);

-- name: event
-- functions/add_event.sql
SELECT add_event($1, $2, $3::text::json);
