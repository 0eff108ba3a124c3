#!/bin/bash
# Once, on an empty database: the owner, the login that serves, the backup's and the replica's, and the roles of Toteboard.
set -euo pipefail
secret() { cat "/run/secrets/$1"; }

psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" -v ON_ERROR_STOP=1 --quiet \
    -v owner="$(secret owner_password)" -v app="$(secret app_password)" \
    -v backup="$(secret backup_password)" -v replica="$(secret replica_password)" <<'SQL'
CREATE ROLE toteboard_owner LOGIN PASSWORD :'owner' IN ROLE pg_monitor;
CREATE ROLE toteboard_app LOGIN PASSWORD :'app';
CREATE ROLE toteboard_sealer;
CREATE ROLE toteboard_auditor;
CREATE ROLE toteboard_reporter;
CREATE ROLE toteboard_break_glass;
GRANT toteboard_app, toteboard_sealer, toteboard_auditor, toteboard_reporter, toteboard_break_glass TO toteboard_owner;
-- It streams everything, and notes in the owner's table that it did.
CREATE ROLE toteboard_backup LOGIN REPLICATION PASSWORD :'backup' IN ROLE toteboard_owner;
CREATE ROLE toteboard_replica LOGIN REPLICATION PASSWORD :'replica';
SELECT format('ALTER DATABASE %I OWNER TO toteboard_owner', current_database()) \gexec
ALTER SCHEMA public OWNER TO toteboard_owner;
SELECT pg_create_physical_replication_slot('replica', true);
SQL
echo "host replication toteboard_backup,toteboard_replica all scram-sha-256" >>"$PGDATA/pg_hba.conf"
