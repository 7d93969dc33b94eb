"""What comes from platforms by our own asking: files they keep, errands they want done, mailboxes we listen to."""

import asyncio
import threading
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.utils import timezone

from accounts.models import Workspace
from channels_app.contract import Action, ChannelError, Envelope, StopListeningError
from channels_app.intake import Intake
from channels_app.models import InboundEvent, InboxHealth
from channels_app.registry import config_of
from channels_app.services import drain, facts, fetching, health, listening, outbox
from conversations.models import Attachment, Inbox, Message
from conversations.services import attachments
from core.events.models import Event
from core.tenancy import scope
from tests.channels_app.fake import FakeAdapter

pytestmark = pytest.mark.django_db(transaction=True)


def said(**event: Any) -> bytes:
    return orjson.dumps({"from": "ana", "at": timezone.now(), **event})


def bring(workspace: Workspace, inbox: Inbox, *bodies: bytes) -> None:
    """Store events as a webhook would, and drain them."""
    with scope(workspace.pk):
        config = config_of(inbox)

    async def store() -> None:
        intake = Intake()
        await intake.store("fake", config, [Envelope(body.hex(), "someone", body) for body in bodies])
        await intake.close()

    asyncio.run(store())
    drain.drain()


def file_of(workspace: Workspace) -> Attachment:
    with scope(workspace.pk):
        return Attachment.objects.select_related("message").get()


def make_due(workspace: Workspace) -> None:
    with scope(workspace.pk):
        Attachment.objects.filter(state="waiting").update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def test_file_that_the_platform_keeps_is_fetched(workspace: Workspace, inbox: Inbox) -> None:
    bring(workspace, inbox, said(id="m1", files=["photo"]))
    assert file_of(workspace).state == "waiting"
    assert fetching.fetch_due() == 1
    assert fetching.fetch_due() == 0
    found = file_of(workspace)
    assert (found.state, found.content_type, found.size) == ("attached", "text/plain", 14)
    with scope(workspace.pk):
        assert b"".join(attachments.read(found)) == b"bytes of photo"


