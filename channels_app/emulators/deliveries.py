"""The log of every webhook attempt, as a developer wants to see it."""

import hashlib
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

MAX_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt. `status` is 0 when there was no answer; `outcome` is delivered, retried, dropped or closed."""

    provider: str
    connection: str
    event: int
    attempt: int
    at: float
    status: int
    latency_ms: float
    body_sha256: str
    outcome: str


class Deliveries:
    """The last attempts, oldest first."""

    def __init__(self) -> None:
        self._attempts: deque[Attempt] = deque(maxlen=MAX_KEPT)

    def add(self, attempt: Attempt) -> None:
        self._attempts.append(attempt)

    def clear(self) -> None:
        self._attempts.clear()

    def listed(self, *, connection: str = "", event: str = "") -> list[dict[str, Any]]:
        """The attempts as JSON, those of one connection or event where one is named."""
        return [asdict(one) for one in self._attempts if connection in ("", one.connection) and event in ("", str(one.event))]


def fingerprint(body: bytes) -> str:
    """The SHA-256 of a body."""
    return hashlib.sha256(body).hexdigest()
