"""What a channel says becomes conversations, once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Workspace
from conversations.identities import provider_index
from conversations.models import Contact, ContactIdentity, Conversation, Inbox, Message
from conversations.normalised import (
    Claim,
    MessageDeleted,
    MessageEdited,
    NotYetError,
    ReactionChanged,
    Receipt,
    Sender,
)
from conversations.services import inbound, receipts
from conversations.services.contacts import block_contact
from conversations.services.state import set_status
from core.audit import Actor
from core.tenancy import ScopeError, scope
from tests.factories import make_inbox, make_user, make_workspace, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox(transactional_scope: Workspace) -> Inbox:
    return make_inbox()


@pytest.fixture
def transactional_scope(db: None) -> Iterator[Workspace]:
    workspace = make_workspace()
    with scope(workspace.pk):
        yield workspace


def test_message_from_new_visitor_opens_a_conversation(inbox: Inbox) -> None:
    message = receive(inbox, "Where is my order?", name="Zoë")
    conversation = Conversation.objects.get()
    assert (message.body, message.seq, message.kind) == ("Where is my order?", 1, "inbound")
    assert (conversation.number, conversation.status, conversation.preview) == (1, "open", "Where is my order?")
    assert (conversation.contact_name, conversation.contact.name) == ("Zoë", "Zoë")
    assert conversation.waiting_since is not None


def test_repeated_message_is_stored_once(inbox: Inbox) -> None:
    first = receive(inbox, "Hi", provider_id="m1")
    again = receive(inbox, "Hi", provider_id="m1")
    assert first.pk == again.pk
    assert Message.objects.count() == 1


def test_same_provider_id_in_two_inboxes_is_two_messages(inbox: Inbox) -> None:
    receive(inbox, "Hi", provider_id="m1")
    receive(make_inbox(name="Second"), "Hi", provider_id="m1")
    assert Message.objects.count() == 2


def test_second_message_joins_the_conversation_and_numbers_go_on(inbox: Inbox) -> None:
    receive(inbox, "One")
    second = receive(inbox, "Two")
    assert Conversation.objects.count() == 1
    assert second.seq == 2


def test_unverified_address_never_merges(inbox: Inbox) -> None:
    typed = Claim("email", "ana@example.com")
    receive(inbox, "Hi", sender=Sender("visitor", "a", claims=(Claim("email", "ana@example.com", is_verified=True),)))
    receive(inbox, "Hi", sender=Sender("visitor", "b", claims=(typed,)))
    assert Contact.objects.count() == 2
    assert sorted(ContactIdentity.objects.filter(kind="email").values_list("is_verified", flat=True)) == [False, True]


def test_verified_address_joins_the_known_contact(inbox: Inbox) -> None:
    claim = Claim("email", "Ana@Example.com", is_verified=True)
    first = receive(inbox, "Hi", sender=Sender("visitor", "a", claims=(claim,)))
    second = receive(inbox, "Hi again", sender=Sender("visitor", "b", claims=(claim,)))
    assert first.conversation.contact_id == second.conversation.contact_id


def test_resolved_conversation_reopens_when_the_contact_writes(inbox: Inbox) -> None:
    conversation = receive(inbox, "Hi").conversation
    set_status(conversation, "resolved", by=make_user())
    receive(inbox, "One more thing")
    conversation.refresh_from_db()
    assert conversation.status == "open"
    assert Conversation.objects.count() == 1


def test_long_resolved_conversation_gives_way_to_a_new_one(inbox: Inbox) -> None:
    conversation = receive(inbox, "Hi").conversation
    set_status(conversation, "resolved", by=make_user())
    Conversation.objects.update(resolved_at=timezone.now() - timedelta(days=15))
    receive(inbox, "A year later")
    assert sorted(Conversation.objects.values_list("number", "status")) == [(1, "resolved"), (2, "open")]


def test_edit_keeps_the_former_text_and_is_applied_once(inbox: Inbox) -> None:
    message = receive(inbox, "Size 38", provider_id="m1")
    edit = MessageEdited(Sender("visitor", "visitor-1"), "m1", "Size 39", timezone.now())
    inbound.apply(inbox, edit)
    inbound.apply(inbox, edit)
    message.refresh_from_db()
    assert message.body == "Size 39"
    assert [revision.body for revision in message.revisions.all()] == ["Size 38"]


def test_stranger_cannot_edit_or_delete(inbox: Inbox) -> None:
    message = receive(inbox, "Mine", provider_id="m1")
    receive(inbox, "Other", visitor="visitor-2")
    inbound.apply(inbox, MessageDeleted(Sender("visitor", "visitor-2"), "m1", timezone.now()))
    message.refresh_from_db()
    assert (message.body, message.deleted_at) == ("Mine", None)


def test_deletion_erases_text_and_preview(inbox: Inbox) -> None:
    message = receive(inbox, "My card is 4111", provider_id="m1")
    inbound.apply(inbox, MessageDeleted(Sender("visitor", "visitor-1"), "m1", timezone.now()))
    message.refresh_from_db()
    assert message.body == ""
    assert message.deleted_at is not None
    assert Conversation.objects.get().preview == ""


def test_edit_before_its_message_waits(inbox: Inbox) -> None:
    with pytest.raises(NotYetError):
        inbound.apply(inbox, MessageEdited(Sender("visitor", "visitor-1"), "later", "x", timezone.now()))


def test_reaction_is_replaced_and_taken_back(inbox: Inbox) -> None:
    message = receive(inbox, "Hi", provider_id="m1")
    sender = Sender("visitor", "visitor-1")
    for emoji in ("\N{THUMBS UP SIGN}", "\N{HEAVY BLACK HEART}"):
        inbound.apply(inbox, ReactionChanged(sender, "m1", emoji, timezone.now()))
    assert [one.emoji for one in message.reactions.all()] == ["\N{HEAVY BLACK HEART}"]
    inbound.apply(inbox, ReactionChanged(sender, "m1", "", timezone.now()))
    assert message.reactions.count() == 0


@pytest.mark.parametrize(
    ("words", "final"),
    [
        (["sent", "delivered", "read"], "read"),
        (["read", "delivered", "sent"], "read"),
        (["failed", "delivered"], "delivered"),
        (["delivered", "failed"], "delivered"),
        (["sent", "failed", "sent"], "failed"),
    ],
)
def test_receipts_only_move_forward(inbox: Inbox, words: list[str], final: str) -> None:
    message = receive(inbox, "Hi")
    Message.objects.filter(pk=message.pk).update(kind="outbound", status="queued", provider_index=provider_index("out-1"))
    for word in words:
        receipts.receive(inbox, Receipt("out-1", word, timezone.now()))
    assert Message.objects.get(pk=message.pk).status == final
    assert message.receipts.count() == len(words)


def test_query_outside_a_scope_is_refused(db: None) -> None:
    with pytest.raises(ScopeError):
        list(Conversation.objects.all())


def test_blocked_contacts_message_is_kept_and_bothers_nobody(inbox: Inbox) -> None:
    conversation = receive(inbox, "Hi").conversation
    set_status(conversation, "resolved", by=make_user())
    block_contact(conversation.contact, is_blocked=True, actor=Actor.system())
    receive(inbox, "Hello???")
    conversation.refresh_from_db()
    assert (conversation.status, conversation.inbound_seq, conversation.preview) == ("resolved", 1, "Hi")
    assert Message.objects.filter(kind="inbound").count() == 2
