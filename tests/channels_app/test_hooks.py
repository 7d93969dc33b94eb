"""The webhook address: the right status, words that say what to do, and nothing that a poisonous request can break."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
import psycopg
import pytest
import time_machine
from django.utils import timezone
from prometheus_client import REGISTRY

from accounts.models import Workspace
from channels_app import hooks
from channels_app.adapters.website import tokens
from channels_app.intake import Intake
from channels_app.models import InboundEvent
from conversations.models import Inbox
from core.tenancy import scope
from tests.channels_app.intakes import close_connections_of_threads
from tests.factories import make_inbox, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)

ORIGIN = "https://shop.example"


@pytest.fixture
def inbox(workspace: Workspace) -> Inbox:
    with scope(workspace.pk):
        return make_inbox(allowed_origins=[ORIGIN])


@pytest.fixture(autouse=True)
def _fresh_intake(monkeypatch: pytest.MonkeyPatch) -> None:
    """An intake per test (the real one belongs to one event loop), whose threads close their connections."""
    monkeypatch.setattr(hooks, "intake", Intake())
    close_connections_of_threads(monkeypatch)


def call(
    path: str, body: bytes = b"", *, token: str = "", method: str = "POST", cut_off: bool = False
) -> tuple[int, Any, dict[bytes, bytes]]:
    """Status, decoded body and headers of one request to the edge's webhook address."""
    sent: list[dict[str, Any]] = []
    last = {"type": "http.disconnect"} if cut_off else {"type": "http.request", "body": b"", "more_body": False}
    given = [*({"type": "http.request", "body": part, "more_body": True} for part in _parts(body)), last]

    async def run() -> None:
        async def receive() -> dict[str, Any]:
            return given.pop(0)

        async def send(message: Any) -> None:
            sent.append(dict(message))

        headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
        connection = {
            "type": "http", "method": method, "path": path, "query_string": b"", "headers": headers, "client": ("192.0.2.7", 5),
        }  # fmt: skip
        await hooks.receive_hook(connection, receive, send)
        await taken_in().close()

    asyncio.run(run())
    start, end = sent
    return start["status"], orjson.loads(end["body"]) if end["body"] else None, dict(start["headers"])


def taken_in() -> Intake:
    """The intake of this test."""
    found: Intake = vars(hooks)["intake"]
    return found


def _parts(body: bytes) -> list[bytes]:
    size = 65536
    return [body[start : start + size] for start in range(0, len(body), size)]


def token_for(inbox: Inbox, origin: str = ORIGIN) -> str:
    return tokens.make_token(inbox.key, tokens.new_visitor(origin))


def message(**parts: Any) -> bytes:
    return orjson.dumps({"t": "message", "id": str(uuid4()), "text": "Hello", **parts})


def counted(outcome: str, channel: str = "website") -> float:
    return REGISTRY.get_sample_value("chatzee_intake_events_total", {"channel": channel, "outcome": outcome}) or 0.0


def stored(workspace: Workspace) -> int:
    with scope(workspace.pk):
        return InboundEvent.objects.count()


def test_message_is_stored_before_the_answer(workspace: Workspace, inbox: Inbox) -> None:
    before = counted("stored")
    status, answer, headers = call(f"/hooks/website/{inbox.key}", message(), token=token_for(inbox))
    assert (status, answer) == (200, {"stored": True})
    assert (headers[b"x-content-type-options"], headers[b"cache-control"]) == (b"nosniff", b"no-store")
    assert stored(workspace) == 1
    assert counted("stored") == before + 1


_POISON = {
    "malformed JSON": (b"{", 400),
    "NUL bytes": (b"\x00" * 64, 400),
    "deep JSON": (b"[" * 200 + b"]" * 200, 400),
    "deeper parts": (message(page={"url": "x"})[:-1] + b',"fields":' + b'{"a":' * 300 + b"1" + b"}" * 301, 400),
    "invalid UTF-8": (b'{"t":"message","id":"\xff"}', 400),
    "a number for an id": (message(id=5), 400),
    "a text for the page": (message(page="x"), 400),
    "too long for the widget": (message(text="x" * 70_000), 413),
    "too long for any webhook": (b"x" * (4 * 1024 * 1024 + 1), 413),
}


