-- What the migration runner asks. Its own tables are made here and not by a migration: it needs them before the first.

-- name: make_logs
-- The two logs: migrations once and in order, functions whenever their text changes.
CREATE TABLE IF NOT EXISTS migration_log (
    number integer PRIMARY KEY CHECK (number > 0),
    name text NOT NULL,
    sha256 text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- NULL while a migration that is not transactional runs, or after it died.
    applied_at timestamptz DEFAULT clock_timestamp()
);
CREATE TABLE IF NOT EXISTS function_log (
    name text PRIMARY KEY,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Whether programs that do not know the migration cannot go on; and which program replaced a function.
ALTER TABLE migration_log ADD COLUMN IF NOT EXISTS contracts boolean NOT NULL DEFAULT false;
ALTER TABLE function_log ADD COLUMN IF NOT EXISTS release text;

-- name: try_turn
-- The right to migrate this database, for this connection's life; false while another has it.
SELECT pg_try_advisory_lock($1);

-- name: is_new
-- Whether nothing was ever migrated here.
SELECT to_regclass('migration_log') IS NULL;

-- name: foreign_table
-- A table in a database that has no log of ours; tables that came with an extension do not count.
SELECT c.oid::regclass::text
FROM pg_class AS c
INNER JOIN pg_namespace AS n ON c.relnamespace = n.oid
WHERE
    to_regclass('migration_log') IS NULL
    AND c.relkind IN ('r', 'p')
    AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\_toast%'
    AND n.nspname NOT LIKE 'pg\_temp%'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
ORDER BY 1
LIMIT 1;

-- name: migrations
-- What was applied, in order.
SELECT number, name, sha256, started_at, applied_at,
    -- A log from before it had the column.
    coalesce((to_jsonb(migration_log) ->> 'contracts')::boolean, false) AS contracts
FROM migration_log
ORDER BY number;

-- name: functions
-- Which text of each function file is in force.
SELECT name, sha256, to_jsonb(function_log) ->> 'release' AS release
FROM function_log;

-- name: log_applied
-- Said in the transaction of the migration itself.
INSERT INTO migration_log (number, name, sha256, contracts) VALUES ($1, $2, $3, $4);

-- name: log_started
-- Said and committed before a migration that is not transactional.
INSERT INTO migration_log (number, name, sha256, contracts, applied_at) VALUES ($1, $2, $3, $4, NULL);

-- name: log_finished
-- And after it.
UPDATE migration_log SET applied_at = clock_timestamp()
WHERE number = $1;

-- name: log_function
-- Said in the transaction that replaced the function.
INSERT INTO function_log (name, sha256, release) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, release = excluded.release, applied_at = clock_timestamp();
