"""Identities as they are looked up: the canonical form of each kind, behind the workspace's keyed hash."""

from conversations.models import ContactIdentity
from core.vault.blind import blind_index, canonical_email, canonical_phone

Kind = ContactIdentity.Kind

_CANONICAL = {Kind.EMAIL: canonical_email, Kind.PHONE: canonical_phone}


def identity_index(kind: str, value: str) -> bytes:
    """The blind index of an identity in the workspace in scope. Raises ValueError for an impossible e-mail or phone."""
    canonical = _CANONICAL.get(Kind(kind), str.strip)
    return blind_index(f"identity.{kind}", canonical(value))


def sender_index(kind: str, value: str, *, is_verified: bool) -> bytes:
    """The blind index of a sender's identity. An address that nothing proves is another one than the same address proven:
    whoever writes somebody's address into a mail does not become that person.
    """
    if kind == Kind.EMAIL and not is_verified:
        return blind_index("identity.email.unproven", canonical_email(value))
    return identity_index(kind, value)


def address_index(address: str) -> bytes:
    """The blind index of a participant's address in the workspace in scope. Raises ValueError for an impossible one."""
    return blind_index("participant.address", canonical_email(address))


def provider_index(provider_id: str) -> bytes:
    """The blind index of a platform's message id: some of them hold a phone number."""
    return blind_index("message.provider_id", provider_id)
