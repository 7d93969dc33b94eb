"""Keeps a handful of processes running: prefixes their output, restarts a crashed one, ends them all together."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from chatzee.embedded import children
from chatzee.embedded.children import Identity
from chatzee.embedded.folders import REPOSITORY, Folders, write_private

#: Seconds before a crashed process is started again; the last one repeats. A process that stayed up starts over.
BACK_OFF = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0)
STABLE_AFTER = 60.0
_WIDTH = 9


@dataclass(frozen=True, slots=True)
class Service:
    """One process to keep running. `colour` is an ANSI colour number for its prefix."""

    name: str
    command: Sequence[str]
    colour: int


@dataclass
class _Running:
    service: Service
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    restart_at: float = 0.0
    unfinished: bytes = field(default=b"")


class Supervisor:
    """Runs services until asked to stop. Single-threaded: the kernel ties children to the thread that starts them."""

    def __init__(self, folders: Folders, environment: Mapping[str, str], services: Sequence[Service]) -> None:
        self.folders = folders
        self.environment = environment
        self.running = {service.name: _Running(service) for service in services}
        self.selector = selectors.DefaultSelector()
        self.is_stopping = False
        self.signals_seen = 0
        #: Called each turn of the loop; the caller revives its servers here.
        self.watch: Callable[[], None] = lambda: None

    def start(self) -> None:
        for running in self.running.values():
            self._launch(running)
        self.record()

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Pass output on and restart what crashes, until a stop was asked for or `until()` is true."""
        while not self.is_stopping and not until():
            self.turn()

    def turn(self, patience: float = 0.2) -> None:
        """One round: pass on what was printed, then look after the processes."""
        for key, _events in self.selector.select(patience):
            self._pass_on(key.data)
        if self.is_stopping:
            return
        self.watch()
        for running in self.running.values():
            self._look_after(running)

    def stop(self) -> None:
        """End every process: all are asked at once, then waited for; what stays is killed."""
        alive = [running for running in self.running.values() if running.process is not None]
        for running in alive:
            if running.process is not None and running.process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    running.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 8
        while time.monotonic() < deadline and self.signals_seen < 2 and any(_is_up(running) for running in alive):
            self.turn(0.05)
        for running in alive:
            if running.process is not None:
                children.stop(running.process, patience=0.1)
                self._pass_on(running)
        self.record()

    def listen_to_signals(self) -> None:
        """Stop on Ctrl-C, SIGTERM and a closed terminal; a second one stops without patience."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def say(self, name: str, text: str, colour: int = 37) -> None:
        """One line of our own under a prefix."""
        print(f"{_paint(f'{name:<{_WIDTH}}', colour)} {text}", flush=True)

    def record(self, also: Sequence[int] = ()) -> None:
        """Write down who runs, so that the next start can end what a kill -9 of this one leaves behind."""
        self._also = tuple(also) or getattr(self, "_also", ())
        pids = [*self._also, *(running.process.pid for running in self.running.values() if _is_up(running) and running.process)]
        found = [identity for identity in map(Identity.of, pids) if identity]
        write_private(_record_file(self.folders), json.dumps([[identity.pid, identity.started] for identity in found]))

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stopping = True
        self.signals_seen += 1

    def _launch(self, running: _Running) -> None:
        running.process = children.spawn(
            running.service.command, environment=self.environment, folder=REPOSITORY, output=subprocess.PIPE
        )
        running.started_at = time.monotonic()
        assert running.process.stdout is not None
        os.set_blocking(running.process.stdout.fileno(), False)
        self.selector.register(running.process.stdout, selectors.EVENT_READ, running)

    def _look_after(self, running: _Running) -> None:
        now = time.monotonic()
        if running.process is not None:
            code = running.process.poll()
            if code is None:
                return
            # Its helpers (granian's worker, Celery's pool) must not hold its port.
            children.stop(running.process, patience=0)
            self._pass_on(running)
            if now - running.started_at > STABLE_AFTER:
                running.failures = 0
            wait = BACK_OFF[min(running.failures, len(BACK_OFF) - 1)]
            running.failures += 1
            running.process, running.restart_at = None, now + wait
            self.say(running.service.name, f"ended with {_describe(code)}; starting again in {wait:g} s", 31)
        elif now >= running.restart_at:
            self._launch(running)
            self.record()

    def _pass_on(self, running: _Running) -> None:
        """Print the whole lines that came in, and keep them in the service's log file."""
        stream = running.process.stdout if running.process else None
        if stream is None or stream.closed:
            return
        try:
            chunk = os.read(stream.fileno(), 65536)
        except BlockingIOError:
            return
        *lines, running.unfinished = (running.unfinished + chunk).split(b"\n")
        if not chunk:
            self.selector.unregister(stream)
            stream.close()
            lines, running.unfinished = [running.unfinished], b""
        if not any(lines):
            return
        with (self.folders.logs / f"{running.service.name}.log").open("ab") as log:
            for line in lines:
                log.write(line + b"\n")
                self.say(running.service.name, line.decode(errors="replace"), running.service.colour)


def left_over(folders: Folders) -> list[Identity]:
    """The processes a former run wrote down."""
    try:
        return [Identity(int(pid), str(started)) for pid, started in json.loads(_record_file(folders).read_text())]
    except (OSError, ValueError, TypeError):
        return []


def _record_file(folders: Folders) -> Path:
    return folders.home / "processes.json"


def _is_up(running: _Running) -> bool:
    return running.process is not None and running.process.poll() is None


def _describe(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"


def _paint(text: str, colour: int) -> str:
    return f"\033[{colour}m{text}\033[0m" if sys.stdout.isatty() else text
