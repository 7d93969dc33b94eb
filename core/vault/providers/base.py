"""The interface of a root key provider."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RootKey:
    """A workspace key as the provider wrapped it, and the version of the root key that did."""

    wrapped: bytes
    version: str


class RootKeyProvider(Protocol):
    """Wraps and unwraps 32-byte workspace keys. `context` binds the result to its workspace and key.

    Every method may call out over the network and raises RootKeyError when the provider refuses, cannot be reached,
    or the wrapped bytes or their context were changed.
    """

    name: str

    def current_version(self) -> str:
        """The version of the root key that `wrap` uses now."""

    def wrap(self, secret: bytes, *, context: dict[str, str]) -> RootKey: ...

    def unwrap(self, wrapped: bytes, *, version: str, context: dict[str, str]) -> bytes: ...
