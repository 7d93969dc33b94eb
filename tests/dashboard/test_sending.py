"""What surrounds a reply on its page: what may be sent now, answers to choose from, templates, people who are one."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, Workspace
from accounts.permissions import Role
from channels_app.models import DeliveryAction, MessageTemplate
from conversations.models import Contact, ContactIdentity, Conversation, Inbox, InboxMember, MergeSuggestion, Message
from conversations.normalised import InboundMessage, Sender
from conversations.services import contacts, inbound
from core.audit import Actor
from core.tenancy import scope
from tests.accounts.conftest import signed_in
from tests.factories import make_inbox, make_member, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)

BODY = {"type": "BODY", "text": "Hello {{first_name}}, your order {{2}} is on its way."}
HEAD = {"type": "HEADER", "format": "IMAGE"}


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def agent(workspace: Workspace) -> User:
    return make_member(workspace, Role.OWNER).user


@pytest.fixture
def client(agent: User) -> Client:
    return signed_in(agent)


@pytest.fixture
def inbox(workspace: Workspace) -> Inbox:
    with scope(workspace.pk):
        return make_inbox("whatsapp")


def write(workspace: Workspace, inbox: Inbox, *values: str, hours_ago: float = 0, text: str = "Hello") -> Conversation:
    at = timezone.now() - timedelta(hours=hours_ago)
    with scope(workspace.pk):
        sender = Sender("channel", values[0], name="Rosa Lima", also=values[1:])
        inbound.apply(inbox, InboundMessage(sender, uuid4().hex, at, text=text))
        return Conversation.objects.select_related("contact", "identity").order_by("-id")[0]


def address(name: str, conversation: Conversation, *parts: Any) -> str:
    return reverse(f"dashboard:{name}", args=[conversation.workspace_id, conversation.number, *parts])


def page(client: Client, name: str, conversation: Conversation, *parts: Any, **query: str) -> str:
    answer = client.get(address(name, conversation, *parts), query)
    assert answer.status_code == 200
    return answer.content.decode()


def reply(client: Client, conversation: Conversation, **more: Any) -> Any:
    post = {"mode": "reply", "body": "Which one?", "idempotency_key": str(uuid4()), **more}
    return client.post(address("add-message", conversation), post)


def sent(workspace: Workspace) -> list[Message]:
    with scope(workspace.pk):
        return list(Message.objects.filter(kind="outbound").order_by("seq"))


@pytest.mark.parametrize(("hours", "standing"), [(1, "open"), (25, "closed")])
def test_composer_says_how_long_replies_are_free(
    workspace: Workspace, client: Client, inbox: Inbox, hours: float, standing: str
) -> None:
    conversation = write(workspace, inbox, "5511987654321", hours_ago=hours)
    shown = page(client, "conversation", conversation)
    assert f'data-standing="{standing}"' in shown
    assert ("Choose a template" in shown) == (standing == "closed")


def test_a_reply_after_the_window_is_refused_and_kept(workspace: Workspace, client: Client, inbox: Inbox) -> None:
    answer = reply(client, write(workspace, inbox, "5511987654321", hours_ago=25))
    assert answer.status_code == 422
    assert "emplate" in answer.json()["message"]
    assert sent(workspace) == []


def test_who_wants_no_messages_is_shown_and_an_agent_may_note_that_they_do(
    workspace: Workspace, client: Client, inbox: Inbox
) -> None:
    conversation = write(workspace, inbox, "5511987654321")
    with scope(workspace.pk):
        ContactIdentity.objects.update(stopped_at=timezone.now())
    assert 'data-standing="stopped"' in page(client, "standing", conversation)
    assert "wants no messages" in page(client, "contact", conversation)
    assert reply(client, conversation).status_code == 422
    assert client.post(address("consent", conversation), {"given": "1"}).status_code == 204
    assert 'data-standing="open"' in page(client, "standing", conversation)
    assert reply(client, conversation).status_code == 200


@pytest.mark.parametrize(("count", "shape"), [(3, "buttons"), (4, "list"), (10, "list")])
def test_answers_to_choose_from_are_buttons_or_a_list(
    workspace: Workspace, client: Client, inbox: Inbox, count: int, shape: str
) -> None:
    titles = [f"Bowl {number}" for number in range(count)]
    answer = reply(client, write(workspace, inbox, "5511987654321"), choice=[*titles, " "])
    assert answer.status_code == 200
    data = sent(workspace)[0].data
    rows = data["buttons"] if shape == "buttons" else data["list"]["rows"]
    assert [one["title"] for one in rows] == titles
    assert all(f"<li>{title}</li>" in answer.content.decode() for title in titles)


@pytest.mark.parametrize("titles", [["same", "same"], ["x" * 25, "b", "c", "d"], ["y" * 21], [str(one) for one in range(11)]])
def test_answers_that_the_channel_would_refuse_are_said(
    workspace: Workspace, client: Client, inbox: Inbox, titles: list[str]
) -> None:
    assert reply(client, write(workspace, inbox, "5511987654321"), choice=titles).status_code == 422
    assert sent(workspace) == []


@pytest.fixture
def template(workspace: Workspace, inbox: Inbox) -> MessageTemplate:
    with scope(workspace.pk):
        for name, status in [("order_sent", "APPROVED"), ("sale_of_year", "APPROVED"), ("secret_plan", "REJECTED")]:
            MessageTemplate.objects.create(
                inbox=inbox, name=name, language="en", category="UTILITY", status=status, components=[BODY],
                synced_at=timezone.now(),
            )  # fmt: skip
        return MessageTemplate.objects.get(name="order_sent")


def test_approved_templates_are_found_by_their_words(
    workspace: Workspace, client: Client, inbox: Inbox, template: MessageTemplate
) -> None:
    conversation = write(workspace, inbox, "5511987654321", hours_ago=30)
    every = page(client, "templates", conversation)
    assert ("Order sent" in every, "Sale of year" in every, "Secret plan" in every) == (True, True, False)
    found = page(client, "templates", conversation, q="ORDER sent", rows="1")
    assert ("Order sent" in found, "Sale of year" in found) == (True, False)
    assert "No template" in page(client, "templates", conversation, q="zebra", rows="1")


def test_template_is_filled_from_the_contact_seen_and_sent(
    workspace: Workspace, client: Client, inbox: Inbox, template: MessageTemplate
) -> None:
    conversation = write(workspace, inbox, "5511987654321", hours_ago=30)
    form = page(client, "template", conversation, template.pk)
    assert 'name="value.body.first_name"' in form
    assert 'value="Rosa"' in form
    values = {"value.body.first_name": "Rosa", "value.body.2": "A-1042"}
    shown = client.post(address("template-preview", conversation, template.pk), values).content.decode()
    assert shown == "Hello Rosa, your order A-1042 is on its way."
    post = {**values, "idempotency_key": str(uuid4())}
    assert client.post(address("template", conversation, template.pk), post).status_code == 204
    assert client.post(address("template", conversation, template.pk), post).status_code == 204
    (message,) = sent(workspace)
    assert message.body == shown
    assert message.data["template"]["components"] == [
        {"type": "body", "parameters": [{"type": "text", "text": "Rosa", "parameter_name": "first_name"},
                                        {"type": "text", "text": "A-1042"}]}
    ]  # fmt: skip


def test_a_blank_that_is_not_filled_is_said(
    workspace: Workspace, client: Client, inbox: Inbox, template: MessageTemplate
) -> None:
    conversation = write(workspace, inbox, "5511987654321", hours_ago=30)
    post = {"value.body.first_name": "Rosa", "idempotency_key": str(uuid4())}
    answer = client.post(address("template", conversation, template.pk), post)
    assert answer.status_code == 422
    assert "Value 2" in answer.json()["message"]


def test_a_template_with_a_picture_takes_one(
    workspace: Workspace, client: Client, inbox: Inbox, template: MessageTemplate
) -> None:
    with scope(workspace.pk):
        MessageTemplate.objects.filter(pk=template.pk).update(components=[HEAD])
    conversation = write(workspace, inbox, "5511987654321", hours_ago=30)
    url = address("template", conversation, template.pk)
    assert client.post(url, {"idempotency_key": str(uuid4())}).status_code == 422
    upload = client.post(
        reverse("dashboard:uploads", args=[workspace.pk]), {"file": SimpleUploadedFile("a.txt", b"picture")}
    ).json()["id"]
    assert client.post(url, {"idempotency_key": str(uuid4()), "upload": upload}).status_code == 204
    with scope(workspace.pk):
        assert Message.objects.get(kind="outbound").attachments.count() == 1


def test_contact_is_found_and_merged_by_hand(workspace: Workspace, client: Client, inbox: Inbox) -> None:
    mine, other = write(workspace, inbox, "351911222333"), write(workspace, inbox, "351944555666")
    with scope(workspace.pk):
        contacts.edit_contact(other.contact, name="Rosalina Prata", attributes={}, actor=Actor.system())
    found = page(client, "merge-picker", mine, q="rosalina")
    assert "Rosalina Prata" in found
    assert str(mine.contact_id) not in page(client, "merge-picker", mine, q="rosa")
    assert "Nobody else is found" in page(client, "merge-picker", mine, q="zzz", rows="1")
    assert client.post(address("merge-with", mine, mine.contact_id)).status_code == 404
    assert client.post(address("merge-with", mine, other.contact_id)).status_code == 204
    with scope(workspace.pk):
        assert Conversation.objects.filter(contact=mine.contact).count() == 2
    assert "Rosalina Prata was merged into this contact" in page(client, "contact", mine)


def test_contact_of_an_inbox_of_others_is_neither_found_nor_merged(workspace: Workspace, inbox: Inbox) -> None:
    with scope(workspace.pk):
        closed = make_inbox("whatsapp", "Board")
        member = make_member(workspace, Role.AGENT)
        InboxMember.objects.create(inbox=inbox, user=member.user)
    mine, other = write(workspace, inbox, "351911222333"), write(workspace, closed, "351944555666")
    client = signed_in(member.user)
    assert "Rosa Lima" not in page(client, "merge-picker", mine, q="rosa")
    assert client.post(address("merge-with", mine, other.contact_id)).status_code == 404


def test_two_who_may_be_one_are_merged_and_taken_apart(workspace: Workspace, client: Client, inbox: Inbox) -> None:
    first, second = write(workspace, inbox, "5511987654321"), write(workspace, inbox, "BR.1")
    conversation = write(workspace, inbox, "BR.1", "5511987654321")
    shown = page(client, "contact", conversation)
    assert "The same person?" in shown
    with scope(workspace.pk):
        suggestion = (
            conversation.contact.merge_suggestions.first() or Contact.objects.get(pk=first.contact_id).merge_suggestions.get()
        )
    assert client.post(address("merge", conversation, suggestion.pk)).status_code == 204
    with scope(workspace.pk):
        assert Contact.objects.filter(merged_into=None).count() == 1
        merged = Contact.objects.get(merged_into=None)
        done = merged.merges.get()
    mine = second if merged.pk == second.contact_id else first
    assert "was merged into this contact" in page(client, "contact", mine)
    assert client.post(address("unmerge", mine, done.pk)).status_code == 204
    with scope(workspace.pk):
        assert Contact.objects.filter(merged_into=None).count() == 2


def test_two_people_stay_two(workspace: Workspace, client: Client, inbox: Inbox) -> None:
    write(workspace, inbox, "5511987654321")
    write(workspace, inbox, "BR.1")
    conversation = write(workspace, inbox, "BR.1", "5511987654321")
    with scope(workspace.pk):
        suggestion = MergeSuggestion.objects.get()
    assert client.post(address("merge", conversation, suggestion.pk), {"same": "0"}).status_code == 204
    assert "The same person?" not in page(client, "contact", conversation)


def test_the_first_who_reads_tells_the_platform(workspace: Workspace, client: Client, inbox: Inbox) -> None:
    conversation = write(workspace, inbox, "5511987654321")
    page(client, "conversation", conversation)
    page(client, "conversation", conversation)
    with scope(workspace.pk):
        assert [one.data["kind"] for one in DeliveryAction.objects.all()] == ["read"]


@pytest.mark.parametrize(("hours", "is_shown"), [(1, True), (25, False)])
def test_a_story_is_shown_from_its_platform_until_it_ends(
    workspace: Workspace, client: Client, inbox: Inbox, hours: float, is_shown: bool
) -> None:
    picture, at = "https://scontent.cdninstagram.com/story.jpg", timezone.now() - timedelta(hours=hours)
    story = {"kind": "mention", "url": picture, "expires_at": (at + timedelta(hours=24)).isoformat()}
    with scope(workspace.pk):
        said = InboundMessage(Sender("channel", "rosa"), uuid4().hex, at, content_type="story", data={"story": story})
        inbound.apply(inbox, said)
        conversation = Conversation.objects.get()
        assert not conversation.messages.get(kind="inbound").attachments.exists()
    answer = client.get(reverse("dashboard:messages", args=[workspace.pk, conversation.number]))
    assert (picture in answer.content.decode()) == is_shown
    assert ("The story has ended" in answer.content.decode()) != is_shown
    assert "https://*.cdninstagram.com" in answer["Content-Security-Policy"]
