-- name: promote
-- Make a person an admin; no row where they are one already.
UPDATE users SET admin = true
WHERE id = $1 AND NOT admin
RETURNING id;

-- name: count
-- How many admins there are who may act.
SELECT count(*) FROM users
WHERE admin AND NOT blocked;
