"""Every kind of event of a page and of an Instagram account, read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from channels_app.adapters.instagram.adapter import ADAPTER as INSTAGRAM
from channels_app.adapters.messenger.adapter import ADAPTER as MESSENGER
from channels_app.adapters.meta.cutting import RECEIVED_AT
from channels_app.contract import Adapter, InboxConfig, RawRequest, UnparsableError
from conversations.normalised import (
    AccountNotice,
    Echo,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    Normalised,
    ReactionChanged,
    Receipt,
    RemoteFile,
    SeenUntil,
    Sender,
)
from tests.channels_app.messenger.samples import (
    ACCOUNT,
    ACCOUNT_INBOX,
    AT,
    LOGIN_SECRET,
    PAGE,
    PAGE_INBOX,
    PERSON,
    SECRET,
    event,
    on_instagram,
    on_page,
    signed,
    text,
    webhook,
)

NOW = datetime.fromtimestamp(AT / 1000, UTC)
ZOE = Sender("channel", PERSON)
CDN = "https://scontent.fbcdn.net/v/t1/photo.jpg?oh=1"


def attached(*attachments: dict[str, Any], **more: Any) -> dict[str, Any]:
    return event(message={"mid": "m_1", "attachments": list(attachments), **more})


def file(kind: str, url: str = CDN, **more: Any) -> dict[str, Any]:
    return {"type": kind, "payload": {"url": url, **more}}


def only(found: list[Normalised]) -> InboundMessage:
    assert len(found) == 1
    assert isinstance(found[0], InboundMessage)
    return found[0]


def test_text_with_its_reply() -> None:
    found = only(on_page(event(message=text(reply_to={"mid": "m_0"}))))
    assert found == InboundMessage(ZOE, "m_1", NOW, "Hello 1", reply_to="m_0")


@pytest.mark.parametrize(
    ("kind", "shown", "name"),
    [("image", "photo", "photo.jpg"), ("video", "video", "photo.jpg"), ("audio", "audio", "photo.jpg"),
     ("file", "document", "photo.jpg"), ("sticker", "sticker", "photo.jpg")],
)  # fmt: skip
def test_file_is_fetched_from_its_address(kind: str, shown: str, name: str) -> None:
    found = only(on_page(attached(file(kind))))
    assert (found.content_type, found.text, found.files) == (shown, "", (RemoteFile({"url": CDN}, name),))


def test_album_is_one_message_with_its_files() -> None:
    found = only(on_page(attached(file("image"), file("image", CDN + "2"), file("video"))))
    assert (found.content_type, len(found.files)) == ("photo", 3)


@pytest.mark.parametrize("kinds", [("image",), ("sticker",), ("image", "sticker"), ("sticker", "image")])
def test_sticker_is_one_however_often_it_comes(kinds: tuple[str, ...]) -> None:
    found = only(on_page(attached(*(file(one, sticker_id=555) for one in kinds))))
    assert (found.content_type, len(found.files)) == ("sticker", 1)


def test_thumb_is_a_sign() -> None:
    found = only(on_page(attached(file("image", sticker_id=369239263222822))))
    assert (found.content_type, found.text, found.files) == ("sticker", "👍", ())


def test_heart_without_a_payload() -> None:
    found = only(on_instagram(event(ACCOUNT, message={"mid": "m", "attachments": [{"type": "like_heart"}]})))
    assert (found.content_type, found.text) == ("sticker", "❤️")


@pytest.mark.parametrize("kind", ["share", "reel", "ig_reel", "ig_post", "template"])
def test_what_is_somebody_elses_is_a_link(kind: str) -> None:
    found = only(on_page(attached(file(kind, "https://www.instagram.com/p/1", title="Blue bowls", reel_video_id="9"))))
    assert (found.content_type, found.text, found.files) == ("share", "Blue bowls\nhttps://www.instagram.com/p/1", ())
    assert found.data["share"]["kind"] == kind


def test_fallback_names_its_page() -> None:
    given = {"type": "fallback", "payload": None, "title": "Bowls", "url": "https://bowls.example"}
    assert only(on_page(attached(given, text="See"))).text == "See\nBowls\nhttps://bowls.example"


def test_address_that_is_none_leads_nowhere() -> None:
    assert only(on_page(attached(file("image", "file:///etc/passwd")))).files == ()
    assert "url" not in only(on_page(attached(file("share", "javascript:alert(1)")))).data["share"]


def test_location() -> None:
    found = only(on_page(attached({"type": "location", "payload": {"coordinates": {"lat": 38.7, "long": -9.1}}})))
    assert (found.content_type, found.data["location"]["latitude"]) == ("location", 38.7)


def test_quick_reply_and_postback_are_buttons() -> None:
    answered = only(on_page(event(message=text(quick_reply={"payload": "YES"}))))
    assert (answered.content_type, answered.text, answered.data["button"]["data"]) == ("button", "Hello 1", "YES")
    pressed = only(on_page(event(postback={"mid": "m_2", "title": "Start", "payload": "GO"})))
    assert (pressed.provider_id, pressed.text, pressed.data["button"]["data"]) == ("m_2", "Start", "GO")
    without = event(postback={"title": "Start", "payload": "GO"})
    assert only(on_page(without)).provider_id == only(on_page(without)).provider_id != ""


def test_referral_of_a_message_and_alone() -> None:
    advertised = {"source": "ADS", "type": "OPEN_THREAD", "ad_id": "6", "ads_context_data": {"ad_title": "Spring"}}
    assert only(on_page(event(message=text(referral=advertised)))).data["referral"]["headline"] == "Spring"
    product = only(on_instagram(event(ACCOUNT, message=text(referral={"product": {"id": "55"}}))))
    assert product.data == {"product": {"id": "55"}}
    came = only(on_page(event(referral={"ref": "summer", "source": "SHORTLINK", "type": "OPEN_THREAD"})))
    assert (came.content_type, came.text, came.is_automatic) == ("referral", "↗ summer", True)


def test_echo_of_our_own_is_its_proof_and_another_is_told() -> None:
    reference = uuid4()
    own = event(by_account=True, message=text(is_echo=True, app_id=9, metadata=str(reference)))
    assert on_page(own) == [Receipt("m_1", "sent", NOW, message=reference)]
    foreign = event(by_account=True, message=text(is_echo=True, app_id=26390, metadata="other"))
    assert on_page(foreign) == [Echo(ZOE, "m_1", NOW, "Hello 1")]


def test_customer_cannot_prove_a_send_of_ours() -> None:
    assert isinstance(on_page(event(message=text(metadata=str(uuid4()))))[0], InboundMessage)


def test_edit_unsend_and_reactions() -> None:
    assert on_page(event(message_edit={"mid": "m_1", "text": "Better", "num_edit": 1})) == [
        MessageEdited(ZOE, "m_1", "Better", NOW)
    ]
    gone = event(ACCOUNT, message={"mid": "m_1", "is_deleted": True})
    assert on_instagram(gone) == [MessageDeleted(ZOE, "m_1", NOW)]
    ours = event(ACCOUNT, by_account=True, message={"mid": "m_1", "is_deleted": True, "is_echo": True})
    assert on_instagram(ours) == [MessageDeleted(ZOE, "m_1", NOW, by_company=True)]
    reaction = {"mid": "m_1", "action": "react", "reaction": "love", "emoji": "❤"}
    assert on_page(event(reaction=reaction)) == [ReactionChanged(ZOE, "m_1", "❤", NOW)]
    assert on_page(event(reaction={**reaction, "action": "unreact"})) == [ReactionChanged(ZOE, "m_1", "", NOW)]
    assert on_page(event(by_account=True, reaction=reaction)) == []


def test_deliveries_and_reads() -> None:
    both = on_page(event(delivery={"mids": ["m_1", "m_2"], "watermark": AT}))
    assert both == [
        Receipt("m_1", "delivered", NOW), Receipt("m_2", "delivered", NOW), SeenUntil(ZOE, "delivered", NOW, NOW),
    ]  # fmt: skip
    assert on_page(event(delivery={"watermark": AT})) == [SeenUntil(ZOE, "delivered", NOW, NOW)]
    assert on_page(event(read={"watermark": AT})) == [SeenUntil(ZOE, "read", NOW, NOW)]
    assert on_instagram(event(ACCOUNT, read={"mid": "m_1"})) == [Receipt("m_1", "read", NOW)]


def test_story_is_an_address_and_no_file() -> None:
    mention = only(on_instagram(event(ACCOUNT, message={"mid": "m", "attachments": [file("story_mention")]})))
    assert (mention.content_type, mention.files) == ("story", ())
    assert mention.data["story"] == {"kind": "mention", "url": CDN, "expires_at": "2025-10-10T08:53:20+00:00"}
    replied = only(on_instagram(event(ACCOUNT, message=text(reply_to={"story": {"id": "s1", "url": CDN}}))))
    assert (replied.content_type, replied.text, replied.files, replied.data["story"]["kind"]) == ("story", "Hello 1", (), "reply")


def test_what_is_unsupported_keeps_its_place_and_self_makes_nothing() -> None:
    assert only(on_instagram(event(ACCOUNT, message={"mid": "m", "is_unsupported": True}))).content_type == "unsupported"
    assert only(on_page(attached({"type": "hologram"}))).data == {"kind": "hologram"}
    assert only(on_page(event(message={"mid": "m"}))).data == {"kind": "empty"}
    alone = {**event(ACCOUNT, message=text(is_self=True)), "sender": {"id": ACCOUNT}}
    assert on_instagram(alone) == []


@pytest.mark.parametrize(
    "what",
    [
        {"optin": {"type": "notification_messages", "notification_messages_token": "t"}},
        {"pass_thread_control": {"new_owner_app_id": "9"}},
        {"account_linking": {"status": "linked"}},
        {"messaging_feedback": {"feedback_screens": []}},
        {"tomorrow": {"x": 1}},
    ],
)
def test_what_nobody_said_makes_nothing(what: dict[str, Any]) -> None:
    assert on_page(event(**what)) == []


def test_standby_is_told_and_wakes_nobody() -> None:
    found = only(on_page(event(message=text()), name="standby"))
    assert (found.text, found.is_automatic, found.data) == ("Hello 1", True, {"standby": True})
    assert only(on_page(event(postback={"title": "Start"}), name="standby")).text == "Start"


def test_policy_enforcement_is_the_pages() -> None:
    blocked = {"recipient": {"id": PAGE}, "timestamp": AT, "policy_enforcement": {"action": "block", "reason": "Spam"}}
    assert on_page(blocked) == [AccountNotice({"restriction": "block", "violation": "Spam"}, "page_blocked")]
    freed = {**blocked, "policy_enforcement": {"action": "unblock"}}
    assert on_page(freed) == [AccountNotice({"restriction": "–", "violation": "–"})]


def test_test_button_sends_texts_for_numbers() -> None:
    value = {"sender": {"id": "12334"}, "recipient": {"id": "23245"}, "timestamp": "1760000000", "message": text()}
    found = only(on_instagram({"field": "messages", "value": value}, name="changes"))
    assert (found.sender.value, found.occurred_at, found.text) == ("12334", NOW, "Hello 1")


def test_comment_is_a_message_that_an_answer_can_name() -> None:
    value = {"id": "17", "from": {"id": PERSON, "username": "zoe"}, "media": {"id": "88"}, "text": "How much?"}
    for field in ("comments", "live_comments"):
        found = only(on_instagram({"field": field, "value": value}, name="changes"))
        assert (found.provider_id, found.sender, found.text) == ("comment:17", Sender("channel", PERSON, "zoe"), "How much?")
        assert (found.content_type, found.data) == ("comment", {"comment": {"id": "17", "post": "88"}})
    own = {**value, "from": {"id": ACCOUNT}}
    assert on_instagram({"field": "comments", "value": own}, name="changes") == []


def test_comment_on_a_page_is_changed_and_taken_back() -> None:
    value = {"item": "comment", "verb": "add", "comment_id": "1_2", "post_id": "1", "from": {"id": PERSON, "name": "Zoë"},
             "message": "Nice", "created_time": 1_760_000_000}  # fmt: skip

    def heard(**changes: Any) -> list[Normalised]:
        return on_page({"field": "feed", "value": {**value, **changes}}, name="changes")

    assert only(heard()).occurred_at == NOW
    assert isinstance(heard(verb="edited", message="Nicer")[0], MessageEdited)
    assert isinstance(heard(verb="remove")[0], MessageDeleted)
    assert heard(item="like") == heard(verb="hide") == []


def test_time_that_is_missing_is_that_of_arrival() -> None:
    stored = {RECEIVED_AT: 1_760_000_000, "account": PAGE, "list": "messaging",
              "event": {"sender": {"id": PERSON}, "recipient": {"id": PAGE}, "message": text()}}  # fmt: skip
    assert only(list(MESSENGER.parse(orjson.dumps(stored), PAGE_INBOX))).occurred_at == NOW


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["message", "message_edit", "reaction", "delivery", "read", "postback", "referral", "policy_enforcement", "sender",
     "recipient", "timestamp", "field", "value"]
)  # fmt: skip
PARTS = st.sampled_from(
    ["mid", "text", "attachments", "type", "payload", "url", "sticker_id", "coordinates", "reply_to", "story", "quick_reply",
     "is_echo", "is_deleted", "metadata", "watermark", "mids", "title", "id", "from", "item", "verb", "created_time", "action"]
)  # fmt: skip
DEEP = st.dictionaries(
    PARTS, JSON | st.dictionaries(PARTS, JSON, max_size=4) | st.lists(st.dictionaries(PARTS, JSON)), max_size=6
)


@pytest.mark.parametrize("adapter", [MESSENGER, INSTAGRAM], ids=["messenger", "instagram"])
@pytest.mark.drill
def test_any_event_is_read_or_quarantined(adapter: Adapter) -> None:
    is_page = adapter is MESSENGER
    inbox, secret = (PAGE_INBOX, SECRET) if is_page else (ACCOUNT_INBOX, LOGIN_SECRET)
    about, account = ("page", PAGE) if is_page else ("instagram", ACCOUNT)
    came: Counter[str] = Counter()

    @settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(body=st.dictionaries(NAMES, DEEP | JSON, max_size=5), name=st.sampled_from(["messaging", "standby", "changes"]))
    def check(body: dict[str, Any], name: str) -> None:
        raw = webhook({**event(account), **body}, account=account, about=about, name=name)
        found = outcome(adapter, signed(raw, secret), inbox)
        came["cause" if isinstance(found, str) else "something" if found else "nothing"] += 1
        if isinstance(found, str):
            assert 0 < len(found) <= 200
            return
        for one in found:
            assert_storable(one, account)

    check()
    assert set(came) == {"something", "nothing", "cause"}


def outcome(adapter: Adapter, request: RawRequest, inbox: InboxConfig) -> Sequence[Normalised] | str:
    """What an authentic webhook of one event says, or why it is quarantined. Fails when it is neither."""
    (envelope,) = adapter.verify(request, inbox)
    try:
        found = adapter.parse(envelope.body, inbox)
    except UnparsableError as error:
        return str(error)
    assert found == adapter.parse(envelope.body, inbox)
    return found


def assert_storable(one: Normalised, account: str) -> None:
    """What an event says can be stored: it is about a message and a person, at a time, in characters that Postgres takes."""
    assert b"\\u0000" not in orjson.dumps(asdict(one), default=repr)
    if isinstance(one, AccountNotice):
        return
    assert isinstance(one, InboundMessage | Echo | MessageDeleted | MessageEdited | ReactionChanged | Receipt | SeenUntil)
    assert one.occurred_at.tzinfo is not None
    if not isinstance(one, SeenUntil):
        assert one.provider_id
    if not isinstance(one, Receipt):
        sender = one.to if isinstance(one, Echo) else one.sender
        assert sender.value not in ("", account)
