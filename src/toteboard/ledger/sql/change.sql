-- name: audit
-- Add one row to the audit log.
INSERT INTO audit_log (at, tournament_id, user_id, ip, action, subject, details)
VALUES (clock_timestamp(), $1, $2, $3::text::inet, $4, $5, $6::text::json);

-- name: event
-- Take the feed's next number under its lock and add the event: feed order is commit order.
WITH next AS (UPDATE feeds SET seq = seq + 1 WHERE tournament_id = $1 RETURNING seq)
INSERT INTO events (tournament_id, seq, at, kind, payload)
SELECT $1, next.seq, clock_timestamp(), $2, $3::text::json FROM next;
