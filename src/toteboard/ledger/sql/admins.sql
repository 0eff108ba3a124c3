-- Who may administer everything, and what an admin decides about anybody.

-- name: promote
-- Make a person an admin; no row where they are one already.
UPDATE users SET admin = true
WHERE id = $1 AND NOT admin
RETURNING id;

-- name: count
-- How many admins there are who may act.
SELECT count(*) FROM users
WHERE admin AND NOT blocked;

-- name: lock_admins
-- The admins, locked: of two who take each other's right one comes second.
SELECT id FROM users WHERE admin OR id = $1 ORDER BY id FOR NO KEY UPDATE;

-- name: rights
-- What a person may at all; no row for somebody who is not there.
SELECT admin, blocked FROM users WHERE id = $1 AND deleted_at IS NULL;

-- name: set_rights
UPDATE users SET admin = $2, blocked = $3 WHERE id = $1;

-- name: people
-- Everybody with an account, newest first, behind a cursor ($1), those in whose name or address a text ($3) stands, or with
-- that number. Nothing of it is a pattern.
SELECT person.id, person.name, person.email, person.admin, person.blocked, person.kyc, person.created_at,
       CASE person.excluded_until WHEN 'infinity' THEN '9999-12-31 23:59:59.999999Z' ELSE person.excluded_until END AS excluded_until,
       (SELECT count(*) FROM members WHERE members.user_id = person.id) AS tournaments
  FROM users person
 WHERE person.deleted_at IS NULL AND ($1::bigint IS NULL OR person.id < $1)
   AND ($3::text IS NULL OR position(lower($3) IN lower(person.name)) > 0 OR position(lower($3) IN person.email) > 0
        OR person.id::text = ltrim($3, '#'))
 ORDER BY person.id DESC LIMIT $2;

-- name: one
-- One of them.
SELECT person.id, person.name, person.email, person.admin, person.blocked, person.kyc, person.created_at,
       CASE person.excluded_until WHEN 'infinity' THEN '9999-12-31 23:59:59.999999Z' ELSE person.excluded_until END AS excluded_until,
       (SELECT count(*) FROM members WHERE members.user_id = person.id) AS tournaments
  FROM users person
 WHERE person.id = $1 AND person.deleted_at IS NULL;
