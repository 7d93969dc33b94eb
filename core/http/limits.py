"""How much time and space one call may take."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from core.http.errors import TimeLimitError


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds. `total` covers the whole call: look-up, redirects, and the body to its last byte."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 20.0
    #: Largest response body in bytes, both as it is sent and after decompression.
    max_bytes: int = 5 * 1024 * 1024
    #: Redirects to follow; each is checked like a first address. None by default.
    redirects: int = 0


class Deadline:
    """The moment by which a call must be over. `tick` is called every second while it waits, and may raise to end it."""

    def __init__(self, seconds: float, *, tick: Callable[[], None] | None = None) -> None:
        self._at = monotonic() + seconds
        self.tick = tick

    def left(self, wanted: float | None = None) -> float:
        """Seconds left, at most `wanted`. Raises TimeLimitError when there are none."""
        left = self._at - monotonic()
        if left <= 0:
            raise TimeLimitError("The call did not finish in time.")
        return left if wanted is None else min(left, wanted)
