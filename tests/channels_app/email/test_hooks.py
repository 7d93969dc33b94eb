"""The providers' webhooks: each proves itself, or is refused in words. Contract first, then what each can be sent."""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings, strategies as st

from channels_app import hooks
from channels_app.adapters.email.adapter import ADAPTER
from channels_app.adapters.email.authenticity import resolving
from channels_app.adapters.email.authenticity.judging import names_to_ask
from channels_app.adapters.email.authenticity.resolving import Answer, NoAnswerError
from channels_app.adapters.email.envelope import MAX_MAIL, opened
from channels_app.adapters.email.hooks import certificates, confirming, records
from channels_app.adapters.email.hooks.access import address_with_password
from channels_app.contract import Action, ChannelError, InboxConfig, ProofMissingError, RawRequest, RefusedError
from conversations.normalised import Errand, InboundMessage
from core.http import RequestFailedError, SafeClient
from tests.channels_app.contract import AdapterContract
from tests.channels_app.email import providers
from tests.channels_app.email.builders import INBOX, make_mail
from tests.channels_app.email.providers import (
    CERTIFICATE_URL,
    MAILGUN,
    POSTMARK,
    SES,
    TOPIC,
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

RAW = make_mail()
SUBSCRIBE_URL = f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={quote(TOPIC)}&Token=abc"


@pytest.fixture(autouse=True)
def _proofs() -> None:
    known_dns(RAW)
    known_certificate()


def mail(number: int) -> bytes:
    raw = make_mail(Message_ID=f"<mail-{number}@customer.example>")
    known_dns(raw)
    return raw


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


def refusal(request: RawRequest, inbox: InboxConfig) -> tuple[int, str]:
    with pytest.raises(RefusedError) as caught:
        ADAPTER.verify(request, inbox)
    assert caught.value.message.endswith(".")
    return caught.value.status, caught.value.code


def taken(request: RawRequest, inbox: InboxConfig) -> InboundMessage:
    [envelope] = ADAPTER.verify(request, inbox)
    [event] = ADAPTER.parse(envelope.body, inbox)
    assert isinstance(event, InboundMessage)
    return event


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
    "huge": (lambda: mailgun_request({**mailgun_fields(RAW), "body-mime": b"x" * (MAX_MAIL + 1)}), (406, "too_large")),
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
    "huge": (postmark_request(RAW, RawEmail="x" * (MAX_MAIL + 1)), (403, "too_large")),
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
    "unsigned": (lambda: _without(sendgrid_request(RAW), "x-twilio-email-event-webhook-signature"), (401, "signature")),
    "no time": (lambda: _without(sendgrid_request(RAW), "x-twilio-email-event-webhook-timestamp"), (401, "signature")),
    "another time": (lambda: _with(sendgrid_request(RAW), "x-twilio-email-event-webhook-timestamp", "1"), (401, "signature")),
    "signature is junk": (
        lambda: _with(sendgrid_request(RAW), "x-twilio-email-event-webhook-signature", "é"),
        (401, "signature"),
    ),
    "another mail": (lambda: _swapped(sendgrid_request(RAW)), (401, "signature")),
    "no raw mail": (lambda: sendgrid_request(b""), (400, "no_mail")),
    "huge": (lambda: sendgrid_request(b"x" * (MAX_MAIL + 1)), (400, "too_large")),
    "not a form": (lambda: _with(sendgrid_request(RAW), "content-type", "text/plain"), (400, "content_type")),
}


@pytest.mark.parametrize(("request_", "expected"), _SENDGRID.values(), ids=_SENDGRID.keys())
def test_sendgrid_that_is_not_right_is_refused(request_: Callable[[], RawRequest], expected: tuple[int, str]) -> None:
    assert refusal(request_(), sendgrid_inbox()) == expected


def test_sendgrid_key_of_another_curve_is_no_key() -> None:
    other = ec.generate_private_key(ec.SECP384R1())
    inbox = replace(sendgrid_inbox(), settings={**sendgrid_inbox().settings, "sendgrid_public_key": providers.public_text(other)})
    assert refusal(sendgrid_request(RAW, key=other), inbox) == (401, "signature")


def _without(request: RawRequest, name: str) -> RawRequest:
    return replace(request, headers={key: value for key, value in request.headers.items() if key != name})


def _with(request: RawRequest, name: str, value: str) -> RawRequest:
    return replace(request, headers={**request.headers, name: value})