def test_fetch_is_tried_again_where_that_may_help(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    bring(workspace, inbox, said(id="m1", files=["photo"]))
    adapter.script = [ChannelError("down"), ChannelError("busy", retry_after=200)]
    fetching.fetch_due()
    make_due(workspace)
    fetching.fetch_due()
    found = file_of(workspace)
    assert (found.state, found.error_code, found.attempts) == ("waiting", "busy", 2)
    assert found.next_attempt_at is not None
    assert found.next_attempt_at > timezone.now() + timedelta(seconds=190)
    make_due(workspace)
    fetching.fetch_due()
    assert file_of(workspace).state == "attached"


@pytest.mark.parametrize("answer", [ChannelError("gone", permanent=True), b"x" * (26 * 1024 * 1024)])
def test_file_that_cannot_be_had_is_said_to_be_missing(
    workspace: Workspace, inbox: Inbox, adapter: FakeAdapter, answer: ChannelError | bytes
) -> None:
    bring(workspace, inbox, said(id="m1", files=["photo"], text="look"))
    adapter.script = [answer]
    fetching.fetch_due()
    found = file_of(workspace)
    assert (found.state, found.error_code) == ("missing", "gone" if isinstance(answer, ChannelError) else "file_too_large")
    with scope(workspace.pk):
        assert Message.objects.get().body == "look"


def test_fetch_of_a_dead_worker_is_done_by_the_next_one(
    workspace: Workspace, inbox: Inbox, adapter: FakeAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(workspace, inbox, said(id="m1", files=["photo"]))

    def die(*_arguments: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(FakeAdapter, "fetch", die)
        with pytest.raises(KeyboardInterrupt):
            fetching.fetch_due()
    assert fetching.fetch_due() == 0  # its lease is still on
    make_due(workspace)
    fetching.fetch_due()
    assert file_of(workspace).state == "attached"


def test_errand_is_done_after_commit(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    bring(workspace, inbox, said(id="button-1", errand="answer"))
    assert outbox.deliver_due() == 1
    assert adapter.acted == [Action("answer", data={"about": "button-1"})]


def heard(workspace: Workspace) -> list[str]:
    drain.drain()
    with scope(workspace.pk):
        return [one.body for one in Message.objects.order_by("seq")]


def test_listener_stores_what_it_hears_with_its_place(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    adapter.mails = [said(id="m1", text="one"), said(id="m2", text="two")]
    listener = listening.Listener()
    listener.look_around()
    _until(lambda: _cursor(workspace) == {"place": 2})
    assert heard(workspace) == ["one", "two"]
    other = listening.Listener()
    other.look_around()
    assert other._ears == {}  # the inbox has a listener
    listener.stop()
    adapter.mails.append(said(id="m3", text="three"))
    other.look_around()
    _until(lambda: _cursor(workspace) == {"place": 3})
    other.stop()
    assert heard(workspace) == ["one", "two", "three"]


def test_listener_that_lost_its_inbox_stores_nothing(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    listener = listening.Listener()
    listener.look_around()
    _until(lambda: _cursor(workspace) == {"place": 0})
    ear = listener._ears[inbox.pk]
    with scope(workspace.pk):
        InboxHealth.objects.update(listening_until=timezone.now() - timedelta(seconds=1))
    other = listening.Listener()
    other.look_around()
    with pytest.raises(StopListeningError):
        listener._post(ear, [Envelope("late", "someone", said(id="late", text="late"))], {"place": 99})
    listener.stop()
    other.stop()
    assert heard(workspace) == []
    with scope(workspace.pk):
        assert not InboundEvent.objects.exists()


def test_refused_source_stops_the_inbox_and_a_lost_one_does_not(
    workspace: Workspace, inbox: Inbox, adapter: FakeAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "FIRST_PAUSE", 0.01)
    adapter.script = [ChannelError("down"), ChannelError("down"), ChannelError("void", stops_inbox=True)]
    listener = listening.Listener()
    listener.look_around()
    _until(lambda: _health(workspace).stopped_at is not None)
    assert _health(workspace).error_code == "void"
    assert adapter.script == []
    listener.look_around()
    assert listener._ears == {}
    listener.stop()


def test_two_who_learn_of_void_credentials_tell_it_once(workspace: Workspace, inbox: Inbox) -> None:
    with scope(workspace.pk):
        both = [health.of_inbox(inbox), health.of_inbox(inbox)]
        for found in both:
            health.stop(inbox, found)
        assert Event.objects.filter(type="inbox.stopped").count() == 1
        assert both[0].stopped_at is not None


def test_changed_settings_start_the_listening_anew(workspace: Workspace, inbox: Inbox, adapter: FakeAdapter) -> None:
    listener = listening.Listener()
    listener.look_around()
    first = listener._ears[inbox.pk]
    with scope(workspace.pk):
        changed = Inbox.objects.get()
        changed.settings = {"host": "elsewhere"}
        changed.save(update_fields=["settings"])
    listener.look_around()
    assert first.stopped.is_set()
    assert listener._ears[inbox.pk].config.settings == {"host": "elsewhere"}
    listener.stop()


def test_newest_fact_of_an_inbox_stays(workspace: Workspace, inbox: Inbox) -> None:
    for version, value in ((2, "two"), (3, "three"), (1, "one")):
        facts.keep_fact(workspace.pk, inbox.pk, "lines", "a", {"is": value}, version=version)
    facts.keep_fact(workspace.pk, inbox.pk, "lines", "b", {"is": "other"}, version=1)
    with scope(workspace.pk):
        assert Inbox.objects.get().settings == {"lines": {"a": {"is": "three", "version": 3}, "b": {"is": "other", "version": 1}}}


def _cursor(workspace: Workspace) -> dict[str, Any]:
    return dict(_health(workspace).cursor)


def _health(workspace: Workspace) -> InboxHealth:
    with scope(workspace.pk):
        return InboxHealth.objects.get()


def _until(is_so: Any) -> None:
    waited = threading.Event()
    for _time in range(500):
        if is_so():
            return
        waited.wait(0.02)
    raise AssertionError("This did not come true within ten seconds.")
