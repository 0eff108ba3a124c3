-- Identity checks. A check of a desk belongs to its tournament; any other to the person, and what is said of the person,
-- users.kyc, is the status of the newest of those: a projection kept here.

-- name: status_in
-- How a person's identity stands in a tournament ($2); without one, what the server knows of it.
SELECT CASE WHEN $2::bigint IS NULL THEN kyc ELSE checked_identity(id, $2) END FROM users WHERE id = $1;

-- name: newest_check
-- A person's newest check at the desk of a tournament ($2), or the newest outside a desk ($2 null); or none.
SELECT id, provider, reference, status, created_at, changed_at FROM kyc_checks
 WHERE user_id = $1 AND tournament_id IS NOT DISTINCT FROM $2::bigint ORDER BY id DESC LIMIT 1;

-- name: checks
-- A person's checks that count in a tournament ($2), or outside of any, newest first.
SELECT provider, status, created_at, changed_at FROM kyc_checks
 WHERE user_id = $1 AND (tournament_id IS NULL OR tournament_id = $2::bigint) ORDER BY id DESC LIMIT 50;

-- name: check_by_reference
-- One check by its provider's own number, or none.
SELECT id, user_id, status FROM kyc_checks WHERE provider = $1 AND reference = $2;

-- name: count_checks
-- How many checks a person began in the last day.
SELECT count(*) FROM kyc_checks WHERE user_id = $1 AND created_at > clock_timestamp() - interval '1 day';

-- name: add_check
-- Add a check of a person.
INSERT INTO kyc_checks (user_id, provider, reference, status, note, decided_by, tournament_id)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id;

-- name: move_check
-- Give a check its new status, if it still has the old one; no row where somebody was quicker.
UPDATE kyc_checks SET status = $3, note = coalesce($4, note), decided_by = coalesce($5, decided_by), changed_at = clock_timestamp()
 WHERE id = $1 AND status = $2
RETURNING id;

-- name: project
-- Say of the person what their newest check outside a desk says; a row where that is another word than before.
UPDATE users SET kyc = newest.status
  FROM (SELECT status FROM kyc_checks WHERE user_id = $1 AND tournament_id IS NULL ORDER BY id DESC LIMIT 1) newest
 WHERE users.id = $1 AND users.kyc <> newest.status
RETURNING users.kyc;

-- name: tournaments_of
-- The tournaments a person belongs to.
SELECT tournament_id FROM members WHERE user_id = $1 ORDER BY tournament_id;

-- name: knows_message
-- Whether a provider's message was taken before.
SELECT EXISTS (SELECT FROM kyc_messages WHERE provider = $1 AND message_id = $2);

-- name: take_message
-- Remember a provider's message; no row where it was taken before.
INSERT INTO kyc_messages (provider, message_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING message_id;

-- name: provider_of
-- Which provider a tournament's identity checks go to, or none.
SELECT kyc_provider FROM tournaments WHERE id = $1 AND archived_at IS NULL;

-- name: lock_user
-- The person, locked: their checks move one after the other.
SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE;
