"""What a workspace's AI has learned and put to use."""

import base64
from dataclasses import dataclass
from uuid import UUID

from ai.engine.intents import Artefact
from ai.models import FeedbackEvent, ModelVersion
from core.tenancy import scope


@dataclass(frozen=True, slots=True)
class LiveModel:
    """An intent model that is in use, and what it is called."""

    id: UUID
    name: str


def live_model(workspace_id: UUID) -> LiveModel | None:
    """The intent model that a workspace has in use; None: intents are known by their names and descriptions alone."""
    with scope(workspace_id):
        rows = ModelVersion.objects.filter(task=FeedbackEvent.Task.INTENT, state=ModelVersion.State.LIVE)
        found = rows.values_list("id", "number").first()
    return None if found is None else LiveModel(found[0], name_of(found[1]))


def artefact_of(workspace_id: UUID, model_id: UUID) -> Artefact:
    """A stored model, to be loaded by the engine."""
    with scope(workspace_id):
        row = ModelVersion.objects.get(pk=model_id)
        return Artefact(row.manifest, base64.b64decode(row.arrays))


def name_of(number: int) -> str:
    """What readings and events call the version."""
    return f"intents-{number}"
