"""How a file goes out and comes in: as what it is sent by type and size, and from where it is fetched."""

import hashlib
import hmac
from base64 import b64encode
from dataclasses import dataclass

from channels_app.adapters.meta.graph import Graph
from channels_app.calling import Upload
from channels_app.contract import ChannelError, OutgoingFile
from conversations.normalised import RemoteFile

MB = 1024 * 1024
MAX_FILE = 100 * MB


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of message that is a file: its name, its largest size, and whether it has a caption."""

    name: str
    most: int
    has_caption: bool = True


DOCUMENT = Kind("document", MAX_FILE)
_IMAGE, _VIDEO = Kind("image", 5 * MB), Kind("video", 16 * MB)
_AUDIO, _STICKER = Kind("audio", 16 * MB, has_caption=False), Kind("sticker", 500 * 1024, has_caption=False)
_KINDS = {
    "image/jpeg": _IMAGE,
    "image/png": _IMAGE,
    "image/webp": _STICKER,
    "video/mp4": _VIDEO,
    "video/3gpp": _VIDEO,
    "audio/aac": _AUDIO,
    "audio/amr": _AUDIO,
    "audio/mpeg": _AUDIO,
    "audio/mp4": _AUDIO,
    "audio/ogg": _AUDIO,
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_DOCUMENTS = frozenset(
    {"text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
     f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}spreadsheetml.sheet", f"{_OFFICE}presentationml.presentation"}
)  # fmt: skip


def kind_of(file: OutgoingFile) -> Kind:
    """The way in which a file is shown best; a picture or film that is too large for that goes as a document.

    Raises ChannelError for one that WhatsApp does not take.
    """
    kind = _KINDS.get(file.content_type) or (DOCUMENT if file.content_type in _DOCUMENTS else None)
    if kind is None:
        raise ChannelError("bad_file", permanent=True)
    if file.size > kind.most and kind in (_IMAGE, _VIDEO):
        kind = DOCUMENT
    if file.size > kind.most:
        raise ChannelError("file_too_large", permanent=True)
    return kind


def upload(file: OutgoingFile, phone: str, line: Graph) -> str:
    """Hand a file over; the id that it is sent by. Raises ChannelError."""
    fields = {"messaging_product": "whatsapp", "type": file.content_type}
    found = line.upload(f"{phone}/media", fields, Upload("file", file.name, file.content_type, file.read()))
    media_id = found.get("id")
    if not isinstance(media_id, str) or not media_id:
        raise ChannelError("unavailable", is_inbox_wide=True, detail="An upload without an id.")
    return media_id


def fetch(file: RemoteFile, phone: str, line: Graph) -> bytes:
    """The bytes of a customer's file, proven by their hash. Raises ChannelError; an address that ended is asked for again."""
    media_id = str(file.reference.get("media_id") or "")
    if not media_id.isalnum():
        raise ChannelError("media_expired", permanent=True)
    for _attempt in range(2):
        found = _described(media_id, phone, line)
        content = line.download(str(found.get("url") or ""), limit=MAX_FILE)
        if content is not None:
            hashes = (str(found.get("sha256") or ""), str(file.reference.get("sha256") or ""))
            return proven(content, hashes)
    raise ChannelError("unavailable", is_inbox_wide=True, detail="A file's fresh address is none.")


def _described(media_id: str, phone: str, line: Graph) -> dict[str, object]:
    try:
        return line.get(media_id, phone_number_id=phone)
    except ChannelError as error:
        if error.code == "no_such_account":
            raise ChannelError("media_expired", permanent=True, detail=error.detail) from None
        raise


def proven(content: bytes, hashes: tuple[str, ...]) -> bytes:
    """The content, if one of the hashes that the platform tells (in base64 or hex) is its own, or none was told."""
    digest = hashlib.sha256(content).digest()
    own = (b64encode(digest).decode(), digest.hex())
    told = [one for one in hashes if one]
    if told and not any(hmac.compare_digest(one.encode(), each.encode()) for one in told for each in own):
        raise ChannelError("bad_download", detail="The file's hash is another one.")
    return content
