"""An inbox's mail servers and how it signs in to them, from its settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from channels_app.adapters.email.lines import PLAIN, STARTTLS, TLS, Server
from channels_app.contract import ChannelError, InboxConfig

PASSWORD, GOOGLE, MICROSOFT = "password", "google", "microsoft"
IMAP, POP3 = "imap", "pop3"
#: Where the two providers' servers are; a host given by hand wins.
_KNOWN: Mapping[str, Mapping[str, Server]] = {
    GOOGLE: {
        IMAP: Server("imap.gmail.com", 993, TLS),
        POP3: Server("pop.gmail.com", 995, TLS),
        "smtp": Server("smtp.gmail.com", 465, TLS),
    },
    MICROSOFT: {
        IMAP: Server("outlook.office365.com", 993, TLS),
        POP3: Server("outlook.office365.com", 995, TLS),
        "smtp": Server("smtp.office365.com", 587, STARTTLS),
    },
}
_PORTS = {
    ("smtp", TLS): 465, ("smtp", STARTTLS): 587, ("smtp", PLAIN): 25,
    (IMAP, TLS): 993, (IMAP, STARTTLS): 143, (IMAP, PLAIN): 143,
    (POP3, TLS): 995, (POP3, STARTTLS): 110, (POP3, PLAIN): 110,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """How to sign in: by password, or with what `token` gives, told which one was refused. No user: not at all."""

    user: str
    password: str = field(default="", repr=False)
    token: Callable[[str], str] | None = field(default=None, repr=False)

    @property
    def is_open(self) -> bool:
        return not self.user


def way_of(inbox: InboxConfig) -> str:
    """How the inbox signs in: by password, Google or Microsoft."""
    way = str(inbox.settings.get("login") or PASSWORD)
    return way if way in (GOOGLE, MICROSOFT) else PASSWORD


def protocol_of(inbox: InboxConfig) -> str:
    return POP3 if inbox.settings.get("protocol") == POP3 else IMAP


def server_of(inbox: InboxConfig, kind: str) -> Server:
    """The inbox's server of a kind: `smtp`, `imap` or `pop3`. Raises ChannelError where none is set."""
    settings: Mapping[str, Any] = inbox.settings
    side = "smtp" if kind == "smtp" else "mailbox"
    host = str(settings.get(f"{side}_host") or "").strip()
    known = _KNOWN.get(way_of(inbox), {}).get(kind)
    if not host:
        if known is None:
            raise ChannelError("not_connected", permanent=True)
        return known
    security = str(settings.get(f"{side}_security") or TLS)
    security = security if security in (TLS, STARTTLS, PLAIN) else TLS
    return Server(host, int(settings.get(f"{side}_port") or _PORTS[kind, security]), security)


def account_of(inbox: InboxConfig, kind: str, token: Callable[[str], str]) -> Account:
    """Who signs in to a server. `token` gives an access token where one is needed."""
    settings = inbox.settings
    user = str(settings.get("user") or "")
    if way_of(inbox) != PASSWORD:
        return Account(user or str(settings.get("address") or ""), token=token)
    if kind == "smtp" and settings.get("smtp_user"):
        return Account(str(settings["smtp_user"]), str(settings.get("smtp_password") or ""))
    return Account(user, str(settings.get("password") or ""))