def _swapped(request: RawRequest) -> RawRequest:
    return replace(request, body=request.body.replace(b"zoe@customer", b"eve@customer"))


@pytest.mark.parametrize("version", ["1", "2"])
def test_ses_gives_the_raw_mail(version: str) -> None:
    said = sns_said(ses_notice(RAW), SignatureVersion=version, Subject="Amazon SES Email Receipt Notification")
    message = taken(sns_request(said), SES)
    assert (message.original, message.sender.is_verified) == (RAW, True)


@pytest.mark.parametrize(("dmarc", "outcome"), [("PASS", "pass"), ("FAIL", "fail"), ("GRAY", "none"), ("", "none")])
def test_ses_verdict_is_dmarcs(dmarc: str, outcome: str) -> None:
    assert taken(sns_request(sns_said(ses_notice(RAW, dmarc=dmarc))), SES).data["auth"]["outcome"] == outcome


_ELSEWHERE = [
    "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0123456789abcdef.pem",
    "https://evil.example/sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0123456789abcdef.pem",
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com/../bucket/SimpleNotificationService-0123456789abcdef.pem",
    "https://bucket.s3.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem?x",
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem\n",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("url", _ELSEWHERE)
def test_certificate_from_elsewhere_is_never_fetched(url: str) -> None:
    assert refusal(sns_request(sns_said(ses_notice(RAW), SigningCertURL=url)), SES) == (403, "certificate")
    with pytest.raises(ChannelError):
        certificates.fetch_certificate(certificates.NEED + url)


def _at(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).isoformat()


_SES: dict[str, tuple[Callable[[], RawRequest], tuple[int, str]]] = {
    "another key": (
        lambda: sns_request(sns_said(ses_notice(RAW)), key=rsa.generate_private_key(65537, 2048)), (403, "signature"),
    ),
    "another topic": (lambda: sns_request(sns_said(ses_notice(RAW), TopicArn=f"{TOPIC}-evil")), (403, "topic")),
    "another version": (lambda: sns_request(sns_said(ses_notice(RAW), SignatureVersion="3")), (403, "certificate")),
    "another kind in the header": (
        lambda: sns_request(sns_said(ses_notice(RAW)), header="SubscriptionConfirmation"),
        (400, "malformed"),
    ),
    "old": (lambda: sns_request(sns_said(ses_notice(RAW), Timestamp=_at(hours=3))), (403, "stale")),
    "from the future": (lambda: sns_request(sns_said(ses_notice(RAW), Timestamp=_at(hours=-3))), (403, "stale")),
    "no time": (lambda: sns_request(sns_said(ses_notice(RAW), Timestamp="now")), (400, "malformed")),
    "unsigned": (lambda: _said(sns_request(sns_said(ses_notice(RAW))), Signature=None), (400, "malformed")),
    "empty signature": (lambda: _said(sns_request(sns_said(ses_notice(RAW))), Signature=""), (403, "signature")),
    "another mail": (lambda: _said(sns_request(sns_said(ses_notice(RAW))), Message=ses_notice(mail(9))), (403, "signature")),
    "a subject more": (lambda: _said(sns_request(sns_said(ses_notice(RAW))), Subject="x"), (403, "signature")),
    "unsubscribed": (
        lambda: sns_request(sns_said("x", Type="UnsubscribeConfirmation", Token="t", SubscribeURL=SUBSCRIBE_URL)),
        (400, "unsubscribed"),
    ),
    "unknown kind": (lambda: sns_request(sns_said("x", Type="Other")), (400, "malformed")),
    "mail in a bucket": (lambda: sns_request(sns_said(ses_notice(RAW, content=None))), (400, "no_mail")),
    "no notice": (lambda: sns_request(sns_said("hello")), (400, "malformed")),
    "a notice of another shape": (lambda: sns_request(sns_said(json.dumps({"mail": [], "receipt": 5}))), (400, "malformed")),
    "not encoded as it says": (lambda: sns_request(sns_said(ses_notice(RAW, content="é"))), (400, "malformed")),
    "a form": (
        lambda: _with(sns_request(sns_said(ses_notice(RAW))), "content-type", "multipart/form-data"),
        (400, "content_type"),
    ),
    "no JSON": (lambda: replace(sns_request(sns_said("x")), body=b"\xff"), (400, "malformed")),
}  # fmt: skip


@pytest.mark.parametrize(("request_", "expected"), _SES.values(), ids=_SES.keys())
def test_ses_that_is_not_right_is_refused(request_: Callable[[], RawRequest], expected: tuple[int, str]) -> None:
    assert refusal(request_(), SES) == expected


def _said(request: RawRequest, **changes: str | None) -> RawRequest:
    said: dict[str, Any] = {**json.loads(request.body), **changes}
    return replace(request, body=json.dumps({name: value for name, value in said.items() if value is not None}).encode())


def test_certificate_that_has_ended_proves_nothing() -> None:
    known_certificate(days=-1)
    assert refusal(sns_request(sns_said(ses_notice(RAW))), SES) == (403, "signature")


def test_certificate_is_asked_for_only_by_who_knows_the_password() -> None:
    url = CERTIFICATE_URL.replace("0123", "4567")
    request = sns_request(sns_said(ses_notice(RAW), SigningCertURL=url))
    with pytest.raises(ProofMissingError) as missing:
        ADAPTER.verify(request, SES)
    assert missing.value.need == f"sns:{url}"
    assert refusal(replace(request, headers={**request.headers, "authorization": ""}), SES) == (401, "password")
    assert refusal(_said(request, TopicArn="arn:aws:sns:eu-west-1:123456789012:other"), SES) == (403, "topic")


def test_subscription_is_confirmed_after_it_was_stored() -> None:
    said = sns_said("You have chosen to subscribe", Type="SubscriptionConfirmation", Token="abc", SubscribeURL=SUBSCRIBE_URL)
    [envelope] = ADAPTER.verify(sns_request(said), SES)
    assert ADAPTER.parse(envelope.body, SES) == [Errand("confirm_subscription", {"url": SUBSCRIBE_URL})]


def test_subscription_is_never_confirmed_elsewhere() -> None:
    for url in ("https://evil.example/?x", "http://sns.eu-west-1.amazonaws.com/?x", "https://sns.us-east-1.amazonaws.com/?x"):
        said = sns_said("x", Type="SubscriptionConfirmation", Token="abc", SubscribeURL=url)
        assert refusal(sns_request(said), SES) == (403, "address")
        with pytest.raises(ChannelError):
            ADAPTER.act(Action("confirm_subscription", data={"url": url}), SES)


class _Answering(SafeClient):
    """A client whose calls bring one answer, or fail."""

    def __init__(self, status: int | None, content: bytes = b"no certificate") -> None:
        self.status, self.content, self.called = status, content, list[str]()

    def request(self, method: str, url: str, **options: Any) -> Any:
        self.called.append(url)
        if self.status is None:
            raise RequestFailedError("away")
        return type("Response", (), {"status_code": self.status, "content": self.content})()


@pytest.mark.parametrize(("status", "permanent"), [(404, True), (500, False), (None, False)])
def test_confirmation_that_fails_says_whether_to_try_again(status: int | None, permanent: bool) -> None:
    with pytest.raises(ChannelError) as caught:
        confirming.confirm_subscription(SUBSCRIBE_URL, SES, _Answering(status))
    assert (caught.value.code, caught.value.permanent) == ("no_confirmation", permanent)


def test_confirmation_calls_once() -> None:
    client = _Answering(200)
    confirming.confirm_subscription(SUBSCRIBE_URL, SES, client)
    assert client.called == [SUBSCRIBE_URL]


@pytest.mark.parametrize("status", [200, 404, None])
def test_certificate_that_is_none_is_not_kept(status: int | None) -> None:
    with pytest.raises(ChannelError) as caught:
        certificates.fetch_certificate(certificates.NEED + CERTIFICATE_URL.replace("0123", "89ab"), _Answering(status))
    assert caught.value.code == "no_certificate"


def test_certificate_is_fetched_once_and_believed_then() -> None:
    url = CERTIFICATE_URL.replace("0123", "cdef")
    request = sns_request(sns_said(ses_notice(RAW), SigningCertURL=url))
    with pytest.raises(ProofMissingError) as missing:
        ADAPTER.verify(request, SES)
    pem = providers.certificate(providers.sns_key()).public_bytes(Encoding.PEM)
    client = _Answering(200, pem)
    certificates.fetch_certificate(missing.value.need, client)
    assert taken(request, SES).original == RAW
    assert client.called == [url]


class _Dns:
    """DNS that knows some names, and is silent about others."""

    def __init__(self, **known: Sequence[Answer]) -> None:
        self.known, self.asked = known, list[str]()

    def lookup(self, name: str, kind: str) -> Sequence[Answer]:
        self.asked.append(name)
        if name.startswith("_dmarc.silent"):
            raise NoAnswerError(name)
        return self.known.get(name, ())


def test_records_are_fetched_once_and_stored_with_the_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = make_mail(From="zoe@asked.example")
    with pytest.raises(ProofMissingError) as missing:
        ADAPTER.verify(postmark_request(raw), POSTMARK)
    assert missing.value.need == "dns:_dmarc.asked.example"
    answers = _Dns(**{"_dmarc.asked.example": ("v=DMARC1; p=reject",)})
    monkeypatch.setattr(records, "system_resolver", lambda: answers)
    ADAPTER.fetch_proof(missing.value.need)
    [envelope] = ADAPTER.verify(postmark_request(raw), POSTMARK)
    assert opened(envelope.body)[0].texts == {"_dmarc.asked.example": ("v=DMARC1; p=reject",)}
    assert answers.asked == ["_dmarc.asked.example"]
    assert taken(postmark_request(raw), POSTMARK).data["auth"] == {
        "outcome": "fail",
        "reason": "dmarc",
        "domain": "asked.example",
    }


def test_silent_dns_leaves_the_sender_unproven() -> None:
    raw = make_mail(From="zoe@silent.example")
    records.fetch_records(f"dns:{','.join(names_to_ask(raw))}", _Dns())
    assert taken(postmark_request(raw), POSTMARK).data["auth"]["reason"] == "no_answer"


def test_machine_without_dns_takes_mail_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> resolving.Resolver:
        raise NoAnswerError("configuration")

    monkeypatch.setattr(records, "system_resolver", away)
    raw = make_mail(From="zoe@away.example")
    records.fetch_records(f"dns:{','.join(names_to_ask(raw))}")
    assert taken(postmark_request(raw), POSTMARK).sender.is_verified is False


def test_caller_without_the_password_is_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Known:
        async def inbox(self, channel: str, key: str) -> InboxConfig:
            return SES

        async def store(self, *_given: Any) -> None:
            pytest.fail("Nothing may be stored.")

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    sent: list[MutableMapping[str, Any]] = []
    monkeypatch.setattr(hooks, "intake", Known())
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/hooks/email/shop-mail",
        "query_string": b"",
        "headers": [],
        "client": None,
    }
    asyncio.run(hooks.receive_hook(scope, receive, send))
    assert sent[0]["status"] == 401
    assert dict(sent[0]["headers"])[b"www-authenticate"] == b'Basic realm="webhook"'


