"""Postgres, Valkey and Chatzee's own processes on one machine, from wheels: what `bin/dev` and `bin/test` stand on.

Nothing in this package imports Django or the typed environment: it is what writes that environment.
"""
