"""Texts that talk to the machine instead of the company: in messages they are not answered, in sources never quoted.

This is one wall of several and not the strongest: the model has no tools, and what leaves is decided by the sources and
the guard. It sees what is written plainly, with letters of other alphabets, spaced out, in figures for letters, or in base64.
"""

import base64
import binascii
import re
from functools import cache

from ai.replies.injection_words import COMMANDS, LEET, LOOK_ALIKES
from conversations.words import fold

_LONGEST = 8_000
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]")
_SPACED = re.compile(r"\b(?:\w[ .\-_*]){4,}\w\b")
_BASE64 = re.compile(r"\b[A-Za-z0-9+/]{24,}={0,2}")
_HEX = re.compile(r"\b(?:[0-9a-fA-F]{2}[ :]?){16,}\b")


def is_attack(text: str) -> bool:
    """Whether a text tries to command the machine, in any of the shapes above."""
    return any(_commands(shape) for shape in _shapes(text[:_LONGEST]))


def _commands(text: str) -> bool:
    return any(form.search(text) for form in _forms())


def _shapes(text: str) -> list[str]:
    """The text as it may be meant: as written, with look-alikes, joined letters, figures as letters, decoded."""
    bare = _HIDDEN.sub("", text)
    plain = fold(bare).replace("’", "'")
    latin = plain.translate(LOOK_ALIKES)
    joined = _SPACED.sub(lambda match: re.sub(r"[ .\-_*]", "", match[0]), latin)
    shapes = [plain, latin, joined]
    if any(figure in latin for figure in "01345@$"):
        shapes.append(latin.translate(LEET))
    shapes += [fold(one) for one in _decoded(bare)]
    tail = fold(bare[::-1])
    return [*shapes, tail] if "snoitcurtsni" in plain or "tpmorp" in plain else shapes


def _decoded(text: str) -> list[str]:
    found = []
    for match in _BASE64.finditer(text):
        try:
            found.append(base64.b64decode(match[0] + "=" * (-len(match[0]) % 4)).decode())
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue
    for match in _HEX.finditer(text):
        try:
            found.append(bytes.fromhex(re.sub(r"[ :]", "", match[0])).decode())
        except (ValueError, UnicodeDecodeError):
            continue
    return found


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(one) for one in COMMANDS)
