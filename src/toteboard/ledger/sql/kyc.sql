-- Identity checks. What is said of a person, users.kyc, is the status of their newest check: a projection kept here.

-- name: status_of
-- What is said of a person.
SELECT kyc FROM users WHERE id = $1;

-- name: newest_check
-- A person's newest check, or none.
SELECT id, provider, reference, status, created_at, changed_at FROM kyc_checks WHERE user_id = $1 ORDER BY id DESC LIMIT 1;

-- name: checks
-- A person's checks, newest first.
SELECT provider, status, created_at, changed_at FROM kyc_checks WHERE user_id = $1 ORDER BY id DESC LIMIT 50;

-- name: check_by_reference
-- One check by its provider's own number, or none.
SELECT id, user_id, status FROM kyc_checks WHERE provider = $1 AND reference = $2;

-- name: count_checks
-- How many checks a person began in the last day.
SELECT count(*) FROM kyc_checks WHERE user_id = $1 AND created_at > clock_timestamp() - interval '1 day';

-- name: add_check
-- Add a check of a person.
INSERT INTO kyc_checks (user_id, provider, reference, status, note, decided_by) VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id;

-- name: move_check
-- Give a check its new status, if it still has the old one; no row where somebody was quicker.
UPDATE kyc_checks SET status = $3, note = coalesce($4, note), decided_by = coalesce($5, decided_by), changed_at = clock_timestamp()
 WHERE id = $1 AND status = $2
RETURNING id;

-- name: project
-- Say of the person what their newest check says; a row where that is another word than before.
UPDATE users SET kyc = newest.status
  FROM (SELECT status FROM kyc_checks WHERE user_id = $1 ORDER BY id DESC LIMIT 1) newest
 WHERE users.id = $1 AND users.kyc <> newest.status
RETURNING users.kyc;

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
