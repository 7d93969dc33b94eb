"""SendGrid's Inbound Parse with the raw mail in `email` and its signature switched on (a security policy).

ECDSA over the time and the raw body, so neither can be changed; a repeated request carries the same mail and is the same event.
"""

import re
import time
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from channels_app.adapters.email.authenticity.alignment import are_aligned
from channels_app.adapters.email.authenticity.judging import author_domain
from channels_app.adapters.email.envelope import Head, Verdict, known_addresses, mail_envelope
from channels_app.adapters.email.hooks.access import MAX_AGE, check_caller, check_type, text_setting
from channels_app.adapters.email.hooks.forms import form_of
from channels_app.adapters.email.mime.reading import read_headers
from channels_app.contract import Envelope, InboxConfig, RawRequest, RefusedError

SIGNATURE, TIMESTAMP = "x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp"
#: SendGrid drops a mail after any 4xx, and comes back for three days after a 5xx.
STOP = 400
_DKIM = re.compile(r"@([A-Za-z0-9.-]{1,253})\s*:\s*pass\b", re.IGNORECASE)


def verify(request: RawRequest, inbox: InboxConfig) -> Sequence[Envelope]:
    """The mail of one request. Raises RefusedError."""
    check_caller(request, inbox)
    _check_signature(request, text_setting(inbox.settings, "sendgrid_public_key"))
    check_type(request, "multipart/form-data", "application/x-www-form-urlencoded", status=STOP)
    form = form_of(request, STOP)
    raw = form.get("email", b"")
    if not raw:
        raise RefusedError(STOP, "no_mail", "Choose “POST the raw, full MIME message” in SendGrid.")
    mail_from, recipients = _route(form.get("envelope", b""))
    head = Head(
        received_at=datetime.now(UTC),
        source="sendgrid",
        recipients=recipients,
        mail_from=mail_from,
        verdict=_verdict(form, raw, mail_from or ""),
    )
    return [mail_envelope(raw, head)]


def _check_signature(request: RawRequest, public_key: str) -> None:
    """Raise RefusedError unless SendGrid signed this very body just now."""
    timestamp = request.headers.get(TIMESTAMP, "")
    key = _key(public_key)
    if key is None or not re.fullmatch(r"[0-9]{1,12}", timestamp, re.ASCII):
        raise RefusedError(401, "signature", "This is not signed by SendGrid.")
    try:
        signature = b64decode(request.headers.get(SIGNATURE, "").encode(), validate=True)
        key.verify(signature, timestamp.encode() + request.body, ECDSA(SHA256()))
    except (ValueError, InvalidSignature):
        raise RefusedError(401, "signature", "This is not signed by SendGrid.") from None
    if abs(time.time() - int(timestamp)) > MAX_AGE:
        raise RefusedError(401, "stale", "This signature is too old.")


@lru_cache(maxsize=500)
def _key(public_key: str) -> EllipticCurvePublicKey | None:
    """A key as SendGrid shows it (base64, P-256); None for anything else."""
    try:
        key = load_der_public_key(b64decode(public_key.encode(), validate=True))
    except (ValueError, TypeError):
        return None
    return key if isinstance(key, EllipticCurvePublicKey) and key.curve.name == "secp256r1" else None


def is_public_key(text: str) -> bool:
    """Whether this is a verification key as SendGrid shows it."""
    return _key(text.strip()) is not None


def _route(envelope: bytes) -> tuple[str | None, tuple[str, ...]]:
    """The envelope's sender (empty for none, None when not told) and recipients."""
    try:
        said = orjson.loads(envelope or b"{}")
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    recipients = said.get("to")
    mail_from = said.get("from")
    return (
        (known_addresses([mail_from]) or ("",))[0] if isinstance(mail_from, str) else None,
        known_addresses([one for one in recipients if isinstance(one, str)]) if isinstance(recipients, list) else (),
    )


def _verdict(form: Mapping[str, bytes], raw: bytes, mail_from: str) -> Verdict:
    """What SendGrid found, where it speaks for the author's domain."""
    domain = author_domain(read_headers(raw))
    if not domain:
        return Verdict("none", "no_single_sender")
    signers = _DKIM.findall(form.get("dkim", b"").decode("utf-8", "replace")[:4000])
    if any(are_aligned(signer, domain) for signer in signers):
        return Verdict("pass", "dkim", domain)
    has_passed = form.get("SPF", b"").strip().lower() == b"pass"
    if has_passed and are_aligned(mail_from.rpartition("@")[2], domain):
        return Verdict("pass", "spf", domain)
    return Verdict("none", "unproven", domain)
