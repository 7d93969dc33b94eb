"""The tables of AI."""

from ai.models.learning import FeedbackEvent, Lineage, ModelVersion
from ai.models.ledger import Egress, Spend, Use
from ai.models.providers import Provider, ProviderModel, TaskModel
from ai.models.readings import Intent, Reading
from ai.models.replies import Assist, Handover, Proposal
from ai.models.resolutions import Resolution
from ai.models.settings import AiSettings, InboxAi
from ai.models.switches import Switch
from ai.models.turns import Turn

__all__ = [
    "AiSettings",
    "Assist",
    "Egress",
    "FeedbackEvent",
    "Handover",
    "InboxAi",
    "Intent",
    "Lineage",
    "ModelVersion",
    "Proposal",
    "Provider",
    "ProviderModel",
    "Reading",
    "Resolution",
    "Spend",
    "Switch",
    "TaskModel",
    "Turn",
    "Use",
]
