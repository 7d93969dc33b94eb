"""Files written into a text by uuencode, as mail programs did before MIME."""

import binascii
import re
from itertools import islice

_BEGIN = re.compile(r"^begin 0?[0-7]{3} (?P<name>\S.{0,199}?)\s*$", re.MULTILINE)
#: Beginnings that are looked at.
MAX_FILES = 50


def without_uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without such files, and the files. A block that does not end or does not decode stays text."""
    if "begin " not in text or "\nend" not in text:
        return text, []
    found: list[tuple[str, bytes]] = []
    kept: list[str] = []
    place = 0
    for begin in islice(_BEGIN.finditer(text), MAX_FILES):
        if begin.start() < place:
            continue
        end = text.find("\nend", begin.end())
        if end < 0:
            break
        body = _decoded(text[begin.end() : end])
        if body is None:
            continue
        kept.append(text[place : begin.start()])
        found.append((begin["name"], body))
        place = end + len("\nend")
    kept.append(text[place:])
    return "".join(kept), found


def _decoded(block: str) -> bytes | None:
    out = []
    for line in block.strip("\n").split("\n"):
        if line.strip() in ("", "`"):
            continue
        try:
            out.append(binascii.a2b_uu(line.rstrip("\r").encode("ascii")))
        except (binascii.Error, UnicodeEncodeError):
            return None
    return b"".join(out) or None
