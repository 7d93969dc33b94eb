"""What the playground knows of a platform: its accounts, the chat on a customer's phone, and the faults that can be turned on."""

from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Protocol

from channels_app.emulators.control import Provider
from channels_app.emulators.faults import Faults
from channels_app.emulators.web import BadRequestError

type Fields = dict[str, Any]

#: What each fault is made of, unless a platform has it otherwise.
PROFILES: Mapping[str, Fields] = {
    "duplicates": {"duplicate_rate": 1.0},
    "reordering": {"reorder_window_ms": 4000.0},
    "delay": {"delay_ms": 5000.0},
    "limit": {"http_errors": []},
    "media": {"media_ttl_s": 0.0},
    "signature": {"wrong_secret": True},
}
REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Account:
    """A business's account at a platform: a number, a bot, a page, a mailbox."""

    id: str
    name: str
    address: str
    is_connected: bool


class Shown(Provider, Protocol):
    """A platform whose chats can be read."""

    def read(self, what: str, query: dict[str, str]) -> Any: ...


class Line(Protocol):
    """A platform as the page shows it. `key` is the name that the control API gives an account."""

    name: str
    key: str

    def accounts(self) -> list[Account]: ...

    def chat(self, account: str, customer: str) -> Fields | None:
        """The chat on the customer's phone; None before their first word."""

    def faults_on(self, account: str, customer: str) -> list[str]:
        """The names of the faults that are in force."""

    def set_faults(self, account: str, customer: str, names: Collection[str]) -> None:
        """Have these faults in force and no others. Raises BadRequestError."""

    def end_faults(self) -> None:
        """End every fault of every account."""


@dataclass(slots=True)
class WebhookLine:
    """A platform that tells of events by webhooks. `special` has the faults that are made of something else there."""

    name: str
    key: str
    provider: Shown
    listed: Callable[[], list[Account]]
    faults_of: Callable[[str], Faults]
    is_void: Callable[[str], bool]
    special: Mapping[str, Fields] = field(default_factory=dict)

    def accounts(self) -> list[Account]:
        return self.listed()

    def chat(self, account: str, customer: str) -> Fields | None:
        return chat_of(self, self.provider, account, customer)

    def faults_on(self, account: str, customer: str) -> list[str]:
        faults = self.faults_of(account)
        found = [name for name in PROFILES if _is_on(faults, self._profile(name))]
        return [*found, *([REVOKED] if self.is_void(account) else [])]

    def set_faults(self, account: str, customer: str, names: Collection[str]) -> None:
        if unknown := sorted(set(names) - PROFILES.keys() - {REVOKED}):
            raise BadRequestError(f"There is no fault called {', '.join(unknown)}.")
        profile: Fields = {}
        for name in PROFILES:
            if name in names:
                profile |= deepcopy(self._profile(name))
        self.provider.set_faults(profile, account)
        if self.is_void(account) is not (REVOKED in names):
            self.provider.change("revocations", {self.key: account, "is_revoked": REVOKED in names})

    def end_faults(self) -> None:
        for one in self.listed():
            self.set_faults(one.id, "", ())

    def _profile(self, name: str) -> Fields:
        return self.special.get(name, PROFILES[name])


def chat_of(line: Line, provider: Shown, account: str, customer: str) -> Fields | None:
    """A chat, or None while the platform knows no such customer."""
    try:
        found: Fields = provider.read("chat", {line.key: account, "customer": customer})
    except BadRequestError:
        return None
    return found


def _is_on(faults: Faults, profile: Fields) -> bool:
    """Whether a profile is in force; answers that were given often enough are over."""
    if "http_errors" in profile:
        return any(one.times > 0 for one in faults.http_errors)
    return all(getattr(faults, name) == value for name, value in profile.items())
