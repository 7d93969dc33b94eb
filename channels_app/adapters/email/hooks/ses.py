"""Amazon SES through SNS: the signature, whose certificate and whose topic it is, and the mail inside."""

import binascii
import re
from base64 import b64decode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm

from channels_app.adapters.email.authenticity.judging import author_domain
from channels_app.adapters.email.envelope import Head, Outcome, Verdict, known_addresses, mail_envelope
from channels_app.adapters.email.hooks.access import check_caller, check_type, text_setting
from channels_app.adapters.email.hooks.bucket import fields_of, placed_mail
from channels_app.adapters.email.hooks.certificates import is_certificate_url, is_subscribe_url, key_at
from channels_app.adapters.email.mime.reading import read_headers
from channels_app.contract import Envelope, InboxConfig, RawRequest, RefusedError

#: The first line of an envelope that holds no mail but a subscription to be confirmed.
SUBSCRIPTION = b'{"v":1,"subscribe":'
#: SNS tries for an hour at most; with a margin, what is older was kept by somebody.
MAX_AGE = timedelta(hours=2)
_AHEAD = timedelta(minutes=5)
_ARN = re.compile(r"arn:aws(?:-cn|-us-gov)?:sns:(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}):[0-9]{12}:[A-Za-z0-9_.-]{1,256}")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
#: Fields that SNS leaves out of a message, and then out of what it signs.
_OPTIONAL = frozenset({"Subject"})
_OUTCOMES: dict[str, Outcome] = {"PASS": "pass", "FAIL": "fail"}


def verify(request: RawRequest, inbox: InboxConfig) -> Sequence[Envelope]:
    """The mail, or the confirmation, of one notification. Raises RefusedError, ProofMissingError."""
    check_caller(request, inbox)
    check_type(request, "text/plain", "application/json", status=400)
    said = _said(request)
    region = _check_topic(said["TopicArn"], text_setting(inbox.settings, "ses_topic_arn"))
    _check_signature(said, region)
    at = _check_time(said["Timestamp"])
    kind = said["Type"]
    if kind == "SubscriptionConfirmation":
        return [_subscription(said, region)]
    if kind == "UnsubscribeConfirmation":
        raise RefusedError(400, "unsubscribed", "The topic no longer sends to this inbox; subscribe it again.")
    return [_mail(said, at, inbox)]


def is_topic_arn(text: str) -> bool:
    """Whether this is a topic's name as Amazon writes it."""
    return _ARN.fullmatch(text) is not None


def region_of(topic_arn: str) -> str:
    """The region of a topic, empty for what is none."""
    found = _ARN.fullmatch(topic_arn)
    return found["region"] if found else ""


def _said(request: RawRequest) -> dict[str, str]:
    """The notification's fields, all texts, of the kind that its header names. Raises RefusedError."""
    try:
        said = orjson.loads(request.body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise RefusedError(400, "malformed", "This is not a notification of SNS.")
    fields = {str(name): value for name, value in said.items() if isinstance(value, str)}
    wanted = _SIGNED.get(fields.get("Type", ""), ("Type",))
    missing = [name for name in (*wanted, "TopicArn", "Timestamp", "SignatureVersion", "Signature", "SigningCertURL")
               if name not in fields and name not in _OPTIONAL]  # fmt: skip
    if fields.get("Type") not in _SIGNED or missing or request.headers.get("x-amz-sns-message-type") != fields["Type"]:
        raise RefusedError(400, "malformed", "This is not a notification of SNS.")
    return fields


def _check_topic(arn: str, expected: str) -> str:
    """The region of the inbox's own topic. Raises RefusedError for a notification of another."""
    region = region_of(expected)
    if not region or arn != expected:
        raise RefusedError(403, "topic", "This is not the topic that the inbox's settings name.")
    return region


def _check_signature(said: dict[str, str], region: str) -> None:
    algorithm = {"1": SHA1(), "2": SHA256()}.get(said["SignatureVersion"])  # noqa: S303  # nosec B303  # SNS signs by version 1 unless told
    if algorithm is None or not is_certificate_url(said["SigningCertURL"], region):
        raise RefusedError(403, "certificate", "The certificate does not stand where SNS keeps its own.")
    key = key_at(said["SigningCertURL"])
    text = "".join(f"{name}\n{said[name]}\n" for name in _SIGNED[said["Type"]] if name in said)
    if key is None or not _is_signature(said["Signature"], text, key, algorithm):
        raise RefusedError(403, "signature", "This is not signed by SNS.")


def _is_signature(signature: str, text: str, key: RSAPublicKey, algorithm: HashAlgorithm) -> bool:
    try:
        key.verify(b64decode(signature.encode(), validate=True), text.encode(), PKCS1v15(), algorithm)
    except (ValueError, InvalidSignature):
        return False
    return True


def _check_time(timestamp: str) -> datetime:
    try:
        at = datetime.fromisoformat(timestamp).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RefusedError(400, "malformed", "This is not a notification of SNS.") from None
    now = datetime.now(UTC)
    if not now - MAX_AGE <= at <= now + _AHEAD:
        raise RefusedError(403, "stale", "This notification is too old.")
    return at


def _subscription(said: dict[str, str], region: str) -> Envelope:
    if not is_subscribe_url(said["SubscribeURL"], region):
        raise RefusedError(403, "address", "This subscription is not confirmed at SNS.")
    body = SUBSCRIPTION + orjson.dumps(said["SubscribeURL"]) + b"}"
    return Envelope(key=f"sns:{said['MessageId'][:100]}", sender="sns:subscription", body=body)


def _mail(said: dict[str, str], at: datetime, inbox: InboxConfig) -> Envelope:
    try:
        notice = orjson.loads(said["Message"])
        mail, receipt = notice["mail"], notice["receipt"]
        content = notice.get("content")
        action = receipt["action"]
        recipients = [one for one in receipt["recipients"] if isinstance(one, str)]
        source, name = str(mail.get("source") or ""), str(mail["messageId"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RefusedError(400, "malformed", "This is not a notification of received mail.") from None
    action = action if isinstance(action, dict) else {}
    is_elsewhere = not isinstance(content, str) or not content
    raw = fields_of(mail) if is_elsewhere else _raw(content, str(action.get("encoding", "")))
    head = Head(
        received_at=at,
        source="ses",
        recipients=known_addresses(recipients),
        mail_from=(known_addresses([source]) or ("",))[0],
        verdict=_verdict(receipt, raw),
    )
    return placed_mail(notice, action, head, inbox) if is_elsewhere else mail_envelope(raw, head, key=f"ses:{name[:100]}")


def _raw(content: str, encoding: str) -> bytes:
    try:
        raw = b64decode(content, validate=True) if encoding.upper() == "BASE64" else content.encode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise RefusedError(400, "malformed", "This mail is not encoded as its notification says.") from None
    if not raw:
        raise RefusedError(400, "malformed", "This mail is empty.")
    return raw


def _verdict(receipt: dict[str, Any], raw: bytes) -> Verdict:
    """What SES found by DMARC: the only one of its verdicts that speaks for the author's domain."""
    domain = author_domain(read_headers(raw))
    found = receipt.get("dmarcVerdict")
    status = str(found.get("status", "")) if isinstance(found, dict) else ""
    if not domain:
        return Verdict("none", "no_single_sender")
    return Verdict(_OUTCOMES.get(status.upper(), "none"), "dmarc", domain)
