"""The webhooks of Mailgun, Postmark and SendGrid: each proves itself, or is refused in words. The contract of all four first."""

import json
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from channels_app.adapters.email.adapter import ADAPTER
from channels_app.contract import InboxConfig, RawRequest
from tests.channels_app.contract import AdapterContract
from tests.channels_app.email import providers
from tests.channels_app.email.asking import RAW, mail, refusal, taken, with_header, without_header
from tests.channels_app.email.builders import INBOX, make_mail
from tests.channels_app.email.providers import (
    MAILGUN,
    POSTMARK,
    SES,
    basic,
    known_certificate,
    known_dns,
    mailgun_fields,
    mailgun_request,
    multipart,
    postmark_request,
    sendgrid_inbox,
    sendgrid_request,
    ses_notice,
    sns_request,
    sns_said,
)


class _Contract(AdapterContract):
    adapter = ADAPTER

    def tampered(self, request: RawRequest) -> Sequence[RawRequest]:
        password = {**request.headers, "authorization": basic(replace(INBOX, settings={"hook_secret": "guess"}))["authorization"]}
        return [replace(request, headers=password)]


class TestMailgun(_Contract):
    def inbox(self) -> InboxConfig:
        return MAILGUN

    def request(self, inbox: InboxConfig, *, number: int = 1) -> RawRequest:
        return mailgun_request(mailgun_fields(mail(number), token=f"token-of-mail-{number}"))

    def tampered(self, request: RawRequest) -> Sequence[RawRequest]:
        fields = mailgun_fields(mail(1))
        changed = [{**fields, name: _flipped(fields[name])} for name in ("timestamp", "token", "signature")]
        return [*super().tampered(request), *(mailgun_request(one) for one in changed)]


class TestPostmark(_Contract):
    def inbox(self) -> InboxConfig:
        return POSTMARK

    def request(self, inbox: InboxConfig, *, number: int = 1) -> RawRequest:
        return postmark_request(mail(number), number=number)


class TestSendgrid(_Contract):
    def inbox(self) -> InboxConfig:
        return sendgrid_inbox()

    def request(self, inbox: InboxConfig, *, number: int = 1) -> RawRequest:
        return sendgrid_request(mail(number))

    def tampered(self, request: RawRequest) -> Sequence[RawRequest]:
        middle = len(request.body) // 2
        body = request.body[:middle] + bytes([request.body[middle] ^ 1]) + request.body[middle + 1 :]
        return [*super().tampered(request), replace(request, body=body)]


class TestSes(_Contract):
    def inbox(self) -> InboxConfig:
        known_certificate()
        return SES

    def request(self, inbox: InboxConfig, *, number: int = 1) -> RawRequest:
        return sns_request(sns_said(ses_notice(mail(number), number=number)))

    def tampered(self, request: RawRequest) -> Sequence[RawRequest]:
        said = json.loads(request.body)
        changed = [{**said, name: f"{said[name]}x"} for name in ("Message", "MessageId", "Timestamp", "TopicArn", "Signature")]
        return [*super().tampered(request), *(replace(request, body=json.dumps(one).encode()) for one in changed)]


def test_mailbox_has_no_webhook() -> None:
    assert refusal(replace(postmark_request(RAW), headers=basic(INBOX)), INBOX) == (403, "no_webhook")


def _flipped(value: bytes) -> bytes:
    middle = len(value) // 2
    return value[:middle] + (b"1" if value[middle : middle + 1] != b"1" else b"2") + value[middle + 1 :]


@pytest.mark.parametrize("is_plain", [False, True])
def test_mailgun_gives_the_raw_mail(is_plain: bool) -> None:
    hard = make_mail(body="caf\udce9 – latin", Subject="=?utf-8?q?ol=C3=A1?=")
    known_dns(hard)
    message = taken(mailgun_request(mailgun_fields(hard), is_plain=is_plain), MAILGUN)
    assert (message.original, message.data["subject"]) == (hard, "olá")


