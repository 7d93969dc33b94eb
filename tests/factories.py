"""Plain factories: real rows through the real services, with names of many cultures."""

import itertools
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.models import Membership, User, Workspace
from accounts.permissions import Role
from accounts.services.workspaces import add_member, create_workspace
from conversations.identities import provider_index
from conversations.models import Conversation, Inbox, Message
from conversations.normalised import InboundMessage, Sender
from conversations.services import inbound
from core.audit import Actor
from core.tenancy import scope

PASSWORD = "violet-harbour-lantern-42"
_numbers = itertools.count(1)


def make_user(name: str = "Ana Souza", **fields: Any) -> User:
    """A user with a proven address and the password PASSWORD."""
    email = fields.pop("email", f"user{next(_numbers)}@example.com")
    password = fields.pop("password", PASSWORD)
    fields.setdefault("email_verified_at", timezone.now())
    return User.objects.create_user(email, password, name=name, **fields)


def make_workspace(name: str = "Loja Azul", owner: User | None = None) -> Workspace:
    """A workspace with an owner."""
    return create_workspace(name=name, owner=owner or make_user())


def make_member(workspace: Workspace, role: str = Role.AGENT, user: User | None = None) -> Membership:
    """A member with a role in a workspace. Call it outside any scope."""
    user = user or make_user("Kwame Mensah")
    with scope(workspace.pk):
        return add_member(user, role=role, actor=Actor.system())


def make_inbox(channel: str = "website", name: str = "Website", **settings: Any) -> Inbox:
    """An inbox of the workspace in scope."""
    inbox = Inbox(name=name, channel=channel, settings=settings)
    inbox.save(force_insert=True)
    return inbox


def receive(inbox: Inbox, text: str = "Hello", *, visitor: str = "visitor-1", name: str = "", **fields: Any) -> Message:
    """A message from a visitor, applied as the pipeline applies it."""
    provider_id = fields.pop("provider_id", str(uuid4()))
    sender = fields.pop("sender", None) or Sender(kind="visitor", value=visitor, name=name)
    event = InboundMessage(
        sender=sender, provider_id=provider_id, occurred_at=fields.pop("occurred_at", timezone.now()), text=text, **fields
    )
    inbound.apply(inbox, event)
    return Message.objects.get(inbox=inbox, provider_index=provider_index(provider_id))


def make_conversation(inbox: Inbox, text: str = "Hello", **fields: Any) -> Conversation:
    """A conversation that a visitor has begun."""
    return receive(inbox, text, **fields).conversation
