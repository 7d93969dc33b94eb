"""Unlocked keys in the memory of one process: bounded, short-lived, safe to share between threads."""

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
    #: The workspace's id as a number, which is compared for every value.
    owner: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.head = self.workspace_id.bytes + self.id.bytes
        self.owner = self.workspace_id.int


class UsableKey(UnlockedKey):
    """For the type checker: an unlocked key that was not destroyed."""

    cipher: AESGCM


@dataclass(slots=True)
class _Item[V]:
    until: float
    value: V
    #: Whether it was read since it was last passed over.
    is_used: bool = False


class TimedCache[K, V]:
    """Nothing older than `seconds`, and at most `size` items: the oldest of those that nobody has read lately go first."""

    __slots__ = ("_items", "_lock", "_seconds", "_size")

    def __init__(self, *, size: int, seconds: float) -> None:
        self._size = size
        self._seconds = seconds
        self._items: dict[K, _Item[V]] = {}
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        # Without the lock: one look-up of a built-in key and one mark, and this runs for every value that is read.
        found = self._items.get(key)
        if found is None or found.until < monotonic():
            return None
        found.is_used = True
        return found.value

    def put(self, key: K, value: V) -> None:
        with self._lock:
            self._items.pop(key, None)
            while len(self._items) >= self._size:
                self._pass_over(next(iter(self._items)))
            self._items[key] = _Item(monotonic() + self._seconds, value)

    def _pass_over(self, oldest: K) -> None:
        """Put the oldest item out, unless it was read since the last time: then it is the newest again."""
        item = self._items.pop(oldest)
        if item.is_used:
            item.is_used = False
            self._items[oldest] = item

    def drop(self, key: K) -> None:
        with self._lock:
            self._items.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._items.clear()
