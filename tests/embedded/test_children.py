"""Children end with their parent, and only our own left-overs are ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chatzee.embedded import children
from chatzee.embedded.children import Identity


def _until(is_true: Callable[[], bool], *, limit: float = 10) -> bool:
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.02)
    return is_true()


def test_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    program = (
        "import pathlib, time; from chatzee.embedded import children;"
        f"child = children.spawn(['sleep', '60']); pathlib.Path({str(note)!r}).write_text(str(child.pid)); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program])
    assert _until(lambda: note.exists() and note.read_text() != "")
    child = Identity.of(int(note.read_text()))
    assert child is not None
    assert child.is_running()
    parent.kill()
    parent.wait()
    assert _until(lambda: not child.is_running())


def test_stop_takes_grandchildren_along() -> None:
    child = children.spawn(["sh", "-c", "sleep 60 & echo $!; wait"], output=subprocess.PIPE)
    assert child.stdout is not None
    grandchild = Identity.of(int(child.stdout.readline()))
    assert grandchild is not None
    children.stop(child, patience=1)
    child.stdout.close()
    assert _until(lambda: not grandchild.is_running())


def test_left_over_of_another_start_is_not_touched() -> None:
    child = children.spawn(["sleep", "60"])
    try:
        same_pid_other_process = Identity(child.pid, "1")
        assert children.stop_left_over([same_pid_other_process]) == 0
        assert child.poll() is None
        mine = Identity.of(child.pid)
        assert mine is not None
        assert children.stop_left_over([mine], patience=2) == 1
        assert child.wait(5) == -signal.SIGTERM
    finally:
        children.stop(child)


def test_identity_of_a_zombie_is_none() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    try:
        assert _until(lambda: Identity.of(pid) is None)
    finally:
        os.waitpid(pid, 0)


def test_nobody_drops_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    child = children.spawn(["id", "-u"], output=subprocess.PIPE, nobody=True)
    assert child.stdout is not None
    assert int(child.stdout.read()) == children.NOBODY
    child.stdout.close()
    child.wait()
