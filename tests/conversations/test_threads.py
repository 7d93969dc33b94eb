"""Channels with threads: which conversation a message joins, and who it is from."""

from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.models import Workspace
from conversations.models import Conversation, Inbox, Message, Participant
from conversations.normalised import InboundMessage, Person, Sender, Thread
from conversations.services import inbound, state
from core.tenancy import scope
from tests.factories import make_inbox, make_user, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def inbox(workspace: Workspace) -> Inbox:
    with scope(workspace.pk):
        return make_inbox()


def write(
    inbox: Inbox,
    reference: str,
    *,
    sender: str = "zoe@example.com",
    proven: bool = True,
    answers: tuple[str, ...] = (),
    conversation: UUID | None = None,
    others: tuple[Person, ...] = (),
    automatic: bool = False,
) -> Message:
    said = InboundMessage(
        sender=Sender("email", sender, is_verified=proven),
        provider_id=reference,
        occurred_at=timezone.now(),
        text="Hello",
        thread=Thread(subject="Order 7", conversation=conversation, answers=answers, others=others),
        is_automatic=automatic,
    )
    with scope(inbox.workspace_id):
        inbound.apply(inbox, said)
        messages = Message.objects.select_related("conversation", "author_contact").exclude(kind="activity")
        return messages.order_by("-id")[0]


def test_answer_joins_the_conversation_of_what_it_answers(inbox: Inbox) -> None:
    first = write(inbox, "<1@x>")
    second = write(inbox, "<2@x>", answers=("<1@x>",))
    assert second.conversation_id == first.conversation_id
    assert first.conversation.subject == "Order 7"


def test_two_subjects_of_one_person_are_two_conversations(inbox: Inbox) -> None:
    first, second = write(inbox, "<1@x>"), write(inbox, "<2@x>")
    assert first.conversation_id != second.conversation_id
    assert first.conversation.contact_id == second.conversation.contact_id


@pytest.mark.parametrize("sender", ["mallory@example.com", "zoe@example.com"])
def test_stranger_who_names_a_message_does_not_join(inbox: Inbox, sender: str) -> None:
    first = write(inbox, "<1@x>")
    forged = write(inbox, "<2@x>", sender=sender, proven=False, answers=("<1@x>",))
    assert forged.conversation_id != first.conversation_id
    assert forged.author_contact_id != first.author_contact_id


def test_unproven_address_stays_the_same_stranger(inbox: Inbox) -> None:
    first = write(inbox, "<1@x>", proven=False)
    second = write(inbox, "<2@x>", proven=False, answers=("<1@x>",))
    proven = write(inbox, "<3@x>", proven=True)
    assert first.conversation_id == second.conversation_id
    assert first.author_contact_id == second.author_contact_id != proven.author_contact_id


def test_person_in_copy_may_answer_as_themselves(inbox: Inbox) -> None:
    first = write(inbox, "<1@x>", others=(Person("bo@example.com", "Bo"), Person("zoe@example.com"), Person("not an address")))
    with scope(inbox.workspace_id):
        assert [(one.address, one.name) for one in Participant.objects.all()] == [("bo@example.com", "Bo")]
    answer = write(inbox, "<2@x>", sender="bo@example.com", answers=("<1@x>",))
    assert answer.conversation_id == first.conversation_id
    assert answer.author_contact_id != first.author_contact_id
    with scope(inbox.workspace_id):
        assert answer.author_contact is not None
        assert answer.key_id == answer.author_contact.key_id


def test_token_lets_its_bearer_in(inbox: Inbox) -> None:
    first = write(inbox, "<1@x>")
    answer = write(inbox, "<2@x>", sender="secretary@example.com", proven=False, conversation=first.conversation_id)
    assert answer.conversation_id == first.conversation_id
    assert answer.author_contact_id != first.author_contact_id


@pytest.mark.parametrize("answers", [("",), ("   ",), ("<unknown@x>", "")])
def test_empty_and_unknown_ids_join_nothing(inbox: Inbox, answers: tuple[str, ...]) -> None:
    first = write(inbox, "<1@x>")
    assert write(inbox, f"<{uuid4()}@x>", answers=answers).conversation_id != first.conversation_id


def test_conversation_of_another_workspace_is_no_place(inbox: Inbox) -> None:
    first = write(inbox, "<1@x>")
    elsewhere = make_workspace("Casa Verde")
    with scope(elsewhere.pk):
        other = make_inbox()
    assert write(other, "<2@x>", conversation=first.conversation_id).conversation_id != first.conversation_id


def test_person_reopens_what_automatic_mail_leaves_resolved(inbox: Inbox) -> None:
    first = write(inbox, "<1@x>")
    with scope(inbox.workspace_id):
        state.set_status(Conversation.objects.select_related("contact").get(), "resolved", by=make_user())
    assert write(inbox, "<2@x>", answers=("<1@x>",), automatic=True).conversation_id == first.conversation_id
    with scope(inbox.workspace_id):
        assert Conversation.objects.get().status == "resolved"
    write(inbox, "<3@x>", answers=("<1@x>",))
    with scope(inbox.workspace_id):
        assert Conversation.objects.get().status == "open"
