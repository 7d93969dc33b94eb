"""What an SMTP server's answer means: try again, never, or with other settings."""

import re

from channels_app.adapters.email.bounces import code_of
from channels_app.contract import ChannelError

_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
#: Microsoft's word that passwords are over.
_NO_PASSWORDS = "5.7.30"
#: A sender that the server does not let this account be.
_NOT_THIS_SENDER = ("5.7.60", "5.7.1", "5.1.7", "5.1.8")


def sign_in_error(code: int, words: str) -> ChannelError:
    """Why signing in did not work. Only a clear no stops the inbox."""
    detail = f"{code} {words}"
    if _NO_PASSWORDS in words:
        return ChannelError("passwords_over", stops_inbox=True, detail=detail)
    if 400 <= code < 500:
        return ChannelError("server_busy", is_inbox_wide=True, detail=detail)
    return ChannelError("login_refused", stops_inbox=True, detail=detail)


def sender_error(code: int, words: str) -> ChannelError:
    """Why our sender was refused: that is the inbox's trouble, not the message's."""
    detail = f"{code} {words}"
    if _NO_PASSWORDS in words or code == 530:
        return sign_in_error(code, words)
    if 400 <= code < 500:
        return ChannelError("server_busy", is_inbox_wide=True, detail=detail)
    status = _status(words)
    if status.startswith("5.3.4") or code == 552:
        return ChannelError("too_large", permanent=True, detail=_without_addresses(detail))
    is_sender = not status or status in _NOT_THIS_SENDER
    return ChannelError(
        "sender_refused" if is_sender else "refused", permanent=True, is_inbox_wide=True, detail=_without_addresses(detail)
    )


def mail_error(code: int, words: str) -> ChannelError:
    """Why the recipient or the mail itself was refused."""
    detail = _without_addresses(f"{code} {words}")
    if code == 421:
        return ChannelError("server_busy", is_inbox_wide=True, detail=detail)
    if 400 <= code < 500:
        return ChannelError("later", detail=detail)
    if _NO_PASSWORDS in words or code == 530:
        return sign_in_error(code, words)
    found = code_of(_status(words)) or {552: "mailbox_full", 550: "refused", 553: "mailbox_unknown"}.get(code, "refused")
    return ChannelError(found, permanent=True, detail=detail)


def _status(words: str) -> str:
    found = _ENHANCED.search(words[:300])
    return found[1] if found else ""


def _without_addresses(words: str) -> str:
    """Servers repeat the address that they refuse: what is kept of their words holds none."""
    return re.sub(r"\S+@\S+", "…", words)
