"""Whatever an update holds, it is read the same way twice, or it is unparsable; nothing else happens."""

from typing import Any

import orjson
from hypothesis import given, settings, strategies as st

from channels_app.adapters.telegram.adapter import ADAPTER
from channels_app.adapters.telegram.content import _KINDS, SERVICE
from channels_app.adapters.telegram.updates import ALLOWED_UPDATES, parse
from channels_app.contract import InboxConfig, RefusedError, UnparsableError
from tests.channels_app.telegram.conftest import INBOX_ID, WORKSPACE_ID
from tests.channels_app.telegram.updates import BOT, CHAT, GROUP, NOW, OWNER, SETTINGS, ZOE, request

INBOX = InboxConfig(INBOX_ID, WORKSPACE_ID, "shop-inbox", SETTINGS)
_quick = settings(max_examples=500, deadline=None, derandomize=True)
_leaf = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12) | st.sampled_from(["private", "group", "emoji", "👍", "text_link", "bold", "mention", "kicked"])
)  # fmt: skip
_names = st.sampled_from(
    sorted({*_KINDS, *SERVICE, "message_id", "date", "chat", "from", "id", "type", "entities", "caption", "reply_to_message",
            "offset", "length", "file_id", "first_name", "business_connection_id", "new_reaction", "new_chat_member", "status",
            "message_ids", "data", "message", "blocks", "options", "sender_business_bot", "forward_origin", "url"})
)  # fmt: skip
_value = st.recursive(
    _leaf,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_names | st.text(max_size=6), inner, max_size=6),
    max_leaves=25,
)
_person, _chat = st.sampled_from([ZOE, BOT, OWNER]) | _value, st.sampled_from([CHAT, GROUP]) | _value
#: Messages that are right so far that their contents are looked at.
_message = st.builds(
    lambda frame, content: {**frame, **content},
    st.fixed_dictionaries({"message_id": st.integers(1, 2**40), "date": st.just(NOW) | _value, "from": _person, "chat": _chat}),
    st.dictionaries(_names, _value, max_size=5),
)
_update = st.builds(
    lambda kind, payload, number: {"update_id": number, kind: payload},
    st.sampled_from([*ALLOWED_UPDATES, "poll", "something_new"]),
    _message | st.dictionaries(_names, _message | _value, max_size=6) | _value,
    st.integers(1, 2**53),
)


def outcome(body: bytes, config: dict[str, Any]) -> object:
    try:
        return list(parse(body, config))
    except UnparsableError as error:
        return str(error)


@_quick
@given(_update, st.sampled_from(["mentions", "everything", "nothing"]))
def test_any_update_is_read_alike_twice(update: dict[str, Any], groups: str) -> None:
    body, config = orjson.dumps(update), {**SETTINGS, "groups": groups}
    assert outcome(body, config) == outcome(body, config)


@_quick
@given(_update)
def test_any_update_finds_its_line(update: dict[str, Any]) -> None:
    [envelope] = ADAPTER.verify(request(INBOX, update), INBOX)
    assert envelope.sender
    assert outcome(envelope.body, SETTINGS) is not None


@_quick
@given(st.binary(max_size=300) | _value.map(orjson.dumps))
def test_any_body_is_an_update_or_refused(body: bytes) -> None:
    try:
        seen = len(ADAPTER.verify(request(INBOX, body), INBOX))
    except RefusedError as error:
        seen = error.status
    assert seen in (1, 400)
