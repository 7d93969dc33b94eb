"""Unlocked keys in the memory of one process: bounded, short-lived, safe to share between threads."""

from dataclasses import dataclass, field
from threading import Lock, Thread
from time import monotonic, sleep
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


class TimedCache[K, V]:
    """Nothing older than `seconds`, and at most `size` items: the oldest go first.

    A thread takes out what gets too old, up to a sixtieth of the time early so that it wakes seldom, and ends when nothing
    is left. What lies in `held` may therefore be read as it is, without a look at the clock, and old keys do not stay in
    the memory of an idle process.
    """

    __slots__ = ("_lock", "_seconds", "_size", "_sweeper", "_until", "held")

    def __init__(self, *, size: int, seconds: float) -> None:
        self._size = size
        self._seconds = seconds
        self.held: dict[K, V] = {}
        #: When each item ends, the next to end first.
        self._until: dict[K, float] = {}
        self.after_fork()

    def after_fork(self) -> None:
        """Begin empty in a child process: there is no sweeping thread in it, and the lock may have been held."""
        self._lock = Lock()
        self._sweeper: Thread | None = None
        self.held.clear()
        self._until.clear()

    def get(self, key: K) -> V | None:
        return self.held.get(key)

    def put(self, key: K, value: V) -> None:
        with self._lock:
            if self._sweeper is None:
                self._sweeper = Thread(target=self._sweep, name="vault-cache", daemon=True)
                self._sweeper.start()
            self._take_out(key)
            while len(self.held) >= self._size:
                self._take_out(next(iter(self._until)))
            self._until[key] = monotonic() + self._seconds
            self.held[key] = value

    def drop(self, key: K) -> None:
        with self._lock:
            self._take_out(key)

    def clear(self) -> None:
        with self._lock:
            self.held.clear()
            self._until.clear()

    def _take_out(self, key: K) -> None:
        self.held.pop(key, None)
        self._until.pop(key, None)

    def _sweep(self) -> None:
        early = self._seconds / 60
        while True:
            with self._lock:
                due = monotonic() + early
                while self._until and (pause := next(iter(self._until.values())) - due) <= 0:
                    self._take_out(next(iter(self._until)))
                if not self._until:
                    self._sweeper = None
                    return
            sleep(max(pause, early))
