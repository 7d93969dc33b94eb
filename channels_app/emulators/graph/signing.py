"""How Meta writes and signs: JSON in ASCII with its slashes escaped, an HMAC over exactly those bytes, signed requests."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Any

from channels_app.emulators.web import ascii_json


def body_of(value: Any) -> bytes:
    """A webhook's bytes. Whoever reads the JSON and writes it anew gets others, and another signature."""
    return ascii_json(value).replace(b"/", b"\\/")


def signature(secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def proof(secret: str, token: str) -> str:
    """The `appsecret_proof` of a token."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def signed_request(secret: str, said: dict[str, Any]) -> str:
    """What tells an app that somebody left it."""
    payload = _base64(ascii_json({"algorithm": "HMAC-SHA256", **said}))
    return f"{_base64(hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest())}.{payload}"


def _base64(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")
