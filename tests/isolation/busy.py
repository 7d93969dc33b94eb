"""A workspace that has seen every kind of use, with a canary planted wherever a person can put text."""

import asyncio
import io
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import uuid4

from django.utils import timezone
from PIL import Image

from accounts.models import Membership, Team, TeamMember, User, Workspace
from accounts.permissions import Role
from accounts.services import invitations
from channels_app.adapters.website import tokens
from channels_app.adapters.website.adapter import ADAPTER
from channels_app.contract import Connection
from channels_app.intake import Intake
from channels_app.models import Continuation, MessageTemplate
from channels_app.registry import config_of
from channels_app.services import accounts, drain, health, outbox
from conversations.identities import provider_index
from conversations.models import Contact, Conversation, Inbox, InboxMember, Label, MergeSuggestion, Message, MessageAlias
from conversations.normalised import (
    ConsentChanged,
    InboundMessage,
    InlineFile,
    MessageEdited,
    Person,
    ReactionChanged,
    RemoteFile,
    Sender,
    Thread,
)
from conversations.services import attachments, contacts, inbound, merging, replies, state
from conversations.services.drafts import keep_draft
from conversations.services.labels import save_label
from core.audit import Actor, chain
from core.tenancy import scope
from tests.factories import make_inbox, make_member, make_user, make_workspace
from tests.isolation.assisting import make_ai
from tests.isolation.knowing import make_knowledge

ORIGIN = "https://shop.example"


@dataclass
class Busy:
    """A workspace and what is in it. `canaries` maps each place to the unique word planted there."""

    workspace: Workspace
    owner: User
    members: dict[str, Membership] = field(default_factory=dict)
    inbox: Inbox = field(init=False)
    conversation: Conversation = field(init=False)
    canaries: dict[str, str] = field(default_factory=dict)

    def plant(self, place: str) -> str:
        """A word that occurs nowhere else, remembered under its place."""
        return self.canaries.setdefault(place, f"kanari{place.replace(' ', '')}{uuid4().hex[:12]}")


def make_busy(name: str = "Loja Azul") -> Busy:
    """Fill a new workspace through the product's services and its pipeline."""
    first = Busy.__new__(Busy)
    first.canaries = {}
    owner = make_user(f"Ana {first.plant('user name')}", email=f"{first.plant('user address')}@example.com")
    busy = Busy(make_workspace(name, owner), owner, canaries=first.canaries)
    for role in Role:
        if role != Role.OWNER:
            busy.members[role] = make_member(busy.workspace, role)
    with scope(busy.workspace.pk):
        busy.members[Role.OWNER] = Membership.objects.get(user=owner)
        busy.inbox = make_inbox(allowed_origins=[ORIGIN], greeting=f"Hello {busy.plant('inbox settings')}")
        for membership in busy.members.values():
            InboxMember.objects.create(inbox=busy.inbox, user=membership.user)
        invitations.invite([f"{busy.plant('invited address')}@example.org"], role=Role.AGENT, by=busy.members[Role.OWNER])
    _visitor_writes(busy)
    with scope(busy.workspace.pk):
        _agent_works(busy)
        _contact_goes_on(busy)
        _somebody_mails(busy)
        _one_person_twice(busy)
        _a_platform_speaks(busy)
        make_knowledge(busy.plant, busy.owner, busy.conversation)
        make_ai(busy.plant, busy.owner, busy.conversation)
    while outbox.deliver_due():
        pass
    while chain.seal(busy.workspace.pk):
        pass
    return busy


def _visitor_writes(busy: Busy) -> None:
    visitor = tokens.new_visitor(ORIGIN)
    with scope(busy.workspace.pk):
        uploaded = partial(attachments.store_upload, uploader=visitor.value, inbox=busy.inbox)
        picture = uploaded(_picture(busy.plant("picture metadata")), name=f"{busy.plant('file name')}.jpg")
        file = uploaded(f"secret {busy.plant('file content')} words\n".encode() * 20, name="letter.txt")
    event = {
        "t": "message",
        "id": str(uuid4()),
        "text": f"My order {busy.plant('message')} is late",
        "attachments": [str(picture.pk), str(file.pk)],
        "fields": {"name": f"Zoë {busy.plant('contact name')}", "email": f"{busy.plant('claimed address')}@example.net"},
        "page": {"url": f"https://shop.example/{busy.plant('page address')}", "title": busy.plant("page title")},
    }
    with scope(busy.workspace.pk):
        config = config_of(busy.inbox)
    applied = ADAPTER.envelope(visitor, event, config)
    waiting = ADAPTER.envelope(visitor, {**event, "id": "unreadable", "text": busy.plant("quarantined body")}, config)

    async def store() -> None:
        intake = Intake()
        await intake.store("website", config, [applied, waiting])
        await intake.close()

    asyncio.run(store())
    is_applied = False
    while not is_applied:  # beside running workers, one of them may have it in its hands
        drain.drain()
        with scope(busy.workspace.pk):
            is_applied = Message.objects.exists()


