-- Tries of passwords and codes, counted across processes by the moment at which all of a key's are forgotten.

-- name: take
-- Counts a try of a key ($1) that is forgotten after $2, where its tries end within $3; no row where it is one too many.
INSERT INTO tries (key, clear_at) VALUES ($1, clock_timestamp() + $2::interval)
ON CONFLICT (key) DO UPDATE SET clear_at = greatest(tries.clear_at, clock_timestamp()) + $2
 WHERE greatest(tries.clear_at, clock_timestamp()) + $2 <= clock_timestamp() + $3::interval
RETURNING true;

-- name: wait
-- The seconds until one more try of a key is counted.
SELECT extract(epoch FROM clear_at + $2::interval - clock_timestamp() - $3::interval)::float8 FROM tries WHERE key = $1;

-- name: give_back
-- The last try of a key does not count.
UPDATE tries SET clear_at = clear_at - $2::interval WHERE key = $1;

-- name: forget
-- functions/forget_tries.sql
SELECT forget_tries();
