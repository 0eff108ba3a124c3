-- Deleting an account: what is personal goes, the books stay.

-- name: lock
-- The person, locked, and what keeps an account: being an admin, and what they are barred by.
SELECT id, admin, blocked, coalesce(excluded_until > clock_timestamp(), false) AS is_excluded
  FROM users WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE;

-- name: lock_members
-- Their memberships, and the organizers beside them: of two who leave a tournament at once the second sees that.
SELECT FROM members
 WHERE user_id = $1
    OR role = 'organizer' AND tournament_id IN (SELECT tournament_id FROM members WHERE user_id = $1 AND role = 'organizer')
 ORDER BY tournament_id, user_id FOR UPDATE;

-- name: lock_wallets
-- Their wallets by id, as everybody locks them.
SELECT lock_wallets(ARRAY(SELECT id FROM accounts WHERE kind = 'wallet' AND user_id = $1));

-- name: wallets
-- The same as they are now, with what hangs on each.
SELECT wallet.balance, wallet.owed, tournament.name,
       EXISTS (SELECT FROM bets WHERE bets.wallet_id = wallet.id AND bets.status = 'pending') AS has_pending
  FROM accounts wallet JOIN tournaments tournament ON tournament.id = wallet.tournament_id
 WHERE wallet.kind = 'wallet' AND wallet.user_id = $1 ORDER BY wallet.id;

-- name: alone_in
-- A tournament that is not archived and would be left without an organizer.
SELECT tournament.name
  FROM members mine JOIN tournaments tournament ON tournament.id = mine.tournament_id AND tournament.archived_at IS NULL
 WHERE mine.user_id = $1 AND mine.role = 'organizer'
   AND NOT EXISTS (SELECT FROM members other
                    WHERE other.tournament_id = mine.tournament_id AND other.role = 'organizer' AND other.user_id <> $1)
 ORDER BY tournament.id LIMIT 1;

-- name: leave
-- They are nobody's member any more.
DELETE FROM members WHERE user_id = $1 RETURNING tournament_id, role;

-- name: end_sessions
-- No session, token or code of theirs opens anything; what they called a token is forgotten.
WITH codes AS (
    UPDATE password_codes SET expires_at = clock_timestamp() WHERE user_id = $1 AND used_at IS NULL
)
UPDATE sessions SET revoked_at = coalesce(revoked_at, clock_timestamp()), label = NULL WHERE user_id = $1;

-- name: forget_checks
-- What their identity checks say of them: documents, birth, and the provider's number for each, by which it would tell more.
-- Only the marks of whom an admin declined stay, so that they do not come back as somebody new.
WITH marks AS (
    DELETE FROM identity_marks
     WHERE user_id = $1 AND NOT EXISTS (
           SELECT FROM kyc_checks WHERE user_id = $1 AND provider = 'admin' AND status = 'declined')
)
UPDATE kyc_checks SET note = NULL, page_url = NULL, ask_at = NULL, born_on = NULL, reference = 'erased-' || id
 WHERE user_id = $1;

-- name: forget_feedback
-- What they said of a screen, with all that it showed; that something was said, and the answer, stay.
UPDATE feedback SET text = $2, screen = '', state = '{}', picture = NULL, may_ask = false WHERE user_id = $1;

-- name: erase
-- Name, address and password; how long they had excluded themselves stays.
UPDATE users SET name = $2, email = NULL, password_hash = $3, kyc = 'none', deleted_at = clock_timestamp() WHERE id = $1;
