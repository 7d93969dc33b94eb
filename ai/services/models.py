"""The workspace's learned models in this process: loaded once for as long as each is the one in use."""

from threading import Lock
from uuid import UUID

from ai.engine.intents import IntentModel
from ai.engine.trust import TrustGate, load as load_gate
from ai.gate import Opened
from ai.models import FeedbackEvent
from ai.selectors.learned import LiveModel, artefact_of, live_models
from ai.services.situations import Situation

_lock = Lock()
#: By workspace and task the one in use, and the one that is supposed in its place while a change is measured.
_loaded: dict[tuple[UUID, str], dict[UUID, IntentModel | TrustGate]] = {}
_KEPT = 2


def models_in(situation: Situation) -> dict[str, LiveModel]:
    """The learned models that count in a situation, by task: those in use, or what is supposed in their place."""
    found = {**live_models(situation.workspace_id), **situation.supposed.learned}
    return {task: one for task, one in found.items() if one is not None}


def labels_model(opened: Opened, task: str, live: LiveModel) -> IntentModel:
    """The model in use for intents, moods or priorities."""
    found = _known(opened, task, live)
    if found is None:
        artefact = artefact_of(opened.subject.workspace_id, live.id)
        found = _keep(opened, task, live, opened.engine.load_model(artefact))
    assert isinstance(found, IntentModel)
    return found


def trust_gate(opened: Opened, situation: Situation) -> tuple[TrustGate, str] | None:
    """The gate that people's decisions on suggestions have taught, and its name; None: the rules decide."""
    task = FeedbackEvent.Task.REPLY
    live = models_in(situation).get(task)
    if live is None:
        return None
    found = _known(opened, task, live)
    if found is None:
        found = _keep(opened, task, live, load_gate(artefact_of(opened.subject.workspace_id, live.id)))
    assert isinstance(found, TrustGate)
    return found, live.name


def _known(opened: Opened, task: str, live: LiveModel) -> IntentModel | TrustGate | None:
    with _lock:
        return _loaded.get((opened.subject.workspace_id, task), {}).get(live.id)


def _keep(opened: Opened, task: str, live: LiveModel, model: IntentModel | TrustGate) -> IntentModel | TrustGate:
    with _lock:
        known = _loaded.setdefault((opened.subject.workspace_id, task), {})
        known[live.id] = model
        for old in list(known)[:-_KEPT]:
            del known[old]
    return model
