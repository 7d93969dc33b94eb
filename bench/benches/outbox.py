"""The outbox: deliveries a second of one worker's threads, and what is left of them while one inbox's platform hangs."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar
from uuid import UUID, uuid4

from django import forms
from django.db import close_old_connections, connection, connections
from django.utils import timezone

from bench.figures import Figure, middle
from bench.stage import Stage
from channels_app.contract import Adapter, Capabilities, ChannelError, Envelope, InboxConfig, Outgoing, RawRequest, Sent
from channels_app.models import InboxHealth, OutboundDelivery
from channels_app.registry import all_adapters
from channels_app.services import outbox
from chatzee.embedded.processes import WORKER_THREADS
from conversations.models import Conversation, Inbox, Message
from conversations.normalised import InboundMessage, Normalised, Sender
from conversations.services import inbound_messages
from conversations.services.messages import Draft, add_messages
from core.tenancy import scope

ROUNDS = 4
INBOXES = 4
EACH = 60
#: What a platform takes for a call, and how long a hanging one keeps us, in seconds.
LATENCY, HANGS = 0.02, 20.0
#: Between two looks at what is still waiting, in seconds: each takes the threads that are measured some milliseconds.
PAUSE = 0.03


class _Platform(Adapter):
    """A platform that takes its time; `hanging` names the inbox that gets no answer until `is_over`."""

    slug = "bench"
    name = "Bench"
    icon = "inbox"
    capabilities = Capabilities(features=frozenset(), max_text=1000, max_file=0, max_files=0)
    errors: ClassVar[Mapping[str, str]] = {}
    config_form = forms.Form

    def __init__(self) -> None:
        self.hanging: UUID | None = None
        self.is_over = threading.Event()

    def verify(self, request: RawRequest, inbox: InboxConfig) -> Sequence[Envelope]:
        return []

    def parse(self, body: bytes, inbox: InboxConfig) -> Sequence[Normalised]:
        return []

    def send(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent:
        if inbox.id == self.hanging:
            self.is_over.wait(HANGS)
            raise ChannelError("hangs", is_inbox_wide=True)
        time.sleep(LATENCY)
        return Sent(provider_id=str(uuid4()))


def run(stage: Stage) -> Iterator[Figure]:
    platform = all_adapters()["bench"] = _Platform()
    inboxes = _inboxes(stage)
    talks = {inbox.pk: _conversations(stage, inbox) for inbox in inboxes}
    well, hanging, bare = [], [], []
    for _round in range(ROUNDS + 1):
        platform.hanging = None
        well.append(_round_of(stage, platform, talks))
        platform.hanging = inboxes[0].pk
        hanging.append(_round_of(stage, platform, talks))
        bare.append(_bare(stage, EACH * INBOXES))
    del all_adapters()["bench"]
    rate, limit = middle(well[1:]) * INBOXES, middle(bare[1:])
    calls = f"{WORKER_THREADS} threads, calls of {LATENCY * 1000:.0f} ms"
    beside = f"{rate:,.0f}/s on {calls}; the calls and one UPDATE each {limit:,.0f}/s"
    ratios = [one * INBOXES / other for one, other in zip(well[1:], bare[1:], strict=True)]
    yield Figure("outbox.rate", middle(ratios), 0.3, "×", at_most=False, ambition=0.5, beside=beside)
    shares = [one / other for one, other in zip(hanging[1:], well[1:], strict=True)]
    beside = f"{middle(hanging[1:]):,.0f}/s through each of {INBOXES - 1} while one more hangs, else {middle(well[1:]):,.0f}/s"
    yield Figure("outbox.one-hangs", middle(shares), 0.9, "×", at_most=False, ambition=0.97, beside=beside)


def _round_of(stage: Stage, platform: _Platform, talks: Mapping[UUID, Sequence[Conversation]]) -> float:
    """Deliveries a second through each inbox that does not hang, all queued at once."""
    healthy = [inbox for inbox in talks if inbox != platform.hanging]
    _queue(stage, talks)
    platform.is_over.clear()
    start = time.perf_counter()
    with _worker():
        while _waiting(stage, healthy):
            time.sleep(PAUSE)
        took = time.perf_counter() - start
        platform.is_over.set()
    with scope(stage.workspace):
        OutboundDelivery.objects.filter(inbox__in=list(talks)).delete()
        InboxHealth.objects.filter(inbox__in=list(talks)).delete()
    return EACH / took


@contextmanager
def _worker() -> Iterator[None]:
    """As many threads as a worker has, delivering what is due."""
    stopped = threading.Event()

    def deliver() -> None:
        while not stopped.is_set():
            close_old_connections()
            if not outbox.deliver_due():
                stopped.wait(0.03)
        connection.close()

    threads = [threading.Thread(target=deliver) for _number in range(WORKER_THREADS)]
    for thread in threads:
        thread.start()
    yield
    stopped.set()
    for thread in threads:
        thread.join()


def _bare(stage: Stage, count: int) -> float:
    """The same calls with one UPDATE and commit each, on as many threads."""
    with scope(stage.workspace):
        inbox_id = Inbox.objects.filter(channel="bench").values_list("id", flat=True)[0]
    left = iter(range(count))
    lock = threading.Lock()

    def call() -> None:
        while True:
            with lock:
                if next(left, None) is None:
                    break
            time.sleep(LATENCY)
            with scope(stage.workspace):
                Inbox.objects.filter(pk=inbox_id).update(created_at=timezone.now())
        connections.close_all()

    threads = [threading.Thread(target=call) for _number in range(WORKER_THREADS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count / (time.perf_counter() - start)


def _waiting(stage: Stage, inboxes: Sequence[UUID]) -> int:
    with scope(stage.workspace):
        return OutboundDelivery.objects.filter(inbox__in=inboxes, state__in=("waiting", "sending")).count()


def _queue(stage: Stage, talks: Mapping[UUID, Sequence[Conversation]]) -> None:
    with scope(stage.workspace):
        drafts = [
            (one, Draft(kind=Message.Kind.OUTBOUND, body="It is on its way.", status=Message.Status.QUEUED))
            for talk in zip(*talks.values(), strict=True)
            for one in talk
        ]
        messages = add_messages(drafts)
        OutboundDelivery.objects.bulk_create(
            OutboundDelivery(
                workspace_id=stage.workspace,
                message=message,
                inbox_id=message.inbox_id,
                conversation_id=message.conversation_id,
                next_attempt_at=timezone.now(),
            )
            for message in messages
        )


def _inboxes(stage: Stage) -> list[Inbox]:
    with scope(stage.workspace):
        inboxes = [Inbox(name=f"Bench outbox {number}", channel="bench") for number in range(INBOXES)]
        for inbox in inboxes:
            inbox.save(force_insert=True)
        return inboxes


def _conversations(stage: Stage, inbox: Inbox) -> list[Conversation]:
    with scope(stage.workspace):
        said = [
            InboundMessage(Sender("channel", f"{number}"), f"{inbox.pk}-{number}", timezone.now(), "Where is my parcel?")
            for number in range(EACH)
        ]
        inbound_messages.apply_messages(inbox, said)
        return list(Conversation.objects.filter(inbox=inbox).select_related("contact", "identity"))
