"""A page and an Instagram account in the emulator, as the one place where the adapters find Meta."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from channels_app.adapters.instagram import stacks, tokens
from channels_app.adapters.meta import graph, messaging_files
from channels_app.contract import Adapter, Envelope, InboxConfig
from conversations.normalised import Normalised
from core.http import SafeClient
from tests.channels_app.contract import request_of
from tests.channels_app.messenger.samples import (
    ACCOUNT,
    APP,
    LOGIN_APP,
    LOGIN_SECRET,
    LOGIN_TOKEN,
    PAGE,
    PERSON,
    SECRET,
    TOKEN,
)
from tests.emulators.receiving import Receiver
from tests.emulators.running import Running


@dataclass
class Line:
    """An inbox, the emulator behind it, and what its webhook is told."""

    emulator: Running
    receiver: Receiver
    inbox: InboxConfig
    adapter: Adapter
    heard_bodies: list[bytes] = field(default_factory=list)

    def does(self, kind: str = "text", *, by: Any = PERSON, **given: Any) -> dict[str, Any]:
        """A person does something; what it got."""
        found: dict[str, Any] = self.emulator.control(f"{self.adapter.slug}/inbound", **{"kind": kind, "from": by, **given})
        return found

    def envelopes(self) -> list[Envelope]:
        """What was told since the last time, proven and cut."""
        self.emulator.control("settle")
        found = [request_of(body, some) for body, some in zip(self.receiver.bodies, self.receiver.headers, strict=True)]
        self.receiver.bodies.clear()
        self.receiver.headers.clear()
        return [envelope for one in found for envelope in self.adapter.verify(one, self.inbox)]

    def heard(self) -> list[Normalised]:
        """The normalised events of what was told since the last time."""
        return [event for one in self.envelopes() for event in self.adapter.parse(one.body, self.inbox)]

    def outbox(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.emulator.read(f"{self.adapter.slug}/outbox")
        return found

    def chat(self, person: str = PERSON) -> list[dict[str, Any]]:
        """The bubbles on the person's phone."""
        found: list[dict[str, Any]] = self.emulator.read(f"{self.adapter.slug}/chat", customer=person)["messages"]
        return found

    def faults(self, **faults: Any) -> None:
        self.emulator.control(f"{self.adapter.slug}/faults", faults=faults, connection=self.inbox.account)


@contextmanager
def reaching(server: Running, receiver: Receiver) -> Iterator[Running]:
    """The emulator with one page and one account of Instagram's log-in, whose apps call the receiver."""
    server.control("reset")
    receiver.bodies.clear()
    receiver.headers.clear()
    receiver.answer = type(receiver).answer
    server.control("clock", is_virtual=True)
    webhooks = [{"object": name, "url": receiver.url} for name in ("page", "instagram")]
    server.control("graph/apps", id=APP, secret=SECRET, webhooks=webhooks)
    server.control("instagram/apps", id=LOGIN_APP, secret=LOGIN_SECRET, webhooks=webhooks[1:])
    server.control("messenger/accounts", id=PAGE, app=APP, token=TOKEN)
    server.control("instagram/accounts", id=ACCOUNT, app=LOGIN_APP, token=LOGIN_TOKEN)
    client = SafeClient(private=frozenset({urlsplit(server.url).netloc}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(graph, "base_url", lambda: f"{server.url}/graph")
        patch.setattr(messaging_files, "base_url", lambda: f"{server.url}/graph")
        patch.setattr(stacks, "login_url", lambda: f"{server.url}/instagram-graph")
        patch.setattr(tokens, "api_url", lambda: f"{server.url}/instagram-api")
        for module in (graph, messaging_files, tokens):
            patch.setattr(module, "_client", lambda: client)
        yield server
    client.close()
