"""Raw bodies as the encrypted text column holds them: bytes that are no UTF-8 survive the round trip."""

from base64 import b64decode, b64encode

_BINARY = b"base64:"


def packed(body: bytes) -> bytes:
    """The body as UTF-8 text; whatever is not plain text is kept in base64."""
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError:
            return _BINARY + b64encode(body)
    return _BINARY + b64encode(body) if body.startswith(_BINARY) or b"\0" in body else body


def unpacked(text: str) -> bytes:
    """The bytes that were packed."""
    return b64decode(text.removeprefix(_BINARY.decode())) if text.startswith(_BINARY.decode()) else text.encode()
