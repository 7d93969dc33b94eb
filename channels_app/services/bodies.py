"""Raw bodies as text for the encrypted column: bytes that are no UTF-8 survive the round trip."""

from base64 import b64decode, b64encode

_BINARY = "base64:"


def packed(body: bytes) -> str:
    """The body as text; whatever is not plain UTF-8 text is kept in base64."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return _BINARY + b64encode(body).decode()
    return _BINARY + b64encode(body).decode() if text.startswith(_BINARY) or "\x00" in text else text


def unpacked(text: str) -> bytes:
    """The bytes that were packed."""
    return b64decode(text.removeprefix(_BINARY)) if text.startswith(_BINARY) else text.encode()
