#!/bin/sh
# First start of the data database: the roles that docs/operations.md describes. Run by the image's entry point.
set -eu

psql -v ON_ERROR_STOP=1 -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" \
  --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE chatzee_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE chatzee_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app_password';
CREATE ROLE chatzee_crossing NOLOGIN NOSUPERUSER NOBYPASSRLS;
GRANT chatzee_crossing TO chatzee_app WITH INHERIT FALSE, SET TRUE;
GRANT chatzee_crossing TO chatzee_owner WITH INHERIT FALSE, SET TRUE;
CREATE DATABASE chatzee OWNER chatzee_owner;
REVOKE ALL ON DATABASE chatzee FROM PUBLIC;
GRANT CONNECT ON DATABASE chatzee TO chatzee_app;
SQL

psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname chatzee <<'SQL'
CREATE EXTENSION vector;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
CREATE EXTENSION btree_gin;
CREATE EXTENSION pg_stat_statements;
SQL
