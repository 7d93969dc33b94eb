"""The WhatsApp channel under the contract, and how its webhooks are proven, cut and read."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from channels_app.adapters.meta import channel as module
from channels_app.adapters.meta.signature import HEADER, MAX_BODY
from channels_app.adapters.whatsapp.adapter import ADAPTER
from channels_app.adapters.whatsapp.config import ConfigForm
from channels_app.adapters.whatsapp.errors import ERRORS, TABLE, code_of
from channels_app.contract import InboxConfig, Outgoing, RawRequest, RefusedError
from channels_app.emulators.graph.signing import body_of, signature
from conversations.normalised import AccountNotice, AddressChanged, ConsentChanged, InboundMessage, Receipt, TemplateChanged
from tests.channels_app.contract import AdapterContract, request_of
from tests.channels_app.whatsapp.conftest import (
    INBOX,
    NUMBER,
    SECRET,
    SETTINGS,
    WABA,
    change,
    contact,
    events,
    signed,
    text,
    webhook,
    with_settings,
)


@pytest.mark.usefixtures("line")
class TestContract(AdapterContract):
    adapter = ADAPTER

    def inbox(self) -> InboxConfig:
        return INBOX

    def request(self, inbox: InboxConfig, *, number: int = 1) -> RawRequest:
        return signed(webhook(change({"messages": [text(number)], "contacts": [contact()]})))

    def tampered(self, request: RawRequest) -> Sequence[RawRequest]:
        given = request.headers[HEADER]
        others = ["", given[:-1], given.removeprefix("sha256="), "é" + given, given.upper(), signature("another", request.body)]
        return [*super().tampered(request), *(replace(request, headers={HEADER: one}) for one in others)]

    def outgoing(self, **changes: Any) -> Outgoing:
        return super().outgoing(to="46700000001", **changes)

    def test_request_of_another_inbox_is_refused(self) -> None:
        """Another inbox has another app, and with it another secret; the app's own inboxes are told apart by the account."""
        other = replace(with_settings(app_secret="of-another-app"), id=uuid4(), key="another-inbox")
        assert self.refusal(self.request(INBOX), other).status == 401


def test_every_code_of_the_platform_is_worded() -> None:
    assert {one.code for one in TABLE.values()} <= set(ERRORS)
    assert (code_of(131047), code_of(131026), code_of(999_999), code_of(None)) == (
        "window_closed", "undeliverable", "refused", "refused",
    )  # fmt: skip


def test_each_entry_goes_to_its_own_number() -> None:
    mine = {"id": WABA, "changes": [change({"messages": [text(1)], "contacts": [contact()]})]}
    theirs = {"id": "999", "changes": [change({"messages": [text(2)], "contacts": [contact()]}, number="777")]}
    body = orjson.dumps({"object": "whatsapp_business_account", "entry": [mine, theirs]})
    assert [one.account for one in ADAPTER.verify(signed(body), INBOX)] == [NUMBER, "777"]


def test_batch_is_one_envelope_for_each_event() -> None:
    statuses = [
        {"id": "wamid.9", "status": name, "timestamp": "1760000001", "recipient_id": "46700000001"} for name in ("sent", "read")
    ]
    others = {"wa_id": "4670999", "user_id": "SE.9", "profile": {"name": "Other"}}
    together = change({"messages": [text(1), text(2)], "contacts": [contact(), others], "statuses": statuses})
    found = ADAPTER.verify(signed(webhook(together)), INBOX)
    assert len({one.key for one in found}) == 4
    assert b"Other" not in b"".join(one.body for one in found)
    alone = ADAPTER.verify(signed(webhook(change({"messages": [text(2)], "contacts": [contact()]}))), INBOX)
    assert alone[0].key == found[1].key


def test_shared_address_believes_the_operators_app_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Secret:
        def __init__(self, value: str) -> None:
            self.value = value

        def get_secret_value(self) -> str:
            return self.value

    class Env:
        meta_app_secret, meta_verify_token = Secret("operators"), Secret("theirs")

    body = webhook(change({"messages": [text()]}))
    monkeypatch.setattr(module, "env", Env)
    assert [one.account for one in ADAPTER.verify_shared(signed(body, "operators"))] == [NUMBER]
    asked = request_of(b"", {}, method="GET", query="hub.mode=subscribe&hub.challenge=42&hub.verify_token=theirs")
    assert ADAPTER.greet(asked, None) == b"42"
    for secret in (SECRET, ""):
        with pytest.raises(RefusedError):
            ADAPTER.verify_shared(signed(body, secret))
    monkeypatch.setattr(Env, "meta_app_secret", Secret(""))
    with pytest.raises(RefusedError):
        ADAPTER.verify_shared(signed(body, ""))


def test_own_address_is_never_believed_by_another_secret() -> None:
    with pytest.raises(RefusedError) as caught:
        ADAPTER.verify(signed(webhook(change({"messages": [text()]})), ""), with_settings(app_secret=""))
    assert caught.value.status == 401


