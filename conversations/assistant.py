"""The door to what answers without being a person. AI stands above conversations and fills it in."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Assistant:
    """Who answers an inbox by itself, as customers are told."""

    name: str


_namers: list[Callable[[UUID], Assistant | None]] = []
_holders: list[Callable[[UUID], bool]] = []


def register(*, namer: Callable[[UUID], Assistant | None], holder: Callable[[UUID], bool]) -> None:
    """Name the functions that tell, inside the scope, who answers an inbox, and whether a conversation is in its hands."""
    _namers[:], _holders[:] = [namer], [holder]


def assistant_of(inbox_id: UUID) -> Assistant | None:
    """Who answers an inbox's customers first now; None: people do."""
    return _namers[0](inbox_id) if _namers else None


def is_held(conversation_id: UUID) -> bool:
    """Whether a pending conversation is in the assistant's hands: what its contact writes then does not open it."""
    return any(holder(conversation_id) for holder in _holders)
