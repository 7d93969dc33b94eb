"""What an adapter may know of an inbox, and what connecting one gives."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class InboxConfig:
    """What an adapter may know of an inbox: its ids, public key and the adapter's own settings, decrypted.

    `account` and `source` as in `Connection`; known at the intake only.
    """

    id: UUID
    workspace_id: UUID
    key: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    is_enabled: bool = True
    account: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class SignInWay:
    """A person's way to a platform and back: `state` names it, `redirect_uri` is where it ends.

    `verifier` is its secret for platforms that want proof that who began it also ends it (PKCE, RFC 7636).
    """

    state: str
    redirect_uri: str
    verifier: str

    @property
    def challenge(self) -> str:
        """What such a platform is told of the verifier, by the method S256."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Connection:
    """What connecting an inbox gave: settings to keep besides the given ones, and what to tell the person, in words.

    `account` is the inbox's id at the platform where one webhook carries events of many accounts, proven by the
    credentials; `parent` the id that stands over several of them (a business account), `source` the app that signs, empty
    for the operator's own; `owner` the platform's id of the person who connected it. `facts`: see `Adapter.fact_names`.
    `choices`: nothing is connected yet, the access is good for these accounts (what `Adapter.chosen` takes, and a name);
    the person is to choose one.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    words: StrOrPromise = ""
    expires_at: datetime | None = None
    account: str = ""
    parent: str = ""
    source: str = ""
    owner: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
