"""The adapter against the emulator: an inbox whose bot lives there."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from channels_app.adapters.telegram import api
from channels_app.adapters.telegram.adapter import ADAPTER
from channels_app.contract import InboxConfig
from core.http import SafeClient
from tests.emulators.running import TOKEN, Running, running_emulator

INBOX_ID, WORKSPACE_ID = UUID("018f0000-0000-7000-8000-000000000021"), UUID("018f0000-0000-7000-8000-000000000022")


@dataclass
class Line:
    """The adapter's inbox and the emulator behind it."""

    emulator: Running
    inbox: InboxConfig
    adapter: Any = field(default=ADAPTER)

    def started(self, number: int = 5) -> str:
        """A customer wrote to the bot; their address."""
        return str(self.emulator.customer(by=number)["chat_id"])


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running_emulator() as found:
        yield found


@pytest.fixture
def reached(server: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """The emulator, as the one place where the adapter finds the Bot API."""
    server.control("reset")
    server.control("telegram/bots", token=TOKEN, username="shop_bot", first_name="Terra & Glaze")
    client = SafeClient(private=frozenset({urlsplit(server.url).netloc}))
    monkeypatch.setattr(api, "base_url", lambda: server.url)
    monkeypatch.setattr(api, "_client", lambda: client)
    yield server
    client.close()


@pytest.fixture
def line(reached: Running) -> Line:
    settings = {"token": TOKEN, "secret": "of-the-inbox", "groups": "mentions"}
    return Line(reached, InboxConfig(INBOX_ID, WORKSPACE_ID, "shop-inbox", settings))


@pytest.fixture(scope="module")
def telegram_line() -> Iterator[Running]:
    """An emulator for the running product: ask for it before `stack`, whose processes read where it is when they start."""
    with running_emulator() as found, pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "CHATZEE_TELEGRAM_API_URL", found.url)
        patch.setitem(os.environ, "CHATZEE_HTTP_ALLOWED_PRIVATE", f'["{urlsplit(found.url).netloc}"]')
        yield found
