"""From a stored webhook to a conversation, and from a reply to its settled delivery."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import orjson
import pytest
from django.utils import timezone

from accounts.models import Workspace
from channels_app.adapters.website import tokens
from channels_app.adapters.website.adapter import ADAPTER, WebsiteAdapter
from channels_app.contract import ChannelError, Envelope, InboxConfig, Sent
from channels_app.intake import Intake
from channels_app.models import InboundEvent, OutboundDelivery
from channels_app.registry import config_of
from channels_app.services import backoff, claims, drain, jobs, outbox, profiles, quarantine, settling
from conversations.models import Contact, ContactIdentity, Conversation, Inbox, Message
from conversations.normalised import InboundMessage, Normalised, Receipt, Sender
from conversations.services import inbound_messages, receipts
from conversations.services.replies import send_reply
from core.audit import Actor
from core.tenancy import scope
from core.vault import keyring
from core.vault.fields import rekey
from tests.factories import make_inbox, make_user

pytestmark = pytest.mark.django_db(transaction=True)

ORIGIN = "https://shop.example"


@pytest.fixture
def inbox(workspace: Workspace) -> Inbox:
    with scope(workspace.pk):
        return make_inbox(allowed_origins=[ORIGIN])


def envelope(inbox: Inbox, text: str, visitor: tokens.Visitor, message_id: str | None = None) -> Envelope:
    event = {"t": "message", "id": message_id or str(uuid4()), "text": text}
    return ADAPTER.envelope(visitor, event, config_of(inbox))


def store(inbox: Inbox, *envelopes: Envelope) -> None:
    async def run() -> None:
        intake = Intake()
        await intake.store("website", config_of(inbox), envelopes)
        await intake.close()

    asyncio.run(run())


def texts(workspace: Workspace) -> list[str]:
    with scope(workspace.pk):
        return [message.body for message in Message.objects.exclude(kind="activity").order_by("id")]


def test_stored_event_becomes_a_message_and_its_body_moves_under_the_contacts_key(workspace: Workspace, inbox: Inbox) -> None:
    store(inbox, envelope(inbox, "Olá!", tokens.new_visitor(ORIGIN)))
    assert drain.drain() == 1
    assert texts(workspace) == ["Olá!"]
    with scope(workspace.pk):
        event = InboundEvent.objects.get()
        assert event.state == "applied"
        assert event.key_id == Conversation.objects.get().contact.key_id
        assert orjson.loads(event.body)["text"] == "Olá!"


def test_duplicates_are_stored_once_and_order_is_kept(workspace: Workspace, inbox: Inbox) -> None:
    visitor = tokens.new_visitor(ORIGIN)
    sent = [envelope(inbox, f"message {number}", visitor) for number in range(20)]
    for one in sent:
        store(inbox, one)
    store(inbox, *sent)
    drain.drain()
    assert texts(workspace) == [f"message {number}" for number in range(20)]
    with scope(workspace.pk):
        assert Conversation.objects.count() == 1


def test_unparsable_event_is_quarantined_and_its_neighbours_go_on(workspace: Workspace, inbox: Inbox) -> None:
    visitor = tokens.new_visitor(ORIGIN)
    store(inbox, envelope(inbox, "bad", visitor, message_id="not-a-uuid"), envelope(inbox, "good", visitor))
    drain.drain()
    assert texts(workspace) == ["good"]
    with scope(workspace.pk):
        event = InboundEvent.objects.get(state="quarantined")
        assert event.error_code == "unparsable"
        quarantine.replay(event, actor=Actor.system())
        event.refresh_from_db()
        assert (event.state, event.attempts) == ("waiting", 0)


def test_failing_event_is_tried_again_before_the_senders_next_one(
    workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = tokens.new_visitor(ORIGIN)
    store(inbox, envelope(inbox, "first", visitor))
    store(inbox, envelope(inbox, "second", visitor))
    real = WebsiteAdapter.parse

    def broken(self: WebsiteAdapter, body: bytes, inbox: InboxConfig) -> Sequence[Normalised]:
        raise RuntimeError("a fault")

    monkeypatch.setattr(WebsiteAdapter, "parse", broken)
    drain.drain()
    assert texts(workspace) == []
    monkeypatch.setattr(WebsiteAdapter, "parse", real)
    with scope(workspace.pk):
        InboundEvent.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    drain.drain()
    assert texts(workspace) == ["first", "second"]


def test_reply_is_queued_sent_and_settled_once(workspace: Workspace, inbox: Inbox) -> None:
    store(inbox, envelope(inbox, "Hi", tokens.new_visitor(ORIGIN)))
    drain.drain()
    key = uuid4()
    agent = make_user("Kwame Mensah")
    for _again in range(2):
        with scope(workspace.pk):
            send_reply(Conversation.objects.get(), body="Hello Zoë", author=agent, idempotency_key=key)
    assert outbox.deliver_due() == 1
    assert outbox.deliver_due() == 0
    with scope(workspace.pk):
        message = Message.objects.get(kind="outbound")
        assert (message.body, message.status, message.seq) == ("Hello Zoë", "sent", 2)
        assert OutboundDelivery.objects.get().state == "sent"


def test_lease_of_a_dead_worker_is_sent_again_on_an_idempotent_channel(workspace: Workspace, inbox: Inbox) -> None:
    store(inbox, envelope(inbox, "Hi", tokens.new_visitor(ORIGIN)))
    drain.drain()
    with scope(workspace.pk):
        send_reply(Conversation.objects.get(), body="Hello", author=make_user(), idempotency_key=uuid4())
        OutboundDelivery.objects.update(state="sending", lease_until=timezone.now() - timedelta(seconds=1))
    assert outbox.expire_leases() == 1
    assert outbox.deliver_due() == 1
    with scope(workspace.pk):
        assert Message.objects.get(kind="outbound").status == "sent"


def test_event_that_breaks_its_adapter_is_set_aside_and_its_neighbours_go_on(
    workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = WebsiteAdapter.parse

    def broken(self: WebsiteAdapter, body: bytes, inbox: InboxConfig) -> Sequence[Normalised]:
        if b"poison" in body:
            raise AttributeError("a fault that nobody thought of")
        return real(self, body, inbox)

    monkeypatch.setattr(WebsiteAdapter, "parse", broken)
    store(inbox, envelope(inbox, "poison", tokens.new_visitor(ORIGIN)), envelope(inbox, "good", tokens.new_visitor(ORIGIN)))
    for _attempt in range(settling.MAX_ATTEMPTS):
        drain.drain()
        with scope(workspace.pk):
            InboundEvent.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    assert texts(workspace) == ["good"]
    with scope(workspace.pk):
        assert InboundEvent.objects.get(state="quarantined").error_code == "AttributeError"


def test_message_that_breaks_a_batch_is_set_aside_and_the_batch_goes_on(
    workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = inbound_messages.apply_messages
    counts = []

    def broken(inbox: Inbox, events: Sequence[InboundMessage]) -> Sequence[Contact | None]:
        counts.append(len(events))
        applied = real(inbox, events)
        if any(event.text == "poison" for event in events):
            raise ValueError("what the database would not take")
        return applied

    monkeypatch.setattr(inbound_messages, "apply_messages", broken)
    visitors = [tokens.new_visitor(ORIGIN) for _number in range(3)]
    store(inbox, *(envelope(inbox, text, who) for who, text in zip(visitors, ("one", "poison", "three"), strict=True)))
    store(inbox, *(envelope(inbox, f"again {number}", who) for number, who in enumerate(visitors)))
    drain.drain()
    assert counts[0] == 6
    assert set(texts(workspace)) == {"one", "three", "again 0", "again 2"}
    for _attempt in range(settling.MAX_ATTEMPTS):
        with scope(workspace.pk):
            InboundEvent.objects.filter(state="waiting").update(next_attempt_at=timezone.now() - timedelta(seconds=1))
        drain.drain()
    assert set(texts(workspace)) == {"one", "three", "again 0", "again 1", "again 2"}
    with scope(workspace.pk):
        assert InboundEvent.objects.get(state="quarantined").error_code == "ValueError"
        assert sorted(Conversation.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_names_are_asked_for_of_people_whose_messages_are_applied_together(
    workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[tuple[str, ...]] = []
    together: list[int] = []
    real = inbound_messages.apply_messages

    def counted(inbox: Inbox, events: Sequence[InboundMessage]) -> Sequence[Contact | None]:
        together.append(len(events))
        return real(inbox, events)

    monkeypatch.setattr(inbound_messages, "apply_messages", counted)
    monkeypatch.setattr(profiles, "wake_up", lambda task, *arguments: woken.append((task, *arguments)))
    monkeypatch.setattr(WebsiteAdapter, "describe", lambda self, to, inbox: Sender("visitor", to, name=f"Name of {to}"))
    visitors = [tokens.new_visitor(ORIGIN) for _number in range(3)]
    store(inbox, *(envelope(inbox, text, who) for text in ("one", "two") for who in visitors))
    drain.drain()
    assert together == [6]
    assert {task for task, *_arguments in woken} == {"channels_app.tasks.describe_person"}
    for _task, workspace_id, identity_id in woken:
        profiles.describe(UUID(workspace_id), UUID(identity_id))
    with scope(workspace.pk):
        named = sorted((one.value, one.contact.name) for one in ContactIdentity.objects.select_related("contact"))
    assert named == sorted((str(one.id), f"Name of {one.id}") for one in visitors)
    assert len(woken) == 3


def test_word_about_a_message_that_never_comes_is_dismissed(
    workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WebsiteAdapter, "parse", lambda self, body, inbox: [Receipt("never seen", "delivered", timezone.now())])
    store(inbox, envelope(inbox, "anything", tokens.new_visitor(ORIGIN)))
    for _attempt in range(settling.MAX_WAITS):
        drain.drain()
        with scope(workspace.pk):
            InboundEvent.objects.filter(state="waiting").update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    with scope(workspace.pk):
        event = InboundEvent.objects.get()
        assert (event.state, event.error_code, event.attempts) == ("dismissed", "not_yet", settling.MAX_WAITS)


def test_word_about_a_message_outlives_the_lease_of_its_send() -> None:
    """A worker that dies while it sends leaves the message's id unknown until its lease has run out and was swept."""
    waits = [backoff.pause(attempt, most=settling.LONGEST_PAUSE) for attempt in range(1, settling.MAX_WAITS)]
    assert sum(waits) > 3 * (claims.LEASE.total_seconds() + outbox.SWEEP)


