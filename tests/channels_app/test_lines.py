"""Inboxes' lines: what a platform's failures do to deliveries, and what mends them."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone
from prometheus_client import generate_latest

from accounts.models import Workspace
from channels_app import tasks
from channels_app.contract import Action, ChannelError, Sent
from channels_app.models import InboxHealth, OutboundDelivery
from channels_app.services import connecting, health, outbox
from conversations.models import ContactIdentity, Conversation, Inbox, Message, MessageAlias
from conversations.normalised import InboundMessage, Receipt, Sender
from conversations.services import inbound
from conversations.services.replies import send_reply
from core.observability.metrics import STORED
from core.tenancy import scope
from tests.channels_app.fake import FakeAdapter
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def write(workspace: Workspace, inbox: Inbox, who: str = "ana") -> Conversation:
    with scope(workspace.pk):
        inbound.apply(inbox, InboundMessage(Sender("channel", who), f"in-{uuid4()}", timezone.now(), "Hello"))
        found = Conversation.objects.select_related("contact", "identity").order_by("-number").first()
        assert found is not None
        return found


def reply(workspace: Workspace, conversation: Conversation, text: str = "Hi") -> UUID:
    with scope(workspace.pk):
        return send_reply(conversation, body=text, author=make_user(), idempotency_key=uuid4()).pk


def deliver_all() -> int:
    count = 0
    while outbox.deliver_due():
        count += 1
    return count


def make_due(workspace: Workspace) -> None:
    """Let the time pass for which deliveries and inboxes wait."""
    past = timezone.now() - timedelta(seconds=1)
    with scope(workspace.pk):
        OutboundDelivery.objects.filter(state="waiting", next_attempt_at__lt=past + timedelta(days=300)).update(
            next_attempt_at=past
        )
        InboxHealth.objects.filter(resting_until__isnull=False).update(resting_until=past)


def statuses(workspace: Workspace) -> list[str]:
    with scope(workspace.pk):
        return list(Message.objects.filter(kind="outbound").order_by("created_at").values_list("status", flat=True))


def test_inbox_rests_after_failures_in_a_row_and_one_delivery_tries_it_again(
    workspace: Workspace, inbox: Inbox, adapter: FakeAdapter
) -> None:
    for number in range(8):
        reply(workspace, write(workspace, inbox, f"visitor {number}"))
    adapter.script = [ChannelError("down", is_inbox_wide=True) for _time in range(health.FAILURES_TO_REST)]
    assert deliver_all() == health.FAILURES_TO_REST
    with scope(workspace.pk):
        assert InboxHealth.objects.get().resting_until is not None
    make_due(workspace)
    adapter.script = [ChannelError("down", is_inbox_wide=True)]
    assert deliver_all() == 1  # it tried alone, failed, and the inbox rests on
    make_due(workspace)
    assert deliver_all() == 8
    assert statuses(workspace) == ["sent"] * 8
    with scope(workspace.pk):
        assert InboxHealth.objects.get().failures == 0


def test_resting_inbox_does_not_keep_others_waiting(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    conversation = write(workspace, inbox)
    with scope(workspace.pk):
        found = health.of_inbox(inbox)
        found.failures, found.resting_until = 9, timezone.now() + timedelta(minutes=5)
        found.save()
        other = Inbox(name="Other", channel="fake")
        other.save(force_insert=True)
    reply(workspace, conversation)
    reply(workspace, write(workspace, other))
    assert deliver_all() == 1
    assert statuses(workspace) == ["queued", "sent"]


def test_void_credentials_stop_the_inbox_once_and_connecting_sends_what_waited(
    workspace: Workspace, inbox: Inbox, adapter: FakeAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(health, "wake_up", lambda task, *arguments: told.append((task, *arguments)))
    for number in range(3):
        reply(workspace, write(workspace, inbox, f"visitor {number}"))
    adapter.script = [ChannelError("void", stops_inbox=True), ChannelError("void", stops_inbox=True)]
    assert deliver_all() == 1
    make_due(workspace)
    assert deliver_all() == 0
    reply(workspace, write(workspace, inbox, "late"))
    assert deliver_all() == 0
    stops = [one for one in told if one[0] == "channels_app.tasks.tell_stopped"]
    assert stops == [("channels_app.tasks.tell_stopped", str(workspace.pk), str(inbox.pk))]
    tasks.tell_stopped(*stops[0][1:])
    assert len(mail.outbox) == 1
    assert "Fake" in mail.outbox[0].subject
    assert "The token is void." in str(mail.outbox[0].body)
    adapter.script = []
    connecting.connect(workspace.pk, inbox.pk)
    assert deliver_all() == 4
    assert statuses(workspace) == ["sent"] * 4
    assert len(adapter.sent) == 5
    with scope(workspace.pk):
        found = InboxHealth.objects.get()
        assert (found.account, found.stopped_at, found.error_code) == ("Fake shop", None, "")
        assert Inbox.objects.get().settings["hook"].endswith(f"/hooks/fake/{inbox.key}")


def test_failed_connection_says_why(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    with scope(workspace.pk):
        connecting.ask_to_connect(inbox)
        assert InboxHealth.objects.get().connecting_since is not None
    adapter.script = [ChannelError("void", stops_inbox=True, detail="401")]
    connecting.connect(workspace.pk, inbox.pk)
    with scope(workspace.pk):
        found = InboxHealth.objects.get()
        assert (found.connecting_since, found.connected_at, found.error_code, found.error_detail) == (None, None, "void", "401")


@pytest.mark.parametrize(("found", "status"), [(Sent("proof"), "sent"), (None, "unknown")])
def test_ambiguous_send_is_asked_about_and_never_repeated(
    workspace: Workspace, inbox: Inbox, adapter: FakeAdapter, found: Sent | None, status: str
) -> None:
    reply(workspace, write(workspace, inbox))
    adapter.script, adapter.found = [ChannelError("cut_off", is_ambiguous=True)], found
    deliver_all()
    make_due(workspace)
    deliver_all()
    assert (len(adapter.sent), len(adapter.asked), statuses(workspace)) == (1, 1, [status])


def let_a_worker_die(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, method: str = "send") -> None:
    """A worker dies while it does what is due, and its lease runs out."""

    def die(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(FakeAdapter, method, die)
        with pytest.raises(KeyboardInterrupt):
            outbox.deliver_due()
    with scope(workspace.pk):
        OutboundDelivery.objects.filter(state="sending").update(lease_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize(("found", "status"), [(Sent("proof"), "sent"), (None, "unknown")])
def test_platform_is_asked_about_a_dead_workers_send(
    workspace: Workspace,
    inbox: Inbox,
    adapter: FakeAdapter,
    found: Sent | None,
    status: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reply(workspace, write(workspace, inbox), "Is it there?")
    let_a_worker_die(workspace, monkeypatch)
    adapter.found = found
    assert (outbox.expire_leases(), outbox.expire_leases()) == (1, 0)
    assert deliver_all() == 0
    assert ([one.text for one in adapter.asked], adapter.sent) == (["Is it there?"], [])
    assert statuses(workspace) == [status]


def test_platform_is_asked_outside_any_transaction(
    workspace: Workspace, inbox: Inbox, adapter: FakeAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply(workspace, write(workspace, inbox))
    let_a_worker_die(workspace, monkeypatch)
    was_in_transaction: list[bool] = []
    monkeypatch.setattr(FakeAdapter, "find_sent", lambda *_arguments: was_in_transaction.append(connection.in_atomic_block))
    outbox.expire_leases()
    assert was_in_transaction == [False]


def test_action_of_a_dead_worker_is_done_again(
    workspace: Workspace, inbox: Inbox, adapter: FakeAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = write(workspace, inbox)
    with scope(workspace.pk):
        outbox.queue_action(inbox, {"kind": "react", "provider_id": "in-1", "text": "👍"}, conversation)
    let_a_worker_die(workspace, monkeypatch, "act")
    assert outbox.expire_leases() == 1
    assert deliver_all() == 1
    assert adapter.acted == [Action("react", provider_id="in-1", text="👍")]


def test_message_follows_its_recipient_to_a_new_address(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    reply(workspace, write(workspace, inbox, "-100"))
    adapter.script = [ChannelError("moved", new_address="-100200")]
    make_due(workspace)
    deliver_all()
    assert [one.to for one in adapter.sent] == ["-100", "-100200"]
    assert statuses(workspace) == ["sent"]
    with scope(workspace.pk):
        assert ContactIdentity.objects.get(inbox=inbox).value == "-100200"


def test_blocked_recipient_is_marked(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    reply(workspace, write(workspace, inbox))
    adapter.script = [ChannelError("blocked", permanent=True, unreachable=True)]
    deliver_all()
    assert statuses(workspace) == ["failed"]
    with scope(workspace.pk):
        assert not ContactIdentity.objects.get(inbox=inbox).is_reachable


def test_passing_failures_are_tried_until_the_channel_gives_up(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    reply(workspace, write(workspace, inbox))
    adapter.script = [ChannelError("busy", retry_after=500)] * 3
    deliver_all()
    with scope(workspace.pk):
        delivery = OutboundDelivery.objects.get()
        assert delivery.next_attempt_at > timezone.now() + timedelta(seconds=490)
    make_due(workspace)
    deliver_all()
    assert statuses(workspace) == ["queued"]
    with scope(workspace.pk):
        old = timezone.now() - adapter.capabilities.gives_up_after - timedelta(minutes=1)
        OutboundDelivery.objects.update(created_at=old)
    make_due(workspace)
    deliver_all()
    assert statuses(workspace) == ["failed"]


def test_parts_of_a_message_are_known_by_their_own_ids(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    reply(workspace, write(workspace, inbox))
    adapter.script = [Sent("part-1", more_ids=("part-2", "part-3"))]
    deliver_all()
    with scope(workspace.pk):
        assert MessageAlias.objects.count() == 2
        inbound.apply(inbox, Receipt("part-3", "delivered", timezone.now()))
        outbox.queue_action(inbox, {"kind": "delete", "message": str(Message.objects.get(kind="outbound").pk)})
    assert statuses(workspace) == ["delivered"]
    assert deliver_all() == 1
    assert adapter.acted == [Action("delete", "ana", "part-1", data={"more_ids": ["part-2", "part-3"]})]


def test_action_that_cannot_be_done_is_told_at_its_message(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    message = reply(workspace, write(workspace, inbox))
    with scope(workspace.pk):
        outbox.queue_action(inbox, {"kind": "edit", "text": "Hello", "message": str(message)})
    adapter.script = [Sent("p-1"), ChannelError("down", permanent=True)]
    assert deliver_all() == 2
    with scope(workspace.pk):
        found = Message.objects.get(pk=message)
        assert (found.status, found.error_code) == ("sent", "down")


def test_action_on_a_message_that_never_left_does_nothing(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    message = reply(workspace, write(workspace, inbox))
    with scope(workspace.pk):
        outbox.queue_action(inbox, {"kind": "delete", "message": str(message)})
    adapter.script = [ChannelError("void", permanent=True)]
    assert deliver_all() == 2
    assert adapter.acted == []


def test_actions_go_in_order_with_the_conversations_messages(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    conversation = write(workspace, inbox)
    reply(workspace, conversation)
    with scope(workspace.pk):
        outbox.queue_action(inbox, {"kind": "react", "provider_id": "in-1", "data": {"emoji": "👍"}}, conversation)
    adapter.script = [ChannelError("busy")]
    assert deliver_all() == 1
    assert adapter.acted == []
    make_due(workspace)
    assert deliver_all() == 2
    assert adapter.acted == [Action("react", provider_id="in-1", data={"emoji": "👍"})]


def test_queues_and_lines_are_metrics(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    for number in range(3):
        reply(workspace, write(workspace, inbox, f"visitor {number}"))
    adapter.script = [ChannelError("void", stops_inbox=True)]
    deliver_all()
    shown = generate_latest(STORED).decode()
    assert f'chatzee_queue_depth{{direction="outbound",inbox="{inbox.pk}",state="waiting"}} 3.0' in shown
    assert f'chatzee_inbox_stopped{{inbox="{inbox.pk}"}} 1.0' in shown