@pytest.mark.parametrize(("body", "status"), _POISON.values(), ids=_POISON.keys())
def test_poison_is_refused_in_words_and_counted(workspace: Workspace, inbox: Inbox, body: bytes, status: int) -> None:
    before = counted("refused")
    found, answer, _headers = call(f"/hooks/website/{inbox.key}", body, token=token_for(inbox))
    assert found == status
    assert set(answer) == {"code", "message"}
    assert answer["message"].endswith(".")
    assert stored(workspace) == 0
    assert counted("refused") == before + 1


def test_nul_in_a_text_is_no_poison(workspace: Workspace, inbox: Inbox) -> None:
    assert call(f"/hooks/website/{inbox.key}", message(text="a\x00b"), token=token_for(inbox))[0] == 200
    assert stored(workspace) == 1


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/hooks/", "POST", 404, "no_such_address"),
        ("/hooks/website", "POST", 404, "no_such_address"),
        ("/hooks/fax/abc", "POST", 404, "no_such_address"),
        ("/hooks/website/abc/more", "POST", 404, "no_such_address"),
        ("/hooks/website/nobody", "POST", 404, "no_such_inbox"),
        ("/hooks/website/a\x00b", "POST", 404, "no_such_inbox"),
        ("/hooks/website/" + "a" * 5000, "POST", 404, "no_such_inbox"),
        ("/hooks/website/'; DROP TABLE x--", "POST", 404, "no_such_inbox"),
        ("/hooks/website/abc", "GET", 405, "wrong_method"),
        ("/hooks/website/abc", "DELETE", 405, "wrong_method"),
    ],
)
def test_wrong_address_or_method_says_so(path: str, method: str, status: int, code: str) -> None:
    found, answer, _headers = call(path, message(), method=method)
    assert (found, answer["code"]) == (status, code)


def test_wrong_tokens_are_refused(workspace: Workspace, inbox: Inbox) -> None:
    other = make_workspace("Casa Verde")
    with scope(other.pk):
        foreign = make_inbox(allowed_origins=[ORIGIN])
    address = f"/hooks/website/{inbox.key}"
    for token in ("", "x", token_for(foreign), tokens.make_ticket(inbox.key, ORIGIN)):
        status, answer, _headers = call(address, message(), token=token)
        assert (status, answer["code"]) == (401, "token")
    assert stored(workspace) == stored(other) == 0


def test_ended_token_is_refused(workspace: Workspace, inbox: Inbox) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=401), tick=False):
        old = token_for(inbox)
    assert call(f"/hooks/website/{inbox.key}", message(), token=old)[1]["code"] == "token"
    assert stored(workspace) == 0


@pytest.mark.parametrize("change", [{"is_enabled": False}, {"settings": {"allowed_origins": ["https://new.example"]}}])
def test_inbox_changed_meanwhile_lets_nobody_in(workspace: Workspace, inbox: Inbox, change: dict[str, Any]) -> None:
    token = token_for(inbox)
    assert call(f"/hooks/website/{inbox.key}", message(), token=token)[0] == 200
    with scope(workspace.pk):
        for name, value in change.items():
            setattr(inbox, name, value)
        inbox.save(update_fields=list(change))
    taken_in()._inboxes.clear()
    assert call(f"/hooks/website/{inbox.key}", message(), token=token)[0] == 403
    assert stored(workspace) == 1


def test_request_that_ends_in_the_middle_is_not_stored(workspace: Workspace, inbox: Inbox) -> None:
    status, answer, _headers = call(f"/hooks/website/{inbox.key}", message(), token=token_for(inbox), cut_off=True)
    assert (status, answer["code"]) == (400, "cut_off")
    assert stored(workspace) == 0


def test_database_away_asks_to_come_back(workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(rows: list[Any]) -> None:
        raise psycopg.OperationalError

    monkeypatch.setattr(taken_in(), "_insert", away)
    status, answer, headers = call(f"/hooks/website/{inbox.key}", message(), token=token_for(inbox))
    assert (status, answer["code"], headers[b"retry-after"]) == (503, "try_later", b"2")


def test_overload_asks_to_come_back(workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels_app.intake.MAX_WAITING", 0)
    before = counted("overload")
    assert call(f"/hooks/website/{inbox.key}", message(), token=token_for(inbox))[0] == 503
    assert counted("overload") == before + 1
    assert stored(workspace) == 0
