"""A client that knows nothing of us, python-telegram-bot, takes the emulator for the platform."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import telegram
from PIL import Image
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter

from tests.emulators.running import TOKEN, Running

pytestmark = pytest.mark.usefixtures("_durations")

type Work = Callable[[telegram.Bot], Awaitable[Any]]

#: Everything that a customer can send or do here, as kinds of the control API.
KINDS = ("text", "start", "photo", "video", "animation", "audio", "voice", "video_note", "document", "sticker", "location",
         "venue", "contact", "poll", "dice", "checklist", "story", "web_app_data", "album")  # fmt: skip


@pytest.fixture
def _durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client warns of durations as numbers unless it is told that we know."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


def with_bot(emulator: Running, work: Work, token: str = TOKEN) -> Any:
    """Run what a program does with the client."""

    async def run() -> Any:
        base = f"{emulator.url}/bot"
        async with telegram.Bot(token, base_url=base, base_file_url=f"{emulator.url}/file/bot") as bot:
            return await work(bot)

    return asyncio.run(run())


def picture(width: int = 800, height: int = 600) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(target, "JPEG")
    return target.getvalue()


def unknown_fields(value: object) -> list[str]:
    """What the client found in an object of the platform without knowing it."""
    found: list[str] = []
    if isinstance(value, telegram.TelegramObject):
        found += value.api_kwargs
        for name in value.to_dict():
            found += unknown_fields(getattr(value, name, None))
    if isinstance(value, list | tuple):
        found += [name for one in value for name in unknown_fields(one)]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_client_knows_every_field_of_every_message(emulator: Running, kind: str) -> None:
    emulator.customer(kind, by={"id": 5, "first_name": "Zoë", "username": "zoe", "language_code": "pt"})
    updates = with_bot(emulator, lambda bot: bot.get_updates())
    assert updates
    assert [unknown_fields(one) for one in updates] == [[]] * len(updates)
    assert all(one.message is not None and one.message.from_user.first_name == "Zoë" for one in updates)


def test_client_knows_every_field_of_every_act(emulator: Running) -> None:
    with_bot(emulator, lambda bot: bot.get_updates(allowed_updates=telegram.Update.ALL_TYPES))
    first = emulator.customer(by=5)
    where = {"from": 5, "message_id": first["message_id"]}
    for kind in ("edit", "react", "press"):
        emulator.customer(kind, **where)
    emulator.customer("block", by=5)
    business = emulator.customer("business_connect", by=90)["business"]
    theirs = emulator.customer(business=business, by=5)
    emulator.customer("business_owner", business=business, by=5)
    emulator.customer("delete", business=business, message_id=theirs["message_id"], by=5)
    group = emulator.customer("group", by=5)["chat_id"]
    emulator.customer("migrate", chat=group, by=5)
    updates = with_bot(emulator, lambda bot: bot.get_updates())
    assert [unknown_fields(one) for one in updates] == [[]] * len(updates)
    kinds = [name for one in updates for name in one.to_dict() if name != "update_id"]
    assert set(kinds) == {
        "message", "edited_message", "message_reaction", "callback_query", "my_chat_member", "business_connection",
        "business_message", "deleted_business_messages",
    }  # fmt: skip


def test_offset_confirms_and_limit_limits(emulator: Running) -> None:
    numbers = [emulator.customer(text=str(number))["update_id"] for number in range(5)]

    async def work(bot: telegram.Bot) -> list[list[int]]:
        first = await bot.get_updates(limit=2)
        rest = await bot.get_updates(offset=numbers[2])
        last = await bot.get_updates(offset=-1)
        return [[one.update_id for one in some] for some in (first, rest, last)]

    assert with_bot(emulator, work) == [numbers[:2], numbers[2:], numbers[4:]]


def test_long_poll_ends_when_something_comes(emulator: Running) -> None:
    async def work(bot: telegram.Bot) -> str:
        poll = asyncio.create_task(bot.get_updates(timeout=20))
        await asyncio.sleep(0.2)
        await asyncio.to_thread(emulator.customer, text="there")
        [update] = await asyncio.wait_for(poll, 5)
        return str(update.message.text) if update.message else ""

    assert with_bot(emulator, work) == "there"


def test_two_polls_are_a_conflict(emulator: Running) -> None:
    async def work(bot: telegram.Bot) -> None:
        first = asyncio.create_task(bot.get_updates(timeout=20))
        await asyncio.sleep(0.2)
        await asyncio.to_thread(emulator.call, "getUpdates", offset=7)
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await first

    with_bot(emulator, work)


def test_poll_beside_a_webhook_is_a_conflict(emulator: Running) -> None:
    async def work(bot: telegram.Bot) -> telegram.WebhookInfo:
        await bot.set_webhook("http://127.0.0.1:9/hook", max_connections=7, allowed_updates=["message"])
        with pytest.raises(Conflict, match="can't use getUpdates"):
            await bot.get_updates()
        return await bot.get_webhook_info()

    info = with_bot(emulator, work)
    assert (info.url, info.max_connections, info.allowed_updates) == ("http://127.0.0.1:9/hook", 7, ("message",))


def test_what_is_sent_comes_back_as_a_message(emulator: Running) -> None:
    chat = emulator.customer(by=5)["chat_id"]

    async def work(bot: telegram.Bot) -> list[telegram.Message]:
        key = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Yes", callback_data="yes")]])
        bold = [telegram.MessageEntity("bold", 3, 2)]
        album = [telegram.InputMediaPhoto(picture()), telegram.InputMediaPhoto(picture(), caption="Two")]
        return [
            await bot.send_message(chat, "👋 ab", entities=bold, reply_markup=key),
            await bot.send_photo(chat, picture(), caption="Teal"),
            await bot.send_document(chat, b"%PDF-1.7", filename="a;b.pdf"),
            await bot.send_voice(chat, b"OggS"),
            await bot.send_location(chat, 38.7, -9.1),
            await bot.send_dice(chat),
            *(await bot.send_media_group(chat, album)),
        ]

    text, photo, document, *rest = with_bot(emulator, work)
    assert (text.text, text.entities[0].offset, text.reply_markup.inline_keyboard[0][0].callback_data) == ("👋 ab", 3, "yes")
    assert [(one.width, one.height) for one in photo.photo] == [(320, 240), (800, 600)]
    assert document.document.file_name == "a;b.pdf"
    assert rest[-1].media_group_id == rest[-2].media_group_id
    numbers = [one.message_id for one in (text, photo, document, *rest)]
    assert numbers == list(range(numbers[0], numbers[0] + 8))


def test_file_is_fetched_while_its_link_holds(emulator: Running) -> None:
    emulator.customer("document", file={"name": "list.pdf", "type": "application/pdf", "base64": "JVBERg=="}, by=5)

    async def work(bot: telegram.Bot) -> bytes:
        [update] = await bot.get_updates()
        assert update.message is not None
        assert update.message.document is not None
        found = await update.message.document.get_file()
        content = bytes(await found.download_as_bytearray())
        await asyncio.to_thread(emulator.advance, 3601)
        with pytest.raises(InvalidToken):  # how the client reads a 404
            await found.download_as_bytearray()
        return content

    assert with_bot(emulator, work) == b"%PDF"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Message text is empty"),
        (" \n", "Message text is empty"),
        ("x" * 4097, "Message is too long"),
        ("👋" * 2049, "Message is too long"),
    ],
)
def test_text_that_is_none_or_too_long_is_refused(emulator: Running, text: str, said: str) -> None:
    chat = emulator.customer(by=5)["chat_id"]
    with pytest.raises(BadRequest, match=said):
        with_bot(emulator, lambda bot: bot.send_message(chat, text))


def test_longest_text_is_taken(emulator: Running) -> None:
    chat = emulator.customer(by=5)["chat_id"]
    assert len(with_bot(emulator, lambda bot: bot.send_message(chat, "👋" * 2048)).text) == 2048


def test_refusals_come_in_the_platforms_words(emulator: Running) -> None:
    chat = emulator.customer(by=5)["chat_id"]

    async def work(bot: telegram.Bot) -> None:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(12345, "x")
        with pytest.raises(BadRequest, match="Message to be replied not found"):
            await bot.send_message(chat, "x", reply_to_message_id=999)
        key = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Long", callback_data="ä" * 33)]])
        with pytest.raises(BadRequest, match="Button_data_invalid"):
            await bot.send_message(chat, "x", reply_markup=key)
        with pytest.raises(BadRequest, match="cuts a character"):
            await bot.send_message(chat, "👋", entities=[telegram.MessageEntity("bold", 0, 1)])
        with pytest.raises(BadRequest, match="Photo_invalid_dimensions"):
            await bot.send_photo(chat, picture(2100, 100))
        sent = await bot.send_message(chat, "x")
        with pytest.raises(BadRequest, match="Message is not modified"):
            await bot.edit_message_text("x", chat, sent.message_id)
        with pytest.raises(BadRequest, match="Reaction_invalid"):
            await bot.set_message_reaction(chat, sent.message_id, "🦖")
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query("1")
        with pytest.raises(BadRequest, match="Wrong file_id"):
            await bot.get_file("nothing")

    with_bot(emulator, work)


def test_blocked_gone_and_moved_chats(emulator: Running) -> None:
    chat = emulator.customer("block", by=5)["chat_id"]
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        with_bot(emulator, lambda bot: bot.send_message(chat, "x"))
    emulator.customer("unblock", by={"id": 5, "is_deactivated": True})
    with pytest.raises(Forbidden, match="user is deactivated"):
        with_bot(emulator, lambda bot: bot.send_message(chat, "x"))
    group = emulator.customer("group", by=6)["chat_id"]
    new = emulator.customer("migrate", chat=group, by=6)["chat_id"]
    with pytest.raises(ChatMigrated) as moved:
        with_bot(emulator, lambda bot: bot.send_message(group, "x"))
    assert moved.value.new_chat_id == new
    emulator.customer("kick", chat=new, by=6)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        with_bot(emulator, lambda bot: bot.send_message(new, "x"))


def test_tokens_and_methods_that_are_none(emulator: Running) -> None:
    assert emulator.call("getMe", token="1:nobody") == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert emulator.call("getMe", token="no token")["error_code"] == 404
    assert emulator.call("sendTelepathy")["description"] == "Not Found: method not found"
    emulator.control("telegram/revocations")
    assert emulator.call("getMe")["error_code"] == 401


def test_too_many_messages_are_told_to_wait(emulator: Running) -> None:
    chat = emulator.customer(by=5)["chat_id"]
    emulator.control("clock", is_virtual=True)
    emulator.faults(chat_rate_limit={"per_s": 0.1, "burst": 1})

    async def work(bot: telegram.Bot) -> None:
        await bot.send_message(chat, "one")
        with pytest.raises(RetryAfter) as told:
            await bot.send_message(chat, "two")
        assert told.value.retry_after == timedelta(seconds=10)
        await asyncio.to_thread(emulator.advance, 10)
        await bot.send_message(chat, "two")

    with_bot(emulator, work)


def test_business_account_is_answered_for_a_day(emulator: Running) -> None:
    emulator.control("clock", is_virtual=True)
    business = emulator.customer("business_connect", by=90)["business"]
    chat = emulator.customer(business=business, by=5)["chat_id"]

    async def work(bot: telegram.Bot) -> telegram.Message:
        await asyncio.to_thread(emulator.advance, 24 * 3600)
        sent = await bot.send_message(chat, "in time", business_connection_id=business)
        await asyncio.to_thread(emulator.advance, 1)
        with pytest.raises(BadRequest, match="Business_peer_usage_missing"):
            await bot.send_message(chat, "late", business_connection_id=business)
        return sent

    sent = with_bot(emulator, work)
    assert sent.sender_business_bot is not None
    assert sent.from_user is not None
    assert (sent.from_user.id, sent.business_connection_id) == (90, business)
