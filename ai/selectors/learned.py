"""What a workspace's AI has learned and put to use."""

from dataclasses import dataclass
from uuid import UUID

from ai.engine.intents import Artefact


@dataclass(frozen=True, slots=True)
class LiveModel:
    """An intent model that is in use, and what it is called."""

    name: str
    artefact: Artefact


def live_model(workspace_id: UUID) -> LiveModel | None:
    """The intent model that a workspace has in use; None: intents are known by their names and descriptions alone."""
    del workspace_id  # none has been learned yet
    return None
