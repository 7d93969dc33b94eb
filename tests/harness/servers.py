"""Start the run's Postgres, give each worker process its databases and its Valkey, and export the environment.

A run is one `pytest` command. It takes the first free slot (`.run/test-0`, `test-1`, …) by a lock, so that several
runs can go on at once; the slot keeps its cluster and its migrated templates for the next run. Servers end with the
process that started them, however it ends.
"""

import atexit
import fcntl
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO

from chatzee.embedded import environment, ports, roles
from chatzee.embedded.fingerprint import schema_fingerprint
from chatzee.embedded.folders import REPOSITORY, Folders
from chatzee.embedded.postgres import Cluster
from chatzee.embedded.valkey import Valkey
from tests.harness import templates

_SLOT = "CHATZEE_TEST_SLOT"
_PORT = "CHATZEE_TEST_POSTGRES_PORT"
_MARK = "CHATZEE_TEST_FINGERPRINT"
SLOTS = 16

_lock: IO[str] | None = None
#: This process's servers, for the drills that kill them. The cluster is here only in the process that started it.
running_cluster: Cluster | None = None
running_valkey: Valkey | None = None
_ports: list[socket.socket] = []


def worker_name() -> str:
    """`gw0`, `gw1`, … in a worker of pytest-xdist, `main` in the process that runs alone."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def database_names() -> tuple[str, str]:
    """The data and keys databases of this process."""
    return f"chatzee_{worker_name()}", f"chatzee_keys_{worker_name()}"


def attach() -> None:
    """Make this process ready to load Django: servers running, `CHATZEE_*` exported. Called by `tests/conftest.py`."""
    if _SLOT in os.environ and "PYTEST_XDIST_WORKER" not in os.environ:
        # A pytest inside a pytest (a test that runs one): it must not touch the outer run's databases.
        for name in (_SLOT, _PORT, _MARK):
            os.environ.pop(name)
    if _SLOT not in os.environ:
        _start_servers()
    global running_valkey  # noqa: PLW0603  # one per process, like the environment that names it
    folders = Folders(os.environ[_SLOT])
    valkey = running_valkey = Valkey(folders, port=ports.any_free(), durable=False, name=f"valkey-{worker_name()}")
    valkey.start()
    atexit.register(valkey.stop)
    data, keys = database_names()
    files = folders.home / f"files-{worker_name()}"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(mode=0o700)
    os.environ.update(environment.variables(folders, valkey, mode="test", web_port=0, edge_port=0))
    os.environ.update(_addresses())
    os.environ.update(environment.database_variables(folders, cluster(), data=data, keys=keys))
    os.environ["CHATZEE_FILES"] = str(files)
    os.environ["CHATZEE_LOG_LEVEL"] = "WARNING"


def _addresses() -> dict[str, str]:
    """Ports of our own for web and edge (see `tests/harness/stack.py`), under the one host that passkeys accept."""
    _ports[:] = [ports.reserve(), ports.reserve()]
    web, edge = product_ports()
    return {"CHATZEE_PUBLIC_URL": f"http://localhost:{web}", "CHATZEE_EDGE_URL": f"http://localhost:{edge}"}


def product_ports() -> tuple[int, int]:
    """The ports kept for this process's web and edge."""
    web, edge = (kept.getsockname()[1] for kept in _ports)
    return web, edge


def cluster() -> Cluster:
    """The run's cluster, as seen from any of its processes."""
    return Cluster(Folders(os.environ[_SLOT]), port=int(os.environ[_PORT]), durable=False)


def create_databases() -> None:
    """Make this process's databases afresh from the templates. The files of the run before are gone too."""
    data, keys = database_names()
    with cluster().connect() as connection:
        templates.copy(connection, os.environ[_MARK], data=data, keys=keys)


def _start_servers() -> None:
    global running_cluster  # noqa: PLW0603  # one per run
    folders = _take_slot()
    running = running_cluster = Cluster(folders, port=ports.any_free(), durable=False)
    running.start()
    atexit.register(running.stop)
    with running.connect() as connection:
        roles.put_up_roles(connection, environment.passwords(folders))
        mark = schema_fingerprint()
        if not templates.exist(connection, mark):
            _build_templates(folders, running, mark)
    os.environ |= {_SLOT: folders.name, _PORT: str(running.port), _MARK: mark}


def _take_slot() -> Folders:
    """The first slot nobody holds; the lock falls with the process."""
    global _lock  # noqa: PLW0603  # the open file is the lock: it must live as long as the process
    for number in range(SLOTS):
        folders = Folders(f"test-{number}")
        file = (folders.home / "lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
        else:
            _lock = file
            return folders
    raise RuntimeError(f"All {SLOTS} test slots are taken: end some of the other test runs.")


def _build_templates(folders: Folders, running: Cluster, mark: str) -> None:
    """Migrate a fresh pair of databases in a process of its own, then keep it as the template."""
    with running.connect() as connection:
        data, keys = templates.begin(connection)
        roles.create_databases(connection, data=data, keys=keys)
    with running.connect(data) as connection:
        roles.create_extensions(connection)
    valkey = Valkey(folders, port=ports.any_free(), durable=False, name="valkey-templates")
    valkey.start()
    try:
        done = subprocess.run(
            [sys.executable, "manage.py", "prepare", "--verbosity", "0", "--skip-checks"],
            cwd=REPOSITORY,
            env=os.environ
            | environment.variables(folders, valkey, mode="test", web_port=8000, edge_port=8001)
            | environment.database_variables(folders, running, data=data, keys=keys),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        valkey.stop()
    if done.returncode:
        raise RuntimeError(f"`manage.py prepare` failed on the test databases:\n{done.stdout}{done.stderr}")
    with running.connect(data) as connection:
        templates.open_for_tests(connection)
    with running.connect() as connection:
        templates.finish(connection, mark, data=data, keys=keys)


def working_folder(name: str) -> Path:
    """A folder of this process for a test's own files, empty."""
    folder = Folders(os.environ[_SLOT]).home / f"{name}-{worker_name()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder
