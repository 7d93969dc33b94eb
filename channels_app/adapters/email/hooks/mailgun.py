"""Mailgun's routes: a form with the raw mail in `body-mime`, for an address that ends in `mime`.

Its signature covers a time and a token, not the mail. So the inbox's password is asked for as well, a time counts for five
minutes, and the token is the event's key: a request that is repeated, with the same mail or with another under a used
token, is the same event and changes nothing. To bring in a forged mail one would need the password, a fresh signature,
and to be faster than Mailgun itself.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from channels_app.adapters.email.envelope import Head, known_addresses, mail_envelope
from channels_app.adapters.email.hooks.access import MAX_AGE, check_caller, check_type, text_setting
from channels_app.adapters.email.hooks.forms import form_of
from channels_app.adapters.email.hooks.records import records_for
from channels_app.contract import Envelope, InboxConfig, RawRequest, RefusedError

#: Mailgun sends again for eight hours after anything but 200 and this one, which says: never again.
STOP = 406
_TIME = re.compile(rb"[0-9]{1,12}")
_TOKEN = re.compile(rb"[\x21-\x7e]{10,100}")


def verify(request: RawRequest, inbox: InboxConfig) -> Sequence[Envelope]:
    """The mail of one request. Raises RefusedError, ProofMissingError."""
    check_caller(request, inbox)
    check_type(request, "multipart/form-data", "application/x-www-form-urlencoded", status=STOP)
    form = form_of(request, STOP)
    token = _signed_token(form, text_setting(inbox.settings, "mailgun_signing_key"))
    raw = form.get("body-mime", b"")
    if not raw:
        raise RefusedError(STOP, "no_mail", "Let the route's address end in mime, so that the raw mail comes along.")
    head = Head(
        received_at=datetime.now(UTC),
        source="mailgun",
        recipients=known_addresses(form.get("recipient", b"").decode("utf-8", "replace").split(",")),
        mail_from=(known_addresses([form["sender"].decode("utf-8", "replace")]) or ("",))[0] if "sender" in form else None,
        texts=records_for(raw),
    )
    return [mail_envelope(raw, head, key=f"mailgun:{token}")]


def _signed_token(form: Mapping[str, bytes], signing_key: str) -> str:
    """The token of a request that Mailgun signed just now. Raises RefusedError."""
    timestamp, token = form.get("timestamp", b""), form.get("token", b"")
    if not signing_key or not _TIME.fullmatch(timestamp) or not _TOKEN.fullmatch(token):
        raise RefusedError(401, "signature", "This is not signed by Mailgun.")
    expected = hmac.new(signing_key.encode(), timestamp + token, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(form.get("signature", b"").strip().lower(), expected.encode()):
        raise RefusedError(401, "signature", "This is not signed by Mailgun.")
    if abs(time.time() - int(timestamp)) > MAX_AGE:
        raise RefusedError(401, "stale", "This signature is too old.")
    return token.decode()
