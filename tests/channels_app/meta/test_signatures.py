"""Whom Meta's webhooks are believed: signatures, challenges, signed requests."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Any

import orjson
import pytest

from channels_app.adapters.meta.signature import HEADER, challenge, check_signature
from channels_app.adapters.meta.signed_request import read_signed_request
from channels_app.contract import RawRequest, RefusedError
from channels_app.emulators.graph.signing import body_of, signature, signed_request
from tests.channels_app.contract import request_of

SECRET = "the-secret-of-the-app"  # a test's


def signed(body: bytes, secret: str = SECRET) -> RawRequest:
    value = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return request_of(body, {HEADER: value})


def refusal(request: RawRequest, secret: str = SECRET) -> int:
    with pytest.raises(RefusedError) as caught:
        check_signature(request, secret)
    return caught.value.status


def test_signature_is_over_the_raw_bytes() -> None:
    body = b'{"text":"Ol\\u00e1 \\ud83d\\udc4b","url":"https:\\/\\/x.example"}'
    check_signature(signed(body), SECRET)
    written_anew = request_of(orjson.dumps(orjson.loads(body)), signed(body).headers)
    assert refusal(written_anew) == 401


@pytest.mark.parametrize(
    "headers",
    [{}, {HEADER: ""}, {HEADER: "sha256="}, {HEADER: "é" * 64}, {HEADER: "sha1=" + "0" * 40},
     {HEADER: hmac.new(SECRET.encode(), b"{}", hashlib.sha256).hexdigest()}],
)  # fmt: skip
def test_bad_or_missing_signature_is_refused(headers: dict[str, str]) -> None:
    assert refusal(request_of(b"{}", headers)) == 401


def test_nobody_is_believed_without_a_secret() -> None:
    assert refusal(signed(b"{}", ""), "") == 401
    assert refusal(signed(b"{}", "another")) == 401


def test_largest_webhook_is_proven() -> None:
    body = body_of({"text": "é" * 480_000})
    assert len(body) > 2_850_000
    check_signature(signed(body), SECRET)


def test_emulator_signs_as_we_prove() -> None:
    body = body_of({"url": "https://x.example/é", "text": "👋"})
    assert b"\\/\\/x.example\\/\\u00e9" in body
    check_signature(request_of(body, {HEADER: signature(SECRET, body)}), SECRET)


def asked(query: str, token: str = "of-the-inbox") -> bytes:  # a test's
    return challenge(request_of(b"", {}, method="GET", query=query), token)


def test_challenge_is_answered_to_whom_knows_the_token() -> None:
    query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=of-the-inbox"
    assert asked(query) == b"1158201444"


@pytest.mark.parametrize(
    ("query", "token", "status"),
    [
        ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=guess", "of-the-inbox", 403),
        ("hub.mode=subscribe&hub.challenge=1&hub.verify_token=", "", 403),
        ("hub.mode=subscribe&hub.challenge=1", "of-the-inbox", 403),
        ("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=of-the-inbox", "of-the-inbox", 400),
        ("hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token=of-the-inbox", "of-the-inbox", 400),
        ("", "of-the-inbox", 400),
    ],
)
def test_challenge_of_a_stranger_is_refused(query: str, token: str, status: int) -> None:
    with pytest.raises(RefusedError) as caught:
        asked(query, token)
    assert caught.value.status == status


def test_signed_request_names_the_person() -> None:
    found = read_signed_request(signed_request(SECRET, {"user_id": "10001", "issued_at": 1_760_000_000}), SECRET)
    assert (found.user_id, found.issued_at) == ("10001", 1_760_000_000)


def test_signed_request_that_is_none_is_refused() -> None:
    good = signed_request(SECRET, {"user_id": "10001"})
    part, _dot, payload = good.partition(".")
    other = urlsafe_b64encode(b'{"algorithm":"HMAC-SHA256","user_id":"1"}').decode().rstrip("=")
    nobody = signed_request(SECRET, {})
    cases: list[tuple[str, str, int]] = [
        (good, "another", 403), (good, "", 403), (f"{part}.{other}", SECRET, 403), (payload, SECRET, 403), ("", SECRET, 403),
        ("é.é", SECRET, 403), (good + "x" * 9000, SECRET, 403), (nobody, SECRET, 400),
    ]  # fmt: skip
    for value, secret, status in cases:
        assert refused_request(value, secret) == status


def refused_request(value: str, secret: str) -> Any:
    with pytest.raises(RefusedError) as caught:
        read_signed_request(value, secret)
    return caught.value.status
