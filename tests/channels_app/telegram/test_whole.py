"""Telegram through the running product: a customer in the emulator, the database behind the dashboard, and back."""

import time
from typing import Any

import httpx
import pytest
from django.core.exceptions import ValidationError

from channels_app.models import InboundEvent, InboxHealth, OutboundDelivery
from channels_app.services.connecting import ask_to_connect
from conversations.models import Attachment, ContactIdentity, Inbox, Message, MessageRevision, Reaction
from core.tenancy import scope
from tests.channels_app.telegram.shop import LIMIT, Shop, open_shop
from tests.emulators.running import TOKEN, Running
from tests.emulators.test_client import picture
from tests.harness.stack import Stack

Status = Message.Status


@pytest.fixture
def shop(telegram_line: Running, stack: Stack) -> Shop:
    stack.start()
    telegram_line.control("reset")
    return open_shop(telegram_line, stack)


ZOE = {"id": 5, "first_name": "Zoë", "last_name": "Lindqvist", "username": "zoe", "language_code": "pt"}


def test_connected_inbox_knows_its_bot(shop: Shop) -> None:
    assert (shop.inbox.settings["username"], shop.inbox.settings["bot_id"]) == ("shop_bot", "7000000001")
    info = shop.emulator.call("getWebhookInfo")["result"]
    assert info["url"] == f"{shop.stack.edge_url}/hooks/telegram/{shop.inbox.key}"


def test_customer_writes_and_is_answered(shop: Shop) -> None:
    first = shop.emulator.customer(by=ZOE, text="Olá 👋")
    [message] = shop.inbound(1)
    assert (message.body, message.content_type) == ("Olá 👋", "text")
    contact = message.author_contact
    assert contact is not None
    assert (contact.name, contact.language) == ("Zoë Lindqvist", "pt")
    reply = shop.reply(message.conversation, "**Bom dia**, Zoë!", reply_to=message)
    sent = shop.settled(reply, Status.SENT)
    [call] = shop.emulator.outbox("sendMessage")
    assert call["params"]["text"] == "Bom dia, Zoë!"
    assert call["params"]["reply_parameters"]["message_id"] == first["message_id"]
    assert sent.provider_id == f"7000000001/5:{call['message_ids'][0]}"


def test_photos_albums_and_voice_arrive_with_their_files(shop: Shop) -> None:
    shop.emulator.customer("photo", by=ZOE, caption="The lid")
    shop.emulator.customer("album", by=ZOE, count=4, caption="All of them")
    shop.emulator.customer("voice", by=ZOE)
    found = shop.inbound(6)
    assert [one.content_type for one in found] == ["photo"] * 5 + ["voice"]
    assert len({one.conversation_id for one in found}) == 1
    albums = {one.data.get("album") for one in found[1:5]}
    assert len(albums) == 1
    assert found[0].data.get("album") is None
    files = shop.seen(lambda: rows if len(rows := list(_files(shop))) == 6 else None)
    assert [one.content_type for one in files] == ["image/jpeg"] * 5 + ["audio/ogg"]
    assert all(one.preview_name for one in files[:5])


def _files(shop: Shop) -> Any:
    return Attachment.objects.filter(message__inbox=shop.inbox, state=Attachment.State.ATTACHED).order_by("message_id")


def test_files_go_out_as_an_album(shop: Shop) -> None:
    shop.emulator.customer(by=ZOE)
    [message] = shop.inbound(1)
    reply = shop.reply(message.conversation, "Both", picture(300, 200), picture(200, 300))
    shop.settled(reply, Status.SENT)
    [call] = shop.emulator.outbox("sendMediaGroup")
    assert len(call["message_ids"]) == 2
    shop.emulator.customer("react", by=5, message_id=call["message_ids"][0], emoji="🔥")
    shop.seen(lambda: Reaction.objects.filter(message=reply).exists())


def test_customer_edits_and_reacts(shop: Shop) -> None:
    first = shop.emulator.customer(by=ZOE, text="one")
    [message] = shop.inbound(1)
    shop.emulator.customer("edit", by=5, message_id=first["message_id"], text="two")
    shop.seen(lambda: MessageRevision.objects.filter(message=message).exists())
    [edited] = shop.inbound(1)
    assert edited.body == "two"
    reply = shop.settled(shop.reply(message.conversation, "Thanks"), Status.SENT)
    number = int(reply.provider_id.rpartition(":")[2])
    shop.emulator.customer("react", by=5, message_id=number, emoji=["👍", "❤"])
    reaction = shop.seen(lambda: Reaction.objects.filter(message=reply).first())
    assert reaction.emoji == "❤"
    shop.emulator.customer("react", by=5, message_id=number, emoji=[])
    shop.seen(lambda: not Reaction.objects.filter(message=reply).exists())


