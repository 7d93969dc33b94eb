"""A mail as a tree of parts. Python's parser reads it; every accessor that could raise is wrapped here.

The older policy (compat32) is meant: it hands headers over raw, where the newer one parses each at once and raises over
what mail programs really write.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser

from channels_app.adapters.email.mime.charsets import decoded, from_header
from channels_app.adapters.email.mime.words import unfolded, with_words

#: Deeper parts are handed over unopened; further ones are left in the raw mail.
MAX_DEPTH = 20
MAX_PARTS = 1000
#: Further header fields of one mail are not looked at.
MAX_FIELDS = 1000
MAX_VALUE = 64 * 1024
#: A mail of 40 MB has half a million lines in base64.
MAX_LINES = 1_000_000

_BOUNDARY = re.compile(r"^--([A-Za-z0-9'()+_,./:=?-]{1,70}?)(?:--)?\r?$(\r?\nContent-)?", re.MULTILINE | re.IGNORECASE)
#: What old programs write for a type.
_GUESSED = {
    "text": "text/plain",
    "": "text/plain",
    "plain/text": "text/plain",
    "html": "text/html",
    "multipart": "multipart/mixed",
}
_FOREIGN = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
#: What mailing lists put below a text without asking how it is encoded.
_FOOTER = re.compile(rb"\n[ \t\r]*\n(?![A-Za-z0-9+/=]{4,}\r?$)(?=[^\s])", re.MULTILINE)
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}")


class Part(Message):
    """A part whose enclosed mails and reports (message/…) stay unopened bytes, exactly as they came."""

    def get_content_type(self) -> str:
        """What the parser goes by; `content_type` below is what the part says."""
        kind = super().get_content_type()
        return kind.replace("message/", "opaque/", 1) if kind.startswith("message/") else kind

    def source(self) -> bytes:
        """The part's bytes as they stand in the mail; none for a container."""
        payload = vars(self)["_payload"]  # get_payload would decode it, and lose what the declared charset does not know
        return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part that holds no others. `path`: where it stands, as (container's type, index) from the outside in."""

    part: Part
    path: tuple[tuple[str, int], ...]


def read(raw: bytes) -> Part:
    """The mail's tree. A mail whose nesting or number of lines is beyond Python's parser is its headers and one opaque part."""
    if raw.count(b"\n") > MAX_LINES:
        return BytesHeaderParser(_class=Part).parsebytes(raw)
    try:
        root = BytesParser(_class=Part).parsebytes(raw)
        return _with_found_boundary(root)
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError, IndexError, AssertionError):
        return BytesHeaderParser(_class=Part).parsebytes(raw)


def _with_found_boundary(root: Part) -> Part:
    """The tree; one that names no boundary, or a wrong one, is parted at the lines that look like one."""
    body = root.source().decode("ascii", "surrogateescape")
    if not body or not content_type(root).startswith("multipart/"):
        return root
    mark = next((found[1] for found in _BOUNDARY.finditer(body) if found[2] or f"--{found[1]}--" in body), None)
    if mark is None:
        return root
    lines = f'Content-Type: multipart/mixed; boundary="{mark}"\n\n{body}'
    parts = BytesParser(_class=Part).parsebytes(lines.encode("ascii", "surrogateescape")).get_payload()
    if isinstance(parts, list):
        root.set_payload(parts)
    return root


def read_headers(raw: bytes) -> Part:
    """The mail's headers only; its body is not looked at."""
    ends = [place for place in (raw.find(b"\n\n"), raw.find(b"\r\n\r\n"), raw.find(b"\r\r")) if place >= 0]
    head = raw[: min(ends) + 4] if ends else raw[: MAX_FIELDS * 1000]
    return BytesHeaderParser(_class=Part).parsebytes(head)


def fields(part: Part) -> Iterator[tuple[str, str]]:
    """The header's fields in order: lower-case name, raw unfolded value."""
    for number, (name, value) in enumerate(part.raw_items()):
        if number >= MAX_FIELDS:
            return
        yield str(name).strip().lower(), unfolded(str(value)[:MAX_VALUE])


