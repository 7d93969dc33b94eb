"""Sending files to browsers: decrypted as they stream, never run in the page."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from conversations.files import is_inline
from conversations.models import Attachment
from conversations.services import attachments
from core.vault import storage

_RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")


def attachment_response(request: HttpRequest, attachment: Attachment, *, preview: bool = False) -> HttpResponseBase:
    """The file, whole or the range that was asked for (players seek). The keys are read before it streams.

    Types that browsers could run are only ever downloaded; all of them are sandboxed and not sniffed.
    """
    is_preview = preview and bool(attachment.preview_name)
    size = storage.size_of(attachment.preview_name) if is_preview else attachment.size
    start, end = _asked(request.headers.get("Range", ""), size)
    if start >= end and size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    pieces = attachments.read(attachment, preview=is_preview, start=start, end=end)
    is_part = end - start != size
    response = StreamingHttpResponse(_primed(pieces), status=206 if is_part else 200)
    content_type = "image/webp" if is_preview else attachment.content_type
    response["Content-Type"] = content_type
    response["Content-Length"] = str(end - start)
    response["Accept-Ranges"] = "bytes"
    if is_part:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    kind = "inline" if is_preview or is_inline(content_type) else "attachment"
    response["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(attachment.name)}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-site"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _primed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, with the first one read now: a file that cannot be opened fails as a page, not in the middle."""
    first = next(pieces, b"")

    def rest() -> Iterator[bytes]:
        yield first
        yield from pieces

    return rest()


def _asked(header: str, size: int) -> tuple[int, int]:
    found = _RANGE.match(header.strip())
    if not found or not any(found.groups()):
        return 0, size
    first, last = found.groups()
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size
