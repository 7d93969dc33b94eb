"""Telegram Business: what an account lets the bot do for it, told by the platform whenever that changes."""

from collections.abc import Mapping
from typing import Any

from channels_app.adapters.telegram.addresses import address_of
from channels_app.adapters.telegram.fields import number
from channels_app.contract import Action, ChannelError, InboxConfig
from channels_app.json_fields import Fields, part, words
from channels_app.services.facts import keep_fact
from conversations.normalised import Errand, Normalised

#: The errand that keeps what a connection allows, and where in the inbox's settings it is kept.
KEEP, KIND = "keep_business", "business"


def connection_in(found: Fields, update: Fields) -> list[Normalised]:
    """The errand of a connection that was made, changed or ended."""
    name = words(found, "id", 128)
    if not name:
        return []
    # Until Bot API 9.0 the right to reply stood beside the others' place.
    can_reply = part(found, "rights").get("can_reply") is True or found.get("can_reply") is True
    fact = {"is_enabled": found.get("is_enabled") is True, "can_reply": can_reply}
    return [Errand(KEEP, {"name": name, "fact": fact, "version": number(update, "update_id")})]


def keep(action: Action, inbox: InboxConfig) -> None:
    """Keep what a connection allows."""
    given = action.data
    keep_fact(inbox.workspace_id, inbox.id, KIND, given["name"], given["fact"], version=given["version"])


def refusal(to: str, settings: Mapping[str, Any], bot: str) -> str:
    """Why the bot may not answer at an address, as a code; empty where it may or nothing is known."""
    try:
        connection = address_of(to, bot).connection
    except ChannelError:  # sending tells
        return ""
    known = (settings.get(KIND) or {}).get(connection)
    if not connection or known is None:
        return ""
    if not known["is_enabled"]:
        return "business_ended"
    return "" if known["can_reply"] else "business_no_reply"