def test_pressed_button_is_shown_and_answered(shop: Shop) -> None:
    first = shop.emulator.customer(by=ZOE)
    shop.inbound(1)
    shop.emulator.customer("press", by=5, message_id=first["message_id"], data="size:l")
    _hello, pressed = shop.inbound(2)
    assert (pressed.content_type, pressed.data["button"]["data"]) == ("button", "size:l")
    deadline = time.monotonic() + LIMIT
    while not shop.emulator.outbox("answerCallbackQuery"):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_too_fast_waits_and_arrives_once_in_order(shop: Shop) -> None:
    shop.emulator.customer(by=ZOE)
    [message] = shop.inbound(1)
    told = {"description": "Too Many Requests: retry after 2", "parameters": {"retry_after": 2}}
    shop.emulator.faults(http_errors=[{"match": "sendMessage", "code": 429, "body": told, "times": 2}])
    last = [shop.reply(message.conversation, str(number)) for number in range(3)][-1]
    shop.settled(last, Status.SENT)
    assert [one["params"]["text"] for one in shop.emulator.outbox("sendMessage")] == ["0", "1", "2"]


def test_blocked_customer_is_told_to_the_agent(shop: Shop) -> None:
    shop.emulator.customer(by=ZOE)
    [message] = shop.inbound(1)
    shop.emulator.customer("block", by=5)
    shop.seen(lambda: ContactIdentity.objects.filter(contact=message.author_contact, is_reachable=False).exists())
    failed = shop.settled(shop.reply(message.conversation, "Anybody there?"), Status.FAILED)
    assert failed.error_code == "blocked"
    shop.emulator.customer(by=ZOE, text="I am back")
    shop.seen(lambda: ContactIdentity.objects.filter(contact=message.author_contact, is_reachable=True).exists())


def test_group_that_moves_keeps_its_conversation(shop: Shop) -> None:
    group = shop.emulator.customer("group", by=ZOE, title="Potters")["chat_id"]
    mention: dict[str, Any] = {"text": "@shop_bot hi", "entities": [{"type": "mention", "offset": 0, "length": 9}]}
    shop.emulator.customer(by=ZOE, chat=group, text="among us")
    shop.emulator.customer(by=ZOE, chat=group, **mention)
    [message] = shop.inbound(1)
    assert message.author_contact is not None
    assert (message.body, message.author_contact.name) == ("@shop_bot hi", "Potters")
    new = shop.emulator.customer("migrate", by=ZOE, chat=group, silent=True)["chat_id"]
    shop.settled(shop.reply(message.conversation, "Hello group"), Status.SENT)
    assert [one["params"]["chat_id"] for one in shop.emulator.outbox("sendMessage") if one["status"] == 200] == [new]
    shop.emulator.customer(by=ZOE, chat=new, **mention)
    _first, second = shop.inbound(2)
    assert second.conversation_id == message.conversation_id


def test_revoked_token_stops_the_inbox_and_nothing_is_lost(shop: Shop) -> None:
    shop.emulator.customer(by=ZOE)
    [message] = shop.inbound(1)
    shop.emulator.control("telegram/revocations")
    last = [shop.reply(message.conversation, str(number)) for number in range(3)][-1]
    health = shop.seen(lambda: InboxHealth.objects.filter(inbox=shop.inbox, stopped_at__isnull=False).first())
    assert health.error_code == "token_void"
    shop.emulator.control("telegram/revocations", is_revoked=False)
    with scope(shop.workspace.pk):
        ask_to_connect(shop.inbox)
    shop.settled(last, Status.SENT)
    assert [one["params"]["text"] for one in shop.emulator.outbox("sendMessage")] == ["0", "1", "2"]


def test_message_in_doubt_is_never_doubled(shop: Shop) -> None:
    shop.emulator.customer(by=ZOE)
    [message] = shop.inbound(1)
    shop.emulator.faults(resets=[{"match": "sendMessage"}])
    doubtful = shop.reply(message.conversation, "Did it arrive?")
    assert shop.settled(doubtful, Status.UNKNOWN).error_code == "unconfirmed"
    shop.settled(shop.reply(message.conversation, "The next one"), Status.SENT)
    assert [one["params"]["text"] for one in shop.emulator.outbox("sendMessage")] == ["Did it arrive?", "The next one"]


