"""The SMS adapter against the emulator: an inbox whose account lives there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import pytest

from channels_app.adapters.sms import api, connecting
from channels_app.adapters.sms.adapter import ADAPTER
from channels_app.adapters.sms.signature import HEADER, signature
from channels_app.contract import Envelope, InboxConfig, RawRequest
from chatzee.env import env
from conversations.normalised import Normalised
from core.http import SafeClient
from tests.channels_app.contract import request_of
from tests.emulators.receiving import Receiver, receiving
from tests.emulators.running import Running, running_emulator

INBOX_ID, WORKSPACE_ID = UUID("018f0000-0000-7000-8000-000000000041"), UUID("018f0000-0000-7000-8000-000000000042")
SID, TOKEN, NUMBER, SERVICE = f"AC{'1' * 32}", "the-accounts-token", "+15005550001", f"MG{'2' * 32}"
CUSTOMER = "+351912345678"
PATH = "/hooks/sms/sms-inbox"
SETTINGS = {"account_sid": SID, "auth_token": TOKEN, "sender": NUMBER}
INBOX = InboxConfig(INBOX_ID, WORKSPACE_ID, "sms-inbox", SETTINGS)


def signed(form: Mapping[str, str], *, token: str = TOKEN, path: str = PATH, query: str = "", url: str = "") -> RawRequest:
    """A webhook as Twilio signs it."""
    tail = f"?{query}" if query else ""
    proof = signature(url or f"{env.edge_url.rstrip('/')}{path}{tail}", list(form.items()), token).decode()
    headers = {"content-type": "application/x-www-form-urlencoded", HEADER: proof}
    return request_of(urlencode(form).encode(), headers, path=path, query=query)


def message(number: int = 1, **changes: str) -> dict[str, str]:
    """The form of a message that came."""
    plain = {"MessageSid": f"SM{number:032x}", "AccountSid": SID, "From": CUSTOMER, "To": NUMBER, "Body": "Is it there?",
             "SmsStatus": "received", "NumSegments": "1", "NumMedia": "0"}  # fmt: skip
    return {**plain, **changes}


@dataclass
class Line:
    """The adapter's inbox, the emulator behind it, and what its webhook is told."""

    emulator: Running
    receiver: Receiver
    inbox: InboxConfig
    adapter: Any = field(default=ADAPTER)

    def does(self, text: str = "Hi", **given: Any) -> dict[str, Any]:
        """A customer writes; what it got."""
        found: dict[str, Any] = self.emulator.control("twilio/inbound", **{"from": CUSTOMER, "text": text, **given})
        return found

    def envelopes(self) -> list[Envelope]:
        """What was told since the last time, proven and cut."""
        self.emulator.control("clock/advance", seconds=5)
        bodies, headers = list(self.receiver.bodies), list(self.receiver.headers)
        self.receiver.bodies.clear()
        self.receiver.headers.clear()
        found = [request_of(body, some, path=PATH) for body, some in zip(bodies, headers, strict=True)]
        return [envelope for one in found for envelope in self.adapter.verify(one, self.inbox)]

    def heard(self) -> list[Normalised]:
        """The normalised events of what was told since the last time."""
        return [event for one in self.envelopes() for event in self.adapter.parse(one.body, self.inbox)]


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running_emulator() as found:
        yield found


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def line(server: Running, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """The emulator with one account, as the one place where the adapter finds Twilio; our webhook is the receiver."""
    server.control("reset")
    receiver.bodies.clear()
    receiver.headers.clear()
    server.control("clock", is_virtual=True)
    server.control("twilio/accounts", sid=SID, auth_token=TOKEN, number=NUMBER, service=SERVICE)
    place = urlsplit(server.url)
    client = SafeClient(private=frozenset({place.netloc, f"localhost:{place.port}"}))
    hook = receiver.url.replace("/hook", PATH)
    monkeypatch.setattr(api, "_base", lambda: server.url)
    monkeypatch.setattr(api, "_client", lambda: client)
    monkeypatch.setattr(connecting, "_service", lambda sid: f"{server.url}/v1/Services/{sid}")
    monkeypatch.setattr("channels_app.adapters.sms.signature._BASE", hook.removesuffix(PATH))
    connected = ADAPTER.connect(INBOX, hook)
    yield Line(server, receiver, InboxConfig(INBOX_ID, WORKSPACE_ID, "sms-inbox", {**SETTINGS, **connected.settings}))
    client.close()
