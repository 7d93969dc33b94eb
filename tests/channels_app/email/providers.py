"""Webhooks as the four providers send them, signed with keys of the tests' own."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from channels_app.adapters.email.authenticity.judging import names_to_ask
from channels_app.adapters.email.hooks import certificates, records
from channels_app.contract import InboxConfig, RawRequest
from tests.channels_app.contract import request_of
from tests.channels_app.email.builders import inbox_with

TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
SIGNING_KEY = "key-of-mailgun"


def basic(inbox: InboxConfig) -> dict[str, str]:
    """The header with the inbox's name and password."""
    pair = f"{inbox.key}:{inbox.settings.get('hook_secret', '')}"
    return {"authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def known_dns(raw: bytes) -> None:
    """Let the edge know that DNS has nothing about this mail's sender."""
    for name in names_to_ask(raw):
        records.keep(name, ())


def multipart(fields: dict[str, bytes], boundary: str = "the-edge") -> tuple[bytes, str]:
    """A form's body and content type."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value
        for name, value in fields.items()
    ]
    return b"\r\n".join([*parts, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"


MAILGUN = inbox_with(receive="mailgun", mailgun_signing_key=SIGNING_KEY)


def mailgun_fields(raw: bytes, *, token: str = "t" * 50, at: float | None = None, key: str = SIGNING_KEY) -> dict[str, bytes]:
    """What a Mailgun route posts."""
    timestamp = str(int(time.time() if at is None else at))
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "recipient": b"help@shop.example",
        "sender": b"zoe@customer.example",
        "timestamp": timestamp.encode(),
        "token": token.encode(),
        "signature": signature.encode(),
        "body-mime": raw,
    }


def mailgun_request(fields: dict[str, bytes], inbox: InboxConfig = MAILGUN, *, is_plain: bool = False) -> RawRequest:
    if is_plain:
        return request_of(urlencode(fields).encode(), {**basic(inbox), "content-type": "application/x-www-form-urlencoded"})
    body, kind = multipart(fields)
    return request_of(body, {**basic(inbox), "content-type": kind})


POSTMARK = inbox_with(receive="postmark")


def postmark_request(raw: bytes, inbox: InboxConfig = POSTMARK, *, number: int = 1, **changes: Any) -> RawRequest:
    said = {
        "MessageID": f"id-{number}",
        "OriginalRecipient": "help@shop.example",
        "RawEmail": raw.decode("utf-8", "replace"),
        **changes,
    }
    return request_of(json.dumps(said).encode(), {**basic(inbox), "content-type": "application/json"})


@cache
def sendgrid_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """A key as SendGrid shows it."""
    return b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@cache
def sendgrid_inbox() -> InboxConfig:
    return inbox_with(receive="sendgrid", sendgrid_public_key=public_text(sendgrid_key()))


def sendgrid_request(
    raw: bytes,
    *,
    at: float | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
    fields: Mapping[str, bytes] | None = None,
) -> RawRequest:
    envelope = json.dumps({"to": ["help@shop.example"], "from": "zoe@customer.example"}).encode()
    body, kind = multipart({"email": raw, "envelope": envelope, "SPF": b"none", "dkim": b"none", **(fields or {})})
    timestamp = str(int(time.time() if at is None else at))
    signature = (key or sendgrid_key()).sign(timestamp.encode() + body, ec.ECDSA(SHA256()))
    headers = {
        "content-type": kind,
        "x-twilio-email-event-webhook-timestamp": timestamp,
        "x-twilio-email-event-webhook-signature": b64encode(signature).decode(),
    }
    return request_of(body, {**basic(sendgrid_inbox()), **headers})


SES = inbox_with(receive="ses", ses_topic_arn=TOPIC)


@cache
def sns_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def certificate(key: rsa.RSAPrivateKey, *, days: int = 30) -> x509.Certificate:
    """A certificate over a key, which ends in so many days."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
    return builder.not_valid_before(now - timedelta(days=60)).not_valid_after(now + timedelta(days=days)).sign(key, SHA256())


def known_certificate(url: str = CERTIFICATE_URL, *, days: int = 30) -> None:
    certificates.keep(url, certificate(sns_key(), days=days))


def ses_notice(raw: bytes, *, number: int = 1, dmarc: str = "PASS", **changes: Any) -> str:
    """What SES publishes of a received mail."""
    notice: dict[str, Any] = {
        "notificationType": "Received",
        "mail": {"messageId": f"ses-{number}", "source": "zoe@customer.example"},
        "receipt": {
            "recipients": ["help@shop.example"],
            "dmarcVerdict": {"status": dmarc},
            "action": {"type": "SNS", "encoding": "BASE64"},
        },
        "content": b64encode(raw).decode(),
    }
    return json.dumps({**notice, **changes})


def sns_said(message: str, **changes: str) -> dict[str, str]:
    """A notification without its signature."""
    said = {
        "Type": "Notification",
        "MessageId": "sns-1",
        "TopicArn": TOPIC,
        "Message": message,
        "Timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
    }
    return {**said, **changes}


def sns_request(
    said: dict[str, str], *, key: rsa.RSAPrivateKey | None = None, inbox: InboxConfig = SES, header: str = ""
) -> RawRequest:
    """The notification, signed over what SNS signs."""
    names = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    text = "".join(f"{name}\n{said[name]}\n" for name in names if name in said)
    algorithm = SHA1() if said["SignatureVersion"] == "1" else SHA256()  # noqa: S303  # SNS's version 1
    signature = (key or sns_key()).sign(text.encode(), PKCS1v15(), algorithm)
    headers = {**basic(inbox), "content-type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": header or said["Type"]}
    return request_of(json.dumps({**said, "Signature": b64encode(signature).decode()}).encode(), headers)
