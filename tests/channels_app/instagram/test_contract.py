"""The Instagram channel under the contract: its two apps, whose secrets are bound to their addresses."""

from dataclasses import replace
from uuid import uuid4

import pytest
from pydantic import SecretStr

from channels_app.adapters.instagram import adapter as module, stacks
from channels_app.adapters.instagram.adapter import ADAPTER
from channels_app.contract import InboxConfig, Outgoing, RawRequest, RefusedError
from chatzee.env import env
from tests.channels_app.contract import AdapterContract
from tests.channels_app.messenger.samples import (
    ACCOUNT,
    ACCOUNT_INBOX,
    LOGIN_SECRET,
    PERSON,
    event,
    signed,
    text,
    webhook,
)


class TestContract(AdapterContract):
    adapter = ADAPTER

    def inbox(self) -> InboxConfig:
        return ACCOUNT_INBOX

    def request(self, inbox: InboxConfig, *, number: int = 1) -> RawRequest:
        return signed(_webhook(number), LOGIN_SECRET)

    def outgoing(self, **changes: object) -> Outgoing:
        return super().outgoing(to=PERSON, **changes)

    def test_request_of_another_inbox_is_refused(self) -> None:
        """Another inbox has another app, and with it another secret; the app's own inboxes are told apart by the account."""
        other = replace(ACCOUNT_INBOX, id=uuid4(), settings={**ACCOUNT_INBOX.settings, "app_secret": "of-another-app"})
        assert self.refusal(self.request(ACCOUNT_INBOX), other).status == 401


def test_shared_address_is_bound_to_one_of_the_operators_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"meta_app_secret": SecretStr("of-facebook"), "instagram_app_secret": SecretStr("of-instagram")}
    monkeypatch.setattr(module, "env", env.model_copy(update=secrets))
    by_facebook, by_instagram = signed(_webhook(), "of-facebook"), signed(_webhook(), "of-instagram")
    assert [one.account for one in ADAPTER.verify_shared(by_facebook)] == [ACCOUNT]
    assert [one.account for one in ADAPTER.verify_shared(replace(by_instagram, query="app=instagram"))] == [ACCOUNT]
    for crossed in (by_instagram, replace(by_facebook, query="app=instagram"), replace(by_instagram, query="app=other")):
        with pytest.raises(RefusedError):
            ADAPTER.verify_shared(crossed)


def test_stack_is_told_by_the_token() -> None:
    by_page = replace(ACCOUNT_INBOX, settings={**ACCOUNT_INBOX.settings, "token": "EAApage", "page_id": "31"})
    assert (stacks.is_login(ACCOUNT_INBOX), stacks.node_of(ACCOUNT_INBOX)) == (True, ACCOUNT)
    assert (stacks.is_login(by_page), stacks.node_of(by_page)) == (False, "31")


def _webhook(number: int = 1) -> bytes:
    return webhook(event(ACCOUNT, message=text(number)), account=ACCOUNT, about="instagram")
