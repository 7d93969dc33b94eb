"""Whatever a webhook holds, it is cut and read the same way twice, or told to be none; nothing else happens."""

from typing import Any

import orjson
from hypothesis import given, settings, strategies as st

from channels_app.adapters.whatsapp.accounts import _READERS
from channels_app.adapters.whatsapp.adapter import ADAPTER
from channels_app.adapters.whatsapp.content import _KINDS
from channels_app.adapters.whatsapp.cutting import _CUTTERS
from channels_app.adapters.whatsapp.parse import _ACTS, STATUSES
from channels_app.contract import RefusedError, UnparsableError
from tests.channels_app.whatsapp.conftest import INBOX, NUMBER, signed, webhook

_quick = settings(max_examples=150, deadline=None, derandomize=True)
_leaf = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(
        [
            "46700000001",
            "SE.1000001",
            "SE.ENT.7",
            "1760000000",
            "1e999",
            "-1",
            *STATUSES,
            *_KINDS,
            *_ACTS,
            "nfm_reply",
            "button_reply",
            "list_reply",
            "user_changed_number",
            "TIER_1K",
            "ACCOUNT_DELETED",
            "marketing_messages",
            "{}",
        ]
    )
)
_names = st.sampled_from(
    sorted(
        {
            *_KINDS,
            *_ACTS,
            "id",
            "type",
            "timestamp",
            "from",
            "from_user_id",
            "to",
            "to_user_id",
            "recipient_id",
            "status",
            "errors",
            "code",
            "context",
            "referral",
            "body",
            "caption",
            "mime_type",
            "sha256",
            "filename",
            "latitude",
            "longitude",
            "name",
            "phones",
            "emails",
            "message_id",
            "emoji",
            "original_message_id",
            "message",
            "wa_id",
            "user_id",
            "profile",
            "response_json",
            "product_items",
            "quantity",
            "item_price",
            "value",
            "category",
            "event",
            "previous",
            "current",
            "metadata",
            "threads",
            "messages",
            "progress",
            "limit",
            "current_limit",
            "ban_info",
            "group_id",
        }
    )
)
_value = st.recursive(
    _leaf,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_names | st.text(max_size=6), inner, max_size=6),
    max_leaves=25,
)
_ids = st.sampled_from(["46700000001", "SE.1000001", "", "x"]) | _value
#: Messages that are right so far that their contents are looked at.
_message = st.builds(
    lambda frame, kind, content, more: {**frame, "type": kind, str(kind): content, **more},
    st.fixed_dictionaries({"id": st.just("wamid.1") | _value, "timestamp": st.just("1760000000") | _value, "from": _ids}),
    st.sampled_from([*_KINDS, *_ACTS, "hologram", "media_placeholder"]) | _value,
    st.dictionaries(_names, _value, max_size=5) | _value,
    st.dictionaries(_names, _value, max_size=3),
)
_status = st.fixed_dictionaries(
    {
        "id": st.just("wamid.1") | _value,
        "status": st.sampled_from(list(STATUSES)) | _value,
        "timestamp": st.just("1760000000") | _value,
        "recipient_id": _ids,
        "errors": st.just([{"code": 131050}]) | _value,
    }
)
_list = st.lists(_message | _value, max_size=3)
_content = st.fixed_dictionaries(
    {"metadata": st.just({"phone_number_id": NUMBER, "display_phone_number": "46700000001"}) | _value},
    optional={
        "messages": _list | _value,
        "statuses": st.lists(_status | _value, max_size=3),
        "contacts": st.lists(_value, max_size=2),
        "message_echoes": _list,
        "errors": _value,
        "history": st.lists(
            st.fixed_dictionaries(
                {"metadata": _value, "threads": st.lists(st.fixed_dictionaries({"id": _ids, "messages": _list}), max_size=2)}
            ),
            max_size=2,
        ),
        "user_preferences": _list,
        "user_id_update": _list,
        "state_sync": _value,
    },
)
_change = st.fixed_dictionaries(
    {
        "field": st.sampled_from([*_CUTTERS, *_READERS, "hologram"]) | _value,
        "value": _content | st.dictionaries(_names, _value, max_size=6) | _value,
    }
)


def outcome(body: bytes) -> object:
    try:
        return list(ADAPTER.parse(body, INBOX))
    except UnparsableError as error:
        return str(error)


@_quick
@given(st.lists(_change, max_size=3))
def test_any_webhook_is_cut_and_read_alike_twice(changes: list[dict[str, Any]]) -> None:
    request = signed(webhook(*changes))
    first, again = ([(one.key, one.sender, one.account) for one in ADAPTER.verify(request, INBOX)] for _time in range(2))
    assert first == again
    for envelope in ADAPTER.verify(request, INBOX):
        assert envelope.key
        assert envelope.sender
        assert outcome(envelope.body) == outcome(envelope.body)


@_quick
@given(_message, st.sampled_from(["message", "echo", "past"]))
def test_any_message_is_read_or_unparsable(message: dict[str, Any], name: str) -> None:
    body = orjson.dumps({"received_at": 1760000000, name: message, "contacts": [], "own": "46700000001"})
    assert outcome(body) == outcome(body)


@_quick
@given(_value.map(orjson.dumps) | st.binary(max_size=300))
def test_any_body_is_a_webhook_or_refused(body: bytes) -> None:
    try:
        ADAPTER.verify(signed(body), INBOX)
    except RefusedError as error:
        assert error.status == 400  # noqa: PT017  # most bodies are refused, and some are not


@_quick
@given(_value)
def test_any_stored_event_is_read_or_unparsable(value: Any) -> None:
    body = orjson.dumps(value)
    assert outcome(body) == outcome(body)
