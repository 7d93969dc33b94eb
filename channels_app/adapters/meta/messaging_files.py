"""How a file goes out and comes in on pages and Instagram accounts: its kind and limits, and from where it is fetched."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import httpx

from channels_app.adapters.meta.graph import base_url
from channels_app.calling import downloading
from channels_app.contract import ChannelError, OutgoingFile
from conversations.normalised import RemoteFile
from core.http import Limits, SafeClient

MB = 1024 * 1024
MAX_FILE = 25 * MB
_MAX_PICTURE = 8 * MB
#: Customers' films may be larger than what may be sent.
_MAX_FETCHED = 100 * MB
_LIMITS = Limits(connect=5, read=20, total=60, max_bytes=_MAX_FETCHED)
#: Where Meta keeps the files of messages.
_HOSTS = (".fbcdn.net", ".cdninstagram.com", ".fbsbx.com")
_LOOKASIDE = "lookaside."
_META = (".facebook.com", ".instagram.com", ".fbsbx.com")
_PICTURES = ("image/jpeg", "image/png", "image/gif")


@dataclass(frozen=True, slots=True)
class Kinds:
    """What a channel takes: the attachment's type by the file's content type, and by what it begins with. `rest`: all else."""

    exact: Mapping[str, str]
    rest: str = ""


MESSENGER = Kinds({**dict.fromkeys(_PICTURES, "image")}, rest="file")
INSTAGRAM = Kinds(
    {
        **dict.fromkeys(_PICTURES, "image"),
        **dict.fromkeys(("audio/aac", "audio/mp4", "audio/x-m4a", "audio/wav", "audio/x-wav"), "audio"),
        **dict.fromkeys(("video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"), "video"),
        "application/pdf": "file",
    }
)


def kind_of(file: OutgoingFile, kinds: Kinds) -> str:
    """The type of attachment that a file goes as. Raises ChannelError for one that is not taken."""
    family = file.content_type.partition("/")[0]
    general = family if kinds.rest and family in ("audio", "video") else kinds.rest
    kind = kinds.exact.get(file.content_type) or general
    if not kind:
        raise ChannelError("bad_file", permanent=True)
    if kind == "image" and kinds.rest and _MAX_PICTURE < file.size <= MAX_FILE:
        return kinds.rest
    if file.size > (_MAX_PICTURE if kind == "image" else MAX_FILE):
        raise ChannelError("file_too_large", permanent=True)
    return kind


def fetch(file: RemoteFile) -> bytes:
    """The bytes behind a file's own address, which needs no token and ends. Raises ChannelError."""
    url = str(file.reference.get("url") or "")
    if not is_metas(url):
        raise ChannelError("refused", permanent=True, detail="The file is at an address that is not Meta's.")
    with downloading():
        response = _client().get(url, limits=_LIMITS)
    if response.status_code == httpx.codes.OK:
        return response.content
    if response.status_code in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND, httpx.codes.GONE):
        raise ChannelError("media_expired", permanent=True)
    raise ChannelError("unavailable", detail=f"HTTP {response.status_code}")


def is_metas(url: str) -> bool:
    """Whether an address is one of Meta's for files: a webhook's words are no reason to call others."""
    given, base = urlsplit(url), urlsplit(base_url())
    if given.scheme == base.scheme and given.netloc == base.netloc:
        return True
    host = given.hostname or ""
    is_lookaside = host.startswith(_LOOKASIDE) and host.endswith(_META)
    return given.scheme == "https" and (host.endswith(_HOSTS) or is_lookaside)


@cache
def _client() -> SafeClient:
    return SafeClient(limits=_LIMITS)
