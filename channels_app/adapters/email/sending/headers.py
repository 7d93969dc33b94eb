"""Header fields that must arrive letter by letter, and texts made fit for a field.

The standard library folds long ids into encoded words, which no mail program reads as ids, so these are folded here.
"""

import re
from collections.abc import Iterable, Sequence

from channels_app.adapters.email.message_ids import ids_in, normal_id
from channels_app.contract import ChannelError

#: The thread's first id and its last ones: programs thread by them, and a field has its limits.
MAX_REFERENCES = 12
_PREFIX = re.compile(r"\s*((re|aw|sv|antw|ref|rv|res|tr|fwd?|wg)(\[\d+\])?\s*:\s*)+", re.IGNORECASE)


def one_line(text: str, most: int = 255) -> str:
    """A text for a field: no line breaks, no control signs."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(plain.split())[:most]


def reply_subject(subject: str) -> str:
    """The subject of an answer: "Re: " once, whatever stood before it."""
    return f"Re: {_PREFIX.sub('', one_line(subject), count=1)}"


def field(name: str, parts: Sequence[str]) -> bytes:
    """A field of ASCII parts, one to a line. Raises ChannelError for what would end the field or begin another."""
    if any(not part.isascii() or not part.isprintable() or len(part) > 900 for part in parts):
        raise ChannelError("internal", permanent=True)
    return f"{name}: ".encode() + "\r\n ".join(parts).encode() + b"\r\n"


def references(earlier: Iterable[str], answered: str) -> list[str]:
    """The ids of a thread, oldest first, the answered one last. Ids that we made up for mails without one are none."""
    known = [one for text in [*earlier, answered] if text for one in ids_in(text)]
    last = normal_id(answered) if answered else ""
    usable = [one for one in dict.fromkeys(known) if one != last and is_real(one)]
    if last and is_real(last):
        usable.append(last)
    return usable if len(usable) <= MAX_REFERENCES else [usable[0], *usable[1 - MAX_REFERENCES :]]


def is_real(message_id: str) -> bool:
    return message_id.isascii() and not message_id.endswith((".invalid>", "@invalid>"))