@pytest.mark.parametrize("age", [301, 30 * 86400, -301])
def test_mailgun_of_another_time_is_refused(age: int) -> None:
    assert refusal(mailgun_request(mailgun_fields(RAW, at=time.time() - age)), MAILGUN) == (401, "stale")


def test_mailgun_repeated_with_another_mail_is_the_same_event() -> None:
    forged = make_mail(From="boss@shop.example")
    known_dns(forged)
    first, replayed, swapped = (
        ADAPTER.verify(mailgun_request(mailgun_fields(raw)), MAILGUN)[0].key for raw in (RAW, RAW, forged)
    )
    assert first == replayed == swapped


_MAILGUN: dict[str, tuple[Callable[[], RawRequest], tuple[int, str]]] = {
    "unsigned": (lambda: mailgun_request({**mailgun_fields(RAW), "signature": b""}), (401, "signature")),
    "another key": (lambda: mailgun_request(mailgun_fields(RAW, key="other")), (401, "signature")),
    "no token": (lambda: mailgun_request({**mailgun_fields(RAW), "token": b""}), (401, "signature")),
    "time is a word": (lambda: mailgun_request({**mailgun_fields(RAW), "timestamp": b"now"}), (401, "signature")),
    "time in other digits": (lambda: mailgun_request({**mailgun_fields(RAW), "timestamp": "١٢٣".encode()}), (401, "signature")),
    "no mail": (lambda: mailgun_request({**mailgun_fields(RAW), "body-mime": b""}), (406, "no_mail")),
    "JSON": (
        lambda: replace(mailgun_request(mailgun_fields(RAW)), headers={**basic(MAILGUN), "content-type": "application/json"}),
        (406, "content_type"),
    ),
    "no boundary": (
        lambda: replace(mailgun_request(mailgun_fields(RAW)), headers={**basic(MAILGUN), "content-type": "multipart/form-data"}),
        (406, "malformed"),
    ),
    "cut off": (lambda: _cut(mailgun_request(mailgun_fields(RAW))), (406, "malformed")),
    "a field twice": (lambda: _doubled(mailgun_request(mailgun_fields(RAW))), (406, "malformed")),
}


@pytest.mark.parametrize(("request_", "expected"), _MAILGUN.values(), ids=_MAILGUN.keys())
def test_mailgun_that_is_not_right_is_refused(request_: Callable[[], RawRequest], expected: tuple[int, str]) -> None:
    assert refusal(request_(), MAILGUN) == expected


def _cut(request: RawRequest) -> RawRequest:
    return replace(request, body=request.body[: len(request.body) - 40])


def _doubled(request: RawRequest) -> RawRequest:
    again, _kind = multipart({"signature": b"x"})
    return replace(request, body=request.body.removesuffix(b"--the-edge--\r\n") + again)


def test_form_is_not_parted_inside_a_mail() -> None:
    hard = make_mail(body="--the-edge\nstill the mail\nX --the-edge-- X")
    known_dns(hard)
    body, kind = multipart(mailgun_fields(hard), boundary="another-edge")
    request = replace(mailgun_request(mailgun_fields(RAW)), body=body, headers={**basic(MAILGUN), "content-type": kind})
    assert taken(request, MAILGUN).original == hard


def test_postmark_gives_the_raw_mail() -> None:
    message = taken(postmark_request(RAW), POSTMARK)
    assert (message.original, message.text) == (RAW, "Hello, is the blue bowl still there?")


_POSTMARK: dict[str, tuple[RawRequest, tuple[int, str]]] = {
    "no raw mail": (postmark_request(RAW, RawEmail=""), (400, "no_mail")),
    "raw mail is a number": (postmark_request(RAW, RawEmail=5), (400, "no_mail")),
    "no JSON": (replace(postmark_request(RAW), body=b"{"), (403, "malformed")),
    "a list": (replace(postmark_request(RAW), body=b"[]"), (403, "malformed")),
    "a form": (
        replace(postmark_request(RAW), headers={**basic(POSTMARK), "content-type": "multipart/form-data"}),
        (403, "content_type"),
    ),
    "no password": (replace(postmark_request(RAW), headers={"content-type": "application/json"}), (401, "password")),
    "bearer": (
        replace(postmark_request(RAW), headers={"authorization": "Bearer open-sesame", "content-type": "application/json"}),
        (401, "password"),
    ),
    "junk in base64": (
        replace(postmark_request(RAW), headers={"authorization": "Basic ação", "content-type": "application/json"}),
        (401, "password"),
    ),
    "no user": (
        replace(postmark_request(RAW), headers={"authorization": f"Basic {b64encode(b':open-sesame').decode()}"}),
        (401, "password"),
    ),
}


