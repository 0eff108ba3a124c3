-- name: lead
-- Whether this session may lead $1: it holds the lock until it ends, or asks nothing for $2.
SELECT set_config('idle_session_timeout', $2, FALSE) IS NOT NULL AND pg_try_advisory_lock(29810, $1);

-- name: alive
-- A session that leads is not idle.
SELECT 1;
