"""What a file really is: sniffed from its bytes, its name cleaned, its preview made. Pure, except for CPU."""

import io
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

import puremagic
from PIL import Image, ImageOps

MAX_SIZE = 25 * 1024 * 1024
MAX_NAME = 120
PREVIEW_EDGE = 720
#: Larger images are shown as files: decoding them would cost more memory than a message is worth.
MAX_PIXELS = 50_000_000

#: Types that browsers show without running anything in them. Everything else is only ever downloaded.
INLINE_TYPES = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "audio/mpeg", "audio/ogg", "audio/wav", "audio/mp4",
     "video/mp4", "video/webm", "application/pdf"}
)  # fmt: skip
_IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

#: Endings of files that systems run.
PROGRAMS = frozenset(
    {".apk", ".app", ".bat", ".cmd", ".com", ".cpl", ".dll", ".exe", ".hta", ".iso", ".jar", ".js", ".jse", ".lnk",
     ".msi", ".ps1", ".reg", ".scr", ".sh", ".vbe", ".vbs", ".wsf"}
)  # fmt: skip

#: Bytes of an Ogg page's head; the last one counts the entries of the table that follows.
_OGG_HEAD = 27

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:\"/\\|?*]")


@dataclass(frozen=True, slots=True)
class Preview:
    """A small WebP of an image, and the original's size in pixels."""

    content: bytes
    width: int
    height: int


def clean_name(name: str) -> str:
    """A file name without folders, control or direction characters, at most 120 characters, its ending kept."""
    bare = _UNSAFE.sub("_", PurePosixPath(name.replace("\\", "/")).name).strip(" .") or "file"
    if len(bare) <= MAX_NAME:
        return bare
    ending = PurePosixPath(bare).suffix[:16]
    return bare[: MAX_NAME - len(ending)] + ending


def sniff(content: bytes, name: str = "") -> str:
    """The media type of a file by its bytes; its name only decides between kinds of the same bytes.

    Text of any kind (HTML, SVG and scripts too) is `text/plain`: nobody's browser shall run it.
    """
    if content.startswith(b"OggS") and len(content) > _OGG_HEAD:
        return _ogg_type(content)
    try:
        found = puremagic.from_string(content[:65536], mime=True, filename=name or None)
    except (puremagic.PureError, ValueError):
        found = ""
    if found in INLINE_TYPES or (found and not _is_text(content)):
        return found
    return "text/plain" if _is_text(content) else found or "application/octet-stream"


def _ogg_type(content: bytes) -> str:
    """Ogg holds sound or film: the codec names itself after the first page's head and its table of segments."""
    codec = content[_OGG_HEAD + content[_OGG_HEAD - 1] :]
    return "audio/ogg" if codec.startswith((b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC")) else "video/ogg"


def is_program(content: bytes, name: str) -> bool:
    """Whether opening this file would run it: by its first bytes, or by an ending that systems run."""
    return content.startswith((b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe")) or PurePosixPath(name.lower()).suffix in PROGRAMS


def is_inline(content_type: str) -> bool:
    """Whether a browser may show this type in the page."""
    return content_type in INLINE_TYPES


def preview_of(content: bytes, content_type: str, *, edge: int = PREVIEW_EDGE) -> Preview | None:
    """A preview without metadata, at most `edge` pixels wide and high, or None for what is no image, too large, or broken."""
    if content_type not in _IMAGE_TYPES:
        return None
    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                return None
            small = ImageOps.exif_transpose(image)
            small.thumbnail((edge, edge))
            target = io.BytesIO()
            is_transparent = "A" in small.getbands() or "transparency" in small.info
            small.convert("RGBA" if is_transparent else "RGB").save(target, "WEBP", quality=80)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return Preview(target.getvalue(), width, height)


def _is_text(content: bytes) -> bool:
    head = content[:4096]
    if b"\x00" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4 and len(content) > len(head)
    return True
