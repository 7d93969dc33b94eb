"""The shared Meta parts against the emulator's Graph API."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from channels_app.adapters.meta import graph
from core.http import SafeClient
from tests.emulators.running import Running, running_emulator

APP, SECRET, TOKEN, NODE = "900000000001", "the-secret-of-the-app", "EAA-token-of-a-test", "10001"


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running_emulator() as found:
        yield found


@pytest.fixture
def meta(server: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """The emulator with one app and one token, as the one place where the client finds the Graph API."""
    server.control("reset")
    server.control("graph/apps", id=APP, secret=SECRET)
    server.control("graph/tokens", app=APP, user=NODE, value=TOKEN)
    client = SafeClient(private=frozenset({urlsplit(server.url).netloc}))
    monkeypatch.setattr(graph, "base_url", lambda: f"{server.url}/graph")
    monkeypatch.setattr(graph, "_client", lambda: client)
    yield server
    client.close()
