"""What a workspace's AI has learned and put to use."""

import base64
from dataclasses import dataclass
from uuid import UUID

from ai.engine.intents import Artefact
from ai.models import FeedbackEvent, ModelVersion
from core.tenancy import scope

Task = FeedbackEvent.Task
_NAMES = {Task.INTENT: "intents", Task.MOOD: "moods", Task.PRIORITY: "priorities", Task.REPLY: "replies"}


@dataclass(frozen=True, slots=True)
class LiveModel:
    """A model that is in use, and what it is called."""

    id: UUID
    name: str


def live_models(workspace_id: UUID) -> dict[str, LiveModel]:
    """The models that a workspace has in use, by task. A task without one is left to rules, and to the intents' names."""
    with scope(workspace_id):
        rows = ModelVersion.objects.filter(state=ModelVersion.State.LIVE).values_list("task", "id", "number")
        return {task: LiveModel(model_id, name_of(number, task)) for task, model_id, number in rows}


def live_model(workspace_id: UUID, task: str = Task.INTENT) -> LiveModel | None:
    """The model that a workspace has in use for a task; of intents None says that their names are all there is."""
    return live_models(workspace_id).get(task)


def artefact_of(workspace_id: UUID, model_id: UUID) -> Artefact:
    """A stored model, to be loaded by the engine."""
    with scope(workspace_id):
        row = ModelVersion.objects.get(pk=model_id)
        return Artefact(row.manifest, base64.b64decode(row.arrays))


def name_of(number: int, task: str = Task.INTENT) -> str:
    """What readings and lessons call the version."""
    return f"{_NAMES[Task(task)]}-{number}"
