"""What an inbox is by mail: its addresses and secrets, as the modules of this folder need them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from channels_app.adapters.email.message_ids import own_message_id
from channels_app.adapters.email.mime.addresses import key_of, wire_address
from channels_app.contract import InboxConfig


@dataclass(frozen=True, slots=True)
class OwnMail:
    """`addresses`: the inbox's address and its aliases, as keys. `authserv_ids`: whose Authentication-Results count."""

    address: str
    addresses: frozenset[str]
    secret: str
    authserv_ids: frozenset[str]

    def message_id(self, reference: UUID) -> str:
        """The Message-ID of a message of ours. Raises ChannelError for an address that no server can be told."""
        return own_message_id(reference, self.secret, wire_address(self.address).rpartition("@")[2])


def own_mail(inbox: InboxConfig) -> OwnMail:
    """What the inbox's settings say; settings that are missing leave things empty."""
    settings: Mapping[str, Any] = inbox.settings
    address = str(settings.get("address") or "")
    aliases = _texts(settings.get("aliases"))
    return OwnMail(
        address=address,
        addresses=frozenset(key_of(one) for one in (address, *aliases) if one),
        secret=str(settings.get("reply_secret") or ""),
        authserv_ids=frozenset(one.lower() for one in _texts(settings.get("authserv_ids"))),
    )


def _texts(given: object) -> list[str]:
    return [one for one in given if isinstance(one, str)] if isinstance(given, list | tuple) else []
