-- A person's own account: name, address, password, sessions; and the codes that set a new password.

-- name: password_hash
-- What a password is checked against.
SELECT password_hash, email FROM users WHERE id = $1;

-- name: edit
-- Their name, address and password as given; null keeps what is there. No row where the address is another's.
UPDATE users SET name = coalesce($2, name), email = coalesce($3, email), password_hash = coalesce($4, password_hash)
 WHERE id = $1 AND deleted_at IS NULL AND NOT EXISTS (SELECT FROM users other WHERE other.email = $3 AND other.id <> $1)
RETURNING id;

-- name: sessions
-- A person's sessions that still open something, the newest first.
SELECT id, created_at, expires_at FROM sessions
 WHERE user_id = $1 AND kind = 'session' AND revoked_at IS NULL AND expires_at > clock_timestamp()
 ORDER BY id DESC;

-- name: end_other_sessions
-- Every session and token of a person ends but one ($2, null: all).
UPDATE sessions SET revoked_at = clock_timestamp()
 WHERE user_id = $1 AND id IS DISTINCT FROM $2::bigint AND revoked_at IS NULL AND expires_at > clock_timestamp();

-- name: end_codes
-- The codes a person has had open nothing any more; those that somebody made at the desk only where $2 says so.
UPDATE password_codes SET expires_at = clock_timestamp()
 WHERE user_id = $1 AND used_at IS NULL AND expires_at > clock_timestamp() AND ($2 OR created_by IS NULL);

-- name: add_code
-- A code's hash, good for $3; $4 is who made it. Returns when it ends; no row for who has deleted their account.
INSERT INTO password_codes (user_id, code_hash, expires_at, created_by)
SELECT id, $2, clock_timestamp() + $3::interval, $4 FROM users WHERE id = $1 AND deleted_at IS NULL FOR SHARE
RETURNING expires_at;

-- name: is_open_code
-- Whether there is such a code, neither used nor over.
SELECT EXISTS (SELECT FROM password_codes WHERE code_hash = $1 AND used_at IS NULL AND expires_at > clock_timestamp());

-- name: open_code
-- Whose code it is, locked; no row where it is unknown, used or over, or somebody made it for who has become an admin since.
SELECT code.id, code.user_id, code.created_by, person.email
  FROM password_codes code JOIN users person ON person.id = code.user_id
 WHERE code.code_hash = $1 AND code.used_at IS NULL AND code.expires_at > clock_timestamp() AND person.deleted_at IS NULL
   AND NOT (person.admin AND code.created_by IS NOT NULL) FOR UPDATE OF code;

-- name: use_code
-- The code opens nothing any more.
UPDATE password_codes SET used_at = clock_timestamp() WHERE id = $1;

-- name: standing
-- What decides who may make a code for somebody: whether they are an admin, and their role in every tournament.
SELECT person.admin, coalesce(json_agg(json_build_array(member.tournament_id, member.role))
                              FILTER (WHERE member.user_id IS NOT NULL), '[]')::text AS members
  FROM users person LEFT JOIN members member ON member.user_id = person.id
 WHERE person.id = $1 GROUP BY person.id;

-- name: maker
-- What somebody who made a code may do by now: whether they are an admin, and the tournaments they organize.
SELECT person.admin AND NOT person.blocked AS is_admin,
       CASE WHEN person.blocked THEN '{}'::bigint[]
            ELSE coalesce(array_agg(member.tournament_id) FILTER (WHERE member.role = 'organizer'), '{}') END AS organizes
  FROM users person LEFT JOIN members member ON member.user_id = person.id
 WHERE person.id = $1 GROUP BY person.id;
