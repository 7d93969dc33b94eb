"""Agents' sockets: what an agent may see live, and what their browser tells the others."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import orjson
from django.contrib.sessions.models import Session
from django.utils import timezone, translation

from accounts.models import Membership
from core.events.models import Event
from core.live.subscriber import Subscriber
from core.tenancy import crossing

#: Renders one event for agents in the active language: an object for the browser, or None where it shows nothing.
type Renderer = Callable[[Sequence[Event]], dict[UUID, dict[str, Any]]]

_renderers: list[Renderer] = []

#: Events that only the named user's own browsers need.
PERSONAL = frozenset({"conversation.read", "mention.created", "draft.changed"})


def register_renderer(renderer: Renderer) -> None:
    """Name the function that turns events into what agents' browsers are sent. The dashboard fills it in."""
    _renderers[:] = [renderer]


class AgentSubscriber(Subscriber):
    """An agent's browser. It sees the events of its inboxes and the passing signals of its workspace."""

    def __init__(
        self, membership: Membership, *, inboxes: frozenset[UUID] | None, session_key: str, language: str, position: int
    ) -> None:
        super().__init__(membership.workspace_id, position)
        self.user_id: UUID = membership.user_id
        self.membership_id = membership.pk
        self.inboxes = inboxes
        self.session_key = session_key
        self.language = language
        seen = "all" if inboxes is None else hashlib.sha256(b"".join(sorted(one.bytes for one in inboxes))).hexdigest()
        self._audience = f"agent:{language}:{seen}"

    @property
    def audience(self) -> str:
        return self._audience

    def may_see(self, event: Event) -> bool:
        if event.type in PERSONAL and event.data.get("user") != str(self.user_id):
            return False
        return event.inbox_id is None or self.inboxes is None or event.inbox_id in self.inboxes

    def hears(self, signal: dict[str, Any]) -> bool:
        if signal.get("user") == str(self.user_id):
            return False
        inbox = signal.get("inbox")
        return inbox is None or self.inboxes is None or UUID(inbox) in self.inboxes

    def render(self, events: Sequence[Event]) -> dict[UUID, str]:
        with translation.override(self.language):
            rendered = _renderers[0](events) if _renderers else {}
        return {
            event.pk: orjson.dumps({"t": event.type, "pos": event.position, **rendered[event.pk]}).decode()
            for event in events
            if event.pk in rendered
        }

    def signal_text(self, signal: dict[str, Any]) -> str:
        shown = {name: value for name, value in signal.items() if name not in ("workspace", "kind")}
        return orjson.dumps({"t": signal["kind"], **shown}).decode()

    @classmethod
    def invalid_among(cls, subscribers: Sequence[Subscriber]) -> Sequence[Subscriber]:
        """Those whose session has ended or whose membership is no longer active: two queries for all of them."""
        agents = [one for one in subscribers if isinstance(one, AgentSubscriber)]
        alive = Session.objects.filter(session_key__in={one.session_key for one in agents}, expire_date__gt=timezone.now())
        sessions = set(alive.values_list("session_key", flat=True))
        with crossing("live sockets check that their members are still members"):
            members = Membership.objects.filter(
                id__in={one.membership_id for one in agents}, is_active=True, user__is_active=True
            )
            memberships = set(members.values_list("id", flat=True))
        return [one for one in agents if one.session_key not in sessions or one.membership_id not in memberships]
