"""The benchmarks' own servers: a durable cluster and a Valkey per size of data, kept in `.run/bench-<size>`."""

import fcntl
import os
import subprocess
import sys
from typing import IO

import psycopg

from chatzee.embedded import environment, ports, roles
from chatzee.embedded.folders import REPOSITORY, Folders
from chatzee.embedded.postgres import Cluster
from chatzee.embedded.valkey import Valkey

DATA = "bench"
KEYS = "bench_keys"


class GroundTakenError(RuntimeError):
    """Another run works on the data of this size."""


class Ground:
    """Starts the servers of one size, brings the databases up to date and exports `CHATZEE_*`. Ends with the process."""

    def __init__(self, size: str) -> None:
        self.size = size
        self.folders = Folders(f"bench-{size}")
        self.cluster = Cluster(self.folders, port=ports.any_free())
        self.valkey = Valkey(self.folders, port=ports.any_free(), durable=False)
        self.web_port, self.edge_port = ports.any_free(), ports.any_free()
        self._lock: IO[str] | None = None

    def start(self) -> None:
        """Start the servers and prepare the databases. Raises GroundTakenError."""
        self._take()
        self.cluster.start()
        self.valkey.start()
        with self.cluster.connect() as connection:
            roles.put_up_roles(connection, environment.passwords(self.folders))
            roles.create_databases(connection, data=DATA, keys=KEYS)
        with self.superuser() as connection:
            roles.create_extensions(connection)
        os.environ |= self._environment()
        subprocess.run(
            [sys.executable, "manage.py", "prepare", "--verbosity", "0", "--skip-checks"],
            cwd=REPOSITORY,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        """End the servers; what they hold stays."""
        self.valkey.stop()
        self.cluster.stop()

    def superuser(self) -> psycopg.Connection[tuple[object, ...]]:
        """An autocommit connection to the data database that no policy binds."""
        return self.cluster.connect(DATA)

    def _take(self) -> None:
        self._lock = (self.folders.home / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise GroundTakenError(f"Another bin/bench works on the size {self.size}: wait for it to end.") from None

    def _environment(self) -> dict[str, str]:
        return {
            **environment.variables(self.folders, self.valkey, mode="test", web_port=self.web_port, edge_port=self.edge_port),
            **environment.database_variables(self.folders, self.cluster, data=DATA, keys=KEYS),
            "CHATZEE_LOG_LEVEL": "WARNING",
            "BENCH_SUPERUSER_URL": self.cluster.url(DATA),
        }
