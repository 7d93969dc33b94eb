"""The Messenger channel under the contract, and how its webhooks are proven and cut."""

from dataclasses import replace
from uuid import uuid4

import orjson
import pytest
from pydantic import SecretStr

from channels_app.adapters.messenger.adapter import ADAPTER
from channels_app.adapters.meta import channel as module
from channels_app.adapters.meta.messaging_errors import ERRORS, TABLE
from channels_app.contract import InboxConfig, Outgoing, RawRequest, RefusedError
from channels_app.emulators.graph.signing import body_of
from chatzee.env import env
from tests.channels_app.contract import AdapterContract
from tests.channels_app.messenger.samples import PAGE, PAGE_INBOX, PERSON, event, signed, text, webhook


class TestContract(AdapterContract):
    adapter = ADAPTER

    def inbox(self) -> InboxConfig:
        return PAGE_INBOX

    def request(self, inbox: InboxConfig, *, number: int = 1) -> RawRequest:
        return signed(webhook(event(message=text(number))))

    def outgoing(self, **changes: object) -> Outgoing:
        return super().outgoing(to=PERSON, **changes)

    def test_request_of_another_inbox_is_refused(self) -> None:
        """Another inbox has another app, and with it another secret; the app's own inboxes are told apart by the page."""
        other = replace(PAGE_INBOX, id=uuid4(), settings={**PAGE_INBOX.settings, "app_secret": "of-another-app"})
        assert self.refusal(self.request(PAGE_INBOX), other).status == 401


def test_every_code_of_the_platform_is_worded() -> None:
    assert {one.code for one in TABLE.values()} <= set(ERRORS)


def test_each_entry_goes_to_its_own_page() -> None:
    entries = [{"id": page, "messaging": [event(page, message=text(number))]} for number, page in ((1, PAGE), (2, "777"))]
    body = orjson.dumps({"object": "page", "entry": entries})
    assert [one.account for one in ADAPTER.verify(signed(body), PAGE_INBOX)] == [PAGE, "777"]


def test_escaped_and_large_webhook_is_proven_over_its_raw_bytes() -> None:
    said = "Žluťoučký kůň 🐎 / " * 100_000
    body = body_of({"object": "page", "entry": [{"id": PAGE, "messaging": [event(message={"mid": "m_1", "text": said})]}]})
    assert len(body) > 2_900_000
    assert len(ADAPTER.verify(signed(body), PAGE_INBOX)) == 1


def test_shared_address_believes_the_operators_app_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "env", env.model_copy(update={"meta_app_secret": SecretStr("operators")}))
    body = webhook(event(message=text()))
    assert [one.account for one in ADAPTER.verify_shared(signed(body, "operators"))] == [PAGE]
    with pytest.raises(RefusedError):
        ADAPTER.verify_shared(signed(body))
