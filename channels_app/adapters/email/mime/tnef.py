"""Outlook's winmail.dat: one part that holds a mail's files and text in a form of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from tnefparse import TNEF

from channels_app.adapters.email.mime.charsets import cleaned, decoded

#: Larger ones are kept unopened: the library copies what it reads several times.
MAX_TNEF = 25 * 1024 * 1024
MAX_FILES = 100


@dataclass(frozen=True, slots=True)
class TnefContents:
    files: Sequence[tuple[str, bytes]]
    text: str = ""
    html: str = ""


def contents_of_tnef(body: bytes) -> TnefContents | None:
    """What is inside; None when the bytes cannot be read or hold nothing, so that the part stays as it is."""
    if not body or len(body) > MAX_TNEF:
        return None
    try:
        opened = TNEF(body, do_checksum=False)
        files = [(_name(one), bytes(one.data or b"")) for one in opened.attachments[:MAX_FILES]]
        found = TnefContents(files, _text(opened.body), _text(opened.htmlbody))
    except Exception:  # noqa: BLE001  # the library raises whatever a broken file leads it into
        return None
    return found if found.files or found.text or found.html else None


def _name(attachment: object) -> str:
    for attribute in ("long_filename", "name"):
        found = getattr(attachment, attribute, None)
        text = found() if callable(found) else found
        if text:
            return _text(text).strip()
    return ""


def _text(given: object) -> str:
    if isinstance(given, list):
        return "".join(_text(one) for one in given)
    if isinstance(given, bytes):
        return decoded(given)
    return cleaned(given) if isinstance(given, str) else ""
