"""The demo's assistant: it answers the shop's chat from the help centre by itself, and suggests to agents everywhere else."""

from typing import Any

from accounts.models import Team
from ai.models import InboxAi, Intent
from ai.services.intents import save_intent
from ai.services.settings import save_inbox_ai, save_settings
from conversations.models import Conversation, Inbox, Label
from core.audit import Actor

High = Conversation.Priority.HIGH
#: Name, what customers write, team, label, priority, whether the AI may answer it by itself.
INTENTS = (
    ("Where is my order", "When will my order arrive? My parcel has not come yet.", "Care", "delivery", 0, True),
    ("Return and refund", "I want to send something back and get my money back.", "Returns", "returns", 0, True),
    ("Something is broken", "My bowl arrived broken or has a crack.", "Care", "damaged", High, False),
    ("Care and use", "May it go into the dishwasher, the oven or the microwave?", "Care", "", 0, True),
    ("Workshops", "I would like to book a workshop at the studio.", "", "", 0, True),
    ("Wholesale", "We run a shop and would like to sell your pots.", "Wholesale", "wholesale", 0, False),
)


def add_assistant(inbox: Inbox, teams: dict[str, Team], labels: dict[str, Label]) -> None:
    """Set the assistant up in the demo workspace, which is in scope."""
    actor = Actor.system()
    values = {
        "assistant_name": "Mina",
        "persona": "Helps customers of a small pottery in Porto. Knows stoneware, glazes and parcels.",
        "guard_rails": "Never promise a date of delivery.\nNever offer a discount.",
        "forbidden_topics": ["medical advice"],
    }
    save_settings(values, actor=actor)
    save_inbox_ai(inbox, {"mode": InboxAi.Mode.AUTO, "stage": InboxAi.Stage.ALL, "hours": InboxAi.Hours.ALWAYS}, actor=actor)
    for name, description, team, label, priority, may_be_automatic in INTENTS:
        intent: dict[str, Any] = {"name": name, "description": description, "team": teams.get(team), "label": labels.get(label)}
        intent |= {"priority": priority, "may_be_automatic": may_be_automatic}
        save_intent(Intent(), intent, actor=actor)
