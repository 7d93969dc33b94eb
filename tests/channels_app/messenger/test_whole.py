"""Messenger and Instagram through the running product: people in the emulator, the database, and back."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from channels_app.emulators.graph.signing import signature
from channels_app.models import InboxHealth
from channels_app.registry import adapter_of
from channels_app.services.connecting import ask_to_connect
from conversations.models import Attachment, Contact, Inbox, Message, MessageRevision, Reaction
from core.tenancy import scope
from tests.channels_app.messenger.samples import event, text, webhook
from tests.channels_app.telegram.shop import Shop
from tests.emulators.running import Running, running_emulator
from tests.emulators.test_client import picture
from tests.factories import make_user, make_workspace
from tests.harness.stack import Stack

Status = Message.Status
ZOE = {"id": "7000000001", "name": "Zoë Lindqvist", "username": "zoe"}


@pytest.fixture(scope="module")
def meta_line() -> Iterator[Running]:
    """An emulator for the running product: asked for before `stack`, whose processes read where it is when they start."""
    with running_emulator() as found, pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "CHATZEE_META_GRAPH_URL", f"{found.url}/graph")
        patch.setitem(os.environ, "CHATZEE_INSTAGRAM_GRAPH_URL", f"{found.url}/instagram-graph")
        patch.setitem(os.environ, "CHATZEE_HTTP_ALLOWED_PRIVATE", f'["{urlsplit(found.url).netloc}"]')
        yield found


def open_shop(emulator: Running, stack: Stack, channel: str, *, number: int = 1) -> Shop:
    """Make an account with an app of its own and a workspace, and connect them."""
    made = emulator.control(f"{channel}/accounts", id=f"30000000000100{number}", app_secret="of the app")
    agent = make_user("Kwame Mensah")
    workspace = make_workspace(owner=agent)
    given = {"token": made["token"], "app_secret": made["app_secret"]}
    with scope(workspace.pk):
        inbox = Inbox(name=channel, channel=channel, settings=adapter_of(channel).new_settings(given))
        inbox.save(force_insert=True)
        ask_to_connect(inbox)
    shop = Shop(stack, emulator, workspace, inbox, agent)
    shop.seen(lambda: InboxHealth.objects.filter(inbox=inbox, connected_at__isnull=False).exists())
    with scope(workspace.pk):
        inbox.refresh_from_db()
    if channel == "instagram":  # the address of an app for the log-in is entered by hand
        hook = {"object": "instagram", "url": f"{stack.edge_url}/hooks/instagram/{inbox.key}"}
        emulator.control("instagram/apps", id=made["app"], webhooks=[hook])
    return shop


@pytest.fixture(params=["messenger", "instagram"])
def shop(meta_line: Running, stack: Stack, request: pytest.FixtureRequest) -> Shop:
    stack.start()
    meta_line.control("reset")
    return open_shop(meta_line, stack, request.param)


def account_of(shop: Shop) -> str:
    return str(shop.inbox.settings.get("account_id") or shop.inbox.settings["page_id"])


def does(shop: Shop, kind: str = "text", by: Any = ZOE, **given: Any) -> dict[str, Any]:
    wanted = {"kind": kind, "from": by, "account": account_of(shop), **given}
    found: dict[str, Any] = shop.emulator.control(f"{shop.inbox.channel}/inbound", **wanted)
    return found


def faults(shop: Shop, **wanted: Any) -> None:
    shop.emulator.control(f"{shop.inbox.channel}/faults", connection=account_of(shop), faults=wanted)


def sent_texts(shop: Shop) -> list[str]:
    found = shop.emulator.read(f"{shop.inbox.channel}/outbox", connection=account_of(shop))
    return [one["body"]["message"]["text"] for one in found if one["status"] == 200 and "text" in one["body"].get("message", {})]


def count(shop: Shop, **where: Any) -> int:
    with scope(shop.workspace.pk):
        return len(shop.messages(**where))


def files(shop: Shop) -> list[Attachment]:
    return list(Attachment.objects.filter(message__inbox=shop.inbox, state=Attachment.State.ATTACHED))


def test_customer_writes_is_answered_and_reads(shop: Shop) -> None:
    asked = does(shop, text="Olá 👋")
    [message] = shop.inbound(1)
    assert message.body == "Olá 👋"
    reply = shop.settled(shop.reply(message.conversation, "Bom dia!", reply_to=message), Status.SENT)
    does(shop, "read")
    shop.settled(reply, Status.READ)
    [posted] = [one for one in shop.emulator.read(f"{shop.inbox.channel}/outbox") if "message" in one["body"]]
    assert posted["body"]["reply_to"] == {"mid": asked["message"]}
    assert count(shop) == 2


def test_album_of_a_new_customer_is_fetched(shop: Shop) -> None:
    does(shop, "album", count=3)
    does(shop, "photo")
    found = shop.inbound(2)
    assert len({one.conversation_id for one in found}) == 1
    kept = shop.seen(lambda: some if len(some := files(shop)) == 4 else None)
    assert {one.content_type for one in kept} == {"image/jpeg"}


def test_message_that_is_unsent_or_edited(shop: Shop) -> None:
    photo, written = does(shop, "photo")["message"], does(shop, text="one")["message"]
    picture_of, text_of = shop.inbound(2)
    shop.seen(lambda: files(shop))
    if shop.inbox.channel == "instagram":
        does(shop, "unsend", message=photo)
        gone = shop.seen(lambda: Message.objects.filter(pk=picture_of.pk, deleted_at__isnull=False).first())
        shop.seen(lambda: not files(shop))
        assert (gone.body, gone.data) == ("", {})
        assert [one.body for one in shop.inbound(2)] == ["", "one"]
        return
    does(shop, "edit", message=written, text="two")
    former = shop.seen(lambda: MessageRevision.objects.filter(message__inbox=shop.inbox).first())
    assert (former.message_id, former.body) == (text_of.pk, "one")
    assert [one.body for one in shop.inbound(2)] == ["", "two"]
    assert len(shop.seen(lambda: files(shop))) == 1


def test_story_is_never_stored(shop: Shop) -> None:
    if shop.inbox.channel != "instagram":
        return
    does(shop, "story_mention")
    does(shop, "story_reply", text="Lovely")
    mention, replied = shop.inbound(2)
    assert (mention.content_type, replied.body, mention.data["story"]["kind"]) == ("story", "Lovely", "mention")
    with scope(shop.workspace.pk):
        assert not Attachment.objects.exists()


def test_files_go_out_and_are_reacted_to(shop: Shop) -> None:
    if shop.inbox.channel == "instagram":  # it fetches files itself, from the address of an installation
        return
    does(shop)
    [message] = shop.inbound(1)
    reply = shop.settled(shop.reply(message.conversation, "Both", picture(300, 200), picture(200, 300)), Status.DELIVERED)
    does(shop, "react", message=reply.provider_id, emoji="🔥")
    assert shop.seen(lambda: Reaction.objects.filter(message=reply).first()).emoji == "🔥"
    does(shop, "react", message=reply.provider_id, emoji="")
    shop.seen(lambda: not Reaction.objects.filter(message=reply).exists())
    assert count(shop, kind="outbound") == 1


def test_message_in_doubt_is_resolved_by_its_echo_and_never_doubled(shop: Shop) -> None:
    does(shop)
    [message] = shop.inbound(1)
    faults(shop, resets=[{"match": "messages"}])
    doubtful = shop.reply(message.conversation, "Did it arrive?")
    shop.seen(lambda: Message.objects.filter(pk=doubtful.pk, status__in=(Status.SENT, Status.DELIVERED)).exists())
    shop.settled(shop.reply(message.conversation, "The next one"), Status.SENT)
    assert sent_texts(shop) == ["Did it arrive?", "The next one"]
    assert count(shop, kind="outbound") == 2


def test_revoked_access_stops_the_inbox_once_and_nothing_is_lost(shop: Shop) -> None:
    does(shop)
    [message] = shop.inbound(1)
    shop.emulator.control(f"{shop.inbox.channel}/revocations", account=account_of(shop))
    last = [shop.reply(message.conversation, str(number)) for number in range(3)][-1]
    health = shop.seen(lambda: InboxHealth.objects.filter(inbox=shop.inbox, stopped_at__isnull=False).first())
    assert health.error_code == "password_changed"
    shop.emulator.control(f"{shop.inbox.channel}/revocations", account=account_of(shop), is_revoked=False)
    with scope(shop.workspace.pk):
        ask_to_connect(shop.inbox)
    shop.seen(lambda: Message.objects.filter(pk=last.pk, status__in=(Status.SENT, Status.DELIVERED)).exists())
    assert sent_texts(shop) == ["0", "1", "2"]


def test_entries_of_two_workspaces_stay_apart(shop: Shop) -> None:
    """The app of one workspace signs for its own accounts alone, whatever accounts its webhooks name."""
    theirs = open_shop(shop.emulator, shop.stack, shop.inbox.channel, number=2)
    about = "page" if shop.inbox.channel == "messenger" else "instagram"
    body = webhook(event(account_of(theirs), message=text()), account=account_of(theirs), about=about)
    url = f"{shop.stack.edge_url}/hooks/{shop.inbox.channel}/{shop.inbox.key}"
    headers = {"x-hub-signature-256": signature("of the app", body)}
    shop.seen(lambda: httpx.post(url, content=body, headers=headers).status_code == 200)  # first it is being connected
    does(shop, text="for mine")
    does(theirs, text="for theirs")
    assert [one.body for one in shop.inbound(1)] == ["for mine"]
    assert [one.body for one in theirs.inbound(1)] == ["for theirs"]


def test_doubled_and_shuffled_events_come_once(shop: Shop) -> None:
    faults(shop, duplicate_rate=0.1, rebatch_rate=0.1, batch_size=5, reorder_window_ms=300)
    for place in range(5):
        for person in range(20):
            does(shop, by=f"700000{person:04d}", text=f"{person}/{place}")
    found = shop.inbound(100)
    assert sorted(one.body for one in found) == sorted(f"{person}/{place}" for person in range(20) for place in range(5))
    with scope(shop.workspace.pk):
        assert Contact.objects.count() == 20
