"""Status, assignment, labels and read marks, each with its line in the thread."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Membership, Workspace
from accounts.permissions import Role
from conversations.models import Conversation, ConversationLabel, Inbox, Label, Message
from conversations.selectors.lists import ListFilter, list_page
from conversations.services import reading, state
from conversations.services.replies import send_ai_reply, send_reply
from core.audit.models import AuditEntry
from core.tenancy import scope
from tests.factories import make_conversation, make_inbox, make_user, receive

pytestmark = pytest.mark.django_db


def activities(conversation: Conversation) -> list[str]:
    found = Message.objects.filter(conversation=conversation, kind="activity").order_by("seq")
    return [message.data["action"] for message in found]


def test_each_change_leaves_one_line_and_one_entry(shop: Inbox, agent: Membership) -> None:
    conversation = make_conversation(shop)
    for _again in range(2):
        state.assign(conversation, agent.user, by=agent.user)
        state.set_priority(conversation, Conversation.Priority.HIGH, by=agent.user)
    assert activities(conversation) == ["assignee", "priority"]
    assert AuditEntry.objects.filter(action="conversation.changed").count() == 2


def test_stranger_cannot_be_assigned(shop: Inbox, agent: Membership) -> None:
    with pytest.raises(ValidationError, match="no longer a member"):
        state.assign(make_conversation(shop), make_user("Eve"), by=agent.user)


def test_snooze_needs_a_future_and_ends_by_itself(company: Workspace, agent: Membership) -> None:
    with scope(company.pk):
        conversation = make_conversation(make_inbox())
        with pytest.raises(ValidationError, match="in the future"):
            state.set_status(conversation, "snoozed", by=agent.user, until=timezone.now() - timedelta(minutes=1))
        state.set_status(conversation, "snoozed", by=agent.user, until=timezone.now() + timedelta(hours=1))
    assert state.wake_snoozed() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert state.wake_snoozed() == 1
    with scope(company.pk):
        conversation.refresh_from_db()
        assert (conversation.status, activities(conversation)[-1]) == ("open", "woken")


def test_labels_list_follows_the_conversation(shop: Inbox, agent: Membership) -> None:
    label = Label.objects.create(name="returns")
    conversation = make_conversation(shop)
    state.add_label(conversation, label, by=agent.user)
    state.set_status(conversation, "resolved", by=agent.user)
    link = ConversationLabel.objects.get()
    assert (link.status, link.last_activity_at) == ("resolved", conversation.last_activity_at)
    state.remove_label(conversation, label, by=agent.user)
    assert (ConversationLabel.objects.count(), conversation.label_ids) == (0, [])


def test_unread_is_each_agents_own(shop: Inbox, agent: Membership) -> None:
    agent.role = Role.OWNER  # sees every inbox
    other = Membership(workspace=agent.workspace, user=make_user("Mei Tanaka"), role=Role.OWNER)

    def unread() -> tuple[bool, ...]:
        return tuple(list_page(one, ListFilter()).rows[0].is_unread for one in (agent, other))

    conversation = make_conversation(shop)
    reading.mark_read(conversation, user=agent.user)
    assert unread() == (False, True)
    receive(shop, "And another thing")
    assert unread() == (True, True)
    conversation.refresh_from_db()
    reading.mark_read(conversation, user=agent.user)
    assert unread() == (False, True)
    reading.mark_unread(conversation, user=agent.user)
    assert unread() == (True, True)


def test_first_reply_is_a_persons(shop: Inbox, agent: Membership) -> None:
    conversation = receive(shop, "Where is my parcel?").conversation
    send_ai_reply(conversation, body="It is on its way.", idempotency_key=uuid4())
    conversation.refresh_from_db()
    assert (conversation.waiting_since, conversation.first_replied_at) == (None, None)
    replies = [
        send_reply(conversation, body=body, author=agent.user, idempotency_key=uuid4()) for body in ("It is here.", "Enjoy!")
    ]
    conversation.refresh_from_db()
    assert conversation.first_replied_at is not None
    assert conversation.first_replied_at <= replies[0].created_at
