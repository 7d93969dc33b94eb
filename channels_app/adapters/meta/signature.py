"""That a webhook comes from Meta: the signature of an app over the raw bytes, and the challenge by which an address is checked.

The secret is the inbox's own app's, bound to the inbox's address; at the address that all inboxes share it is the
operator's app's. Neither is ever tried in place of the other.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from channels_app.contract import InboxConfig, RawRequest, RefusedError

HEADER = "x-hub-signature-256"
#: Meta's largest webhook is 3 MB; the rest is room for a proxy that writes it otherwise.
MAX_BODY = 3_670_016
_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{1,256}")


def new_verify_token() -> str:
    """What a person types into the app's webhook page, so that Meta proves itself when it asks for our address."""
    return secrets.token_urlsafe(24)


def check_signature(request: RawRequest, secret: str) -> None:
    """Prove that an app signed the body. Raises RefusedError; without a secret nobody is let in."""
    given = request.headers.get(HEADER, "")
    expected = "sha256=" + hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    if not secret or not hmac.compare_digest(given.encode(), expected.encode()):
        raise RefusedError(401, "signature", "This is not signed by the app of this address.")


def check_inbox(request: RawRequest, inbox: InboxConfig, secret: str) -> None:
    """The same for an inbox's own address, which a switched-off inbox does not have. Raises RefusedError."""
    check_signature(request, secret)
    if not inbox.is_enabled:
        raise RefusedError(403, "inbox_disabled", "This inbox is switched off.")


def challenge(request: RawRequest, verify_token: str) -> bytes:
    """The answer by which Meta knows that an address is ours. Raises RefusedError."""
    asked = {name: values[-1] for name, values in parse_qs(request.query, keep_blank_values=True).items()}
    given, answer = asked.get("hub.verify_token", ""), asked.get("hub.challenge", "")
    if asked.get("hub.mode") != "subscribe" or not _CHALLENGE.fullmatch(answer):
        raise RefusedError(400, "malformed", "This is no question for a webhook's address.")
    if not verify_token or not hmac.compare_digest(given.encode(), verify_token.encode()):
        raise RefusedError(403, "verify_token", "This is not the verify token of this address.")
    return answer.encode()


def secret_in(settings: Mapping[str, Any]) -> str:
    """The secret of the inbox's own app; empty for an inbox of the operator's app, which has no address of its own."""
    return str(settings.get("app_secret") or "")


def verify_token_in(settings: Mapping[str, Any]) -> str:
    """The verify token of an inbox's own address."""
    return str(settings.get("verify_token") or "")
