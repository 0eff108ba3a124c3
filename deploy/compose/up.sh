#!/bin/sh
# Makes the secrets that are not there yet, and starts everything. Whatever else is said goes to `docker compose up`.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
new() { [ -s "secrets/$1" ] || head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"secrets/$1"; }
url() { [ -s "secrets/$1" ] || printf 'postgresql://%s:%s@%s:5432/toteboard' "$2" "$(cat "secrets/$3")" "${4:-postgres}" >"secrets/$1"; }
for password in postgres_password owner_password app_password backup_password replica_password grafana_password; do
    new "$password"
done
url toteboard_database_url toteboard_owner owner_password
url toteboard_app_database_url toteboard_app app_password
url toteboard_replica_url toteboard_app app_password replica
url toteboard_backup_database_url toteboard_backup backup_password
[ -s secrets/slack_url ] || echo "http://127.0.0.1:9/no-slack-yet" >secrets/slack_url
# A container sees a file with the owner and mode that it has here; nobody else on this machine enters the folder.
chmod 644 secrets/*
chmod 700 secrets
[ "${1:-}" = secrets ] || exec docker compose -f ../compose.yaml up --detach --build "$@"
