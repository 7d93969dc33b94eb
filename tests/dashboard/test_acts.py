"""What agents do with messages on their pages: change, take back, react; each where the channel can."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User, Workspace
from accounts.permissions import Role
from conversations.models import Conversation, Message, Reaction
from conversations.normalised import Sender
from conversations.services.replies import send_reply
from core.tenancy import scope
from tests.accounts.conftest import signed_in
from tests.factories import make_inbox, make_member, make_workspace, receive

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def agent(workspace: Workspace) -> User:
    return make_member(workspace, Role.OWNER).user


@pytest.fixture
def client(agent: User) -> Client:
    return signed_in(agent)


def talk(workspace: Workspace, author: User, channel: str) -> tuple[Conversation, Message, Message]:
    """A conversation with what the customer wrote and what was answered."""
    with scope(workspace.pk):
        asked = receive(make_inbox(channel), "Is it still there?")
        answered = send_reply(asked.conversation, body="It is", author=author, idempotency_key=uuid4())
        return asked.conversation, asked, answered


def address(name: str, conversation: Conversation, *parts: Any) -> str:
    return reverse(f"dashboard:{name}", args=[conversation.workspace_id, conversation.number, *parts])


OFFERED = ["data-react=", "data-edit", "hx-delete="]


@pytest.mark.parametrize(("channel", "offered"), [("telegram", OFFERED), ("website", OFFERED), ("email", [])])
def test_page_offers_what_the_channel_can_do(
    workspace: Workspace, agent: User, client: Client, channel: str, offered: list[str]
) -> None:
    conversation, _asked, _answered = talk(workspace, agent, channel)
    page = client.get(address("messages", conversation)).content.decode()
    assert [sign for sign in OFFERED if sign in page] == offered


def test_reply_is_changed_in_a_dialog(workspace: Workspace, agent: User, client: Client) -> None:
    conversation, _asked, answered = talk(workspace, agent, "telegram")
    place = address("message-text", conversation, answered.pk)
    assert ">It is</textarea>" in client.get(place).content.decode()
    answer = client.post(place, {"body": "It is, yes"})
    assert (answer.status_code, answer["HX-Trigger"]) == (204, '{"close-dialog":true}')
    with scope(workspace.pk):
        assert Message.objects.get(pk=answered.pk).body == "It is, yes"
    refused = client.post(place, {"body": ""})
    assert (refused.status_code, refused.json()) == (422, {"message": "A message cannot become empty. Delete it instead."})


def test_mail_cannot_be_taken_back(workspace: Workspace, agent: User, client: Client) -> None:
    conversation, _asked, answered = talk(workspace, agent, "email")
    answer = client.delete(address("message", conversation, answered.pk))
    assert (answer.status_code, answer.json()) == (422, {"message": "This channel cannot take a message back."})


def test_reaction_is_set_changed_and_taken_back(workspace: Workspace, agent: User, client: Client) -> None:
    conversation, asked, _answered = talk(workspace, agent, "telegram")
    for emoji in ("👍", "🎉"):
        assert client.post(address("reaction", conversation, asked.pk), {"emoji": emoji}).status_code == 204
    page = client.get(address("messages", conversation)).content.decode()
    assert page.count('class="reaction"') == 1
    assert f'data-by="{agent.pk}"' in page
    client.post(address("reaction", conversation, asked.pk), {"emoji": ""})
    with scope(workspace.pk):
        assert not Reaction.objects.exists()


def test_who_only_reads_changes_nothing(workspace: Workspace, agent: User) -> None:
    conversation, asked, answered = talk(workspace, agent, "telegram")
    viewer = signed_in(make_member(workspace, Role.VIEWER).user)
    answers = [
        viewer.post(address("message-text", conversation, answered.pk), {"body": "No"}),
        viewer.post(address("reaction", conversation, asked.pk), {"emoji": "👎"}),
        viewer.delete(address("message", conversation, answered.pk)),
    ]
    assert {one.status_code for one in answers} <= {403, 404}
    with scope(workspace.pk):
        assert Message.objects.get(pk=answered.pk).body == "It is"


@pytest.mark.parametrize(("can_reply", "standing"), [(True, "open"), (False, "closed")])
def test_composer_says_what_the_platform_does_not_allow(
    workspace: Workspace, client: Client, can_reply: bool, standing: str
) -> None:
    business = {"biz1": {"is_enabled": True, "can_reply": can_reply, "version": 1}}
    with scope(workspace.pk):
        inbox = make_inbox("telegram", token="7:x", business=business)
        conversation = receive(inbox, "Are you open?", sender=Sender("channel", "biz1:5")).conversation
    page = client.get(address("standing", conversation)).content.decode()
    assert f'data-standing="{standing}"' in page
    assert ("does not let the bot reply" in page) is not can_reply
