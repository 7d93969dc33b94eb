"""What a page or an Instagram account does that is no message: typing, read marks, reactions."""

from typing import Any

from channels_app.adapters.meta.comments import comment_in
from channels_app.adapters.meta.graph import Graph
from channels_app.contract import Action, ChannelError


def act(action: Action, node: str, line: Graph) -> None:
    """Do an action as this node. Raises ChannelError. A comment is no message of a chat: nothing is done to it."""
    if comment_in(action.provider_id):
        return
    more: dict[str, Any] = {}
    match action.kind:
        case "typing":
            sender_action = "typing_on"
        case "read":
            sender_action = "mark_seen"
        case "react" if action.text:
            sender_action, more = "react", {"payload": {"message_id": action.provider_id, "reaction": action.text}}
        case "react":
            sender_action, more = "unreact", {"payload": {"message_id": action.provider_id}}
        case _:
            raise ChannelError("unsupported", permanent=True)
    line.post(f"{node}/messages", {"recipient": {"id": action.to}, "sender_action": sender_action, **more}, is_repeatable=True)
