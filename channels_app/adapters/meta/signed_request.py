"""Signed requests: how Meta tells that somebody left our app (deauthorisation) or wants their data deleted.

`signed_request` is `base64url(signature).base64url(json)`; the signature is the app's HMAC-SHA256 over the second part as
it is written. `user_id` is the person who connected accounts with us, never one of their customers.
"""

import binascii
import hashlib
import hmac
from base64 import b64decode
from dataclasses import dataclass

import orjson

from channels_app.adapters.meta.fields import ident, number
from channels_app.contract import RefusedError

MAX_LENGTH = 8192


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """Who it is about, as the app knows them, and when it was signed (seconds, 0 unknown)."""

    user_id: str
    issued_at: int = 0


def read_signed_request(signed: str, secret: str) -> SignedRequest:
    """Prove a signed request and read it. Raises RefusedError; without a secret nobody is believed."""
    refused = RefusedError(403, "signature", "This is not signed by our app.")
    given, dot, payload = signed.partition(".")
    if not secret or not dot or len(signed) > MAX_LENGTH:
        raise refused
    expected = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(_bytes(given), expected):
        raise refused
    try:
        said = orjson.loads(_bytes(payload))
    except ValueError:
        said = None
    if not isinstance(said, dict) or str(said.get("algorithm", "")).upper() != "HMAC-SHA256" or not ident(said, "user_id"):
        raise RefusedError(400, "malformed", "This is no signed request.")
    return SignedRequest(ident(said, "user_id", 128), number(said, "issued_at"))


def _bytes(part: str) -> bytes:
    """The bytes of base64url without its padding; none for what is not that."""
    try:
        return b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
