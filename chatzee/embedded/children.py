"""Child processes that cannot outlive their parent, and processes of a former run that did."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
#: The user and group "nobody". Another free number would do but for initdb, which wants a passwd entry.
NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Identity:
    """A process id with its start mark: together they name one process even after the id was given out again."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """The identity of a running process; None when there is none (a zombie counts as none)."""
        if Path("/proc/self/stat").exists():
            try:
                stat = Path(f"/proc/{pid}/stat").read_text()
            except OSError:
                return None
            # The command stands in brackets and may hold spaces; field 3 is the state, field 22 the start time.
            fields = stat.rpartition(")")[2].split()
            return None if fields[0] == "Z" else cls(pid, fields[19])
        found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return cls(pid, found.stdout.strip()) if found.stdout.strip() else None

    def is_running(self) -> bool:
        return Identity.of(self.pid) == self


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    output: IO[bytes] | int | None = None,
    nobody: bool = False,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own; the kernel sends it `death_signal` when we die, even by kill -9.

    Must be called from the main thread: Linux ties the promise to the thread that forks. With `nobody` the process
    runs as the unprivileged user 65534 (we must be root).
    """
    return subprocess.Popen(
        [str(part) for part in command],
        env=None if environment is None else dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        preexec_fn=_tie_to_parent(death_signal),  # noqa: PLW1509  # the callers start their children before any thread
        user=NOBODY if nobody else None,
        group=NOBODY if nobody else None,
        extra_groups=[] if nobody else None,
    )


def _tie_to_parent(death_signal: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:
            os._exit(1)

    return tie


def stop(process: subprocess.Popen[bytes], *, how: int = signal.SIGTERM, patience: float = 10) -> None:
    """End a child: ask, wait `patience` seconds, then kill its whole group so that no grandchild stays."""
    if process.poll() is None:
        process.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def stop_left_over(identities: Sequence[Identity], *, patience: float = 10) -> int:
    """End processes of a former run that still live; return how many. Others that got the same pid are not touched."""
    living = [identity for identity in identities if identity.is_running()]
    for identity in living:
        _signal_group(identity.pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(identity.is_running() for identity in living):
        time.sleep(0.05)
    for identity in living:
        if identity.is_running():
            _signal_group(identity.pid, signal.SIGKILL)
    return len(living)


def _signal_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
