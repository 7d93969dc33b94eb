"""Form bodies on raw bytes: Django's own parser decodes 8-bit mail lossily and drops files with odd names."""

from collections.abc import Mapping
from email.message import Message
from urllib.parse import parse_qsl

from channels_app.contract import RawRequest, RefusedError

MAX_FIELDS = 200
MAX_PART_HEAD = 8192


def form_of(request: RawRequest, status: int) -> Mapping[str, bytes]:
    """The fields of a form by name. Raises RefusedError with this status for a body that is no form.

    A name that comes twice is refused: two readers could each believe another one.
    """
    header = _header(request.headers.get("content-type", ""))
    try:
        if header.get_content_type() == "multipart/form-data":
            return _multipart(request.body, str(header.get_param("boundary", "")))
        return _once([(name.decode(), value) for name, value in _pairs(request.body)])
    except ValueError:
        raise RefusedError(status, "malformed", "This is not a form that can be read.") from None


def _header(value: str) -> Message:
    header = Message()
    header["content-type"] = value.replace("\r", " ").replace("\n", " ")
    return header


def _pairs(body: bytes) -> list[tuple[bytes, bytes]]:
    return parse_qsl(body, keep_blank_values=True, max_num_fields=MAX_FIELDS)


def _once(pairs: list[tuple[str, bytes]]) -> Mapping[str, bytes]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(len(pairs))
    return found


def _multipart(body: bytes, boundary: str) -> Mapping[str, bytes]:
    """The fields that are no files of their own matter; a value is cut out of the body once."""
    if not 1 <= len(boundary) <= 200 or not boundary.isascii():
        raise ValueError(boundary)
    mark = b"--" + boundary.encode()
    place = 0 if body.startswith(mark) else body.find(b"\r\n" + mark) + 2
    if place == 1:
        raise ValueError(boundary)
    pairs: list[tuple[str, bytes]] = []
    while len(pairs) <= MAX_FIELDS:
        place += len(mark)
        if body[place : place + 2] == b"--":
            return _once(pairs)
        head_end = body.find(b"\r\n\r\n", place, place + MAX_PART_HEAD)
        following = body.find(b"\r\n" + mark, place)
        if head_end < 0 or following < 0:
            break
        start = head_end + 4
        pairs.append((_name(body[place:head_end]), body[start : max(start, following)]))
        place = following + 2
    raise ValueError(len(pairs))


def _name(head: bytes) -> str:
    """The field's name from its part's headers."""
    for line in head.split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.strip().lower() == b"content-disposition":
            holder = Message()
            holder["content-disposition"] = value.decode("utf-8", "replace").replace("\r", " ").replace("\n", " ").strip()
            return str(holder.get_param("name", "", "content-disposition"))
    raise ValueError(len(head))