@pytest.mark.parametrize(("request_", "expected"), _POSTMARK.values(), ids=_POSTMARK.keys())
def test_postmark_that_is_not_right_is_refused(request_: RawRequest, expected: tuple[int, str]) -> None:
    assert refusal(request_, POSTMARK) == expected


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"dkim": b"{@customer.example : pass}"}, "pass"),
        ({"dkim": b"{@mail.customer.example : pass}"}, "pass"),
        ({"dkim": b"{@other.example : pass}"}, "none"),
        ({"dkim": b"{@customer.example : fail}"}, "none"),
        ({"SPF": b"pass"}, "pass"),
        ({"SPF": b"softfail"}, "none"),
        ({"SPF": b"pass", "envelope": b'{"from": "x@other.example"}'}, "none"),
        ({"SPF": b"pass", "envelope": b"{"}, "none"),
    ],
)
def test_sendgrid_verdict_counts_for_the_authors_domain_only(fields: dict[str, bytes], outcome: str) -> None:
    message = taken(sendgrid_request(RAW, fields=fields), sendgrid_inbox())
    assert message.data["auth"]["outcome"] == outcome
    assert message.sender.is_verified == (outcome == "pass")


_SENDGRID: dict[str, tuple[Callable[[], RawRequest], tuple[int, str]]] = {
    "old": (lambda: sendgrid_request(RAW, at=time.time() - 301), (401, "stale")),
    "from the future": (lambda: sendgrid_request(RAW, at=time.time() + 301), (401, "stale")),
    "another key": (lambda: sendgrid_request(RAW, key=ec.generate_private_key(ec.SECP256R1())), (401, "signature")),
    "unsigned": (lambda: without_header(sendgrid_request(RAW), "x-twilio-email-event-webhook-signature"), (401, "signature")),
    "no time": (lambda: without_header(sendgrid_request(RAW), "x-twilio-email-event-webhook-timestamp"), (401, "signature")),
    "another time": (
        lambda: with_header(sendgrid_request(RAW), "x-twilio-email-event-webhook-timestamp", "1"),
        (401, "signature"),
    ),
    "signature is junk": (
        lambda: with_header(sendgrid_request(RAW), "x-twilio-email-event-webhook-signature", "é"),
        (401, "signature"),
    ),
    "another mail": (lambda: _swapped(sendgrid_request(RAW)), (401, "signature")),
    "no raw mail": (lambda: sendgrid_request(b""), (400, "no_mail")),
    "not a form": (lambda: with_header(sendgrid_request(RAW), "content-type", "text/plain"), (400, "content_type")),
}


@pytest.mark.parametrize(("request_", "expected"), _SENDGRID.values(), ids=_SENDGRID.keys())
def test_sendgrid_that_is_not_right_is_refused(request_: Callable[[], RawRequest], expected: tuple[int, str]) -> None:
    assert refusal(request_(), sendgrid_inbox()) == expected


def test_sendgrid_key_of_another_curve_is_no_key() -> None:
    other = ec.generate_private_key(ec.SECP384R1())
    inbox = replace(sendgrid_inbox(), settings={**sendgrid_inbox().settings, "sendgrid_public_key": providers.public_text(other)})
    assert refusal(sendgrid_request(RAW, key=other), inbox) == (401, "signature")


def _swapped(request: RawRequest) -> RawRequest:
    return replace(request, body=request.body.replace(b"zoe@customer", b"eve@customer"))
