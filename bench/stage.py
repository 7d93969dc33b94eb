"""What the benchmarks share: the ground, the product's processes, limit servers, a signed-in agent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from uuid import UUID

import redis
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.models import Membership
from bench.data.cast import Cast, bench_workspaces, read_cast
from bench.data.sizes import SIZES, Size
from bench.ground import Ground
from chatzee.embedded import children, ports, processes
from chatzee.embedded.folders import REPOSITORY
from core.tenancy import scope

START_LIMIT = 40.0


class Stage:
    """One run's servers and its largest workspace."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.size: Size = SIZES[ground.size]

    @cached_property
    def workspace(self) -> UUID:
        """The largest workspace."""
        return bench_workspaces()[0]

    @property
    def cast(self) -> Cast:
        return read_cast(self.workspace)

    @cached_property
    def owner(self) -> Membership:
        """The owner of the largest workspace: sees every inbox."""
        return self.member(0)

    def member(self, index: int) -> Membership:
        """A member of the largest workspace by the order of joining."""
        with scope(self.workspace):
            members = Membership.objects.select_related("user", "workspace").order_by("id")
            return members[index]

    @cached_property
    def session_key(self) -> str:
        """The owner's session."""
        user = self.owner.user
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "accounts.backends.EmailBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        return str(session.session_key)

    @property
    def cookies(self) -> str:
        """The Cookie header of the owner's browser."""
        return f"{settings.SESSION_COOKIE_NAME}={self.session_key}"

    def empty_broker(self) -> None:
        """Forget queued wake-ups, so that no bench pays for the one before."""
        with redis.Redis.from_url(self.ground.valkey.url) as client:
            client.flushall()

    @contextmanager
    def product(self, *names: str) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
        """Run these of web, edge, worker and beat, ready to serve."""
        folder = self.ground.folders.home
        commands = processes.commands(
            web_port=self.ground.web_port, edge_port=self.ground.edge_port, threads=8, schedule=folder / "beat-schedule"
        )
        answering = {"web": self.ground.web_port, "edge": self.ground.edge_port}
        with _running({name: commands[name] for name in names}, {name: answering.get(name, 0) for name in names}, self) as made:
            yield made

    @contextmanager
    def limit(self, kind: str, module: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
        """Run a limit server (`asgi` under uvicorn, `wsgi` under granian) and give its process and port."""
        port = ports.any_free()
        if kind == "asgi":
            command = [sys.executable, "-m", "uvicorn", f"bench.limits.{module}:application", "--host", ports.HOST]
            command += ["--port", str(port), "--no-access-log", "--log-level", "warning", "--ws", "websockets-sansio"]
        else:
            command = [sys.executable, "-m", "granian", "--interface", "wsgi", f"bench.limits.{module}:application"]
            command += ["--host", ports.HOST, "--port", str(port), "--workers", "1", "--blocking-threads", "8"]
            command += ["--log-level", "error", "--no-ws"]
        with _running({module: command}, {module: port}, self) as made:
            yield made[module], port


@contextmanager
def _running(
    commands: dict[str, list[str]], listening: dict[str, int], stage: Stage
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    made: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            with (stage.ground.folders.logs / f"{name}.log").open("wb") as log:
                environment = processes.serving(os.environ)
                made[name] = children.spawn(
                    command, environment=environment, folder=REPOSITORY, output=log, death_signal=signal.SIGKILL
                )
        for name, port in listening.items():
            _wait(lambda port=port: _is_ready(port, stage), made[name], name)
        yield made
    finally:
        for process in made.values():
            children.stop(process, patience=5)


def _is_ready(port: int, stage: Stage) -> bool:
    if port:
        return processes.answers(port)
    with redis.Redis.from_url(stage.ground.valkey.url) as client:
        return any(found["cmd"] == "brpop" for found in client.client_list())


def _wait(is_ready: object, process: subprocess.Popen[bytes], name: str) -> None:
    assert callable(is_ready)
    deadline = time.monotonic() + START_LIMIT
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{name} did not start: see its log in the run's folder.")
        time.sleep(0.05)
