-- name: place
-- Where the log ends now, in bytes from its beginning, and when that is.
SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint AS bytes, clock_timestamp() AS at;

-- name: replayed
-- How much of the log can be seen here: all of it where this is no standby any more.
SELECT (
    CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_replay_lsn(), '0/0'::pg_lsn) ELSE pg_current_wal_lsn() END
    - '0/0'::pg_lsn
)::bigint;
