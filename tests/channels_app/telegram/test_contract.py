"""The Telegram channel under the contract, and what only it can be sent."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest

from channels_app.adapters.telegram.adapter import ADAPTER, MAX_BODY, SECRET_HEADER
from channels_app.adapters.telegram.config import ConfigForm
from channels_app.contract import InboxConfig, Outgoing, RawRequest
from conversations.normalised import InboundMessage
from tests.channels_app.contract import AdapterContract
from tests.channels_app.telegram.conftest import INBOX_ID, WORKSPACE_ID
from tests.channels_app.telegram.updates import CHAT, GROUP, NOW, SETTINGS, ZOE, message, request, update
from tests.emulators.running import TOKEN

INBOX = InboxConfig(INBOX_ID, WORKSPACE_ID, "shop-inbox", {**SETTINGS, "token": TOKEN})


@pytest.mark.usefixtures("reached")
class TestContract(AdapterContract):
    adapter = ADAPTER

    def inbox(self) -> InboxConfig:
        return INBOX

    def request(self, inbox: InboxConfig, *, number: int = 1) -> RawRequest:
        return request(inbox, update(number=number))

    def tampered(self, request: RawRequest) -> Sequence[RawRequest]:
        """Telegram signs nothing: the secret alone proves an update."""
        secret = request.headers[SECRET_HEADER]
        changed = [secret[:-1], secret + "0", secret.upper(), "é" + secret[1:], "", secret[::-1]]
        return [replace(request, headers={**request.headers, SECRET_HEADER: one}) for one in changed]

    def outgoing(self, **changes: Any) -> Outgoing:
        return super().outgoing(to="5", **changes)


def refused(body: bytes) -> int:
    return TestContract().refusal(request(INBOX, body), INBOX).status


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b"1", b"{}", b'{"update_id":"1"}', b'{"update_id":true}', b"\xff", b"[" * 2000 + b"]" * 2000],
)
def test_body_that_is_no_update_is_refused(body: bytes) -> None:
    assert refused(body) == 400


def test_oversized_body_is_refused() -> None:
    assert refused(orjson.dumps(update(payload=message(text="x" * MAX_BODY)))) == 413


@pytest.mark.parametrize(
    ("kind", "payload", "sender"),
    [
        ("message", message(text="x"), "5"),
        ("edited_message", message(text="x", chat=GROUP), "-77"),
        ("callback_query", {"id": "1", "from": ZOE, "message": message(chat=GROUP)}, "-77"),
        ("callback_query", {"id": "1", "from": ZOE}, "5"),
        ("message_reaction", {"chat": CHAT, "message_id": 1, "date": NOW}, "5"),
        ("my_chat_member", {"chat": CHAT, "from": ZOE, "date": NOW}, "5"),
        ("business_message", message(text="x", business_connection_id="biz1"), "biz1:5"),
        ("deleted_business_messages", {"business_connection_id": "biz1", "chat": CHAT, "message_ids": [1]}, "biz1:5"),
        ("business_connection", {"id": "biz1", "user": ZOE, "user_chat_id": 5, "date": NOW}, "5"),
        ("an_update_of_next_year", {"what": "ever"}, "none"),
    ],
)
def test_updates_of_a_chat_stand_in_one_line(kind: str, payload: dict[str, Any], sender: str) -> None:
    [envelope] = ADAPTER.verify(request(INBOX, update(kind, payload)), INBOX)
    assert (envelope.key, envelope.sender) == ("update:7000000001:10001", sender)


def test_update_is_kept_as_it_came() -> None:
    body = b' {"update_id": 7,\n "message": {"text": "\\u00e9"}} \n'
    [envelope] = ADAPTER.verify(request(INBOX, body), INBOX)
    assert envelope.body.endswith(body.strip()[1:])
    assert orjson.loads(envelope.body)["update_id"] == 7


def test_secret_is_of_one_inbox_alone_and_never_the_stored_one() -> None:
    sent = request(INBOX, update()).headers[SECRET_HEADER]
    assert sent != INBOX.settings["secret"]
    assert sent != request(replace(INBOX, key="other"), update()).headers[SECRET_HEADER]
    assert len(sent) == 64


def test_another_bot_of_the_same_inbox_is_another_source() -> None:
    """Its numbers begin anew, so nothing of it may be taken for what the former bot brought; the former one is refused."""
    other = replace(INBOX, settings={**INBOX.settings, "token": "8:" + "x" * 35})
    assert TestContract().refusal(request(INBOX, update()), other).status == 401
    [first], [second] = (ADAPTER.verify(request(inbox, update()), inbox) for inbox in (INBOX, other))
    assert first.key != second.key
    ids = [
        one.provider_id for inbox in (INBOX, other) for one in ADAPTER.parse(first.body, inbox) if isinstance(one, InboundMessage)
    ]
    assert ids == ["7000000001/5:41", "8/5:41"]


def test_token_is_kept_when_the_field_is_left_empty() -> None:
    form = ConfigForm({"token": "", "groups": "nothing"}, initial={"token": TOKEN})
    assert form.is_valid()
    assert form.cleaned_data == {"token": TOKEN, "groups": "nothing"}
    assert TOKEN not in form.as_p()


@pytest.mark.parametrize("token", ["", "123", "abc:" + "x" * 35, TOKEN + " and more"])
def test_token_that_is_none_is_explained(token: str) -> None:
    form = ConfigForm({"token": token, "groups": "mentions"})
    assert not form.is_valid()
    assert list(form.errors) == ["token"]


def test_new_inbox_gets_a_secret_of_its_own() -> None:
    first, second = (ADAPTER.new_settings({"token": TOKEN})["secret"] for _time in range(2))
    assert first != second
