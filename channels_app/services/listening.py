"""Listening to sources that do not call us: which process listens for which inbox, and what it brings is stored.

An inbox has one listener at a time: a lease on its health row, renewed while the listener lives. What a listener brings
is stored together with the place up to which it has read, so a killed one neither loses nor repeats.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.db import close_old_connections, connection, transaction
from django.db.models import Q
from django.utils import timezone

from channels_app.contract import ChannelError, Envelope, InboxConfig, StopListeningError
from channels_app.models import InboxHealth
from channels_app.registry import adapter_of, all_adapters, config_of
from channels_app.services import health
from channels_app.services.rows import INSERT, columns_of, sealed_row
from conversations.models import Inbox
from core.ids import new_id
from core.tenancy import crossing, scope
from core.wakeup import wake_up

log = structlog.get_logger(__name__)

#: How long an inbox is held; renewed each time the listener looks around.
LEASE = timedelta(seconds=45)
LOOK_EVERY = 5.0
#: Mailboxes of one process: each has a thread, and most of them sleep.
MAX_INBOXES = 200
#: Seconds before a lost source is tried again, doubled each time up to the last.
FIRST_PAUSE, LAST_PAUSE = 2.0, 300.0


@dataclass(slots=True)
class _Ear:
    """One inbox that this process listens to."""

    config: InboxConfig
    channel: str
    stopped: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None


class Listener:
    """Listens for as many inboxes as it can get hold of, each in a thread of its own."""

    def __init__(self) -> None:
        self.id = new_id()
        self._ears: dict[UUID, _Ear] = {}

    def run(self, stopped: threading.Event) -> None:
        """Look for inboxes to listen to until `stopped`, then let go of all."""
        while not stopped.is_set():
            close_old_connections()
            try:
                self.look_around()
            except Exception as error:  # noqa: BLE001  # the database is away: the ears stop by their leases
                log.warning("listener.cannot_look", error=type(error).__name__)
            stopped.wait(LOOK_EVERY)
        self.stop()

    def look_around(self) -> None:
        """Renew what is held, let go of what changed, take what is free."""
        wanted = self._wanted()
        for inbox_id, ear in list(self._ears.items()):
            now = wanted.get(inbox_id)
            is_dead = ear.thread is not None and not ear.thread.is_alive()
            if now is None or now[1] != ear.config or is_dead:
                ear.stopped.set()
                del self._ears[inbox_id]
        for inbox_id, (channel, config) in wanted.items():
            if len(self._ears) < MAX_INBOXES and inbox_id not in self._ears and self._take(config):
                self._listen(channel, config)
        self._renew()

    def stop(self) -> None:
        """Stop all ears and give their leases back."""
        for ear in self._ears.values():
            ear.stopped.set()
        for ear in self._ears.values():
            if ear.thread is not None:
                ear.thread.join(timeout=5)
        with crossing("give back the inboxes listened to"):
            InboxHealth.objects.filter(listener=self.id).update(listener=None, listening_until=None)

    def _wanted(self) -> dict[UUID, tuple[str, InboxConfig]]:
        channels = [slug for slug, adapter in all_adapters().items() if adapter.listens]
        with crossing("find inboxes to listen to"):
            live = Q(health__isnull=True) | Q(health__stopped_at=None)
            inboxes = list(Inbox.objects.filter(live, channel__in=channels, is_enabled=True))
            configs = {inbox.pk: (inbox.channel, config_of(inbox)) for inbox in inboxes}
        return {key: (slug, config) for key, (slug, config) in configs.items() if adapter_of(slug).wants_listener(config)}

    def _take(self, config: InboxConfig) -> bool:
        with scope(config.workspace_id):
            health.of_inbox(Inbox.objects.get(pk=config.id))
            free = Q(listener=None) | Q(listener=self.id) | Q(listening_until__lt=timezone.now())
            mine = InboxHealth.objects.filter(free, inbox=config.id)
            return bool(mine.update(listener=self.id, listening_until=timezone.now() + LEASE))

    def _renew(self) -> None:
        with crossing("renew the inboxes listened to"):
            held = InboxHealth.objects.filter(listener=self.id, inbox__in=list(self._ears))
            held.update(listening_until=timezone.now() + LEASE)

    def _listen(self, channel: str, config: InboxConfig) -> None:
        ear = self._ears[config.id] = _Ear(config, channel)
        ear.thread = threading.Thread(target=self._hear, args=(ear,), name=f"listen-{config.id}", daemon=True)
        ear.thread.start()

    def _hear(self, ear: _Ear) -> None:
        """Listen until stopped; a source that is lost is tried again, one that refuses us stops the inbox."""
        pause = FIRST_PAUSE
        while not ear.stopped.is_set():
            try:
                cursor = self._cursor(ear)
                adapter_of(ear.channel).listen(ear.config, cursor, partial(self._post, ear), ear.stopped.is_set)
                pause = FIRST_PAUSE
            except StopListeningError:
                ear.stopped.set()
            except ChannelError as error:
                log.info("listener.lost", inbox=str(ear.config.id), code=error.code)
                self._note(ear, error)
                if error.stops_inbox:
                    ear.stopped.set()
            except Exception as error:  # noqa: BLE001  # one inbox's fault is not another's
                log.warning("listener.failed", inbox=str(ear.config.id), error=type(error).__name__)
            ear.stopped.wait(pause)
            pause = min(pause * 2, LAST_PAUSE)
        connection.close()

    def _cursor(self, ear: _Ear) -> Mapping[str, Any]:
        close_old_connections()
        with scope(ear.config.workspace_id):
            found = InboxHealth.objects.filter(inbox=ear.config.id, listener=self.id).first()
        if found is None:
            raise StopListeningError
        return dict(found.cursor)

    def _note(self, ear: _Ear, error: ChannelError) -> None:
        with scope(ear.config.workspace_id):
            inbox = Inbox.objects.filter(pk=ear.config.id).first()
            if inbox is not None:
                health.heard_nothing(inbox, error)

    def _post(self, ear: _Ear, envelopes: Sequence[Envelope], cursor: Mapping[str, Any]) -> None:
        if ear.stopped.is_set():
            raise StopListeningError
        close_old_connections()
        now = timezone.now()
        with scope(ear.config.workspace_id):
            held = InboxHealth.objects.filter(inbox=ear.config.id, listener=self.id)
            changes: dict[str, Any] = {"cursor": dict(cursor), "listening_until": now + LEASE}
            if envelopes:
                changes["last_inbound_at"] = now
            if not held.update(**changes):
                raise StopListeningError
            if envelopes:
                with connection.cursor() as database:
                    rows = [sealed_row(ear.config, envelope) for envelope in envelopes]
                    database.execute(INSERT, columns_of(rows))
                transaction.on_commit(partial(wake_up, "channels_app.tasks.drain_inbound"), robust=True)
