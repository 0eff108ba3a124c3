-- Identity checks. A check of a desk belongs to its tournament; any other to the person, and what is said of the person,
-- users.kyc, is the status of the newest of those: a projection kept here.

-- name: status_in
-- How a person's identity stands in a tournament ($2); without one, what the server knows of it.
SELECT CASE WHEN $2::bigint IS NULL THEN kyc ELSE checked_identity(id, $2) END FROM users WHERE id = $1;

-- name: newest_check
-- A person's newest check at the desk of a tournament ($2), or the newest outside a desk ($2 null); or none.
SELECT id, provider, reference, status, page_url, created_at, changed_at FROM kyc_checks
 WHERE user_id = $1 AND tournament_id IS NOT DISTINCT FROM $2::bigint ORDER BY id DESC LIMIT 1;

-- name: checks
-- A person's checks that count in a tournament ($2), or outside of any, newest first.
SELECT provider, status, created_at, changed_at FROM kyc_checks
 WHERE user_id = $1 AND (tournament_id IS NULL OR tournament_id = $2::bigint) ORDER BY id DESC LIMIT 50;

-- name: check_by_reference
-- One check by its provider's own number, or none.
SELECT id, user_id, status, reference FROM kyc_checks WHERE provider = $1 AND reference = $2;

-- name: count_checks
-- How many checks a person began in the last day: what others decide about them is none of them.
SELECT count(*) FROM kyc_checks WHERE user_id = $1 AND decided_by IS NULL AND created_at > clock_timestamp() - interval '1 day';

-- name: count_all_checks
-- How many checks of a provider were begun in the last day.
SELECT count(*) FROM kyc_checks WHERE provider = $1 AND created_at > clock_timestamp() - interval '1 day';

-- name: add_check
-- Add a check of a person. One that waits for a provider's message is asked about after a while, should it be lost.
INSERT INTO kyc_checks (user_id, provider, reference, status, note, decided_by, tournament_id, page_url, same_as, ask_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,
        CASE WHEN $4 = 'pending' AND $8::text IS NOT NULL THEN clock_timestamp() + interval '5 minutes' END)
RETURNING id;

-- name: move_check
-- Give a check its new status, if it still has the old one; no row where somebody was quicker.
UPDATE kyc_checks
   SET status = $3, note = coalesce($4, note), decided_by = coalesce($5, decided_by), changed_at = clock_timestamp(),
       -- What is decided has no page any more and is not asked about.
       page_url = CASE WHEN $3 IN ('pending', 'review') THEN page_url END,
       ask_at = CASE WHEN $3 IN ('pending', 'review') THEN ask_at END
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
-- The person, locked: their checks move one after the other. No row for who has deleted their account.
SELECT id FROM users WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE;

-- name: claim_due
-- Checks to ask their provider about now, at most so many ($1); each is due again after a pause that doubles, six hours at most.
WITH due AS (
    SELECT id FROM kyc_checks
     WHERE ask_at <= clock_timestamp() AND status IN ('pending', 'review')
     ORDER BY ask_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE kyc_checks
   SET asked = asked + 1, ask_at = clock_timestamp() + least(interval '6 hours', interval '5 minutes' * 2 ^ least(asked, 10))
  FROM due WHERE kyc_checks.id = due.id
RETURNING kyc_checks.id, user_id, provider, reference, status;

-- name: expired
-- Checks that end now: newest outside a desk and verified by a third party longer than so many days ($1, 0: never) ago; and
-- those that wait for a person who has not come back for two weeks. Not more at once than one transaction should hold.
SELECT newest.id, newest.user_id, newest.status
  FROM (SELECT DISTINCT ON (user_id) id, user_id, provider, status, changed_at, page_url
          FROM kyc_checks WHERE tournament_id IS NULL AND provider NOT IN ('desk', 'admin')
         ORDER BY user_id, id DESC) newest
 WHERE newest.status = 'verified' AND $1::int > 0 AND newest.changed_at < clock_timestamp() - make_interval(days => $1)
    OR newest.status = 'pending' AND newest.changed_at < clock_timestamp() - interval '14 days'
 ORDER BY newest.id LIMIT 500;

-- name: learn
-- What a provider told of a check's person.
UPDATE kyc_checks SET born_on = coalesce($2, born_on), same_as = coalesce($3, same_as) WHERE id = $1;

-- name: identities_turn
-- Identities are compared one after the other.
SELECT pg_advisory_xact_lock(29809, 0);

-- name: same_person
-- Another person with one of these marks ($2) who is verified somewhere, or barred; unless an admin has looked at the two and
-- verified one beside the other.
SELECT other.id
  FROM identity_marks marked JOIN users other ON other.id = marked.user_id
 WHERE marked.mark = ANY ($2::bytea[]) AND other.id <> $1
   AND (other.excluded_until > clock_timestamp() OR other.blocked
        OR EXISTS (SELECT FROM kyc_checks
                    WHERE user_id = other.id AND (status = 'verified' OR provider = 'admin' AND status = 'declined')))
   AND NOT EXISTS (SELECT FROM kyc_checks looked
                    WHERE looked.status = 'verified' AND looked.provider = 'admin'
                      AND (looked.user_id, looked.same_as) IN (($1, other.id), (other.id, $1)))
 ORDER BY other.excluded_until DESC NULLS LAST, other.id LIMIT 1;

-- name: add_marks
-- Keep the marks of a person.
INSERT INTO identity_marks (mark, user_id) SELECT mark, $1 FROM unnest($2::bytea[]) AS mark ON CONFLICT DO NOTHING;

-- name: twin
-- Of whom a person is the same by a mark, and whether that one is barred: one who is barred before others.
SELECT coalesce(barred, (
           SELECT same_as FROM kyc_checks
            WHERE user_id = $1 AND tournament_id IS NULL AND same_as IS NOT NULL ORDER BY id DESC LIMIT 1)) AS same_as,
       barred IS NOT NULL AS is_barred
  FROM barred_twin($1) AS barred;

-- name: refresh_cleared
-- Wallets barred for their owner's identity though it is verified by now: a birthday came, or an exclusion of the same person
-- ended.
WITH grown AS (
    SELECT wallet.user_id, wallet.tournament_id
      FROM tournaments tournament JOIN accounts wallet ON wallet.tournament_id = tournament.id AND wallet.kind = 'wallet'
     WHERE tournament.archived_at IS NULL AND wallet.eligibility = 8
       AND (tournament.min_age IS NOT NULL OR EXISTS (SELECT FROM identity_marks WHERE user_id = wallet.user_id))
       AND checked_identity(wallet.user_id, wallet.tournament_id) = 'verified'
     ORDER BY wallet.id LIMIT 100
)
SELECT grown.user_id, refresh_eligibility(grown.user_id, grown.tournament_id) FROM grown;
