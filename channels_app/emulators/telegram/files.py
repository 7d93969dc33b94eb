"""Files as the platform keeps them: ids that stay, links that end after an hour, names that are lost."""

import hashlib
import io
import mimetypes
from dataclasses import dataclass
from typing import Any

from PIL import Image

from channels_app.emulators.telegram.answers import ApiError, bad
from channels_app.emulators.telegram.parameters import Params
from channels_app.emulators.telegram.state import Fields
from channels_app.emulators.web import FilePart

MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
_FOLDERS = {"photo": "photos", "video": "videos", "voice": "voice", "audio": "music", "animation": "animations",
            "sticker": "stickers", "video_note": "video_notes"}  # fmt: skip
_THUMBNAIL = 320


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file. `kind` is how it was sent."""

    id: str
    unique_id: str
    kind: str
    name: str
    content_type: str
    content: bytes

    @property
    def json(self) -> Fields:
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


class Files:
    """The platform's files, and the links to them that still hold."""

    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}
        self._links: dict[str, tuple[float, StoredFile]] = {}

    def clear(self) -> None:
        self._files.clear()
        self._links.clear()

    def add(self, kind: str, part: FilePart) -> StoredFile:
        """Keep a file."""
        digest = hashlib.sha256(part.content).hexdigest()
        file_id = f"emu-{kind}-{len(self._files) + 1}-{digest[:24]}"
        found = StoredFile(file_id, digest[:16], kind, part.name, part.content_type, part.content)
        self._files[file_id] = found
        return found

    def get(self, file_id: str) -> StoredFile | None:
        return self._files.get(file_id)

    def link(self, file_id: str, *, now: float, life: float) -> Fields:
        """`getFile`: a new link to a file. Raises ApiError."""
        found = self._files.get(file_id)
        if found is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        if len(found.content) > MAX_DOWNLOAD:
            raise bad("file is too big")
        ending = mimetypes.guess_extension(found.content_type) or ".bin"
        path = f"{_FOLDERS.get(found.kind, 'documents')}/file_{len(self._links) + 1}{ending}"
        self._links[path] = (now + life, found)
        return {**found.json, "file_path": path}

    def content(self, path: str, *, now: float) -> bytes | None:
        """The bytes behind a link that still holds."""
        until, found = self._links.get(path, (0.0, None))
        return found.content if found is not None and until > now else None


def given_file(files: Files, params: Params, name: str, kind: str) -> StoredFile:
    """The file of a call: sent with it, or known by its id. Raises ApiError."""
    value = params.text(name)
    part = params.files.get(value.removeprefix("attach://") if value.startswith("attach://") else name)
    if part is not None:
        return files.add(kind, _checked(part, kind))
    known = files.get(value)
    if known is not None:
        return known
    if value.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    raise bad("wrong remote file identifier specified: Wrong string length" if value else f"there is no {kind} in the request")


def _checked(part: FilePart, kind: str) -> FilePart:
    size = len(part.content)
    if not size:
        raise bad("file must be non-empty")
    if kind == "photo" and size > MAX_PHOTO:
        raise bad(f"file of size {size} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes")
    if size > MAX_UPLOAD:
        raise ApiError(413, "Request Entity Too Large")
    return part


def photo_sizes(files: Files, photo: StoredFile) -> list[Fields]:
    """A photo in a small size and its own. Raises ApiError for what is no picture or has odd proportions."""
    try:
        with Image.open(io.BytesIO(photo.content)) as image:
            width, height = image.size
            if width + height > 10_000 or max(width, height) > 20 * min(width, height):
                raise bad("PHOTO_INVALID_DIMENSIONS")
            small = image.convert("RGB")
            small.thumbnail((_THUMBNAIL, _THUMBNAIL))
            target = io.BytesIO()
            small.save(target, "JPEG")
    except (OSError, ValueError, SyntaxError):
        raise bad("IMAGE_PROCESS_FAILED") from None
    sizes = [{**photo.json, "width": width, "height": height}]
    if small.size != (width, height):
        thumbnail = files.add("photo", FilePart("thumbnail.jpg", "image/jpeg", target.getvalue()))
        sizes.insert(0, {**thumbnail.json, "width": small.width, "height": small.height})
    return sizes


def content_of_file(files: Files, stored: StoredFile, kind: str, **facts: Any) -> Fields:
    """The content of a message that is one file; `facts` are its length and size, which nobody here measures."""
    if kind == "photo":
        return {"photo": photo_sizes(files, stored)}
    found: Fields = {**stored.json, **facts}
    if kind in ("document", "audio", "video", "animation", "voice"):
        found["mime_type"] = stored.content_type
    if kind in ("document", "audio", "video", "animation") and stored.name:
        found["file_name"] = stored.name
    content: Fields = {kind: found}
    if kind == "animation":  # older clients know it as a document
        content["document"] = {**stored.json, "file_name": stored.name, "mime_type": stored.content_type}
    return content
