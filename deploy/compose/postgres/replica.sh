#!/bin/bash
# A copy of the primary, made once, that takes every change from then on.
set -euo pipefail
export PGDATA=/var/lib/postgresql/18/docker
passfile="$(dirname "$PGDATA")/replica.pass"
mkdir -p "$(dirname "$PGDATA")"
(umask 077 && echo "*:*:*:toteboard_replica:$(cat /run/secrets/replica_password)" >"$passfile")
primary="host=postgres port=5432 user=toteboard_replica application_name=replica passfile=$passfile"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    rm -rf "$PGDATA.new"
    pg_basebackup --dbname "$primary" --pgdata "$PGDATA.new" --slot replica --wal-method stream --checkpoint fast
    touch "$PGDATA.new/standby.signal"
    chmod 700 "$PGDATA.new"
    mv "$PGDATA.new" "$PGDATA"
fi
exec "$@" -c "primary_conninfo=$primary" -c primary_slot_name=replica
