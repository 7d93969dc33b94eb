"""What the tests stand on: a real Postgres and a real Valkey per run, a database pair per worker process."""
