"""Amazon SES through SNS: whose certificate, whose topic, how old, and what is confirmed."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from channels_app.adapters.email.adapter import ADAPTER
from channels_app.adapters.email.hooks import certificates, confirming
from channels_app.contract import Action, ChannelError, ProofMissingError, RawRequest
from conversations.normalised import Errand
from core.http import RequestFailedError, SafeClient
from tests.channels_app.email import providers
from tests.channels_app.email.asking import RAW, mail, refusal, taken, with_header
from tests.channels_app.email.providers import (
    CERTIFICATE_URL,
    SES,
    TOPIC,
    known_certificate,
    ses_notice,
    sns_request,
    sns_said,
)

SUBSCRIBE_URL = f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={quote(TOPIC)}&Token=abc"


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
        lambda: with_header(sns_request(sns_said(ses_notice(RAW))), "content-type", "multipart/form-data"),
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


class Answering(SafeClient):
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
        confirming.confirm_subscription(SUBSCRIBE_URL, SES, Answering(status))
    assert (caught.value.code, caught.value.permanent) == ("no_confirmation", permanent)


def test_confirmation_calls_once() -> None:
    client = Answering(200)
    confirming.confirm_subscription(SUBSCRIBE_URL, SES, client)
    assert client.called == [SUBSCRIBE_URL]


@pytest.mark.parametrize("status", [200, 404, None])
def test_certificate_that_is_none_is_not_kept(status: int | None) -> None:
    with pytest.raises(ChannelError) as caught:
        certificates.fetch_certificate(certificates.NEED + CERTIFICATE_URL.replace("0123", "89ab"), Answering(status))
    assert caught.value.code == "no_certificate"


def test_certificate_is_fetched_once_and_believed_then() -> None:
    url = CERTIFICATE_URL.replace("0123", "cdef")
    request = sns_request(sns_said(ses_notice(RAW), SigningCertURL=url))
    with pytest.raises(ProofMissingError) as missing:
        ADAPTER.verify(request, SES)
    pem = providers.certificate(providers.sns_key()).public_bytes(Encoding.PEM)
    client = Answering(200, pem)
    certificates.fetch_certificate(missing.value.need, client)
    assert taken(request, SES).original == RAW
    assert client.called == [url]