def test_address_for_the_provider_holds_name_and_password() -> None:
    assert address_with_password("https://edge.example/hooks/email/shop-mail", INBOX) == (
        "https://shop-mail:open-sesame@edge.example/hooks/email/shop-mail"
    )


_fuzzed = settings(max_examples=200, deadline=None, derandomize=True)


@_fuzzed
@given(raw=st.binary(min_size=1, max_size=300))
def test_any_mail_of_a_provider_is_parsed(raw: bytes) -> None:
    known_dns(raw)
    for request, inbox in (
        (mailgun_request(mailgun_fields(raw)), MAILGUN),
        (sendgrid_request(raw), sendgrid_inbox()),
        (sns_request(sns_said(ses_notice(raw))), SES),
    ):
        assert taken(request, inbox).original == raw


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["mail", "receipt", "action", "content", "to"]), inner)
    ),
    max_leaves=8,
)


@_fuzzed
@given(notice=_json, name=st.sampled_from(["mail", "receipt", "content", "all"]))
def test_any_notice_of_ses_is_taken_or_refused(notice: Any, name: str) -> None:
    message = json.dumps(notice) if name == "all" else ses_notice(RAW, **{name: notice})
    outcome = TestSes()._verified(sns_request(sns_said(message)), SES)
    assert outcome in ((400, "malformed"), (400, "no_mail"), (413, "too_large")) or isinstance(outcome, list)


@_fuzzed
@given(
    body=st.binary(max_size=400), kind=st.sampled_from(["multipart/form-data; boundary=b", "application/x-www-form-urlencoded"])
)
def test_any_form_is_read_or_refused(body: bytes, kind: str) -> None:
    request = replace(mailgun_request(mailgun_fields(RAW)), body=body, headers={**basic(MAILGUN), "content-type": kind})
    assert refusal(request, MAILGUN)[0] in (401, 406)


@_fuzzed
@given(said=_json)
def test_any_json_of_postmark_is_read_or_refused(said: Any) -> None:
    assert refusal(replace(postmark_request(RAW), body=json.dumps(said).encode()), POSTMARK)[0] in (400, 403)
