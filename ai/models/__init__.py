"""The tables of AI."""

from ai.models.evaluation import Change, Evaluation, EvaluationResult, GoldenCase, GoldenSource
from ai.models.learning import FeedbackEvent, Lineage, ModelVersion, Origin, Training
from ai.models.ledger import Egress, Spend, Use
from ai.models.providers import Provider, ProviderModel, TaskModel
from ai.models.readings import Intent, Reading
from ai.models.replies import Assist, Handover, Proposal
from ai.models.resolutions import Resolution
from ai.models.settings import AiSettings, InboxAi
from ai.models.switches import MinorLift, Switch
from ai.models.turns import Turn

__all__ = [
    "AiSettings",
    "Assist",
    "Change",
    "Egress",
    "Evaluation",
    "EvaluationResult",
    "FeedbackEvent",
    "GoldenCase",
    "GoldenSource",
    "Handover",
    "InboxAi",
    "Intent",
    "Lineage",
    "MinorLift",
    "ModelVersion",
    "Origin",
    "Proposal",
    "Provider",
    "ProviderModel",
    "Reading",
    "Resolution",
    "Spend",
    "Switch",
    "TaskModel",
    "Training",
    "Turn",
    "Use",
]
