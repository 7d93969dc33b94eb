"""What every mail webhook has to show first: a password of its own, made for this inbox.

Providers take it as part of the address (`https://name:password@host/…`) and send it as Basic authorization, so it is in
no path, no query and no log. Not every provider signs the mail itself: Mailgun signs a time and a number only, Postmark
nothing.
"""

import hmac
from base64 import b64decode
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from channels_app.contract import InboxConfig, RawRequest, RefusedError

#: Amazon SNS calls without the password first, and again with it when it is asked for.
CHALLENGE = 'Basic realm="webhook"'
#: A webhook may be this old, in seconds; it may also be as far ahead, by a clock that is wrong.
MAX_AGE = 300.0


def address_with_password(hook_url: str, inbox: InboxConfig) -> str:
    """The address to give to the provider. It is a secret."""
    parts = urlsplit(hook_url)
    password = text_setting(inbox.settings, "hook_secret")
    return urlunsplit(parts._replace(netloc=f"{inbox.key}:{password}@{parts.netloc}"))


def check_caller(request: RawRequest, inbox: InboxConfig) -> None:
    """Raise RefusedError unless the caller names the inbox, knows its password, and the inbox is on."""
    expected = text_setting(inbox.settings, "hook_secret")
    scheme, _space, given = request.headers.get("authorization", "").strip().partition(" ")
    try:
        user, _colon, password = b64decode(given.strip().encode(), validate=True).decode().partition(":")
    except ValueError:
        user, password = "", ""
    is_right = hmac.compare_digest(password.encode(), expected.encode())
    if not expected or scheme.lower() != "basic" or user != inbox.key or not is_right:
        words = "This address needs the name and password that the inbox's settings show."
        raise RefusedError(401, "password", words, challenge=CHALLENGE)
    if not inbox.is_enabled:
        raise RefusedError(403, "inbox_disabled", "This inbox is switched off.")


def check_type(request: RawRequest, *allowed: str, status: int) -> str:
    """The request's media type. Raises RefusedError with this status for one that is not allowed."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in allowed:
        raise RefusedError(status, "content_type", f"Send this as {' or '.join(allowed)}.")
    return kind


def text_setting(settings: Mapping[str, object], name: str) -> str:
    """A setting as text, empty when it is missing."""
    found = settings.get(name)
    return found.strip() if isinstance(found, str) else ""
