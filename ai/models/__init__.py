"""The tables of AI."""

from ai.models.ledger import Egress, Spend, Use
from ai.models.providers import Provider, ProviderModel, TaskModel
from ai.models.settings import AiSettings, InboxAi
from ai.models.switches import Switch

__all__ = [
    "AiSettings",
    "Egress",
    "InboxAi",
    "Provider",
    "ProviderModel",
    "Spend",
    "Switch",
    "TaskModel",
    "Use",
]
