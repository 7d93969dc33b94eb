"""The visitor's socket as the hub sees it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from channels_app.adapters.website.adapter import check_admitted
from channels_app.adapters.website.history import identity_of
from channels_app.adapters.website.tokens import Visitor
from channels_app.adapters.website.wire import PUBLIC, message_json, seen_seq
from channels_app.contract import InboxConfig, RefusedError
from channels_app.registry import config_of
from conversations.identities import identity_index
from conversations.models import Inbox, Message
from conversations.selectors.timeline import messages_for_events
from core.events.models import Event
from core.live.subscriber import Subscriber
from core.tenancy import crossing

_MESSAGES = ("message.created", "message.changed")


class VisitorSubscriber(Subscriber):
    """A visitor's browser. It sees the public messages of the visitor's contact in this inbox, and nothing else."""

    def __init__(self, inbox: InboxConfig, visitor: Visitor, *, contact_id: UUID | None, position: int) -> None:
        super().__init__(inbox.workspace_id, position)
        self.inbox = inbox
        self.visitor = visitor
        self.contact_id = contact_id
        self.identity_id = ""
        self.identity_hash = ""

    @property
    def audience(self) -> str:
        return f"visitor:{self.inbox.id}:{self.visitor.kind}:{self.visitor.value}"

    def may_see(self, event: Event) -> bool:
        if event.inbox_id != self.inbox.id:
            return False
        if self.contact_id is None and event.data.get("identity_hash") == self.identity_hash:
            self.contact_id = event.contact_id
        return self.contact_id is not None and event.contact_id == self.contact_id

    def hears(self, signal: dict[str, Any]) -> bool:
        if signal["kind"] == "presence":
            return True
        return (
            signal["kind"] == "typing"
            and bool(signal.get("is_public"))
            and bool(self.identity_id)
            and signal.get("identity") == self.identity_id
        )

    def render(self, events: Sequence[Event]) -> dict[UUID, str]:
        self.know_contact()
        own = [event for event in events if event.contact_id == self.contact_id]
        messages = messages_for_events(event for event in own if event.type in _MESSAGES)
        rendered = {}
        for event in own:
            shown = self._shown(event, messages)
            if shown is not None:
                rendered[event.pk] = orjson.dumps({"pos": event.position, **shown}).decode()
        return rendered

    def _shown(self, event: Event, messages: dict[str, Message]) -> dict[str, Any] | None:
        if event.type in _MESSAGES:
            message = messages.get(event.data["message"])
            if message is None or message.kind not in PUBLIC:
                return None
            return {"t": "message", "message": message_json(message, seen=seen_seq(message.conversation))}
        if event.type == "conversation.read":
            return {"t": "seen", "seq": event.data["seq"]}
        if event.type == "conversation.changed" and "status" in event.data["fields"]:
            return {"t": "conversation", "status": event.data.get("status", "open")}
        return None

    def know_contact(self) -> None:
        """Look up who the visitor is, once they have written. Inside the workspace's scope."""
        self.identity_hash = self.identity_hash or identity_index(self.visitor.kind, self.visitor.value).hex()
        if not self.identity_id:
            identity = identity_of(self.inbox, self.visitor)
            if identity is not None:
                self.contact_id, self.identity_id = identity.contact_id, str(identity.pk)

    @classmethod
    def invalid_among(cls, subscribers: Sequence[Subscriber]) -> Sequence[Subscriber]:
        """Those whose inbox lets them in no longer; one query for all of them."""
        visitors = [one for one in subscribers if isinstance(one, VisitorSubscriber)]
        with crossing("live sockets check that their inbox still lets them in"):
            found = Inbox.objects.filter(pk__in={one.inbox.id for one in visitors})
            inboxes = {inbox.pk: config_of(inbox) for inbox in found}
        return [one for one in visitors if not one.is_admitted(inboxes.get(one.inbox.id))]

    def is_admitted(self, inbox: InboxConfig | None) -> bool:
        """Whether an inbox, as it is now, lets this visitor in."""
        try:
            if inbox is not None:
                check_admitted(self.visitor, inbox)
        except RefusedError:
            return False
        return inbox is not None

    def signal_text(self, signal: dict[str, Any]) -> str:
        if signal["kind"] == "typing":
            return orjson.dumps({"t": "typing", "name": signal.get("name", ""), "on": signal["on"]}).decode()
        return orjson.dumps({"t": "presence", "agents_online": signal["agents_online"]}).decode()
