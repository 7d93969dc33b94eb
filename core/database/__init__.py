"""The database backend named in DATABASES: Django's own for Postgres, with a cheaper look at whether a kept connection lives."""
