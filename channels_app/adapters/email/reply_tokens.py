"""Addresses that say where an answer belongs: a token for a conversation, one for a message that may bounce.

A token is the id and a keyed hash of it (HMAC-SHA-256, 80 bits) in base32, lower-case letters and digits 2 to 7 only: mail
programs change case, and some let no other sign pass. It fits a local part's 64 characters behind a name of up to 20.
"""

import hmac
from base64 import b32decode, b32encode
from collections.abc import Iterable
from uuid import UUID

from channels_app.adapters.email.mime.addresses import key_of

_PROOF = 10
_LENGTH = 42
MAX_LOCAL = 64
#: What an address is for, as its token's first letter.
CONVERSATION = "c"
BOUNCE = "b"


def reply_address(address: str, secret: str, conversation: UUID) -> str:
    """The inbox's own address with a token; `reply+…` at its domain where its own name leaves no room."""
    return _address(address, CONVERSATION + _token(secret, CONVERSATION, conversation), "reply")


def bounce_address(address: str, secret: str, message: UUID) -> str:
    """The envelope sender of one message (VERP): a bounce that comes back to it is that message's."""
    return _address(address, BOUNCE + _token(secret, BOUNCE, message), "bounce")


def conversation_in(found: Iterable[str], secret: str) -> UUID | None:
    """The conversation that the first valid token among these addresses names."""
    return _first(found, secret, CONVERSATION)


def bounced_in(found: Iterable[str], secret: str) -> UUID | None:
    """The message that the first valid bounce address among these names."""
    return _first(found, secret, BOUNCE)


def _address(address: str, token: str, short: str) -> str:
    local, _at, domain = address.rpartition("@")
    name = f"{local.partition('+')[0]}+{token}"
    return f"{name if len(name) <= MAX_LOCAL else f'{short}+{token}'}@{domain}"


def _token(secret: str, purpose: str, subject: UUID) -> str:
    return b32encode(subject.bytes + _proof(secret, purpose, subject)).decode().rstrip("=").lower()


def _proof(secret: str, purpose: str, subject: UUID) -> bytes:
    return hmac.digest(secret.encode(), f"mail-token:{purpose}:".encode() + subject.bytes, "sha256")[:_PROOF]


def _first(found: Iterable[str], secret: str, purpose: str) -> UUID | None:
    if not secret:
        return None
    for address in found:
        subject = _read(key_of(address), secret, purpose)
        if subject is not None:
            return subject
    return None


def _read(address: str, secret: str, purpose: str) -> UUID | None:
    tag = address.rpartition("@")[0].rpartition("+")[2]
    if len(tag) != _LENGTH + 1 or tag[0] != purpose or not tag.isascii():
        return None
    try:
        raw = b32decode(tag[1:].upper() + "=" * (-_LENGTH % 8))
    except ValueError:
        return None
    subject = UUID(bytes=raw[:16])
    return subject if hmac.compare_digest(raw[16:], _proof(secret, purpose, subject)) else None