def test_largest_webhook_is_read() -> None:
    body = body_of({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [
        change({"messages": [text(number, text={"body": "é" * 4000}) for number in range(120)], "contacts": [contact()]}),
    ]}]})  # fmt: skip
    assert 2_850_000 < len(body) < MAX_BODY
    found = ADAPTER.verify(signed(body), INBOX)
    assert len(found) == 120
    [message] = ADAPTER.parse(found[7].body, INBOX)
    assert isinstance(message, InboundMessage)
    assert message.text == "é" * 4000


def test_challenge_is_answered_with_the_inboxes_own_token() -> None:
    query = "hub.mode=subscribe&hub.challenge=42&hub.verify_token="
    assert ADAPTER.greet(request_of(b"", {}, method="GET", query=query + "of-the-inbox"), INBOX) == b"42"
    with pytest.raises(RefusedError):
        ADAPTER.greet(request_of(b"", {}, method="GET", query=query), with_settings(verify_token=""))


def status(name: str, **more: Any) -> list[Any]:
    told = {"id": "wamid.9", "status": name, "timestamp": "1760000001", "recipient_id": "46700000001", **more}
    return events({"statuses": [told], "contacts": [contact()]})


def test_statuses_become_receipts() -> None:
    reference = uuid4()
    [receipt] = status("delivered", biz_opaque_callback_data=str(reference))
    assert receipt == Receipt("wamid.9", "delivered", receipt.occurred_at, message=reference)
    assert [one.status for name in ("sent", "read", "played") for one in status(name)] == ["sent", "read", "read"]
    assert status("deleted") == []
    assert status("warning") == []
    [failed] = status("failed", errors=[{"code": 131047, "title": "x"}])
    assert (failed.status, failed.error_code) == ("failed", "window_closed")
    [unknown] = status("failed", errors=[])
    assert unknown.error_code == "refused"


def test_status_of_a_stopped_customer_is_their_wish_too() -> None:
    receipt, wish = status("failed", errors=[{"code": 131050}])
    assert receipt.error_code == "marketing_stopped"
    assert isinstance(wish, ConsentChanged)
    assert (wish.purpose, wish.is_given, wish.sender.also) == ("marketing", False, ("46700000001",))


def test_receipts_of_groups_are_not_kept() -> None:
    assert status("read", recipient_type="group") == []


@pytest.mark.parametrize(
    ("system", "new", "also"),
    [
        ({"type": "user_changed_number", "wa_id": "46711", "user_id": "SE.2"}, "SE.2", ("46711",)),
        ({"type": "customer_changed_number", "new_wa_id": "46711"}, "46711", ()),
        ({"type": "user_changed_user_id", "user_id": "SE.2"}, "SE.2", ()),
    ],
)
def test_changed_numbers_move_the_contact(system: dict[str, Any], new: str, also: tuple[str, ...]) -> None:
    message = text(type="system", system={"body": "x", **system})
    del message["text"]
    [changed] = events({"messages": [message]})
    assert isinstance(changed, AddressChanged)
    assert (changed.sender.value, changed.new_value, changed.also) == ("SE.1000001", new, also)


def test_change_that_names_its_person_in_words_only() -> None:
    system = {"body": "User Zoë changed from SE.1 to SE.2", "type": "user_changed_user_id", "user_id": "SE.2"}
    [changed] = events({"messages": [{"id": "w", "timestamp": "1760000000", "type": "system", "system": system}]})
    assert isinstance(changed, AddressChanged)
    assert (changed.sender.value, changed.new_value) == ("SE.1", "SE.2")


def test_update_of_an_id_moves_the_contact() -> None:
    update = {"user_id": {"previous": "SE.1", "current": "SE.2"}, "wa_id": "46700000001"}
    [changed] = events({"user_id_update": [update]}, "user_id_update")
    assert isinstance(changed, AddressChanged)
    assert (changed.sender.value, changed.sender.also, changed.new_value) == ("SE.1", ("46700000001",), "SE.2")


@pytest.mark.parametrize(
    ("field", "value", "facts", "stop"),
    [
        ("account_update", {"event": "ACCOUNT_DELETED"}, {"status": "ACCOUNT_DELETED"}, "account_deleted"),
        (
            "account_update",
            {"event": "PARTNER_REMOVED", "waba_info": {"waba_id": WABA}},
            {"status": "PARTNER_REMOVED"},
            "app_removed",
        ),
        (
            "account_update",
            {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}},
            {"status": "DISABLE"},
            "account_locked",
        ),
        (
            "account_update",
            {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}},
            {"status": "REINSTATE"},
            "",
        ),
        (
            "account_update",
            {"event": "ACCOUNT_RESTRICTION", "restriction_info": [{"restriction_type": "R1"}]},
            {"restriction": "R1"},
            "",
        ),
        ("account_review_update", {"decision": "APPROVED"}, {"review": "APPROVED"}, ""),
        ("business_capability_update", {"max_daily_conversations_per_business": 2000}, {"limit": "2000"}, ""),
        (
            "phone_number_quality_update",
            {"display_phone_number": "351210000001", "event": "FLAGGED", "current_limit": "TIER_10K"},
            {"limit": "10000", "quality": "LOW"},
            "",
        ),
        (
            "phone_number_name_update",
            {"decision": "APPROVED", "requested_verified_name": "New"},
            {"name": "New", "name_status": "APPROVED"},
            "",
        ),
        ("account_alerts", {"alert_info": {"alert_description": "Look"}}, {"alert": "Look"}, ""),
        ("security", {"event": "PIN_CHANGED"}, {"security": "PIN_CHANGED"}, ""),
    ],
)
def test_news_of_the_account(field: str, value: dict[str, Any], facts: dict[str, str], stop: str) -> None:
    [envelope] = ADAPTER.verify(signed(webhook({"field": field, "value": value})), INBOX)
    assert envelope.account == WABA
    assert ADAPTER.parse(envelope.body, INBOX) == [AccountNotice(facts, stop)]