def test_owner_of_a_business_account_answers_on_the_phone(shop: Shop) -> None:
    business = shop.emulator.customer("business_connect", by={"id": 90, "first_name": "Ana"})["business"]
    shop.emulator.customer(by=ZOE, business=business, text="Are you open?")
    [message] = shop.inbound(1)
    shop.emulator.customer("business_owner", by=5, business=business, text="Yes!")
    [echo] = shop.seen(lambda: shop.messages(kind="outbound"))
    assert (echo.body, echo.conversation_id, echo.status) == ("Yes!", message.conversation_id, Status.SENT)
    shop.settled(shop.reply(message.conversation, "Until six."), Status.SENT)
    [call] = shop.emulator.outbox("sendMessage")
    assert call["params"]["business_connection_id"] == business
    time.sleep(1)
    assert len(shop.seen(lambda: shop.messages(kind="outbound"))) == 2


def test_business_account_that_allows_no_replies_gets_none(shop: Shop) -> None:
    ana = {"id": 90, "first_name": "Ana"}
    business = shop.emulator.customer("business_connect", by=ana)["business"]
    shop.seen(lambda: _can_reply(shop, business) is True)
    shop.emulator.customer(by=ZOE, business=business, text="Are you open?")
    [message] = shop.inbound(1)
    shop.emulator.faults(rate_limit={"per_s": 0.2, "burst": 0})
    waiting = shop.reply(message.conversation, "Until six.")
    shop.emulator.customer("business_connect", by=ana, business=business, can_reply=False)
    shop.seen(lambda: _can_reply(shop, business) is False)
    with pytest.raises(ValidationError, match="does not let the bot reply"):
        shop.reply(shop.inbound(1)[0].conversation, "Until seven.")
    assert shop.settled(waiting, Status.FAILED).error_code == "business_no_reply"
    shop.emulator.faults()
    shop.emulator.customer("business_connect", by=ana, business=business, can_reply=True)
    shop.seen(lambda: _can_reply(shop, business) is True)
    shop.settled(shop.reply(shop.inbound(1)[0].conversation, "Until eight."), Status.SENT)
    assert [one["params"]["text"] for one in shop.emulator.outbox("sendMessage")] == ["Until eight."]


def _can_reply(shop: Shop, business: str) -> bool | None:
    """What is known of the account; nothing until its errand has run, which waits for nobody's message."""
    known: dict[str, Any] = Inbox.objects.get(pk=shop.inbox.pk).settings.get("business", {}).get(business, {})
    return known.get("can_reply")


def test_outage_loses_nothing_and_keeps_the_order(shop: Shop) -> None:
    shop.stack.kill("edge")
    for number in range(5):
        shop.emulator.customer(by=ZOE, text=f"zoë {number}")
        shop.emulator.customer(by={"id": 6, "first_name": "Seun"}, text=f"seun {number}")
    time.sleep(1.5)
    shop.stack.restart("edge")
    bodies = [one.body for one in shop.inbound(10)]
    for name in ("zoë", "seun"):
        assert [one for one in bodies if one.startswith(name)] == [f"{name} {number}" for number in range(5)]


def test_forged_update_is_refused(shop: Shop) -> None:
    url = f"{shop.stack.edge_url}/hooks/telegram/{shop.inbox.key}"
    update = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "x"}}
    for secret in ("", "guess", shop.inbox.settings["secret"]):
        assert httpx.post(url, json=update, headers={"x-telegram-bot-api-secret-token": secret}).status_code == 401
    assert not shop.stack.logs("edge").count(TOKEN)


@pytest.mark.parametrize(("customers", "each"), [(30, 10)])
def test_doubled_and_shuffled_events_come_once(shop: Shop, customers: int, each: int) -> None:
    """Within a chat the platform keeps the order; doubled events come again after the first."""
    shop.emulator.faults(duplicate_rate=0.1, delay_ms=20)
    for number in range(each):
        for customer in range(customers):
            shop.emulator.customer(by={"id": 100 + customer, "first_name": f"C{customer}"}, text=f"{customer} says {number}")
    total = customers * each
    shop.seen(lambda: InboundEvent.objects.filter(inbox=shop.inbox, state="applied").count() >= total, 90)
    found = shop.inbound(total)
    assert len(found) == total
    assert len(shop.emulator.read("deliveries")) > total
    by_chat: dict[object, list[str]] = {}
    for message in found:
        by_chat.setdefault(message.conversation_id, []).append(message.body)
    expected = [[f"{customer} says {number}" for number in range(each)] for customer in range(customers)]
    assert sorted(by_chat.values()) == sorted(expected)


def test_nothing_shows_the_token(shop: Shop) -> None:
    shop.emulator.customer("photo", by=ZOE)
    [message] = shop.inbound(1)
    shop.settled(shop.reply(message.conversation, "x"), Status.SENT)
    logs = shop.stack.logs()
    assert "http.call" in logs
    assert TOKEN not in logs
    assert TOKEN.partition(":")[2] not in logs
    with scope(shop.workspace.pk):
        assert not OutboundDelivery.objects.filter(inbox=shop.inbox, error_code__contains=":").exists()
