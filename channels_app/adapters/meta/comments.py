"""Comments under what a company posted: as far as they are answered in private, which Meta allows once for each.

A comment is a message of its own kind. Its id at the platform bears a mark, by which an answer to it is known as one.
"""

from collections.abc import Sequence
from datetime import datetime

from channels_app.adapters.meta.fields import ident, moment
from channels_app.json_fields import Fields, part, words
from conversations.normalised import InboundMessage, MessageDeleted, MessageEdited, Normalised, Sender

MARK = "comment:"
_FIELDS = frozenset({"comments", "live_comments", "feed"})


def comment_events(field: str, value: Fields, account: str, received: datetime) -> Sequence[Normalised]:
    """The normalised events of a change; none for any but other people's comments. Raises UnparsableError."""
    author, comment = part(value, "from"), ident(value, "comment_id") or ident(value, "id")
    person = ident(author, "id", 64)
    is_comment = field in _FIELDS and (field != "feed" or words(value, "item", 32) == "comment")
    if not is_comment or not comment or not person or person == account:
        return []
    at = moment(value, "created_time") if value.get("created_time") else received
    name = words(author, "name", 120) or words(author, "username", 120)
    sender = Sender("channel", person, name=name.strip())
    text = words(value, "message") or words(value, "text")
    match words(value, "verb", 16):
        case "add" | "":
            return [_said(sender, comment, at, text, value)]
        case "edited" | "edit":
            return [MessageEdited(sender, MARK + comment, text, received)]
        case "remove" | "delete":
            return [MessageDeleted(sender, MARK + comment, received)]
    return []


def comment_in(reply_to: str) -> str:
    """The comment that an answer is to; empty where it is to a message."""
    return reply_to.removeprefix(MARK) if reply_to.startswith(MARK) else ""


def _said(sender: Sender, comment: str, at: datetime, text: str, value: Fields) -> InboundMessage:
    known = {
        "id": comment,
        "post": ident(value, "post_id", 128) or ident(part(value, "media"), "id", 128),
        "parent": ident(value, "parent_id", 128),
        "url": words(part(value, "post"), "permalink_url", 2048),
    }
    data = {"comment": {name: one for name, one in known.items() if one}}
    return InboundMessage(sender, MARK + comment, at, text or "💬", "comment", data)