def test_news_of_another_number_of_the_account_is_not_ours() -> None:
    value = {"display_phone_number": "+351 21 999", "event": "FLAGGED", "current_limit": "TIER_10K"}
    [envelope] = ADAPTER.verify(signed(webhook({"field": "phone_number_quality_update", "value": value})), INBOX)
    assert ADAPTER.parse(envelope.body, INBOX) == []


def test_news_of_templates() -> None:
    names = {"message_template_id": 77, "message_template_name": "order_ready", "message_template_language": "en_US"}
    value = {**names, "event": "REJECTED", "reason": "INVALID_FORMAT"}
    [envelope] = ADAPTER.verify(signed(webhook({"field": "message_template_status_update", "value": value})), INBOX)
    changed = TemplateChanged("order_ready", "en_US", "REJECTED", reason="INVALID_FORMAT", provider_id="77")
    assert ADAPTER.parse(envelope.body, INBOX) == [changed]
    value = {**names, "previous_category": "UTILITY", "new_category": "MARKETING"}
    [envelope] = ADAPTER.verify(signed(webhook({"field": "template_category_update", "value": value})), INBOX)
    assert ADAPTER.parse(envelope.body, INBOX) == [
        TemplateChanged("order_ready", "en_US", category="MARKETING", provider_id="77")
    ]


def test_errors_without_a_message_are_told_of_the_account() -> None:
    assert events({"errors": [{"code": 131031, "title": "Locked"}]}) == [
        AccountNotice({"error": "131031 Locked"}, "account_locked")
    ]
    assert events({"errors": [{"code": 131000, "title": "Odd"}]}) == [AccountNotice({"error": "131000 Odd"})]


def test_field_of_next_year_says_nothing_and_is_kept() -> None:
    [envelope] = ADAPTER.verify(signed(webhook(change({"what": "ever"}, "holograms"))), INBOX)
    assert b"ever" in envelope.body
    assert ADAPTER.parse(envelope.body, INBOX) == []


def test_message_of_next_year_is_unsupported() -> None:
    [message] = events({"messages": [{**text(type="hologram"), "hologram": {"id": "1"}}], "contacts": [contact()]})
    assert isinstance(message, InboundMessage)
    assert (message.content_type, message.data) == ("unsupported", {"kind": "hologram"})


def test_secrets_are_kept_when_their_fields_are_left_empty() -> None:
    given = {"phone_number_id": NUMBER, "waba_id": WABA, "token": "", "app_secret": "", "pin": ""}
    form = ConfigForm(given, initial=SETTINGS)
    assert form.is_valid()
    assert (form.cleaned_data["token"], form.cleaned_data["app_secret"]) == (SETTINGS["token"], SECRET)
    assert SECRET not in form.as_p()
    assert SETTINGS["token"] not in form.as_p()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [({"phone_number_id": "+351 21"}, "phone_number_id"), ({"waba_id": ""}, "waba_id"), ({"token": ""}, "token"),
     ({"app_secret": ""}, "app_secret"), ({"pin": "12"}, "pin")],
)  # fmt: skip
def test_setting_that_is_wrong_is_explained(changes: dict[str, str], wrong: str) -> None:
    given = {"phone_number_id": NUMBER, "waba_id": WABA, "token": "t", "app_secret": "s", "pin": "123456"}
    assert list(ConfigForm({**given, **changes}).errors) == [wrong]


def test_new_inbox_gets_a_verify_token_of_its_own() -> None:
    first, second = (ADAPTER.new_settings({})["verify_token"] for _time in range(2))
    assert first != second


def test_buckets_name_nobody_and_shared_phones_are_slower() -> None:
    outgoing = Outgoing(reference=UUID(int=1), to="46700000001", text="x")
    number, pair = ADAPTER.rates(outgoing, INBOX)
    assert (number.key, number.per_second, pair.burst) == ("number", 80.0, 10)
    assert round(1 / pair.per_second) == 6
    assert "4670" not in pair.key
    assert pair.key != ADAPTER.rates(outgoing, replace(INBOX, id=uuid4()))[1].key
    assert ADAPTER.rates(outgoing, with_settings(is_coexistence=True))[0].per_second == 20.0
