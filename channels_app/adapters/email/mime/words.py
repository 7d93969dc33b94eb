"""Header values: folds undone, encoded words (RFC 2047) decoded, also where a character is cut between two of them."""

import binascii
import quopri
import re

from channels_app.adapters.email.mime.charsets import cleaned, decoded, from_header

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_FOLD = re.compile(r"\r?\n|\r")


def unfolded(value: str) -> str:
    """The value on one line; what stands behind a line end stays behind it as text, never as a header of its own."""
    return _FOLD.sub(" ", value) if "\n" in value or "\r" in value else value


def with_words(value: str) -> str:
    """The value as a person reads it."""
    if "=?" not in value:
        return from_header(value)
    out: list[str] = []
    charset, pending, place = "", b"", 0
    for word in _WORD.finditer(value):
        gap, name = value[place : word.start()], word[1].partition("*")[0].lower()
        follows = bool(pending) and not gap.strip()
        if not follows or name != charset:
            out.append(decoded(pending, charset))
            pending = b""
        if not follows:
            out.append(from_header(gap))
        charset, place = name, word.end()
        pending += _bytes(word[2], word[3])
    out.append(decoded(pending, charset))
    out.append(from_header(value[place:]))
    return cleaned("".join(out)).replace("\r", " ").replace("\n", " ")


def _bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b"_", b" "), header=True)
    try:
        return binascii.a2b_base64(raw + b"=" * (-len(raw) % 4)) or raw
    except binascii.Error:
        return raw
