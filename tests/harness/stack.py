"""The running product on the test's own databases: granian, uvicorn, Celery's worker and beat, as real processes.

`stack` lives for a module (in `tests/browser` for all of them). What its tests write is committed, seen by the processes,
and emptied at its end: each test makes a workspace of its own. A test that uses it asks for no other database fixture.
"""

import os
import signal
import subprocess
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
import redis
from psycopg import sql
from pytest_django import DjangoDbBlocker

from chatzee.embedded import children, processes
from chatzee.embedded.folders import REPOSITORY
from chatzee.embedded.postgres import Cluster
from chatzee.embedded.valkey import Valkey
from tests.harness import servers, templates

START_LIMIT = 60.0
NAMES = ("web", "edge", "worker", "beat")


class Postgres:
    """The run's cluster. Only a run without pytest-xdist may kill it: its workers share one."""

    @property
    def _cluster(self) -> Cluster:
        if servers.running_cluster is None:
            raise RuntimeError("Postgres belongs to another process of this run: run this test without -n.")
        return servers.running_cluster

    def kill(self) -> None:
        """kill -9 of the postmaster, in the middle of whatever it does."""
        process = self._cluster.process
        assert process is not None
        process.kill()
        process.wait()

    def restart(self) -> None:
        """Start the cluster (again) on its data and wait until it answers."""
        from django.db import connections

        self._cluster.start()
        connections.close_all()


class Broker:
    """The test process's Valkey."""

    @property
    def _valkey(self) -> Valkey:
        assert servers.running_valkey is not None
        return servers.running_valkey

    def flush(self) -> None:
        """Empty it: tasks, caches and presence are gone."""
        with redis.Redis.from_url(self._valkey.url) as client:
            client.flushall()

    def has_listening_worker(self) -> bool:
        """Whether a worker waits at a queue."""
        with redis.Redis.from_url(self._valkey.url) as client:
            return any(found["cmd"] == "brpop" for found in client.client_list())

    def kill(self) -> None:
        """kill -9; it keeps nothing."""
        process = self._valkey.process
        assert process is not None
        process.kill()
        process.wait()

    def restart(self) -> None:
        """Start it (again), empty."""
        self._valkey.start()


class Stack:
    """Web, edge, worker and beat; the AI worker by `start("ai")`. Start and restart them from the main thread only (see
    `children.spawn`)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.web_url = os.environ["CHATZEE_PUBLIC_URL"]
        self.edge_url = os.environ["CHATZEE_EDGE_URL"]
        self.edge_socket_url = self.edge_url.replace("http", "ws", 1)
        self.postgres = Postgres()
        self.valkey = Broker()
        web_port, edge_port = servers.product_ports()
        self._ports = {"web": web_port, "edge": edge_port}
        schedule = folder / "beat-schedule"
        self._commands = processes.commands(web_port=web_port, edge_port=edge_port, threads=8, schedule=schedule)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def worker(self) -> subprocess.Popen[bytes]:
        return self._running["worker"]

    def start(self, *names: str) -> None:
        """Start these processes (all of them by default) unless they run, and wait until they serve."""
        wanted = names or NAMES
        for name in wanted:
            if not self.is_running(name):
                self._launch(name)
        for name in wanted:
            self.wait_until_ready(name)

    def launch(self, name: str) -> None:
        """Start a process again without waiting for it."""
        if not self.is_running(name):
            self._launch(name)

    def kill(self, name: str) -> None:
        """kill -9 of a process and its helpers, as a container is killed."""
        process = self._running.get(name)
        if process is not None:
            children.stop(process, how=signal.SIGKILL, patience=5)

    def restart(self, name: str) -> None:
        """Kill a process if it runs, start it and wait until it serves."""
        self.kill(name)
        self.start(name)

    def is_running(self, name: str) -> bool:
        process = self._running.get(name)
        return process is not None and process.poll() is None

    def stop(self) -> None:
        """End all processes at once; what does not end by itself is killed."""
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        for process in self._running.values():
            children.stop(process, patience=5)

    def logs(self, name: str = "") -> str:
        """What the processes (or one of them) printed."""
        wanted = [name] if name else list(self._running)
        texts = [(one, self._log(one)) for one in wanted]
        return "\n".join(f"-- {one}\n{path.read_text(errors='replace')}" for one, path in texts if path.exists())

    def wait_until_ready(self, name: str) -> None:
        """Wait until web or edge answers, the worker takes tasks, or the AI worker has its models.

        Raises RuntimeError with the process's log.
        """
        deadline = time.monotonic() + START_LIMIT
        while not self._is_ready(name):
            if not self.is_running(name) or time.monotonic() > deadline:
                raise RuntimeError(f"{name} did not start.\n{self.logs(name)}")
            time.sleep(0.03)

    def _is_ready(self, name: str) -> bool:
        if name in self._ports:
            return processes.answers(self._ports[name])
        if name == "ai":
            return "ai.ready" in self._log(name).read_text(errors="replace")
        return name == "beat" or self.valkey.has_listening_worker()

    def _launch(self, name: str) -> None:
        self.kill(name)
        with self._log(name).open("ab") as output:
            self._running[name] = children.spawn(
                self._commands[name],
                environment={**processes.serving(os.environ), "CHATZEE_LOG_LEVEL": "INFO"},
                folder=REPOSITORY,
                output=output,
                death_signal=signal.SIGKILL,
            )

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


def running(django_db_blocker: DjangoDbBlocker) -> Iterator[Stack]:
    """The body of a fixture: the product runs, and at the end the databases are empty."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        # A browser test keeps an event loop in this thread; see tests/harness/browser.py.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        _set_commits_durable(is_durable=True)
        found = Stack(servers.working_folder("stack"))
        try:
            found.start()
            yield found
        finally:
            found.stop()
            _let_go()


@pytest.fixture(scope="module")
def stack(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stack]:
    """The running product, for the tests of a module (see this file's head)."""
    yield from running(django_db_blocker)


def _let_go() -> None:
    """Give the databases back as the next tests expect them."""
    from django.core.cache import cache
    from django.db import connections

    from core.vault import keyring

    connections.close_all()
    keyring.forget_all()
    cache.clear()
    for database in servers.database_names():
        with servers.cluster().connect(database) as connection:
            templates.empty(connection)
    _set_commits_durable(is_durable=False)


def _set_commits_durable(*, is_durable: bool) -> None:
    """The tests' cluster commits before it has written; a drill that kills it needs what was committed to be there."""
    with servers.cluster().connect() as connection:
        for database in servers.database_names():
            setting = sql.SQL("SET synchronous_commit = on") if is_durable else sql.SQL("RESET synchronous_commit")
            connection.execute(sql.SQL("ALTER DATABASE {} {}").format(sql.Identifier(database), setting))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the processes printed beside the failure of a test that used them."""
    report = yield
    found = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(found, Stack):
        report.sections.append(("the running product", found.logs()[-20_000:]))
    return report
