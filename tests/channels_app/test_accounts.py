"""Webhooks that carry events of many accounts: each reaches its own inbox, and no other workspace's."""

import asyncio
from collections.abc import Sequence

import pytest

from accounts.models import Workspace
from channels_app import metrics
from channels_app.contract import ChannelError, Connection, Envelope, InboxConfig
from channels_app.intake import Intake, NotStoredError
from channels_app.models import InboundEvent
from channels_app.services import accounts
from conversations.models import Inbox
from core.tenancy import crossing, scope
from tests.channels_app.intakes import close_connections_of_threads
from tests.factories import make_inbox, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _closed(monkeypatch: pytest.MonkeyPatch) -> None:
    close_connections_of_threads(monkeypatch)


def connected(workspace: Workspace, account: str, *, source: str = "", parent: str = "") -> Inbox:
    with scope(workspace.pk):
        inbox = make_inbox()
        accounts.keep_account(inbox, Connection(account=account, source=source, parent=parent))
    return inbox


def store(at: InboxConfig | None, *named: str) -> None:
    async def run() -> None:
        intake = Intake()
        envelopes = [Envelope(key=f"k{number}", sender="s", body=b"{}", account=one) for number, one in enumerate(named)]
        try:
            await intake.store_each("website", at, envelopes)
        finally:
            await intake.close()

    asyncio.run(run())


def stored(*inboxes: Inbox) -> list[int]:
    with crossing("count in a test"):
        return [InboundEvent.objects.filter(inbox_id=inbox.pk).count() for inbox in inboxes]


def unknown() -> float:
    return float(metrics.INTAKE.labels("website", "unknown_account")._value.get())


def test_each_entry_of_a_batch_goes_to_its_own_inbox_whichever_workspace() -> None:
    one, two = connected(make_workspace(), "111"), connected(make_workspace(), "222")
    before = unknown()
    store(None, "111", "222", "111", "999")
    assert stored(one, two) == [2, 1]
    assert unknown() - before == 1


def test_an_own_app_speaks_for_its_workspace_only() -> None:
    mine, theirs = make_workspace(), make_workspace()
    at, other = connected(mine, "111", source="app"), connected(mine, "333", source="app")
    stranger = connected(theirs, "222", source="app")
    operators = connected(theirs, "444")
    config = accounts.inbox_by_key("website", at.key)
    assert config is not None
    assert (config.account, config.source) == ("111", "app")
    store(config, "111", "333", "222", "444")
    assert stored(at, other, stranger, operators) == [1, 1, 0, 0]


def test_what_is_for_a_business_reaches_all_its_accounts() -> None:
    workspace = make_workspace()
    both = connected(workspace, "111", parent="biz"), connected(workspace, "222", parent="biz")
    store(None, "biz")
    assert stored(*both) == [1, 1]


def test_an_inbox_that_is_not_connected_yet_asks_the_platform_to_come_back() -> None:
    with scope(make_workspace().pk):
        inbox = make_inbox()
    with pytest.raises(NotStoredError):
        store(accounts.inbox_by_key("website", inbox.key), "111")
    assert stored(inbox) == [0]


@pytest.mark.parametrize(("sources", "is_taken"), [(("", ""), True), (("app", "app"), False), (("app", ""), False)])
def test_an_account_of_the_operators_app_is_one_inboxs(sources: Sequence[str], is_taken: bool) -> None:
    connected(make_workspace(), "111", source=sources[0])
    if not is_taken:
        connected(make_workspace(), "111", source=sources[1])
        return
    with pytest.raises(ChannelError) as refused:
        connected(make_workspace(), "111", source=sources[1])
    assert refused.value.code == accounts.TAKEN


def test_connecting_again_keeps_the_account() -> None:
    workspace = make_workspace()
    inbox = connected(workspace, "111")
    with scope(workspace.pk):
        accounts.keep_account(inbox, Connection(account="111"))
        accounts.keep_account(inbox, Connection(account="112"))
    assert accounts.inboxes_of_account("website", "", "111", None) == ()
    assert [one.id for one in accounts.inboxes_of_account("website", "", "112", None)] == [inbox.pk]
