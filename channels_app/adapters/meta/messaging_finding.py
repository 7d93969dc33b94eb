"""Whether an ambiguous send arrived: asked of the platform's list of the conversation's last messages.

The list bears no reference of ours, so it proves only what can be nothing else: the one message of the account with exactly
our text that is not older than ours. Files cannot be told apart, and are left to their echo. Times there are whole seconds.
"""

from datetime import UTC, datetime

from channels_app.adapters.meta.comments import comment_in
from channels_app.adapters.meta.fields import ident
from channels_app.adapters.meta.graph import Graph
from channels_app.contract import Outgoing, Sent
from channels_app.json_fields import Fields, part, parts, words

_FIELDS = "messages.limit(20){id,message,from,created_time}"


def find_sent(outgoing: Outgoing, node: str, platform: str, line: Graph) -> Sent | None:
    """The message there that is ours; None where that is not certain. Raises ChannelError."""
    begun, text = _made_at(outgoing), outgoing.text.strip()
    if begun is None or not text or outgoing.files or comment_in(outgoing.reply_to):
        return None
    answer = line.get(f"{node}/conversations", user_id=outgoing.to, platform=platform, fields=_FIELDS)
    listed = [one for talk in parts(answer, "data") for one in parts(part(talk, "messages"), "data")]
    found = [one for one in listed if _is_ours(one, outgoing.to, text, begun)]
    if len(found) != 1 or not ident(found[0], "id"):
        return None
    return Sent(ident(found[0], "id"), occurred_at=_time(found[0]))


def _is_ours(message: Fields, to: str, text: str, begun: datetime) -> bool:
    at = _time(message)
    is_own = ident(part(message, "from"), "id") not in ("", to)
    return is_own and words(message, "message") == text and at is not None and at >= begun.replace(microsecond=0)


def _made_at(outgoing: Outgoing) -> datetime | None:
    """When the message was made: its id tells."""
    if outgoing.reference.version != 7:
        return None
    return datetime.fromtimestamp((outgoing.reference.int >> 80) / 1000, UTC)


def _time(message: Fields) -> datetime | None:
    try:
        found = datetime.fromisoformat(words(message, "created_time", 40))
    except ValueError:
        return None
    return found if found.tzinfo else None