def test_long_line_behind_a_failing_event_hides_nobody(
    workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = tokens.new_visitor(ORIGIN)
    store(inbox, *(envelope(inbox, f"stuck {number}", stuck) for number in range(drain.BATCH + 5)))
    real = WebsiteAdapter.parse

    def broken(self: WebsiteAdapter, body: bytes, inbox: InboxConfig) -> Sequence[Normalised]:
        if b"stuck" in body:
            raise RuntimeError("a fault")
        return real(self, body, inbox)

    monkeypatch.setattr(WebsiteAdapter, "parse", broken)
    drain.drain()
    store(inbox, envelope(inbox, "good", tokens.new_visitor(ORIGIN)))
    drain.drain()
    assert texts(workspace) == ["good"]
    monkeypatch.setattr(WebsiteAdapter, "parse", real)
    with scope(workspace.pk):
        InboundEvent.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    drain.drain()
    assert texts(workspace)[1:] == [f"stuck {number}" for number in range(drain.BATCH + 5)]


def test_worker_that_comes_back_after_its_lease_changes_nothing_settled(workspace: Workspace, inbox: Inbox) -> None:
    store(inbox, envelope(inbox, "Hi", tokens.new_visitor(ORIGIN)))
    drain.drain()
    with scope(workspace.pk):
        send_reply(Conversation.objects.get(), body="Hello", author=make_user(), idempotency_key=uuid4())
    assert outbox.deliver_due() == 1
    with scope(workspace.pk):
        delivery = OutboundDelivery.objects.get()
        outbox._settle_error(delivery.pk, ChannelError("late", permanent=True))
        outbox._settle_sent(delivery, Sent("another id"))
        message = Message.objects.get(kind="outbound")
        assert (message.status, message.provider_id) == ("sent", str(message.pk))
        assert message.receipts.count() == 1


@pytest.mark.parametrize("meanwhile", ["delivered", "rekeyed"])
def test_what_happened_to_a_message_while_it_was_sent_stays(workspace: Workspace, inbox: Inbox, meanwhile: str) -> None:
    store(inbox, envelope(inbox, "Hi", tokens.new_visitor(ORIGIN)))
    drain.drain()
    with scope(workspace.pk):
        sent = send_reply(Conversation.objects.get(), body="Hello", author=make_user(), idempotency_key=uuid4())
    claimed = claims.claim()
    assert claimed is not None
    with scope(workspace.pk):
        message = Message.objects.get(pk=sent.pk)
        if meanwhile == "delivered":
            receipts.advance(message, "delivered")
        else:
            rekey(message, keyring.data_key_id(workspace.pk))
    with scope(workspace.pk):
        outbox._settle_sent(claimed.delivery, Sent("its id there"))
    with scope(workspace.pk):
        message = Message.objects.get(pk=sent.pk)
        assert (message.body, message.provider_id) == ("Hello", "its id there")
        assert message.status == ("delivered" if meanwhile == "delivered" else "sent")
        assert OutboundDelivery.objects.get().state == "sent"


def test_a_claim_reads_what_the_message_needs(workspace: Workspace, inbox: Inbox) -> None:
    store(inbox, envelope(inbox, "Hi", tokens.new_visitor(ORIGIN)))
    drain.drain()
    with scope(workspace.pk):
        conversation = Conversation.objects.select_related("identity").get()
        author = make_user("Zoë Nwosu")
        send_reply(conversation, body="Olá, Zoë", author=author, idempotency_key=uuid4())
    claimed = claims.claim()
    assert claimed is not None
    assert jobs.is_complete(claimed)
    outgoing = jobs.job_of(claimed).outgoing  # outside any scope: nothing more may be read
    assert outgoing is not None
    assert (outgoing.text, outgoing.author, outgoing.is_automatic) == ("Olá, Zoë", "Zoë Nwosu", False)
    assert outgoing.to == conversation.identity.value


def test_a_delivery_is_claimed_only_when_it_is_sent(workspace: Workspace, inbox: Inbox) -> None:
    store(inbox, *(envelope(inbox, "Hi", tokens.new_visitor(ORIGIN)) for _visitor in range(3)))
    drain.drain()
    with scope(workspace.pk):
        for conversation in Conversation.objects.all():
            send_reply(conversation, body="Hello", author=make_user(), idempotency_key=uuid4())
    assert claims.claim() is not None
    with scope(workspace.pk):
        assert sorted(OutboundDelivery.objects.values_list("state", flat=True)) == ["sending", "waiting", "waiting"]
