#!/usr/bin/env bash
# Once, on an empty volume: a database and a role for each service, with the password of the URL that the service is
# given. Nobody else may connect to it.
set -euo pipefail
for service in gateway orders billing notifier; do
  password=$(sed -E 's#^postgres://[^:]+:([^@]+)@.*#\1#' "/run/secrets/${service}_database_url")
  psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres \
    --set=service="$service" --set=password="$password" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE CONNECT ON DATABASE :"service" FROM PUBLIC;
SQL
done
