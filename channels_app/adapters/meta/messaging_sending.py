"""From a message of ours to the calls that a page or an Instagram account sends it by.

One message of ours becomes several there when it has a text and files, or several files. Each bears our reference as its
`metadata`, which comes back in its echo: so we know our own, also those whose answer was lost. What fails before the first
call has arrived is as if nothing had been done; what fails after it is `partly_sent` and never sent again by itself.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from channels_app.adapters.meta.choices import choice_of
from channels_app.adapters.meta.comments import comment_in
from channels_app.adapters.meta.graph import Graph
from channels_app.adapters.meta.messaging_files import Kinds, kind_of
from channels_app.contract import ChannelError, Outgoing, OutgoingFile, Rate, Sent
from channels_app.several import BUDGET, following

MAX_BUTTONS, MAX_LABEL, MAX_PAYLOAD = 13, 20, 1000
#: Calls a second of an account: of texts and pictures, of sounds and films.
TEXT_RATE, MEDIA_RATE = 300, 10

#: Gives the payload of an attachment of a kind, having handed the file over where the channel asks for that.
type HandOver = Callable[[OutgoingFile, str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Style:
    """What distinguishes a channel: its limits of a text, its kinds of files, and whether calls name their type."""

    max_text: int
    is_text_in_bytes: bool
    kinds: Kinds
    has_messaging_type: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One message there: words with their buttons, or a file of a kind."""

    text: str = ""
    buttons: Sequence[Mapping[str, str]] = ()
    file: OutgoingFile | None = None
    kind: str = ""


def send(outgoing: Outgoing, node: str, line: Graph, style: Style, hand_over: HandOver) -> Sent:
    """Send a message as this node. Raises ChannelError."""
    parts = plan(outgoing, style)
    frames = [_frame(outgoing, style, is_first=not place) for place in range(len(parts))]
    ends_at = time.monotonic() + BUDGET
    first = _do(parts[0], frames[0], outgoing, node, line, hand_over)
    rest = [following(partial(_do, one, frames[1], outgoing, node, line, hand_over), ends_at) for one in parts[1:]]
    return Sent(first, more_ids=rest)


def plan(outgoing: Outgoing, style: Style) -> list[Part]:
    """The messages that one of ours becomes, in order. Raises ChannelError for what cannot be sent at all."""
    if outgoing.is_late and outgoing.is_automatic:  # the longer window is for what people write
        raise ChannelError("window_closed", permanent=True)
    if not outgoing.to.isdecimal():
        raise ChannelError("bad_recipient", permanent=True)
    text, buttons = outgoing.text.strip(), _buttons(outgoing.data.get("buttons"))
    if (len(text.encode()) if style.is_text_in_bytes else len(text)) > style.max_text:
        raise ChannelError("too_long", permanent=True)
    files = [Part(file=one, kind=kind_of(one, style.kinds)) for one in outgoing.files]
    if comment_in(outgoing.reply_to) and (files or not text):
        raise ChannelError("comment_text_only", permanent=True)
    if not text and not files:
        raise ChannelError("empty", permanent=True)
    if not buttons:
        return [*([Part(text)] if text else []), *files]
    if not text:
        raise ChannelError("bad_button", permanent=True)
    return [*files, Part(text, buttons)]  # buttons vanish when another message follows


def rates_of(outgoing: Outgoing) -> list[Rate]:
    """The buckets of an account: sounds and films have a smaller one."""
    if any(one.content_type.startswith(("audio/", "video/")) for one in outgoing.files):
        return [Rate("media", float(MEDIA_RATE), MEDIA_RATE)]
    return [Rate("text", float(TEXT_RATE), TEXT_RATE)]


def _buttons(wanted: object) -> list[dict[str, str]]:
    """Answers to choose from. Where one has no id its title is what comes back. Raises ChannelError."""
    given = wanted if isinstance(wanted, list) else []
    found = [_button(one) for one in given]
    titles = {one["title"] for one in found}
    if len(found) > MAX_BUTTONS or len(titles) < len(found):
        raise ChannelError("bad_button", permanent=True)
    return found


def _button(wanted: object) -> dict[str, str]:
    payload, title = choice_of(wanted, "bad_button", most_title=MAX_LABEL, most_id=MAX_PAYLOAD)
    return {"content_type": "text", "title": title, "payload": payload}


def _frame(outgoing: Outgoing, style: Style, *, is_first: bool) -> dict[str, Any]:
    """What stands around a message: to whom, by which right, in answer to what."""
    comment = comment_in(outgoing.reply_to)
    frame: dict[str, Any] = {"recipient": {"comment_id": comment} if comment else {"id": outgoing.to}}
    if outgoing.is_late and not comment:  # a comment may be answered for seven days anyway
        frame |= {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    elif style.has_messaging_type:
        frame["messaging_type"] = "RESPONSE"
    if is_first and outgoing.reply_to and not comment:
        frame["reply_to"] = {"mid": outgoing.reply_to}
    return frame


def _do(part: Part, frame: Mapping[str, Any], outgoing: Outgoing, node: str, line: Graph, hand_over: HandOver) -> str:
    """Make a part's call and return its id there. Raises ChannelError."""
    message: dict[str, Any] = {"metadata": str(outgoing.reference)}
    if part.file is not None:
        message["attachment"] = {"type": part.kind, "payload": hand_over(part.file, part.kind)}
    else:
        message |= {"text": part.text, **({"quick_replies": list(part.buttons)} if part.buttons else {})}
    found = line.post(f"{node}/messages", {**frame, "message": message}).get("message_id")
    if not isinstance(found, str) or not found:
        raise ChannelError("unconfirmed", is_ambiguous=True)
    return found
