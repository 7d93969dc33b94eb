"""The website channel: the contract, and what only it can be sent."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

import jwt
import orjson
import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given, settings, strategies as st

from channels_app.adapters.website import tokens
from channels_app.adapters.website.adapter import ADAPTER
from channels_app.adapters.website.config import in_words_of_visitor, origin_of
from channels_app.adapters.website.consumer import WidgetConsumer
from channels_app.adapters.website.parse import MAX_TEXT, parse
from channels_app.contract import InboxConfig, RawRequest, UnparsableError
from tests.channels_app.contract import AdapterContract, request_of

ORIGIN = "https://shop.example"
INBOX = InboxConfig(
    id=UUID("018f0000-0000-7000-8000-000000000001"),
    workspace_id=UUID("018f0000-0000-7000-8000-000000000002"),
    key="shop-inbox",
    settings={"allowed_origins": [ORIGIN]},
)
VISITOR = tokens.Visitor(id="5b0f7c9e-3d1c-4c55-9d2e-0a4b7a1f0c11", origin=ORIGIN)


def message(**parts: Any) -> dict[str, Any]:
    return {"t": "message", "id": str(uuid5(INBOX.id, "1")), "text": "Hello", **parts}


def authorized(body: bytes, inbox: InboxConfig = INBOX, visitor: tokens.Visitor = VISITOR) -> RawRequest:
    return request_of(body, {"authorization": f"Bearer {tokens.make_token(inbox.key, visitor)}"})


class TestContract(AdapterContract):
    adapter = ADAPTER

    def inbox(self) -> InboxConfig:
        return INBOX

    def request(self, inbox: InboxConfig, *, number: int = 1) -> RawRequest:
        return authorized(orjson.dumps(message(id=str(uuid5(inbox.id, str(number))))), inbox)

    def tampered(self, request: RawRequest) -> Sequence[RawRequest]:
        """The token is what proves a visitor; each of its three parts is changed in turn."""
        scheme, token = request.headers["authorization"].split()
        parts = token.split(".")
        changed = [[*parts[:place], _flipped(parts[place]), *parts[place + 1 :]] for place in range(3)]
        return [replace(request, headers={"authorization": f"{scheme} {'.'.join(one)}"}) for one in changed]


def _flipped(part: str) -> str:
    """The text with its middle character changed."""
    middle = len(part) // 2
    return part[:middle] + ("A" if part[middle] != "A" else "B") + part[middle + 1 :]


_BROKEN: dict[str, Any] = {
    "id is a number": {"id": 5},
    "id is a list": {"id": ["x"]},
    "id is no uuid": {"id": "one"},
    "no id": {"id": None},
    "text is an object": {"text": {}},
    "fields are a text": {"fields": "name"},
    "fields are deep": {"fields": {"name": {"first": "x"}}},
    "page is a list": {"page": ["x"]},
    "attachments are numbers": {"attachments": [1]},
    "attachments are a text": {"attachments": "x"},
    "language is long": {"lang": "x" * 36},
    "language has a NUL": {"lang": "e\x00"},
    "seq is huge": {"t": "read", "seq": 2**63},
    "seq is a float": {"t": "delivered", "seq": 1e300},
    "seq is negative": {"t": "read", "seq": -1},
    "an unknown kind": {"t": "note"},
    "kind is a list": {"t": ["message"]},
    "reply_to is an object": {"reply_to": {}},
}


@pytest.mark.parametrize("broken", _BROKEN.values(), ids=_BROKEN.keys())
def test_event_of_a_wrong_shape_is_refused(broken: dict[str, Any]) -> None:
    refusal = TestContract().refusal(authorized(orjson.dumps(message(**broken))), INBOX)
    assert (refusal.status, refusal.code) == (400, "malformed")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b'"text"', b"\xff\xfe", b"[" * 200 + b"]" * 200, b'{"a":' * 200 + b"1" + b"}" * 200],
)
def test_body_that_is_no_event_is_refused(body: bytes) -> None:
    assert TestContract().refusal(authorized(body), INBOX).status == 400


def test_deep_parts_beside_the_known_ones_are_left_behind() -> None:
    deep = b'{"t":"message","id":"%s","text":"x","extra":%s1%s}' % (str(INBOX.id).encode(), b"[" * 300, b"]" * 300)
    [envelope] = ADAPTER.verify(authorized(deep), INBOX)
    assert "extra" not in orjson.loads(envelope.body)


def test_empty_and_too_long_messages_say_what_to_do() -> None:
    contract = TestContract()
    assert contract.refusal(authorized(orjson.dumps(message(text=" \n"))), INBOX).code == "empty"
    assert contract.refusal(authorized(orjson.dumps(message(text="x" * (MAX_TEXT + 1)))), INBOX).status == 413
    assert contract.refusal(authorized(orjson.dumps(message(text="x", page={"url": "u" * 70_000}))), INBOX).status == 413


def test_ended_and_borrowed_tokens_are_refused() -> None:
    contract = TestContract()
    body = orjson.dumps(message())
    for token in (
        tokens.make_ticket(INBOX.key, ORIGIN),
        jwt.encode({"sub": "x", "origin": ORIGIN, "aud": f"visitor:{INBOX.key}"}, "another key" * 3, "HS256"),
        jwt.encode({"sub": "x", "origin": ORIGIN, "aud": f"visitor:{INBOX.key}"}, "", "none"),
        jwt.encode({"sub": "x", "origin": ORIGIN, "aud": f"visitor:{INBOX.key}", "exp": time.time() - 1}, tokens._KEY, "HS256"),
        "ação.ação.ação",
    ):
        refused = contract.refusal(request_of(body, {"authorization": f"Bearer {token}"}), INBOX)
        assert (refused.status, refused.code) == (401, "token")


def test_visitor_of_a_removed_website_is_refused() -> None:
    removed = replace(INBOX, settings={"allowed_origins": ["https://other.example"]})
    refused = TestContract().refusal(authorized(orjson.dumps(message())), removed)
    assert (refused.status, refused.code) == (403, "origin")


def test_body_cannot_claim_another_visitor() -> None:
    claimed = message(visitor="somebody-else", who={"id": "1", "name": "Boss", "email": "boss@shop.example"}, at="1999-01-01")
    [envelope] = ADAPTER.verify(authorized(orjson.dumps(claimed)), INBOX)
    kept = orjson.loads(envelope.body)
    assert (kept["visitor"], kept["who"]) == (VISITOR.id, None)
    assert not kept["at"].startswith("1999")


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_parts = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("t", "id", "text", "attachments", "reply_to", "fields", "page", "seq", "lang", "consent"), _json)
    | {"who": _json, "visitor": _json, "at": _json},
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(parts=_parts)
def test_whatever_is_let_in_can_be_parsed(parts: dict[str, Any]) -> None:
    body = orjson.dumps({**message(), **parts})
    outcome = TestContract()._verified(authorized(body), INBOX)
    if isinstance(outcome, list):
        [envelope] = ADAPTER.verify(authorized(body), INBOX)
        assert parse(envelope.body)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(parts=_parts)
def test_whatever_was_stored_is_parsed_or_unparsable(parts: dict[str, Any]) -> None:
    stored = {**message(), "visitor": "v", "who": None, "at": "2026-01-01T00:00:00+00:00", **parts}
    try:
        events = list(parse(orjson.dumps(stored)))
    except UnparsableError:
        return
    assert len(events) == 1


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://www.Example.com/", "https://www.example.com"),
        ("shop.example:8443", "https://shop.example:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_website_is_taken_as_people_type_it(typed: str, origin: str) -> None:
    assert origin_of(typed) == origin


@pytest.mark.parametrize(
    "typed", ["not a url", "http://", "shop", "https://shop", "https://a b.example", "https://[::1", "ftp://shop.example",
              "https://shop.example/page", "https://me@shop.example", "https://shop.example:port"]
)  # fmt: skip
def test_what_is_no_website_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValidationError, match="is not a website's address"):
        origin_of(typed)


def test_usual_words_are_the_visitors_and_a_companys_own_stay() -> None:
    with translation.override("fr"):
        usual = in_words_of_visitor("Hello! How can we help?")
        assert usual != "Hello! How can we help?"
        assert in_words_of_visitor("Moin!") == "Moin!"
    with translation.override("es"):
        assert in_words_of_visitor(usual) not in (usual, "Hello! How can we help?")


class HeardConsumer(WidgetConsumer):
    """Keeps what it would send."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[dict[str, Any]] = []
        self.inbox, self.visitor = INBOX, VISITOR
        self._allowance, self._counted_at = 10.0, time.monotonic()

    async def _send(self, text: str) -> None:
        self.heard.append(orjson.loads(text))


def test_refusal_names_its_message_however_long_that_is() -> None:
    consumer, sent = HeardConsumer(), message(text="a" * 100_000)
    asyncio.run(consumer.receive(text_data=orjson.dumps(sent).decode()))
    (said,) = consumer.heard
    assert (said["t"], said["code"], said["id"]) == ("error", "too_long", sent["id"])
