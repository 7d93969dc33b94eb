"""The files of a mail, with names and types that are safe to keep."""

import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from channels_app.adapters.email.mime.reading import (
    Leaf,
    Part,
    content,
    content_id,
    content_type,
    file_name,
    parameter,
    read_headers,
    value,
)
from channels_app.adapters.email.mime.tnef import contents_of_tnef
from conversations.files import clean_name
from conversations.normalised import InlineFile

#: Files beyond this number, and whatever is larger than this in bytes, are left in the raw mail.
MAX_FILES = 100
MAX_SIZE = 40 * 1024 * 1024
_TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
#: Types whose usual ending Python takes from the machine's tables.
_ENDINGS = {
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "text/plain": ".txt",
    "text/html": ".html",
    "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
    "text/rfc822-headers": ".txt",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
}


@dataclass(frozen=True, slots=True)
class LeftFile:
    """A file that is not kept: how it is called, what it says it is, how large it is as it was sent, a code for why."""

    name: str
    content_type: str
    size: int
    reason: str = "file_too_large"


@dataclass(slots=True)
class Files:
    """`lost`: what is too large or too many to be kept. `text`, `html`: what a winmail.dat had to say."""

    kept: list[InlineFile] = field(default_factory=list)
    lost: list[LeftFile] = field(default_factory=list)
    text: str = ""
    html: str = ""
    calendar: str = ""

    def add(self, name: str, body: bytes, kind: str, content_id: str = "") -> None:
        if not body:
            self.lost.append(LeftFile(name, kind, 0, "empty_file"))
        elif len(body) > MAX_SIZE:
            self.lost.append(LeftFile(name, kind, len(body)))
        elif len(self.kept) >= MAX_FILES:
            self.lost.append(LeftFile(name, kind, len(body), "too_many_files"))
        else:
            self.kept.append(InlineFile(name=name, content=body, content_type=kind, content_id=content_id))


def files_of(leaves: Sequence[Leaf]) -> Files:
    """The files among a mail's leaves."""
    files = Files()
    for number, leaf in enumerate(leaves, start=1):
        for name, body, kind in _opened(leaf.part, number, files):
            files.add(name, body, kind, content_id(leaf.part))
    del files.lost[MAX_FILES:]
    return files


def _opened(part: Part, number: int, files: Files) -> Iterator[tuple[str, bytes, str]]:
    kind, name = content_type(part), file_name(part)
    body = content(part) if not isinstance(part.get_payload(), list) else _enclosed(part)
    if kind in _TNEF_TYPES or name.lower() == "winmail.dat":
        found = contents_of_tnef(body)
        if found is not None:
            files.text, files.html = files.text or found.text, files.html or found.html
            yield from ((safe_name(one, "", number), inner, guessed_type(one)) for one, inner in found.files)
            return
    if kind == "text/calendar":
        files.calendar = files.calendar or parameter(part, "method").upper()[:20] or "PUBLISH"
    if kind == "message/rfc822" and not name:
        name = f"{value(read_headers(body), 'subject')[:80]}.eml"
    yield safe_name(name, kind, number), body, kind


def _enclosed(part: Part) -> bytes:
    """The bytes of the parts inside one that stands too deep to be opened."""
    blocks = part.get_payload()
    return (
        b"\n".join(block.source() for block in blocks[:MAX_FILES] if isinstance(block, Part)) if isinstance(blocks, list) else b""
    )


def safe_name(name: str, kind: str, number: int) -> str:
    """A file name without folders or hidden signs; a part without a name gets its number and its type's ending."""
    if name.strip(" ./\\"):
        cleaned = clean_name(name)
        if cleaned.strip("._ "):
            return cleaned
    return f"attachment-{number}{_ENDINGS.get(kind) or mimetypes.guess_extension(kind) or '.bin'}"


def guessed_type(name: str) -> str:
    """A media type by a name's ending."""
    return mimetypes.guess_type(name, strict=False)[0] or "application/octet-stream"
