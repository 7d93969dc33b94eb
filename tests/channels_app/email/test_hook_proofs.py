"""What a webhook's mail is judged by, how a caller is asked for its password, and whatever else anybody may send."""

import asyncio
import json
from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from channels_app import hooks
from channels_app.adapters.email.adapter import ADAPTER
from channels_app.adapters.email.authenticity import resolving
from channels_app.adapters.email.authenticity.judging import names_to_ask
from channels_app.adapters.email.authenticity.resolving import Answer, NoAnswerError
from channels_app.adapters.email.envelope import opened
from channels_app.adapters.email.hooks import records
from channels_app.adapters.email.hooks.access import address_with_password
from channels_app.contract import InboxConfig, ProofMissingError, RawRequest, RefusedError
from tests.channels_app.email.asking import RAW, refusal, taken
from tests.channels_app.email.builders import INBOX, make_mail
from tests.channels_app.email.providers import (
    MAILGUN,
    POSTMARK,
    SES,
    basic,
    known_dns,
    mailgun_fields,
    mailgun_request,
    postmark_request,
    sendgrid_inbox,
    sendgrid_request,
    ses_notice,
    sns_request,
    sns_said,
)


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

        async def store_each(self, *_given: Any) -> None:
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
    assert outcome_of(sns_request(sns_said(message))) in ("taken", "malformed", "no_mail")


def outcome_of(request: RawRequest) -> str:
    """`taken`, or the code of the refusal."""
    try:
        ADAPTER.verify(request, SES)
    except RefusedError as error:
        return error.code
    return "taken"


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
