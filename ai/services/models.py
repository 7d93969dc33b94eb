"""The workspace's learned models in this process: loaded once for as long as each is the one in use."""

from threading import Lock
from uuid import UUID

from ai.engine.intents import IntentModel
from ai.engine.trust import TrustGate, load as load_gate
from ai.gate import Opened
from ai.models import FeedbackEvent
from ai.selectors.learned import LiveModel, artefact_of, live_model

_lock = Lock()
_loaded: dict[tuple[UUID, str], tuple[UUID, IntentModel | TrustGate]] = {}


def labels_model(opened: Opened, task: str, live: LiveModel) -> IntentModel:
    """The model in use for intents, moods or priorities."""
    found = _known(opened, task, live)
    if found is None:
        artefact = artefact_of(opened.subject.workspace_id, live.id)
        found = _keep(opened, task, live, opened.engine.load_model(artefact))
    assert isinstance(found, IntentModel)
    return found


def trust_gate(opened: Opened) -> tuple[TrustGate, str] | None:
    """The gate that people's decisions on suggestions have taught, and its name; None: the rules decide."""
    task = FeedbackEvent.Task.REPLY
    live = live_model(opened.subject.workspace_id, task)
    if live is None:
        return None
    found = _known(opened, task, live)
    if found is None:
        found = _keep(opened, task, live, load_gate(artefact_of(opened.subject.workspace_id, live.id)))
    assert isinstance(found, TrustGate)
    return found, live.name


def _known(opened: Opened, task: str, live: LiveModel) -> IntentModel | TrustGate | None:
    with _lock:
        known = _loaded.get((opened.subject.workspace_id, task))
    return known[1] if known is not None and known[0] == live.id else None


def _keep(opened: Opened, task: str, live: LiveModel, model: IntentModel | TrustGate) -> IntentModel | TrustGate:
    with _lock:
        _loaded[opened.subject.workspace_id, task] = (live.id, model)
    return model
