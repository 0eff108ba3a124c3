-- People, their sessions and API tokens, their own limits and exclusions.

-- name: sessions_by_hash
-- Whoever these token hashes belong to now, with their roles; an unknown, expired or revoked one is left out.
SELECT sessions.token_hash, sessions.id AS session_id, sessions.kind,
       extract(epoch FROM sessions.expires_at - clock_timestamp())::float8 AS seconds_left,
       users.id AS user_id, users.name, users.email, users.admin, users.blocked,
       coalesce(member.tournament_ids, '{}') AS tournament_ids, coalesce(member.roles, '{}') AS roles
  FROM sessions
  JOIN users ON users.id = sessions.user_id
  LEFT JOIN LATERAL (
       SELECT array_agg(members.tournament_id) AS tournament_ids, array_agg(members.role) AS roles
         FROM members WHERE members.user_id = users.id
       ) member ON true
 WHERE sessions.token_hash = ANY ($1::bytea[]) AND sessions.revoked_at IS NULL AND sessions.expires_at > clock_timestamp();

-- name: register
-- Add a person; no row where the address is taken.
INSERT INTO users (email, name, password_hash) VALUES ($1, $2, $3)
ON CONFLICT ON CONSTRAINT users_email_key DO NOTHING
RETURNING id;

-- name: credentials
-- What a sign-in is checked against; none for an unknown address.
SELECT id, password_hash FROM users WHERE email = $1;

-- name: start_session
-- Add a session or an API token that lasts some days; no row for who has deleted their account.
INSERT INTO sessions (token_hash, user_id, kind, label, expires_at)
SELECT $1, id, $3, $4, clock_timestamp() + make_interval(days => $5) FROM users WHERE id = $2 AND deleted_at IS NULL FOR SHARE
RETURNING id, expires_at;

-- name: end_session
-- Revoke one of a person's own sessions or tokens; no row where it is not theirs or has ended already.
UPDATE sessions SET revoked_at = clock_timestamp()
 WHERE id = $1 AND user_id = $2 AND kind = $3 AND revoked_at IS NULL AND expires_at > clock_timestamp()
RETURNING id;

-- name: tokens
-- A person's API tokens that still open something, newest first. The tokens themselves are nowhere.
SELECT id, label, created_at, expires_at FROM sessions
 WHERE user_id = $1 AND kind = 'token' AND revoked_at IS NULL AND expires_at > clock_timestamp()
 ORDER BY id DESC;

-- name: lock_person
-- One person, locked: what is decided about them from here on is decided one after the other.
-- An exclusion for good is said as the last moment there is, as comparable as any.
SELECT id, kyc, clock_timestamp() AS now,
       CASE excluded_until WHEN 'infinity' THEN '9999-12-31 23:59:59.999999Z' ELSE excluded_until END AS excluded_until
  FROM users WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE;

-- name: me
-- One person as they see themselves.
SELECT id, email, name, admin, kyc, blocked,
       CASE excluded_until WHEN 'infinity' THEN '9999-12-31 23:59:59.999999Z' ELSE excluded_until END AS excluded_until
  FROM users WHERE id = $1;

-- name: memberships
-- The tournaments a person is a member of, the newest first, with their wallet there.
SELECT members.tournament_id, tournaments.slug, tournaments.name, members.role, accounts.id AS wallet_id,
       checked_identity(members.user_id, members.tournament_id) AS kyc
  FROM members
  JOIN tournaments ON tournaments.id = members.tournament_id
  LEFT JOIN accounts ON accounts.tournament_id = members.tournament_id AND accounts.user_id = members.user_id
   AND accounts.kind = 'wallet'
 WHERE members.user_id = $1 AND tournaments.archived_at IS NULL
 ORDER BY members.tournament_id DESC LIMIT 500;

-- name: exclude
-- Keep a person from betting until then.
UPDATE users SET excluded_until = $2 WHERE id = $1;

-- name: is_member
-- Whether a person is a member of a tournament, in whatever role.
SELECT EXISTS (SELECT FROM members WHERE tournament_id = $1 AND user_id = $2);

-- name: limits
-- A person's own limits as they count now, each with the change that is still to come, if any.
SELECT mine.tournament_id, own.kind, own.period, own.amount, own.next_amount, own.next_at
  FROM (SELECT DISTINCT tournament_id FROM limits WHERE user_id = $1) mine
 CROSS JOIN LATERAL limits_of($1, mine.tournament_id, ARRAY['deposit', 'loss', 'stake'], clock_timestamp()) own
 WHERE own.amount IS NOT NULL OR own.next_amount IS NOT NULL
 ORDER BY mine.tournament_id DESC, own.kind, own.period;

-- name: limit_now
-- One own limit as it counts now: no row or a null amount is none.
SELECT amount FROM limits_of($1, $2, ARRAY[$3::text], clock_timestamp()) own WHERE own.period = $4;

-- name: set_limit
-- Say what an own limit is to be after a delay: whatever was still to come is overtaken. What it is until then the database notes
-- itself (functions/only_added.sql).
INSERT INTO limits (user_id, tournament_id, kind, period, amount, effective_at)
VALUES ($1, $2, $3, $4, $5, clock_timestamp() + $6::interval)
RETURNING effective_at;
