"""Every kind of update and of content, as it is read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from channels_app.adapters.telegram.content import SERVICE
from channels_app.contract import UnparsableError
from conversations.normalised import (
    AddressChanged,
    Echo,
    Errand,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    Reachable,
    ReactionChanged,
    RemoteFile,
    Sender,
)
from tests.channels_app.telegram.updates import BOT, CHAT, GROUP, NOW, OWNER, ZOE, message, parsed

AT = datetime.fromtimestamp(NOW, UTC)
WHO = Sender("channel", "5", name="Zoë Lindqvist", language="pt-br", attributes={"Telegram": "@zoe"})
MENTION = {"text": "@shop_bot hi", "entities": [{"type": "mention", "offset": 0, "length": 9}]}


def one(payload: Any, kind: str = "message", **settings: Any) -> Any:
    [event] = parsed(kind, payload, **settings)
    return event


def file(reference: str, **parts: Any) -> dict[str, Any]:
    return {"file_id": reference, "file_unique_id": "u", **parts}


def test_text_is_a_message_of_its_sender() -> None:
    assert one(message(text="Olá 👋")) == InboundMessage(WHO, "900/5:41", AT, text="Olá 👋")


def test_formats_are_kept_and_links_shown() -> None:
    entities = [
        {"type": "text_link", "offset": 3, "length": 4, "url": "https://a.example/x"},
        {"type": "bold", "offset": 0, "length": 2},
    ]
    found = one(message(text="👋 here", entities=entities))
    assert found.text == "👋 here (https://a.example/x)"
    assert found.data["formats"] == [
        {"kind": "link", "start": 2, "end": 6, "url": "https://a.example/x"},
        {"kind": "bold", "start": 0, "end": 1},
    ]


_MEDIA: dict[str, tuple[dict[str, Any], str, tuple[RemoteFile, ...]]] = {
    "photo": (
        {
            "photo": [file("s", width=90, height=60, file_size=9), file("l", width=900, height=600, file_size=99)],
            "caption": "Lid",
        },
        "Lid",
        (RemoteFile({"file_id": "l"}, "photo.jpg", "image/jpeg", 99),),
    ),
    "video": (
        {"video": file("v", duration=7, file_name="a.mov", mime_type="video/quicktime", file_size=5)},
        "",
        (RemoteFile({"file_id": "v"}, "a.mov", "video/quicktime", 5),),
    ),
    "video_note": (
        {"video_note": file("n", length=240, duration=3)},
        "",
        (RemoteFile({"file_id": "n"}, "video-note.mp4", "video/mp4"),),
    ),
    "voice": ({"voice": file("o", duration=4)}, "", (RemoteFile({"file_id": "o"}, "voice.ogg", "audio/ogg"),)),
    "audio": ({"audio": file("a", mime_type="audio/mp4")}, "", (RemoteFile({"file_id": "a"}, "audio.mp3", "audio/mp4"),)),
    "document": (
        {"document": file("d", file_name="list.pdf", mime_type="application/pdf"), "caption": "Here"},
        "Here",
        (RemoteFile({"file_id": "d"}, "list.pdf", "application/pdf"),),
    ),
    "animation": (
        {"animation": file("g", duration=1), "document": file("g")},
        "",
        (RemoteFile({"file_id": "g"}, "animation.mp4", "video/mp4"),),
    ),
    "live_photo": (
        {"live_photo": file("f", photo=[file("p", width=9, height=9)])},
        "",
        (RemoteFile({"file_id": "p"}, "photo.jpg", "image/jpeg"), RemoteFile({"file_id": "f"}, "live.mp4", "video/mp4")),
    ),
    "paid_media": (
        {"paid_media": {"star_count": 3, "paid_media": [{"type": "preview"}, {"type": "photo", "photo": [file("x")]}]}},
        "",
        (RemoteFile({"file_id": "x"}, "photo.jpg", "image/jpeg"),),
    ),
}


@pytest.mark.parametrize("kind", _MEDIA)
def test_media_are_files_with_a_caption(kind: str) -> None:
    content, text, files = _MEDIA[kind]
    found = one(message(**content))
    assert (found.content_type, found.text, found.files) == (kind, text, files)


@pytest.mark.parametrize(
    ("facts", "name", "content_type"),
    [
        ({}, "sticker.webp", "image/webp"),
        ({"is_animated": True}, "sticker.tgs", "application/x-tgsticker"),
        ({"is_video": True}, "sticker.webm", "video/webm"),
    ],
)
def test_stickers_show_their_emoji(facts: dict[str, Any], name: str, content_type: str) -> None:
    found = one(message(sticker=file("s", emoji="😺", set_name="cats", **facts)))
    assert (found.content_type, found.text, found.data) == ("sticker", "😺", {"set": "cats"})
    assert found.files == (RemoteFile({"file_id": "s"}, name, content_type),)


MAP = "https://www.openstreetmap.org/?mlat=38.713900&mlon=-9.139400#map=16/38.713900/-9.139400"
_PLACE = {"latitude": 38.7139, "longitude": -9.1394}


def test_places_have_a_map() -> None:
    still = one(message(location=_PLACE))
    assert (still.content_type, still.text) == ("location", f"📍 {MAP}")
    assert still.data == {"location": {**_PLACE, "url": MAP}}
    live = one(message(location={**_PLACE, "live_period": 900}))
    assert live.data["location"]["live_seconds"] == 900
    venue = one(message(venue={"location": _PLACE, "title": "Castelo", "address": "Lisboa"}, location=_PLACE))
    assert (venue.content_type, venue.text) == ("venue", f"📍 Castelo, Lisboa\n{MAP}")


@pytest.mark.parametrize(
    ("content", "content_type", "text"),
    [
        ({"contact": {"phone_number": "+351910000000", "first_name": "Ana", "user_id": 5}}, "contact", "👤 Ana, +351910000000"),
        ({"poll": {"question": "Which?", "options": [{"text": "Blue"}, {"text": "Red"}]}}, "poll", "📊 Which?\n– Blue\n– Red"),
        ({"dice": {"emoji": "🎯", "value": 6}}, "dice", "🎯 6"),
        (
            {"checklist": {"title": "Kitchen", "tasks": [{"text": "Cups", "completion_date": 5}, {"text": "Plates"}]}},
            "checklist",
            "Kitchen\n☑ Cups\n☐ Plates",
        ),
        (
            {"rich_message": {"blocks": [
                {"type": "heading", "text": ["A ", {"type": "bold", "text": "list"}]},
                {"type": "list", "items": [{"blocks": [{"type": "paragraph", "text": "one"}]}]},
            ]}},
            "rich",
            "A list\none",
        ),
        ({"web_app_data": {"data": '{"size":"L"}', "button_text": "Size"}}, "web_app", '{"size":"L"}'),
    ],
)  # fmt: skip
def test_what_is_no_text_reads_as_one(content: dict[str, Any], content_type: str, text: str) -> None:
    found = one(message(**content))
    assert (found.content_type, found.text) == (content_type, text)


@pytest.mark.parametrize("kind", ["story", "game", "invoice", "gift", "giveaway", "passport_data", "holograms_of_2027"])
def test_what_only_the_app_can_show_is_a_placeholder(kind: str) -> None:
    found = one(message(**{kind: {"id": 1}}))
    assert (found.content_type, found.text, found.data) == ("unsupported", "", {"kind": kind})


def test_empty_message_is_a_placeholder() -> None:
    assert one(message()).data == {"kind": "empty"}


@pytest.mark.parametrize("kind", sorted(SERVICE - {"migrate_to_chat_id", "migrate_from_chat_id"}))
def test_service_messages_make_nothing(kind: str) -> None:
    assert parsed("message", message(**{kind: True})) == []


def test_how_a_message_stands_among_others_is_kept() -> None:
    found = one(
        message(
            text="Yes",
            media_group_id="alb",
            reply_to_message={"message_id": 40, "chat": CHAT, "date": 1},
            quote={"text": "Is it?", "position": 0},
            external_reply={"origin": {"type": "channel", "chat": {"id": -9, "title": "News", "username": "news"}}},
            reply_to_story={"chat": CHAT, "id": 12},
            forward_origin={"type": "hidden_user", "sender_user_name": "Somebody", "date": 1},
            via_bot={"id": 1, "username": "gif"},
            has_protected_content=True,
            message_thread_id=3,
        )
    )
    assert found.reply_to == "900/5:40"
    assert found.data == {
        "album": "alb",
        "quote": "Is it?",
        "external_reply": {"kind": "channel", "name": "News", "username": "news"},
        "reply_to_story": 12,
        "forwarded_from": {"kind": "hidden_user", "name": "Somebody"},
        "via_bot": "gif",
        "topic": 3,
        "is_protected": True,
    }


@pytest.mark.parametrize(
    ("text", "referral"),
    [("/start", None), ("/start summer_sale", "summer_sale"), ("/start@shop_bot x", "x"), ("/started x", None)],
)
def test_start_tells_the_link_they_came_by(text: str, referral: str | None) -> None:
    assert one(message(text=text)).data.get("referral") == referral


def test_message_of_a_bot_or_sent_while_away_is_automatic() -> None:
    assert one(message(text="x", **{"from": {**ZOE, "is_bot": True}})).is_automatic
    assert one(message(text="x", is_from_offline=True)).is_automatic
    assert not one(message(text="x")).is_automatic


def test_edits_of_text_and_caption() -> None:
    at = datetime.fromtimestamp(NOW + 9, UTC)
    assert one(message(text="new", edit_date=NOW + 9), "edited_message") == MessageEdited(WHO, "900/5:41", "new", at)
    photo = message(photo=[file("s")], caption="new", edit_date=NOW + 9)
    assert one(photo, "edited_message") == MessageEdited(WHO, "900/5:41", "new", at)
    assert parsed("edited_message", message(location={**_PLACE, "live_period": 900}, edit_date=NOW)) == []


@pytest.mark.parametrize(
    ("new", "emoji"),
    [
        ([], ""),
        ([{"type": "emoji", "emoji": "🔥"}], "🔥"),
        ([{"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "❤"}], "❤"),
        ([{"type": "emoji", "emoji": "👍"}, {"type": "custom_emoji", "custom_emoji_id": "1"}], "👍"),
        ([{"type": "custom_emoji", "custom_emoji_id": "1"}], "⭐"),
        ([{"type": "paid"}], "⭐"),
    ],
)
def test_reactions_and_their_removal(new: list[dict[str, Any]], emoji: str) -> None:
    payload = {"chat": CHAT, "message_id": 30, "user": ZOE, "date": NOW, "old_reaction": [], "new_reaction": new}
    assert one(payload, "message_reaction") == ReactionChanged(WHO, "900/5:30", emoji, AT)


def test_pressed_button_is_a_message_and_is_answered() -> None:
    keys = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}], [{"text": "No", "callback_data": "n"}]]}
    asked = {"message_id": 30, "chat": CHAT, "date": 1, "reply_markup": keys}
    pressed, errand = parsed("callback_query", {"id": "77", "from": ZOE, "message": asked, "data": "n"})
    assert pressed == InboundMessage(
        WHO,
        "900/callback:77",
        AT,
        text="No",
        content_type="button",
        data={"button": {"text": "No", "data": "n"}},
        reply_to="900/5:30",
    )
    assert errand == Errand("answer_callback", {"callback_query_id": "77"})


def test_button_of_a_message_too_old_to_be_seen() -> None:
    pressed, _errand = parsed(
        "callback_query", {"id": "77", "from": ZOE, "message": {"message_id": 3, "chat": CHAT, "date": 0}, "data": "n"}
    )
    assert isinstance(pressed, InboundMessage)
    assert (pressed.text, pressed.reply_to) == ("n", "900/5:3")


@pytest.mark.parametrize(
    ("status", "is_reachable"), [("kicked", False), ("left", False), ("member", True), ("administrator", True)]
)
def test_block_and_unblock(status: str, is_reachable: bool) -> None:
    payload = {"chat": CHAT, "from": ZOE, "date": NOW, "new_chat_member": {"user": BOT, "status": status}}
    assert one(payload, "my_chat_member") == Reachable(WHO, is_reachable, AT)


def test_group_moves() -> None:
    old, new = {**GROUP}, {"id": -100_077, "type": "supergroup", "title": "Potters"}
    group = Sender("channel", "-77", name="Potters")
    assert one(message(chat=old, migrate_to_chat_id=-100_077)) == AddressChanged(group, "-100077", AT)
    assert one(message(chat=new, migrate_from_chat_id=-77)) == AddressChanged(group, "-100077", AT)


@pytest.mark.parametrize(
    "content",
    [
        MENTION,
        {"text": "👋 @SHOP_bot", "entities": [{"type": "mention", "offset": 3, "length": 9}]},
        {"text": "/price@shop_bot", "entities": [{"type": "bot_command", "offset": 0, "length": 15}]},
        {"text": "Shop?", "entities": [{"type": "text_mention", "offset": 0, "length": 4, "user": BOT}]},
        {"text": "this one", "reply_to_message": {"message_id": 3, "chat": GROUP, "from": BOT}},
        {"photo": [file("s")], "caption": "@shop_bot", "caption_entities": [{"type": "mention", "offset": 0, "length": 9}]},
    ],
)
def test_group_message_that_addresses_the_bot_is_taken(content: dict[str, Any]) -> None:
    found = one(message(chat=GROUP, **content))
    assert found.sender == Sender("channel", "-77", name="Potters")
    assert found.data["author"] == {"id": "5", "name": "Zoë Lindqvist", "username": "zoe"}
    assert parsed("message", message(chat=GROUP, **content), groups="nothing") == []


@pytest.mark.parametrize(
    "content",
    [
        {"text": "shop_bot is nice"},
        {"text": "@other_bot", "entities": [{"type": "mention", "offset": 0, "length": 10}]},
        {"text": "/price", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]},
        {"text": "yes", "reply_to_message": {"message_id": 3, "chat": GROUP, "from": ZOE}},
    ],
)
def test_group_message_among_members_is_taken_only_where_all_are(content: dict[str, Any]) -> None:
    assert parsed("message", message(chat=GROUP, **content)) == []
    assert one(message(chat=GROUP, **content), groups="everything").text == content["text"]


def test_business_account_has_chats_of_its_own() -> None:
    found = one(message(text="Hi", business_connection_id="biz1"), "business_message")
    assert (found.sender.value, found.provider_id) == ("biz1:5", "900/biz1:5:41")
    assert found.data == {"answer_until": datetime.fromtimestamp(NOW + 86_400, UTC).isoformat()}


def test_what_the_owner_writes_is_an_echo_and_what_we_sent_is_none() -> None:
    sent = message(text="From the phone", business_connection_id="biz1", **{"from": OWNER})
    echo = one(sent, "business_message")
    assert isinstance(echo, Echo)
    assert (echo.to.value, echo.to.name, echo.text, echo.provider_id) == (
        "biz1:5",
        "Zoë Lindqvist",
        "From the phone",
        "900/biz1:5:41",
    )
    assert parsed("business_message", {**sent, "sender_business_bot": BOT}) == []


def test_business_messages_are_edited_and_deleted() -> None:
    edited = one(message(text="new", business_connection_id="biz1", edit_date=NOW), "edited_business_message")
    assert (edited.provider_id, edited.text) == ("900/biz1:5:41", "new")
    assert parsed("edited_business_message", message(text="x", business_connection_id="biz1", **{"from": OWNER})) == []
    gone = parsed("deleted_business_messages", {"business_connection_id": "biz1", "chat": CHAT, "message_ids": [41, 42]})
    assert [(type(one), one.provider_id) for one in gone if isinstance(one, MessageDeleted)] == [
        (MessageDeleted, "900/biz1:5:41"),
        (MessageDeleted, "900/biz1:5:42"),
    ]


@pytest.mark.parametrize(
    "kind",
    ["channel_post", "edited_channel_post", "guest_message", "message_reaction_count", "inline_query", "chosen_inline_result",
     "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "chat_member", "chat_join_request",
     "chat_boost", "removed_chat_boost", "managed_bot", "an_update_of_next_year"],
)  # fmt: skip
def test_kinds_that_are_none_of_a_conversations_make_nothing(kind: str) -> None:
    assert parsed(kind, {"id": "1", "from": ZOE, "chat": CHAT}) == []


@pytest.mark.parametrize("missing", ["message_id", "date", "chat"])
def test_message_without_what_it_must_have_cannot_be_read(missing: str) -> None:
    broken = {name: value for name, value in message(text="x").items() if name != missing}
    broken |= {"chat": {"type": "private"}} if missing == "chat" else {}
    with pytest.raises(UnparsableError):
        parsed("message", broken)


def test_time_beyond_the_calendar_cannot_be_read() -> None:
    with pytest.raises(UnparsableError):
        parsed("message", message(text="x", date=10**17))


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ({"rights": {"can_reply": True}, "is_enabled": True}, {"is_enabled": True, "can_reply": True}),
        ({"rights": {}, "is_enabled": True}, {"is_enabled": True, "can_reply": False}),
        ({"can_reply": True, "is_enabled": False}, {"is_enabled": False, "can_reply": True}),
    ],
)
def test_what_a_business_account_allows_is_kept(said: dict[str, Any], fact: dict[str, bool]) -> None:
    [errand] = parsed("business_connection", {"id": "biz1", "user": OWNER, "user_chat_id": 90, "date": NOW, **said})
    assert isinstance(errand, Errand)
    assert (errand.kind, errand.data["name"], errand.data["fact"]) == ("keep_business", "biz1", fact)
