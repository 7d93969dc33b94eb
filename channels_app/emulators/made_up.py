"""Files that customers send, made up where a request gives none."""

import io
from base64 import b64decode
from binascii import Error as Base64Error
from random import Random
from typing import Any

from PIL import Image

from channels_app.emulators.web import BadRequestError

#: A page of Ogg that names its codec.
_OPUS = b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00"
#: The first bytes by which the kinds of file are known; what follows is noise.
_HEADS = {"audio/ogg": _OPUS, "audio/mpeg": b"ID3\x04\x00", "video/mp4": b"\x00\x00\x00\x20ftypisom",
          "application/pdf": b"%PDF-1.7\n", "image/webp": b"RIFF\x24\x00\x00\x00WEBPVP8 "}  # fmt: skip


def given_bytes(given: dict[str, Any]) -> bytes:
    """The bytes of a file that a request gives. Raises BadRequestError."""
    try:
        return b64decode(str(given.get("base64", "")), validate=True)
    except Base64Error:
        raise BadRequestError("A file comes as base64.") from None


def noise(content_type: str, size: int, random: Random) -> bytes:
    """Bytes that begin as a file of this type does."""
    head = _HEADS.get(content_type, b"")
    return head + random.randbytes(max(size - len(head), 1))


def picture(random: Random) -> bytes:
    """A small picture of two colours, never the same twice."""
    colours = [tuple(random.randrange(256) for _part in range(3)) for _colour in range(2)]
    image = Image.new("RGB", (640, 480), colours[0])
    image.paste(colours[1], (random.randrange(300), random.randrange(200), 500, 400))
    target = io.BytesIO()
    image.save(target, "JPEG")
    return target.getvalue()
