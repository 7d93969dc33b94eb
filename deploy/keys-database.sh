#!/bin/sh
# First start of the keys database: one role, one database, closed to everybody else. Run by the image's entry point.
set -eu

psql -v ON_ERROR_STOP=1 -v keys_password="$KEYS_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE chatzee_keys LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'keys_password';
CREATE DATABASE chatzee_keys OWNER chatzee_keys;
REVOKE ALL ON DATABASE chatzee_keys FROM PUBLIC;
SQL
