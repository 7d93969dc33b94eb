"""WhatsApp through the running product: customers in the emulator, the database behind the dashboard, and back."""

import time
from typing import Any

import httpx
import pytest

from channels_app.emulators.graph.signing import signature
from channels_app.models import InboundEvent, InboxAccount, InboxHealth, OutboundDelivery
from channels_app.registry import adapter_of
from channels_app.services.connecting import ask_to_connect
from conversations.models import Attachment, Contact, ContactIdentity, DeliveryReceipt, Inbox, Message, MessageRevision, Reaction
from core.tenancy import scope
from tests.channels_app.telegram.shop import LIMIT, Shop
from tests.channels_app.whatsapp.conftest import change, webhook
from tests.emulators.running import Running
from tests.emulators.test_client import picture
from tests.factories import make_user, make_workspace
from tests.harness.stack import Stack

Status = Message.Status
ZOE = {"phone": "46700000001", "user_id": "SE.1000001", "name": "Zoë Lindqvist", "username": "zoe"}


def open_shop(emulator: Running, stack: Stack, *, number: int = 1, app: str = "") -> Shop:
    """Make a number and a workspace, and connect them. Without an app the number gets one of its own."""
    made = emulator.control("whatsapp/numbers", id=f"10000000000100{number}", waba=f"20000000000100{number}", app=app)
    agent = make_user("Kwame Mensah")
    workspace = make_workspace(owner=agent)
    given = {"phone_number_id": made["number"], "waba_id": made["waba"], "token": made["token"], "app_secret": made["app_secret"]}
    with scope(workspace.pk):
        inbox = Inbox(name="WhatsApp", channel="whatsapp", settings=adapter_of("whatsapp").new_settings({**given, "pin": ""}))
        inbox.save(force_insert=True)
        ask_to_connect(inbox)
    shop = Shop(stack, emulator, workspace, inbox, agent)
    shop.seen(lambda: InboxHealth.objects.filter(inbox=inbox, connected_at__isnull=False).exists())
    with scope(workspace.pk):
        inbox.refresh_from_db()
    return shop


@pytest.fixture
def shop(whatsapp_line: Running, stack: Stack) -> Shop:
    stack.start()
    whatsapp_line.control("reset")
    return open_shop(whatsapp_line, stack)


def does(shop: Shop, kind: str = "text", by: Any = ZOE, **given: Any) -> dict[str, Any]:
    number = shop.inbox.settings["phone_number_id"]
    found: dict[str, Any] = shop.emulator.control("whatsapp/inbound", **{"kind": kind, "from": by, "number": number, **given})
    return found


def sent_texts(shop: Shop) -> list[str]:
    found = shop.emulator.read("whatsapp/outbox", connection=shop.inbox.settings["phone_number_id"])
    return [one["body"]["text"]["body"] for one in found if one["status"] == 200 and one["body"].get("type") == "text"]


