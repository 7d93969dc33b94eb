"""The adapter against the emulator: an inbox whose number lives there."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
import pytest

from channels_app.adapters.meta import graph
from channels_app.adapters.whatsapp.adapter import ADAPTER
from channels_app.contract import Envelope, InboxConfig, RawRequest
from channels_app.emulators.graph.signing import signature
from conversations.normalised import Normalised
from core.http import SafeClient
from tests.channels_app.contract import request_of
from tests.emulators.receiving import Receiver, receiving
from tests.emulators.running import Running, running_emulator

INBOX_ID, WORKSPACE_ID = UUID("018f0000-0000-7000-8000-000000000031"), UUID("018f0000-0000-7000-8000-000000000032")
NUMBER, WABA, APP, SECRET, TOKEN = "100000000000001", "200000000000001", "900000000000001", "the-apps-secret", "EAAwatoken"
SETTINGS = {
    "phone_number_id": NUMBER, "waba_id": WABA, "token": TOKEN, "app_secret": SECRET, "verify_token": "of-the-inbox",
    "phone_number": "351210000001",
}  # fmt: skip
INBOX = InboxConfig(INBOX_ID, WORKSPACE_ID, "wa-inbox", SETTINGS, account=NUMBER, source=APP)


def signed(body: bytes, secret: str = SECRET) -> RawRequest:
    return request_of(body, {"x-hub-signature-256": signature(secret, body)}, path="/hooks/whatsapp/wa-inbox")


@dataclass
class Line:
    """The adapter's inbox, the emulator behind it, and what its webhook is told."""

    emulator: Running
    receiver: Receiver
    inbox: InboxConfig = INBOX
    adapter: Any = field(default=ADAPTER)

    def does(self, kind: str = "text", *, by: Any = "46700000001", **given: Any) -> dict[str, Any]:
        """A customer does something; what it got."""
        found: dict[str, Any] = self.emulator.control("whatsapp/inbound", **{"kind": kind, "from": by, **given})
        return found

    def on_phone(self, kind: str = "text", *, by: Any = "46700000001", **given: Any) -> dict[str, Any]:
        """The business does something on its own phone."""
        found: dict[str, Any] = self.emulator.control("whatsapp/phone", **{"kind": kind, "from": by, **given})
        return found

    def envelopes(self) -> list[Envelope]:
        """What was told since the last time, proven and cut."""
        self.emulator.control("settle")
        bodies, headers = list(self.receiver.bodies), list(self.receiver.headers)
        self.receiver.bodies.clear()
        self.receiver.headers.clear()
        found = [request_of(body, some) for body, some in zip(bodies, headers, strict=True)]
        return [envelope for one in found for envelope in self.adapter.verify(one, self.inbox)]

    def heard(self) -> list[Normalised]:
        """The normalised events of what was told since the last time."""
        return [event for one in self.envelopes() for event in self.adapter.parse(one.body, self.inbox)]

    def outbox(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.emulator.read("whatsapp/outbox")
        return found

    def faults(self, **faults: Any) -> None:
        self.emulator.control("whatsapp/faults", faults=faults, connection=NUMBER)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running_emulator() as found:
        yield found


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def reached(server: Running, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """The emulator with one number, as the one place where the adapter finds the Graph API."""
    server.control("reset")
    receiver.bodies.clear()
    receiver.headers.clear()
    receiver.answer = type(receiver).answer
    server.control("clock", is_virtual=True)
    webhook = {"object": "whatsapp_business_account", "url": receiver.url}
    server.control("graph/apps", id=APP, secret=SECRET, webhooks=[webhook])
    server.control("whatsapp/numbers", id=NUMBER, waba=WABA, app=APP, token=TOKEN, phone="351210000001")
    client = SafeClient(private=frozenset({urlsplit(server.url).netloc}))
    monkeypatch.setattr(graph, "base_url", lambda: f"{server.url}/graph")
    monkeypatch.setattr(graph, "_client", lambda: client)
    yield server
    client.close()


@pytest.fixture
def line(reached: Running, receiver: Receiver) -> Line:
    graph.Graph(TOKEN, secret=SECRET).post(f"{WABA}/subscribed_apps", {})
    return Line(reached, receiver)


def webhook(*changes: dict[str, Any], waba: str = WABA) -> bytes:
    """A webhook of one account with these changes."""
    return orjson.dumps({"object": "whatsapp_business_account", "entry": [{"id": waba, "changes": list(changes)}]})


def change(value: dict[str, Any], field: str = "messages", number: str = NUMBER) -> dict[str, Any]:
    metadata = {"display_phone_number": "351210000001", "phone_number_id": number}
    return {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}


def text(number: int = 1, **changes: Any) -> dict[str, Any]:
    plain = {"from": "46700000001", "from_user_id": "SE.1000001", "id": f"wamid.{number}", "timestamp": "1760000000"}
    return {**plain, "type": "text", "text": {"body": f"Hello {number}"}, **changes}


def contact(**changes: Any) -> dict[str, Any]:
    return {"profile": {"name": "Zoë"}, "wa_id": "46700000001", "user_id": "SE.1000001", **changes}


def events(value: dict[str, Any], field: str = "messages", inbox: InboxConfig = INBOX) -> list[Normalised]:
    """The normalised events of a change."""
    envelopes = ADAPTER.verify(signed(webhook(change(value, field))), inbox)
    return [event for one in envelopes for event in ADAPTER.parse(one.body, inbox)]


def with_settings(**changes: Any) -> InboxConfig:
    return replace(INBOX, settings={**SETTINGS, **changes})


@pytest.fixture(scope="module")
def whatsapp_line() -> Iterator[Running]:
    """An emulator for the running product: ask for it before `stack`, whose processes read where it is when they start."""
    with running_emulator() as found, pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "CHATZEE_META_GRAPH_URL", f"{found.url}/graph")
        patch.setitem(os.environ, "CHATZEE_HTTP_ALLOWED_PRIVATE", f'["{urlsplit(found.url).netloc}"]')
        yield found
