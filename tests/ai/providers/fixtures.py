"""A scripted server that a workspace has set up as its provider; `tests/ai/conftest.py` offers it to all tests of AI."""

from collections.abc import Iterator

import pytest

from accounts.models import Workspace
from ai.models import Provider, ProviderModel, TaskModel
from core.http import lending
from core.tenancy import scope
from tests.ai.providers import scripted
from tests.ai.providers.scripted import Scripted


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    """A running scripted server that calls may reach."""
    with scripted.running() as found:
        monkeypatch.setattr(lending, "allowed_private", lambda: frozenset({found.place}))
        lending.lent_client.cache_clear()
        yield found
        lending.lent_client().close()
        lending.lent_client.cache_clear()


def set_up(workspace: Workspace, server: Scripted, *, key: str = "sk-secret-key-1234", **fields: object) -> Provider:
    """The scripted server as the workspace's provider for every task, at 1 and 2 USD a million tokens."""
    with scope(workspace.pk):
        provider = Provider(name="Scripted", base_url=server.url, key=key, **fields)
        provider.save(force_insert=True)
        prices = {"price_in_micros": 1_000_000, "price_out_micros": 2_000_000}
        TaskModel.objects.create(model=ProviderModel.objects.create(provider=provider, name="small", **prices))
    return provider