def test_customer_writes_is_answered_and_reads(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        account = InboxAccount.objects.get(inbox=shop.inbox)
    assert (account.account, account.parent) == (shop.inbox.settings["phone_number_id"], shop.inbox.settings["waba_id"])
    asked = does(shop, text="Olá 👋")
    [message] = shop.inbound(1)
    assert message.body == "Olá 👋"
    assert message.author_contact is not None
    assert message.author_contact.name == "Zoë Lindqvist"
    reply = shop.reply(message.conversation, "Bom dia!", reply_to=message)
    shop.settled(reply, Status.DELIVERED)
    does(shop, "read")
    shop.settled(reply, Status.READ)
    [posted] = [one for one in shop.emulator.read("whatsapp/outbox") if one["body"].get("type") == "text"]
    assert posted["body"]["context"] == {"message_id": asked["message"]}
    chat = shop.emulator.read("whatsapp/chat", customer=ZOE["phone"])
    assert [(one["text"], one["is_mine"], one["tick"]) for one in chat["messages"]][1] == ("Bom dia!", False, "read")


def test_album_of_a_new_customer_is_one_conversation(shop: Shop) -> None:
    does(shop, "album", count=10)
    found = shop.inbound(10)
    assert len({one.conversation_id for one in found}) == 1
    files = shop.seen(lambda: rows if len(rows := list(_files(shop))) == 10 else None)
    assert {one.content_type for one in files} == {"image/jpeg"}


def _files(shop: Shop) -> Any:
    return Attachment.objects.filter(message__inbox=shop.inbox, state=Attachment.State.ATTACHED)


def test_files_go_out_and_are_reacted_to(shop: Shop) -> None:
    does(shop)
    [message] = shop.inbound(1)
    reply = shop.settled(shop.reply(message.conversation, "Both", picture(300, 200), picture(200, 300)), Status.DELIVERED)
    does(shop, "react", message=reply.provider_id, emoji="🔥")
    assert shop.seen(lambda: Reaction.objects.filter(message=reply).first()).emoji == "🔥"
    does(shop, "react", message=reply.provider_id, emoji="", form="missing")
    shop.seen(lambda: not Reaction.objects.filter(message=reply).exists())


def test_customer_edits_a_caption_and_takes_a_message_back(shop: Shop) -> None:
    photo = does(shop, "photo", caption="one")["message"]
    [message] = shop.inbound(1)
    shop.seen(lambda: _files(shop).exists())
    does(shop, "edit", message=photo, text="two")
    shop.seen(lambda: MessageRevision.objects.filter(message=message).exists())
    does(shop, "revoke", message=photo)
    erased = shop.seen(lambda: Message.objects.filter(pk=message.pk, deleted_at__isnull=False).first())
    assert erased.body == ""
    shop.seen(lambda: not _files(shop).exists())


def test_hidden_number_is_shown_and_changes(shop: Shop) -> None:
    does(shop, by={**ZOE, "mode": "id"}, text="one")
    shop.inbound(1)
    does(shop, by={**ZOE, "mode": "both"}, text="two")
    shop.inbound(2)
    does(shop, "change_number", by=ZOE["phone"], phone="46700000009")
    changed = does(shop, by="46700000009", text="three")
    found = shop.inbound(3)
    assert len({one.author_contact_id for one in found}) == 1
    assert len({one.conversation_id for one in found}) == 1

    def values() -> set[str]:
        return {one.value for one in ContactIdentity.objects.filter(contact=found[0].author_contact, kind="channel")}

    shop.seen(lambda: {changed["customer"], "46700000009"} <= values())


def test_message_in_doubt_is_resolved_by_its_status_and_never_doubled(shop: Shop) -> None:
    does(shop)
    [message] = shop.inbound(1)
    number = shop.inbox.settings["phone_number_id"]
    shop.emulator.control("whatsapp/faults", connection=number, faults={"resets": [{"match": "messages"}]})
    doubtful = shop.reply(message.conversation, "Did it arrive?")
    shop.settled(doubtful, Status.DELIVERED)
    shop.settled(shop.reply(message.conversation, "The next one"), Status.DELIVERED)
    assert sent_texts(shop) == ["Did it arrive?", "The next one"]


def test_revoked_access_stops_the_inbox_once_and_nothing_is_lost(shop: Shop) -> None:
    does(shop)
    [message] = shop.inbound(1)
    shop.emulator.control("whatsapp/revocations")
    last = [shop.reply(message.conversation, str(number)) for number in range(3)][-1]
    health = shop.seen(lambda: InboxHealth.objects.filter(inbox=shop.inbox, stopped_at__isnull=False).first())
    assert health.error_code == "password_changed"
    shop.emulator.control("whatsapp/revocations", is_revoked=False)
    with scope(shop.workspace.pk):
        ask_to_connect(shop.inbox)
    shop.settled(last, Status.DELIVERED)
    assert sent_texts(shop) == ["0", "1", "2"]


def test_status_that_comes_before_the_answer_waits(shop: Shop) -> None:
    does(shop)
    [message] = shop.inbound(1)
    # The number's own statuses give our reference back, so that they need not wait: this one does not.
    faults = {"latency_ms": 1500, "drop_rate": 1}
    shop.emulator.control("whatsapp/faults", connection=shop.inbox.settings["phone_number_id"], faults=faults)
    reply = shop.reply(message.conversation, "x")
    shop.seen(lambda: OutboundDelivery.objects.filter(message=reply, state="sending").exists())
    with scope(shop.workspace.pk):  # the answer cannot be noted meanwhile
        assert OutboundDelivery.objects.select_for_update().get(message=reply).state == "sending"
        assert post_status(shop, taken(shop), "delivered") == 200
        shop.seen(lambda: InboundEvent.objects.filter(state="waiting", error_code="not_yet").exists())
        assert Message.objects.get(pk=reply.pk).status == Status.QUEUED
    shop.settled(reply, Status.DELIVERED)
    with scope(shop.workspace.pk):
        kept = DeliveryReceipt.objects.filter(message=reply).order_by("id")
        assert [one.status for one in kept] == [Status.SENT, Status.DELIVERED]
        assert not InboundEvent.objects.exclude(state="applied").exists()


def taken(shop: Shop) -> str:
    """The number's id of the one message that it was given, once it has it."""
    deadline = time.monotonic() + LIMIT
    while not (found := shop.emulator.read("whatsapp/outbox")):
        assert time.monotonic() < deadline, "It was not sent."
        time.sleep(0.1)
    [one] = found
    return str(one["message_ids"][0])


def post_status(shop: Shop, wamid: str, status: str) -> int:
    """Tell a status of a message as the platform does, without our reference; what the edge answers."""
    settings = shop.inbox.settings
    said = {"id": wamid, "status": status, "timestamp": str(int(time.time())), "recipient_id": ZOE["phone"]}
    body = webhook(change({"statuses": [said]}, number=settings["phone_number_id"]), waba=settings["waba_id"])
    url = f"{shop.stack.edge_url}/hooks/whatsapp/{shop.inbox.key}"
    return httpx.post(url, content=body, headers={"x-hub-signature-256": signature(settings["app_secret"], body)}).status_code


def test_entries_of_two_workspaces_in_one_webhook_stay_apart(whatsapp_line: Running, stack: Stack) -> None:
    """The app of one workspace signs for its own numbers alone, whatever accounts its webhooks name."""
    stack.start()
    whatsapp_line.control("reset")
    mine, theirs = (open_shop(whatsapp_line, stack, number=number) for number in (1, 2))
    numbers = [one.inbox.settings["phone_number_id"] for one in (mine, theirs)]
    whatsapp_line.control("whatsapp/faults", connection=numbers[0], faults={"batch_size": 2})
    does(mine, text="for mine")
    does(mine, text="also for mine", by="46700000042")
    assert {one.body for one in mine.inbound(2)} == {"for mine", "also for mine"}
    body = webhook({"field": "messages", "value": {"metadata": {"phone_number_id": numbers[1]}, "messages": [
        {"from": "46700000001", "id": "wamid.forged", "timestamp": "1760000000", "type": "text", "text": {"body": "forged"}},
    ]}})  # fmt: skip
    url = f"{stack.edge_url}/hooks/whatsapp/{mine.inbox.key}"
    secret = str(mine.inbox.settings["app_secret"])
    assert httpx.post(url, content=body, headers={"x-hub-signature-256": signature(secret, body)}).status_code == 200
    does(theirs, text="for theirs")
    assert [one.body for one in theirs.inbound(1)] == ["for theirs"]
    assert len(mine.inbound(2)) == 2


def test_doubled_and_shuffled_events_come_once(shop: Shop) -> None:
    number = shop.inbox.settings["phone_number_id"]
    faults = {"duplicate_rate": 0.1, "rebatch_rate": 0.1, "batch_size": 5, "reorder_window_ms": 300}
    shop.emulator.control("whatsapp/faults", connection=number, faults=faults)
    for place in range(10):
        for customer in range(20):
            does(shop, by=f"4670000{customer:04d}", text=f"{customer}/{place}")
    found = shop.inbound(200)
    assert sorted(one.body for one in found) == sorted(f"{customer}/{place}" for customer in range(20) for place in range(10))
    with scope(shop.workspace.pk):
        assert Contact.objects.count() == 20
