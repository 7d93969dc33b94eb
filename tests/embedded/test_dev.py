"""`bin/dev` on a checkout of its own, below a path with spaces that other users cannot enter."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from chatzee.embedded import ports
from chatzee.embedded.children import Identity
from chatzee.embedded.folders import REPOSITORY

pytestmark = pytest.mark.drill

_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "staticfiles", "tests", "bench", "test-results")
START_LIMIT = 90


@dataclass
class Checkout:
    """A copy of the code, and the run of `bin/dev` in it."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "chatzee.embedded.dev", *arguments]

    def environment(self) -> dict[str, str]:
        """Ours without what belongs to the run of the tests."""
        return {name: value for name, value in os.environ.items() if not name.startswith(("CHATZEE_", "PYTEST_", "DJANGO_"))}

    def start(self, *arguments: str) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                self.command(*arguments), cwd=self.folder, env=self.environment(), stdout=output, stderr=subprocess.STDOUT
            )
        assert _until(lambda: "Chatzee is running" in self.said() or self.process_ended(), limit=START_LIMIT), self.said()
        assert not self.process_ended(), self.said()

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "chatzee.embedded.manage", *arguments]
        return subprocess.run(command, cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False)

    @property
    def output(self) -> Path:
        return self.folder / "output.txt"

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def process_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def address(self) -> str:
        return (self.folder / ".run/dev/address").read_text()

    def living(self) -> list[Identity]:
        recorded = json.loads((self.folder / ".run/dev/processes.json").read_text())
        found = [Identity(pid, started) for pid, started in recorded]
        return [identity for identity in found if identity.is_running()]

    def answers(self) -> bool:
        port = int(self.address().rpartition(":")[2])
        connection = http.client.HTTPConnection(ports.HOST, port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    folder = tmp_path_factory.mktemp("dev") / "a path with spaces"
    shutil.copytree(REPOSITORY, folder, ignore=_LEFT_OUT)
    found = Checkout(folder)
    yield found
    found.stop()
    subprocess.run(
        [sys.executable, "-c", "from chatzee.embedded.folders import Folders; Folders('dev').wipe()"], cwd=folder, check=True
    )


def test_first_start_takes_the_next_free_port_and_says_so(checkout: Checkout) -> None:
    with contextlib.closing(socket.socket()) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            taken.bind((ports.HOST, 8000))
            taken.listen()
        checkout.start()
    assert checkout.address() != f"http://{ports.HOST}:8000"
    assert "Ports were taken" in checkout.said()
    assert "web 8000 →" in checkout.said()
    assert checkout.answers()


def test_second_start_names_the_first_and_leaves_it_alone(checkout: Checkout) -> None:
    second = subprocess.run(
        checkout.command(), cwd=checkout.folder, env=checkout.environment(), capture_output=True, text=True, check=False
    )
    assert second.returncode == 0
    assert second.stdout == f"Chatzee is already running at {checkout.address()}. Stop it with Ctrl-C in its terminal.\n"
    assert checkout.answers()


def test_commands_run_on_what_runs_here(checkout: Checkout) -> None:
    done = checkout.manage("audit_verify")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "The audit trail is whole.\n"


def test_every_killed_process_comes_back(checkout: Checkout) -> None:
    before = checkout.living()
    assert len(before) == 9  # Postgres, Valkey, emulators, web, edge, worker, ai, listener, beat
    for identity in before:
        os.kill(identity.pid, signal.SIGKILL)
    assert _until(lambda: _are_replaced(before, checkout.living()), limit=45), checkout.said()
    assert _until(checkout.answers, limit=45), checkout.said()


def test_start_after_a_kill_of_everything_recovers(checkout: Checkout) -> None:
    assert checkout.process is not None
    before = checkout.living()
    checkout.process.kill()
    checkout.process.wait()
    assert _until(lambda: not any(identity.is_running() for identity in before), limit=20)
    checkout.start()
    assert _until(checkout.answers, limit=30), checkout.said()


def test_interrupt_stops_everything(checkout: Checkout) -> None:
    assert checkout.process is not None
    before = checkout.living()
    checkout.process.send_signal(signal.SIGINT)
    assert checkout.process.wait(30) == 0
    assert checkout.said().rstrip().endswith("Stopped.")
    assert [identity for identity in before if identity.is_running()] == []


def test_commands_say_when_nothing_runs(checkout: Checkout) -> None:
    done = checkout.manage("audit_verify")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "bin/manage: nothing runs in this checkout. Start bin/dev in another terminal, then try again.\n"


def _are_replaced(before: list[Identity], now: list[Identity]) -> bool:
    return len(now) == len(before) and not set(before) & set(now)


def _until(is_true: Callable[[], bool], *, limit: float) -> bool:
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.1)
    return is_true()