def _agent_works(busy: Busy) -> None:
    conversation = busy.conversation = Conversation.objects.get()
    agent = busy.members[Role.AGENT].user
    note = f"Careful: {busy.plant('note')}"
    replies.send_reply(conversation, body=f"Dear {busy.plant('reply')}", author=agent, idempotency_key=uuid4())
    replies.add_note(conversation, body=note, author=agent, idempotency_key=uuid4(), mentioned=[busy.owner.pk])
    keep_draft(conversation, user=agent, mode="reply", body=f"Perhaps {busy.plant('draft')}")
    state.assign(conversation, agent, by=busy.owner)
    team = Team.objects.create(name="Support")
    TeamMember.objects.create(team=team, user=agent)
    state.set_team(conversation, team, by=agent)
    label = save_label(Label(name="Late", color="red"), actor=Actor.user(busy.owner.pk))
    state.add_label(conversation, label, by=agent)
    state.set_status(conversation, "snoozed", by=agent, until=timezone.now() + timedelta(days=1))
    contact = Contact.objects.get()
    attributes = {"shoe size": busy.plant("attribute")}
    contacts.edit_contact(contact, name=contact.name, attributes=attributes, actor=Actor.user(agent.pk))
    contacts.add_contact_note(contact, body=f"Lives at {busy.plant('contact note')}", author=agent)


def _contact_goes_on(busy: Busy) -> None:
    message = Message.objects.get(kind=Message.Kind.INBOUND)
    sender = Sender("visitor", message.conversation.identity.value)
    now = timezone.now()
    edited = f"{message.body} now {busy.plant('edited message')}"
    inbound.apply(busy.inbox, MessageEdited(sender, message.provider_id, edited, now))
    inbound.apply(busy.inbox, ReactionChanged(sender, message.provider_id, "👍", now))


def _somebody_mails(busy: Busy) -> None:
    """A message of a channel with threads, an action, and the state of the inbox's line."""
    address = f"{busy.plant('sender address')}@example.com"
    mailed = InboundMessage(
        sender=Sender("email", address, name=busy.plant("sender name")),
        provider_id=f"<{busy.plant('message id')}@example.com>",
        occurred_at=timezone.now(),
        text=f"Hello {busy.plant('mail text')}",
        html=f"<p>Hello {busy.plant('mail html')}</p>",
        original=f"Subject: {busy.plant('raw mail')}".encode(),
        thread=Thread(
            subject=f"Order {busy.plant('subject')}",
            others=(Person(f"{busy.plant('copied address')}@example.com", busy.plant("copied name")),),
        ),
        files=(InlineFile(f"{busy.plant('mailed name')}.txt", busy.plant("mailed content").encode(), content_id="one"),
               RemoteFile({"id": busy.plant("remote file")}, name=f"{busy.plant('remote name')}.pdf")),
    )  # fmt: skip
    inbound.apply(busy.inbox, mailed)
    message = Message.objects.get(provider_index=provider_index(mailed.provider_id))
    MessageAlias.objects.create(message=message, inbox=busy.inbox, provider_index=provider_index("second part"))
    outbox.queue_action(busy.inbox, {"kind": "read", "data": {"about": busy.plant("action")}}, message.conversation)
    health.of_inbox(busy.inbox)
    Continuation.objects.create(conversation=message.conversation, seq=1)


def _one_person_twice(busy: Busy) -> None:
    """Two contacts who turn out to be one, who wants no more messages."""
    number, scoped = busy.plant("phone number"), busy.plant("scoped id")
    for value in (number, scoped):
        inbound.apply(busy.inbox, InboundMessage(Sender("channel", value), f"of {value}", timezone.now(), text="Hello"))
    both = Sender("channel", scoped, also=(number, busy.plant("further id")))
    inbound.apply(busy.inbox, InboundMessage(both, "of both", timezone.now(), text="Stop"))
    suggestion = MergeSuggestion.objects.get()
    merging.merge(suggestion.contact, suggestion.other, by=busy.owner)
    inbound.apply(busy.inbox, ConsentChanged(both, "messages", is_given=False, occurred_at=timezone.now()))


def _a_platform_speaks(busy: Busy) -> None:
    """What a platform told of the inbox's account."""
    accounts.keep_account(busy.inbox, Connection(account=uuid4().hex, source="own", owner="42"))
    MessageTemplate.objects.create(inbox=busy.inbox, name="welcome", language="en", status="APPROVED", synced_at=timezone.now())


def _picture(words: str) -> bytes:
    """A JPEG whose EXIF data and comment hold words."""
    exif = Image.Exif()
    exif[0x010E] = words
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG", exif=exif, comment=words.encode())
    return out.getvalue()
