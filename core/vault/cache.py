"""Unlocked keys in the memory of one process: bounded, short-lived, safe to share between threads."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


@dataclass(slots=True)
class UnlockedKey:
    """A key ready for use, or (`cipher` None) the knowledge that it was destroyed."""

    id: UUID
    workspace_id: UUID
    kind: str
    secret: bytes = field(repr=False)
    cipher: AESGCM | None = field(repr=False)
    #: Values derived from this key (keyed hashes by namespace); they live and die with it.
    derived: dict[str, Any] = field(repr=False, default_factory=dict)


class TimedCache[K, V]:
    """Least recently used out first, and nothing older than `seconds`."""

    def __init__(self, *, size: int, seconds: float) -> None:
        self._size = size
        self._seconds = seconds
        self._items: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            found = self._items.get(key)
            if found is None:
                return None
            if found[0] < monotonic():
                del self._items[key]
                return None
            self._items.move_to_end(key)
            return found[1]

    def put(self, key: K, value: V) -> None:
        with self._lock:
            self._items[key] = (monotonic() + self._seconds, value)
            self._items.move_to_end(key)
            if len(self._items) > self._size:
                self._items.popitem(last=False)

    def drop(self, key: K) -> None:
        with self._lock:
            self._items.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._items.clear()
