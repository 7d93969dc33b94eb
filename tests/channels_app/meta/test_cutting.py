"""A webhook is cut into events, each of its own account, with a key that stays when it is put together otherwise."""

from typing import Any

import orjson
import pytest
from hypothesis import given, settings, strategies as st

from channels_app.adapters.meta.cutting import cut, messaging_pieces
from channels_app.contract import Envelope, RefusedError

PAGE = {"page": messaging_pieces}


def entry(account: str, *events: dict[str, Any], name: str = "messaging") -> dict[str, Any]:
    return {"id": account, "time": 1_760_000_000_000, name: list(events)}


def message(person: str, mid: str, **more: Any) -> dict[str, Any]:
    base = {"sender": {"id": person}, "recipient": {"id": "7"}, "timestamp": 1_760_000_000_000}
    return {**base, "message": {"mid": mid, "text": "x", **more}}


def pieces(*entries: dict[str, Any]) -> list[Envelope]:
    return cut(orjson.dumps({"object": "page", "entry": list(entries)}), PAGE)


def test_entries_go_to_their_own_accounts() -> None:
    found = pieces(entry("7", message("1", "a"), message("2", "b")), entry("8", message("3", "c")))
    assert [(one.account, one.sender) for one in found] == [("7", "1"), ("7", "2"), ("8", "3")]


def test_duplicate_in_another_batch_has_the_same_key() -> None:
    together = pieces(entry("7", message("1", "a"), message("2", "b")))
    apart = [*pieces(entry("7", message("1", "a"))), *pieces(entry("7", message("2", "b")))]
    assert [one.key for one in together] == [one.key for one in apart]
    assert len({one.key for one in together}) == 2


def test_file_that_is_signed_anew_is_the_same_event() -> None:
    first, again = (pieces(entry("7", message("1", "a", attachments=[{"payload": {"url": url}}])))[0] for url in ("u1", "u2"))
    assert first.key == again.key
    assert pieces(entry("7", message("1", "a", is_deleted=True)))[0].key != first.key


def test_what_the_account_wrote_stands_in_the_persons_line() -> None:
    echo = {"sender": {"id": "7"}, "recipient": {"id": "1"}, "message": {"mid": "e", "is_echo": True}}
    assert pieces(entry("7", echo))[0].sender == "1"
    assert orjson.loads(pieces(entry("7", echo, name="standby"))[0].body)["list"] == "standby"


def test_half_a_character_loses_nothing() -> None:
    whole = orjson.dumps({"object": "page", "entry": [entry("7", message("1", "a", text="TEXT"))]})
    [found] = cut(whole.replace(b"TEXT", b"\\ud83d\\udc4b cut \\ud83d"), PAGE)
    assert orjson.loads(found.body)["event"]["message"]["text"] == "👋 cut �"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"object":"page"}', b'{"object":"user","entry":[]}', b"[" * 3000])
def test_what_is_no_webhook_is_refused(body: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        cut(body, PAGE)
    assert caught.value.status == 400


def test_nesting_beyond_reason_is_refused() -> None:
    deep = b'{"object":"page","entry":[{"id":"7","messaging":[{"x":' + b"[" * 400 + b"]" * 400 + b"}]}]}"
    with pytest.raises(RefusedError):
        cut(deep, PAGE)


_value = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "sender", "recipient", "message", "mid", "field", "value", "from", "x"]), inner)
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.dictionaries(st.sampled_from(["id", "messaging", "standby", "changes"]), _value), max_size=3))
def test_any_entries_are_cut_alike_twice(entries: list[Any]) -> None:
    body = orjson.dumps({"object": "page", "entry": entries})
    first, again = ([(one.key, one.sender, one.account) for one in cut(body, PAGE)] for _time in range(2))
    assert first == again
    assert all(key and sender for key, sender, _account in first)
