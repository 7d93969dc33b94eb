"""The SMS channel under the contract, and how its webhooks are proven and read."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings, strategies as st
from twilio.request_validator import RequestValidator

from channels_app.adapters.sms import errors, segments
from channels_app.adapters.sms.adapter import ADAPTER
from channels_app.adapters.sms.config import ConfigForm
from channels_app.adapters.sms.parse import CARRIER_START, CARRIER_STOP
from channels_app.adapters.sms.signature import HEADER, SETTINGS_HEADER
from channels_app.contract import InboxConfig, Outgoing, RawRequest, RefusedError
from channels_app.emulators.twilio.hooks import signed as emulator_signs
from channels_app.emulators.twilio.state import Account
from channels_app.phones import other_forms
from chatzee.env import env
from conversations.normalised import ConsentChanged, InboundMessage, Normalised, Receipt
from tests.channels_app.contract import AdapterContract, request_of
from tests.channels_app.sms.conftest import CUSTOMER, INBOX, NUMBER, PATH, SETTINGS, SID, TOKEN, message, signed


@pytest.mark.usefixtures("line")
class TestContract(AdapterContract):
    adapter = ADAPTER

    def inbox(self) -> InboxConfig:
        return INBOX

    @pytest.fixture(autouse=True)
    def _at_home(self, monkeypatch: pytest.MonkeyPatch, line: Any) -> None:
        monkeypatch.setattr("channels_app.adapters.sms.signature._BASE", env.edge_url.rstrip("/"))

    def request(self, inbox: InboxConfig, *, number: int = 1) -> RawRequest:
        return signed(message(number))

    def tampered(self, request: RawRequest) -> Sequence[RawRequest]:
        given = request.headers[HEADER]
        forged = [replace(request, headers={**request.headers, HEADER: one}) for one in ("", given[:-2], "é" + given, "AAAA")]
        return [*super().tampered(request), replace(request, query="x=1"), replace(request, body=request.body + b"&A=1"), *forged]

    def outgoing(self, **changes: Any) -> Outgoing:
        return super().outgoing(to=CUSTOMER, **changes)


def parsed(**form: str) -> Sequence[Normalised]:
    (envelope,) = ADAPTER.verify(signed({**message(), **form}), INBOX)
    return ADAPTER.parse(envelope.body, INBOX)


@pytest.mark.parametrize("port", ["", ":443"])
def test_address_is_ours_with_and_without_its_port_whatever_a_proxy_says(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels_app.adapters.sms.signature._BASE", "https://edge.example")
    request = signed(message(), url=f"https://edge.example{port}{PATH}?a=1&b=%20", query="a=1&b=%20")
    assert ADAPTER.verify(replace(request, headers={**request.headers, "host": "evil.example"}), INBOX)
    elsewhere = signed(message(), url=f"https://evil.example{PATH}")
    with pytest.raises(RefusedError):
        ADAPTER.verify(replace(elsewhere, headers={**elsewhere.headers, "host": "evil.example"}), INBOX)


def test_the_vendors_validator_accepts_what_the_emulator_and_our_own_sign() -> None:
    url, form = f"https://edge.example{PATH}", message(Body="Olá, Zoë 👋", Extra="")
    account = Account(SID, TOKEN, "Shop")
    assert RequestValidator(TOKEN).validate(url, form, emulator_signs(account, url, form)["x-twilio-signature"])
    account.shared_key = "a shared secret"
    headers = emulator_signs(account, url, form)
    assert RequestValidator("a shared secret").validate(url, form, headers["x-twilio-signature"], "HMAC_SHA256")
    ours = f"{env.edge_url.rstrip('/')}{PATH}"
    proof = RequestValidator(TOKEN).compute_signature(ours, form)
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert ADAPTER.verify(request_of(urlencode(form).encode(), {**kind, HEADER: proof}, path=PATH), INBOX)


def test_a_shared_key_signs_where_the_account_has_one() -> None:
    inbox = replace(INBOX, settings={**SETTINGS, "shared_key": "s"})
    url, form = f"{env.edge_url.rstrip('/')}{PATH}", message()
    account = Account(SID, TOKEN, "Shop", shared_key="s")
    headers = {"content-type": "application/x-www-form-urlencoded", **emulator_signs(account, url, form)}
    request = request_of(urlencode(form).encode(), headers, path=PATH)
    assert ADAPTER.verify(request, inbox)
    # An inbox that has none believes nobody who says so; nor does the token sign for the key.
    with pytest.raises(RefusedError):
        ADAPTER.verify(request, INBOX)
    with pytest.raises(RefusedError):
        ADAPTER.verify(replace(signed(form), headers={**signed(form).headers, SETTINGS_HEADER: "algorithm=HMAC_SHA256"}), inbox)
    with pytest.raises(RefusedError):
        ADAPTER.verify(replace(signed(form), headers={**signed(form).headers, SETTINGS_HEADER: "algorithm=MD5"}), inbox)


def test_a_json_body_is_proven_by_its_hash() -> None:
    body = b'{"MessageSid":"SM1"}'
    for digest, is_proven in [
        (hashlib.sha256(body).hexdigest(), True),
        (hashlib.sha256(b"other").hexdigest(), False),
        ("", False),
    ]:
        query = f"bodySHA256={digest}" if digest else ""
        url = f"{env.edge_url.rstrip('/')}{PATH}" + (f"?{query}" if query else "")
        proof = base64.b64encode(hmac.new(TOKEN.encode(), url.encode(), hashlib.sha1).digest()).decode()
        request = request_of(body, {"content-type": "application/json", HEADER: proof}, path=PATH, query=query)
        # Proven, it names no message in a form: refused as malformed, not as forged.
        with pytest.raises(RefusedError) as refused:
            ADAPTER.verify(request, INBOX)
        assert refused.value.status == (400 if is_proven else 401)


def test_a_message_with_files_and_place() -> None:
    url = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages/MM1/Media/ME1"
    (said,) = parsed(NumMedia="1", MediaUrl0=url, MediaContentType0="image/jpeg", FromCity="LISBON", FromCountry="PT")
    assert isinstance(said, InboundMessage)
    assert (said.text, said.sender.value, said.data) == ("Is it there?", CUSTOMER, {"place": "LISBON, PT"})
    assert [(one.reference, one.name) for one in said.files] == [({"url": url}, "file-1.jpg")]  # type: ignore[union-attr]


def test_a_sender_that_is_a_name_cannot_be_answered() -> None:
    (said,) = parsed(From="MYBANK")
    assert isinstance(said, InboundMessage)
    assert said.data == {"no_reply": True}
    assert said.sender.claims == ()


@pytest.mark.parametrize("word", sorted(CARRIER_STOP))
def test_carriers_words_withdraw_consent(word: str) -> None:
    for text in (word, word.lower(), f" {word.title()}. "):
        assert [one.is_given for one in parsed(Body=text) if isinstance(one, ConsentChanged)] == [False]


@pytest.mark.parametrize("word", sorted(CARRIER_START - {"YES"}))
def test_carriers_words_restore_it(word: str) -> None:
    assert [one.is_given for one in parsed(Body=word) if isinstance(one, ConsentChanged)] == [True]


def test_yes_is_an_answer_unless_twilio_took_it_for_a_wish() -> None:
    assert [type(one) for one in parsed(Body="Yes")] == [InboundMessage]
    assert [one.is_given for one in parsed(Body="Yes", OptOutType="START") if isinstance(one, ConsentChanged)] == [True]
    assert [type(one) for one in parsed(Body="HELP", OptOutType="HELP")] == [InboundMessage]


def test_a_long_message_that_came_as_base64_is_read() -> None:
    text = "Una consulta larga: ¿está todavía? " * 8
    (said,) = parsed(Body=base64.b64encode(text.encode()).decode(), NumSegments="3")
    assert isinstance(said, InboundMessage)
    assert said.text == text


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [("queued", "", None), ("sending", "", None), ("sent", "", ("sent", "")), ("delivered", "", ("delivered", "")),
     ("undelivered", "30003", ("failed", "unreachable")), ("failed", "30007", ("failed", "filtered")),
     ("failed", "99999", ("failed", "refused")), ("canceled", "", ("failed", "canceled"))],
)  # fmt: skip
def test_callbacks_are_receipts(status: str, code: str, told: tuple[str, str] | None) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": status, "SmsStatus": status, "To": CUSTOMER, "From": NUMBER, "ErrorCode": code}
    (envelope,) = ADAPTER.verify(signed(form), INBOX)
    found = [one for one in ADAPTER.parse(envelope.body, INBOX) if isinstance(one, Receipt)]
    assert [(one.status, one.error_code) for one in found] == ([told] if told else [])


def test_each_status_of_a_message_is_an_event_of_its_own() -> None:
    forms = [{"MessageSid": "SM1", "MessageStatus": one, "To": CUSTOMER} for one in ("sent", "delivered", "sent")]
    keys = [ADAPTER.verify(signed(form), INBOX)[0].key for form in forms]
    assert keys[0] == keys[2] != keys[1]


@pytest.mark.parametrize(
    ("number", "other"),
    [("+5511987654321", ("+551187654321",)), ("+551187654321", ("+5511987654321",)), ("+551132654321", ()),
     ("+5491123456789", ("+541123456789",)), ("+5215512345678", ("+525512345678",)), ("+351912345678", ())],
)  # fmt: skip
def test_numbers_that_networks_write_in_two_ways(number: str, other: tuple[str, ...]) -> None:
    assert other_forms(number) == other
    for one in other:
        assert other_forms(one) == (number,)


@pytest.mark.parametrize(
    ("text", "found"),
    [("", ("GSM-7", 1, 160)), ("a" * 160, ("GSM-7", 1, 0)), ("a" * 161, ("GSM-7", 2, 145)), ("€" * 80, ("GSM-7", 1, 0)),
     ("a" * 306, ("GSM-7", 2, 0)), ("a" * 307, ("GSM-7", 3, 152)), ("ç", ("UCS-2", 1, 69)), ("“", ("UCS-2", 1, 69)),
     ("👋", ("UCS-2", 1, 68)), ("ж" * 71, ("UCS-2", 2, 63)), ("👋" * 67, ("UCS-2", 3, 65)),
     ("a" * 152 + "€" + "a" * 10, ("GSM-7", 2, 141))],
)  # fmt: skip
def test_segments_are_counted_as_they_are_billed(text: str, found: tuple[str, int, int]) -> None:
    assert tuple(segments.segments(text)) == found


@given(st.text(max_size=700))
@settings(max_examples=200, deadline=None)
def test_segments_are_never_fewer_than_the_text_needs(text: str) -> None:
    name, count, left = segments.segments(text)
    assert count >= 1
    assert 0 <= left <= (160 if name == "GSM-7" else 70)


def test_every_code_of_the_platform_is_worded() -> None:
    assert {meaning.code for meaning in errors._MEANINGS.values()} <= set(errors.ERRORS)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [({}, ""), ({"account_sid": "AC1"}, "account_sid"), ({"sender": "912345678"}, "sender"), ({"sender": "MG1"}, "sender"),
     ({"auth_token": ""}, "auth_token"), ({"api_key": "SK1"}, "api_secret")],
)  # fmt: skip
def test_settings_are_checked_with_words(changes: dict[str, str], wrong: str) -> None:
    form = ConfigForm({**SETTINGS, **changes})
    assert sorted(form.errors) == ([wrong] if wrong else [])


def test_a_kept_secret_stays_when_left_empty() -> None:
    form = ConfigForm({**SETTINGS, "auth_token": ""}, initial={"auth_token": "kept"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["auth_token"] == "kept"  # a stand-in
    assert "kept" not in str(form)
