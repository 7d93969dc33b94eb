"""Message-IDs: ours, which prove that we wrote the mail; others', made comparable; one for a mail without."""

import hashlib
import hmac
import re
from base64 import b32decode, b32encode
from uuid import UUID

#: A message's platform id holds this much.
MAX_ID = 500
_PROOF = 10
_OWN = re.compile(r"cz\.([a-z2-7]{26})\.([a-z2-7]{16})@", re.IGNORECASE)
_ID = re.compile(r"<([^<>\s]{1,2000})>")
#: Ids that programs leave behind when they have none: they belong to nobody.
_NOBODYS = re.compile(r"@?|[^@]*@(localhost(\.localdomain)?|none|null)?|(null|none|undefined|unknown)(@.*)?", re.IGNORECASE)


def own_message_id(reference: UUID, secret: str, domain: str) -> str:
    """The Message-ID of an outbound message: the same for every try, recognised when it comes back, unguessable."""
    return f"<cz.{_base32(reference.bytes)}.{_base32(_proof(secret, reference))}@{domain}>"


def own_reference(message_id: str, secret: str) -> UUID | None:
    """The message that a Message-ID of ours names, also where a server has changed its case or wrapped it; else None."""
    found = _OWN.search(message_id[:MAX_ID])
    if not found or not secret:
        return None
    try:
        reference = UUID(bytes=b32decode(found[1].upper() + "=" * 6))
        proof = b32decode(found[2].upper())
    except ValueError:
        return None
    return reference if hmac.compare_digest(proof, _proof(secret, reference)) else None


def normal_id(text: str) -> str:
    """A Message-ID as it is kept and compared, in brackets; empty for one that names nothing. Long ones become a hash."""
    found = _ID.search(text)
    bare = (found[1] if found else text.strip().strip("<>")).strip()
    if not bare or any(sign.isspace() for sign in bare) or "@" not in bare or _NOBODYS.fullmatch(bare):
        return ""
    bare = "".join(sign for sign in bare if sign.isprintable())
    return f"<{bare}>" if len(bare) + 2 <= MAX_ID else f"<sha256.{hashlib.sha256(bare.encode()).hexdigest()}@long.invalid>"


def ids_in(text: str) -> list[str]:
    """The Message-IDs of a References or In-Reply-To value in order: spaced, folded, by commas, or run together."""
    tokens = _ID.findall(text) or re.split(r"[\s,;]+", text)
    return [one for token in tokens if (one := normal_id(f"<{token.strip('<>')}>"))]


def made_up_id(fingerprint: str) -> str:
    """The id of a mail that has none: the same content has the same, whichever way it came."""
    return f"<{fingerprint}@missing.invalid>"


def _base32(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=").lower()


def _proof(secret: str, reference: UUID) -> bytes:
    return hmac.digest(secret.encode(), b"mail-id:" + reference.bytes, "sha256")[:_PROOF]
