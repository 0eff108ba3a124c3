-- What is asked of a database while it is backed up and restored, and what is remembered of it.

-- name: source
-- Which database this is, and as whom we are here.
SELECT (SELECT system_identifier FROM pg_control_system())::text AS system, current_user::text AS login,
       current_database()::text AS database, pg_is_in_recovery() AS is_replica;

-- name: now
-- The database's own time.
SELECT clock_timestamp();

-- name: slot
-- How the slot stands: nothing where there is none, "lost" where what it needed is gone.
SELECT wal_status FROM pg_replication_slots WHERE slot_name = $1;

-- name: make_slot
-- From now on the database keeps what the follower has not got.
SELECT pg_create_physical_replication_slot($1, true);

-- name: drop_slot
-- Nothing is kept any more.
SELECT pg_drop_replication_slot($1) FROM pg_replication_slots WHERE slot_name = $1;

-- name: remember
-- A backup was taken, or tried.
INSERT INTO backups (kind, stands_at, bytes, whole, place) VALUES ($1, $2, $3, $4, $5);

-- name: last
-- The newest of each kind.
SELECT DISTINCT ON (kind) kind, at, stands_at, bytes, whole, place FROM backups ORDER BY kind, id DESC;

-- name: replication
-- Who streams from here.
SELECT name, streams, behind_bytes, behind_s FROM replication_stands() LIMIT 20;

-- name: recovery
-- Whether it still recovers, and the time of the last change that came with it.
SELECT pg_is_in_recovery() AS is_recovering, pg_last_xact_replay_timestamp() AS stands_at;

-- name: reset
-- The statement that takes a setting of the recovery out again.
SELECT format('ALTER SYSTEM RESET %I', $1::text);