def raw_values(part: Part, name: str) -> list[str]:
    """The raw values of every field of this name, unfolded, in order."""
    return [value for found, value in fields(part) if found == name]


def raw_value(part: Part, name: str) -> str:
    """The raw value of the first field of this name, or an empty text."""
    return next(iter(raw_values(part, name)), "")


def value(part: Part, name: str) -> str:
    """The first field of this name as a person reads it: encoded words decoded, on one line."""
    return with_words(raw_value(part, name)).strip()


def has(part: Part, name: str) -> bool:
    return any(found == name for found, _value in fields(part))


def content_type(part: Part) -> str:
    """The declared media type, in lower case; `application/octet-stream` for one that is none."""
    if not has(part, "content-type"):
        return part.get_default_type()
    kind = raw_value(part, "content-type").partition(";")[0].strip().lower()
    return kind if _TYPE.fullmatch(kind) else _GUESSED.get(kind, "application/octet-stream")


def parameter(part: Part, name: str, header: str = "content-type") -> str:
    """A parameter of a header (charset, name, filename), by RFC 2231, encoded words or raw bytes; empty when there is none."""
    holder = Message()
    try:
        holder[header] = from_header(raw_value(part, header))
        found = holder.get_param(name, "", header)
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    if isinstance(found, tuple):
        charset, _language, text = found
        return decoded(str(text).encode("latin-1", "replace"), charset or "").strip()
    return with_words(unfolded(str(found)[:MAX_VALUE])).strip()


def disposition(part: Part) -> str:
    """`attachment`, `inline`, another word, or an empty text."""
    return raw_value(part, "content-disposition").partition(";")[0].strip().lower()[:40]


def file_name(part: Part) -> str:
    """The name a part gives itself, as it came: it may be anything."""
    return parameter(part, "filename", "content-disposition") or parameter(part, "name")


def content_id(part: Part) -> str:
    """The id by which the mail's HTML names the part, without its brackets."""
    return from_header(raw_value(part, "content-id")).strip().strip("<>").strip()[:255]


def content(part: Part) -> bytes:
    """The part's bytes, its transfer encoding undone as far as it can be."""
    raw = part.source()
    encoding = raw_value(part, "content-transfer-encoding").strip().lower()
    if encoding.startswith("quoted-printable"):
        return quopri.decodestring(raw)
    if encoding.startswith("base64"):
        return _from_base64(raw)
    return raw


def text_of(part: Part) -> str:
    """The text of a text part, with line ends as `\\n`."""
    text = decoded(content(part), parameter(part, "charset"))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def leaves(root: Part) -> list[Leaf]:
    """The mail's parts in order, within the limits on depth and number."""
    found: list[Leaf] = []
    waiting: list[Leaf] = [Leaf(root, ())]
    while waiting and len(found) < MAX_PARTS:
        leaf = waiting.pop()
        inner = leaf.part.get_payload() if is_container(leaf.part) else None
        if isinstance(inner, list) and len(leaf.path) < MAX_DEPTH:
            kind = content_type(leaf.part)
            some = inner[: MAX_PARTS - len(found)]
            children = [Leaf(one, (*leaf.path, (kind, index))) for index, one in enumerate(some) if isinstance(one, Part)]
            waiting.extend(reversed(children))
        else:
            found.append(leaf)
    return found


def is_container(part: Part) -> bool:
    """Whether the part holds others."""
    return isinstance(part.get_payload(), list)


def _from_base64(raw: bytes) -> bytes:
    """Base64 as mail programs write it: foreign characters are passed over, what is cut off is left out."""
    footer = _FOOTER.search(raw)
    pieces = re.split(rb"=+", raw[: footer.start() if footer else len(raw)].translate(None, _FOREIGN))
    out = []
    for piece in pieces:
        whole = piece[: len(piece) - 1] if len(piece) % 4 == 1 else piece
        try:
            out.append(base64.b64decode(whole + b"=" * (-len(whole) % 4)))
        except binascii.Error:
            continue
    return b"".join(out)
