"""How a file goes out and comes in: as what it is sent by type and size, and from where it is fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from channels_app.adapters.telegram.api import MAX_DOWNLOAD, Bot
from channels_app.contract import ChannelError, OutgoingFile
from conversations.normalised import RemoteFile

MAX_PHOTO = 10 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
ALBUM = 10


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to send a file: its method, the form's field, the kind of album that may hold it (empty: none)."""

    method: str
    field: str
    album: str = ""


DOCUMENT = Kind("sendDocument", "document", "document")
PHOTO = Kind("sendPhoto", "photo", "visual")
_KINDS = {
    "image/jpeg": PHOTO,
    "image/png": PHOTO,
    "image/webp": PHOTO,
    "image/gif": Kind("sendAnimation", "animation"),
    "video/mp4": Kind("sendVideo", "video", "visual"),
    "audio/ogg": Kind("sendVoice", "voice"),
    "audio/mpeg": Kind("sendAudio", "audio", "audio"),
    "audio/mp4": Kind("sendAudio", "audio", "audio"),
}


def kind_of(file: OutgoingFile) -> Kind:
    """The way in which a file is shown best. Raises ChannelError for one that is too large."""
    if file.size > MAX_UPLOAD:
        raise ChannelError("file_too_large", permanent=True)
    kind = _KINDS.get(file.content_type, DOCUMENT)
    return DOCUMENT if kind is PHOTO and file.size > MAX_PHOTO else kind


def batches(files: Sequence[OutgoingFile]) -> list[list[OutgoingFile]]:
    """The files in their order, neighbours of one kind of album together, up to ten and 50 MB."""
    found: list[list[OutgoingFile]] = []
    for album, some in groupby(files, key=lambda one: kind_of(one).album):
        begin = len(found)
        for file in some:
            last = found[-1] if len(found) > begin else None
            if album and last and len(last) < ALBUM and sum(one.size for one in last) + file.size <= MAX_UPLOAD:
                last.append(file)
            else:
                found.append([file])
    return found


def fetch(file: RemoteFile, bot: Bot) -> bytes:
    """The bytes of a customer's file. Raises ChannelError; a link that ended meanwhile is asked for again."""
    if file.size > MAX_DOWNLOAD:
        raise ChannelError("file_too_large", permanent=True)
    try:
        return bot.download(_path(file, bot))
    except ChannelError as error:
        if error.code != "file_gone":
            raise
    return bot.download(_path(file, bot))


def _path(file: RemoteFile, bot: Bot) -> str:
    found = bot.call("getFile", {"file_id": str(file.reference.get("file_id", ""))}, is_repeatable=True)
    path = found.get("file_path") if isinstance(found, dict) else None
    if not isinstance(path, str) or not path or path.startswith("/") or ".." in path or "?" in path or "#" in path:
        raise ChannelError("file_gone", permanent=True)
    return path
