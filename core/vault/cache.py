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
    #: Workspace and key id, with which the associated data of every value under this key begins.
    head: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.head = self.workspace_id.bytes + self.id.bytes


class UsableKey(UnlockedKey):
    """For the type checker: an unlocked key that was not destroyed."""

    cipher: AESGCM


class TimedCache[K, V]:
    """Least recently used out first, and nothing older than `seconds`."""

    def __init__(self, *, size: int, seconds: float) -> None:
        self._size = size
        self._seconds = seconds
        self._items: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        # Without the lock: each step is one C call on built-in keys, and this runs for every value that is read.
        found = self._items.get(key)
        if found is None or found[0] < monotonic():
            return None
        try:
            self._items.move_to_end(key)
        except KeyError:
            return found[1]  # put out by another thread in between; what we hold is still good
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
