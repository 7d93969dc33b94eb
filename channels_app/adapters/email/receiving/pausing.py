"""Waiting between two looks into a mailbox; a listener that is told to stop does so soon."""

from collections.abc import Callable
from time import monotonic, sleep

#: How soon a listener that is told to stop does.
LOOK_SECONDS = 1.0


def pause(seconds: float, is_stopped: Callable[[], bool]) -> None:
    """Wait so long, or until `is_stopped`."""
    until = monotonic() + seconds
    while (left := until - monotonic()) > 0 and not is_stopped():
        sleep(min(LOOK_SECONDS, left))
