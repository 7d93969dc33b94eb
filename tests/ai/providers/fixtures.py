"""A scripted server that a workspace has set up as its provider; `tests/ai/conftest.py` offers it to all tests of AI."""

import subprocess
import sys
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


@pytest.fixture(scope="session")
def language_model() -> Iterator[str]:
    """The base URL of a real language model, loaded once in about 2 seconds; some 200 MB."""
    command = [sys.executable, "-m", "tests.ai.providers.real_server"]
    with subprocess.Popen(  # noqa: S603  # our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        address = next((line for line in process.stdout if line.startswith("http")), "")
        assert address, "The language model did not start."
        yield f"{address.strip()}/v1"
        process.stdin.close()
        process.wait(20)


@pytest.fixture
def reachable_model(language_model: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The same, and calls may reach it."""
    place = language_model.removeprefix("http://").removesuffix("/v1")
    monkeypatch.setattr(lending, "allowed_private", lambda: frozenset({place}))
    lending.lent_client.cache_clear()
    yield language_model
    lending.lent_client().close()
    lending.lent_client.cache_clear()


def set_up(workspace: Workspace, server: Scripted | str, *, key: str = "sk-secret-key-1234", **fields: object) -> Provider:
    """A server (scripted, or by its address) as the workspace's provider for every task, at 1 and 2 USD a million tokens."""
    url = server if isinstance(server, str) else server.url
    with scope(workspace.pk):
        provider = Provider(name="Scripted", base_url=url, key=key, **fields)
        provider.save(force_insert=True)
        prices = {"price_in_micros": 1_000_000, "price_out_micros": 2_000_000}
        TaskModel.objects.create(model=ProviderModel.objects.create(provider=provider, name="small", **prices))
    return provider
