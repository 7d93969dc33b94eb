"""A scripted server that a workspace has set up as its provider."""

from collections.abc import Iterator

import pytest

from accounts.models import Workspace
from ai.models import Provider, ProviderModel, TaskModel
from conversations.models import Conversation
from core.http import lending
from core.tenancy import scope
from tests.ai.providers import scripted
from tests.ai.providers.scripted import Scripted
from tests.factories import make_conversation, make_inbox, make_workspace


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    """A running scripted server that calls may reach."""
    with scripted.running() as found:
        monkeypatch.setattr(lending, "allowed_private", lambda: frozenset({found.place}))
        lending.lent_client.cache_clear()
        yield found
        lending.lent_client().close()
        lending.lent_client.cache_clear()


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def conversation(workspace: Workspace) -> Conversation:
    """A conversation in an inbox with suggestions, as every new inbox is."""
    with scope(workspace.pk):
        return make_conversation(make_inbox(), name="Rosa Lima")


@pytest.fixture
def provider(workspace: Workspace, server: Scripted) -> Provider:
    return set_up(workspace, server)


def set_up(workspace: Workspace, server: Scripted, *, key: str = "sk-secret-key-1234", **fields: object) -> Provider:
    """The scripted server as the workspace's provider for every task, at 1 and 2 USD a million tokens."""
    with scope(workspace.pk):
        provider = Provider(name="Scripted", base_url=server.url, key=key, **fields)
        provider.save(force_insert=True)
        prices = {"price_in_micros": 1_000_000, "price_out_micros": 2_000_000}
        TaskModel.objects.create(model=ProviderModel.objects.create(provider=provider, name="small", **prices))
    return provider
