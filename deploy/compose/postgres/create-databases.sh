#!/usr/bin/env bash
# Once, on an empty volume: a database and a role for each service, with the password of the URL that the service is
# given. Nobody else may connect to it.
set -euo pipefail
for url in /run/secrets/*_database_url; do
  service=$(basename "$url" _database_url)
  password=$(sed -E 's#^postgres://[^:]+:([^@]+)@.*#\1#' "$url")
  psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres \
    --set=service="$service" --set=password="$password" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE CONNECT ON DATABASE :"service" FROM PUBLIC;
SQL
done
