"""What is done at the platform that is no message: read marks, typing, reactions. Cloud API cannot edit or take back."""

from collections.abc import Callable
from typing import Any

from channels_app.adapters.meta.graph import Graph
from channels_app.adapters.whatsapp.sending import recipient_of
from channels_app.contract import Action, ChannelError


def act(action: Action, phone: str, line: Graph) -> None:
    """Do an action. Raises ChannelError."""
    do = _ACTIONS.get(action.kind)
    if do is None:
        raise ChannelError("unsupported", permanent=True)
    do(action, phone, line)


def _read(action: Action, phone: str, line: Graph) -> None:
    """Show the customer that everything up to this message was read."""
    _mark(action, phone, line)


def _typing(action: Action, phone: str, line: Graph) -> None:
    """Show that somebody writes, for 25 seconds or until the answer comes. It is tied to the customer's last message."""
    if action.provider_id:
        _mark(action, phone, line, typing_indicator={"type": "text"})


def _mark(action: Action, phone: str, line: Graph, **more: Any) -> None:
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": action.provider_id, **more}
    line.post(f"{phone}/messages", body, is_repeatable=True)


def _react(action: Action, phone: str, line: Graph) -> None:
    """React to a message, or take the reaction back where the text is empty."""
    base = {"messaging_product": "whatsapp", "recipient_type": "individual", **recipient_of(action.to)}
    reaction = {"message_id": action.provider_id, "emoji": action.text}
    line.post(f"{phone}/messages", {**base, "type": "reaction", "reaction": reaction}, is_repeatable=True)


_ACTIONS: dict[str, Callable[[Action, str, Graph], None]] = {"read": _read, "typing": _typing, "react": _react}
