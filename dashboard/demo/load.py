"""Loading the demo workspace. Everything goes through the services, so it is what real use leaves behind."""

from datetime import timedelta
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from accounts.models import Team, TeamMember, User, Workspace
from accounts.services.workspaces import add_member, create_workspace
from channels_app.registry import adapter_of
from chatzee.env import env
from conversations.identities import provider_index
from conversations.models import Conversation, Inbox, Label, Message
from conversations.normalised import Claim, InboundMessage, Sender
from conversations.services import contacts, inbound, replies, state
from conversations.services.inboxes import create_inbox
from core.audit import Actor
from core.tenancy import crossing, scope
from dashboard.demo.assistant import add_assistant
from dashboard.demo.golden import add_golden
from dashboard.demo.inboxes import add_emulated
from dashboard.demo.knowledge import add_knowledge
from dashboard.demo.mailbox import add_mailbox
from dashboard.demo.stories import LABELS, PEOPLE, STORIES, TEAMS, Story

PASSWORD = "violet-harbour-lantern-42"  # noqa: S105  # of demo people on one machine, printed at every start
NAME = "Terra & Glaze"


def load_demo() -> Workspace:
    """Make the demo workspace with its people, inbox and conversations."""
    people = {name.split()[0]: _person(name, email) for name, email, _role in PEOPLE}
    workspace = create_workspace(name=NAME, owner=people["Ana"], time_zone="Europe/Lisbon", is_demo=True)
    with scope(workspace.pk):
        for name, _email, role in PEOPLE[1:]:
            add_member(people[name.split()[0]], role=role, actor=Actor.system())
        agents = [people[name] for name in ("Ana", "Kwame", "Mei")]
        inbox = _inbox([*agents, people["Luca"]])  # who reads and does not answer
        add_mailbox(agents)
        add_emulated(agents)
        labels = {name: Label.objects.create(name=name, color=color) for name, color in LABELS}
        teams = {name: _team(name, members, people) for name, members in TEAMS.items()}
        articles = add_knowledge(people["Ana"])
        add_assistant(inbox, teams, labels)
        add_golden(articles, by=people["Ana"])
    for story in sorted(STORIES, key=lambda one: -one.lines[-1][2]):
        with scope(workspace.pk):
            _tell(story, inbox, people, labels, teams)
    return workspace


def sample_shop_url() -> str:
    """Where the sample shop stands, with the demo inbox's chat on it."""
    with crossing("find the demo inbox"):
        inbox = Inbox.objects.filter(workspace__is_demo=True, channel="website").earliest("id")
    return f"{env.public_url.rstrip('/')}{reverse('widget:try', args=[inbox.key])}"


def _person(name: str, email: str) -> User:
    return User.objects.create_user(email, PASSWORD, name=name, email_verified_at=timezone.now())


def _inbox(agents: list[User]) -> Inbox:
    form = adapter_of("website").config_form
    given = {name: field.initial for name, field in form.base_fields.items()}
    given = {name: str(value) if value is not None else "" for name, value in given.items()}
    given |= {"asks_name": False, "asks_email": False, "requires_identity": False}
    given |= {"allowed_origins": [env.public_url.rstrip("/")], "title": NAME}
    settings = adapter_of("website").new_settings(given)
    return create_inbox(channel="website", name="Shop chat", settings=settings, members=agents, actor=Actor.system())


def _team(name: str, members: tuple[str, ...], people: dict[str, User]) -> Team:
    team = Team.objects.create(name=name)
    for member in members:
        TeamMember.objects.create(team=team, user=people[member])
    return team


def _tell(story: Story, inbox: Inbox, people: dict[str, User], labels: dict[str, Label], teams: dict[str, Team]) -> None:
    claims = (Claim("email", story.email),) if story.email else ()
    sender = Sender("visitor", str(uuid4()), name=story.name, claims=claims, language=story.language)
    conversation: Conversation | None = None
    for who, text, minutes in story.lines:
        message = _say(who, text, inbox, sender, conversation, people)
        conversation = message.conversation
        _backdate(message, minutes)
    assert conversation is not None
    conversation.refresh_from_db()
    _arrange(conversation, story, people, labels, teams)
    last = timezone.now() - timedelta(minutes=story.lines[-1][2])
    Conversation.objects.filter(pk=conversation.pk).update(last_activity_at=last)


def _say(
    who: str, text: str, inbox: Inbox, sender: Sender, conversation: Conversation | None, people: dict[str, User]
) -> Message:
    if who == "visitor":
        provider_id = str(uuid4())
        inbound.apply(inbox, InboundMessage(sender, provider_id, timezone.now(), text=text))
        return Message.objects.get(inbox=inbox, provider_index=provider_index(provider_id))
    assert conversation is not None
    if who == "note":
        mentioned = [user.pk for user in people.values() if f"@{user.name}" in text]
        return replies.add_note(conversation, body=text, author=people["Kwame"], idempotency_key=uuid4(), mentioned=mentioned)
    return replies.send_reply(conversation, body=text, author=people[who], idempotency_key=uuid4())


def _backdate(message: Message, minutes: int) -> None:
    at = timezone.now() - timedelta(minutes=minutes)
    Message.objects.filter(pk=message.pk).update(created_at=at, occurred_at=at)


def _arrange(
    conversation: Conversation, story: Story, people: dict[str, User], labels: dict[str, Label], teams: dict[str, Team]
) -> None:
    by = people[story.assignee or "Ana"]
    if story.team:
        state.set_team(conversation, teams[story.team], by=by)
    for label in story.labels:
        state.add_label(conversation, labels[label], by=by)
    if story.priority:
        state.set_priority(conversation, story.priority, by=by)
    state.assign(conversation, people[story.assignee] if story.assignee else None, by=by)
    if story.attributes:
        contact = conversation.contact
        contacts.edit_contact(contact, name=contact.name, attributes=story.attributes, actor=Actor.user(by.pk))
    if story.note:
        contacts.add_contact_note(conversation.contact, body=story.note, author=by)
    if story.status != "open":
        until = timezone.now() + timedelta(days=2) if story.status == "snoozed" else None
        state.set_status(conversation, story.status, by=by, until=until)
