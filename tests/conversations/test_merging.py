"""One person under several values; two contacts who are one; what they allow."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership
from conversations.models import (
    ConsentEvent,
    Contact,
    ContactIdentity,
    Conversation,
    DeliveryReceipt,
    Inbox,
    MergeSuggestion,
    Message,
)
from conversations.normalised import (
    AddressChanged,
    Claim,
    ConsentChanged,
    Echo,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    NotYetError,
    SeenUntil,
    Sender,
)
from conversations.services import consent, contacts, inbound, merging, replies, stop_words
from core.audit import Actor
from core.events.models import Event
from core.ids import new_id

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PHONE, SCOPED = "5511987654321", "BR.13491208655302741918"


def wrote(inbox: Inbox, text: str, provider_id: str, *values: str, **more: object) -> Contact:
    sender = Sender("channel", values[0], also=values[1:], name="Rosa")
    contact = inbound.apply(inbox, InboundMessage(sender, provider_id, NOW, text=text, **more))  # type: ignore[arg-type]
    assert contact is not None
    return contact


@pytest.mark.parametrize(
    "values",
    [
        [(PHONE,), (SCOPED, PHONE), (SCOPED,)],
        [(SCOPED,), (SCOPED, PHONE), (PHONE,)],
        [(SCOPED, PHONE), (PHONE,), (SCOPED,)],
    ],
)
def test_one_person_is_one_contact_and_one_conversation_whichever_value_comes(shop: Inbox, values: list[tuple[str, ...]]) -> None:
    found = {wrote(shop, "Hi", f"m{number}", *some).pk for number, some in enumerate(values)}
    assert len(found) == 1
    assert Conversation.objects.count() == 1
    assert Message.objects.filter(kind="inbound").count() == 3
    assert ContactIdentity.objects.filter(same_as=None).count() == 1


def test_two_known_people_under_one_senders_values_are_suggested_never_merged(shop: Inbox) -> None:
    first, second = wrote(shop, "Hi", "m1", PHONE), wrote(shop, "Hi", "m2", SCOPED)
    assert first.pk != second.pk
    wrote(shop, "It is me", "m3", SCOPED, PHONE)
    wrote(shop, "Again", "m4", SCOPED, PHONE)
    suggestion = MergeSuggestion.objects.get()
    assert {suggestion.contact_id, suggestion.other_id} == {first.pk, second.pk}
    assert Contact.objects.filter(merged_into=None).count() == 2


def test_an_address_that_somebody_proved_is_suggested_to_whoever_claims_it(shop: Inbox) -> None:
    for number, is_verified in enumerate((True, False)):
        sender = Sender("channel", f"person {number}", claims=(Claim("email", "zoe@example.com", is_verified=is_verified),))
        inbound.apply(shop, InboundMessage(sender, f"m{number}", NOW, text="Hi"))
    assert MergeSuggestion.objects.get().reason == "email"


@pytest.mark.parametrize("is_verified", [True, False])
def test_a_claim_that_is_known_costs_one_statement(
    shop: Inbox, django_assert_num_queries: DjangoAssertNumQueries, is_verified: bool
) -> None:
    zoe, claim = wrote(shop, "Hi", "m1", PHONE), Claim("email", "zoe@example.com", is_verified=is_verified)
    first = contacts.add_claim(zoe, claim)
    with django_assert_num_queries(1):
        assert contacts.add_claim(zoe, claim) == first


def test_a_changed_number_keeps_the_conversation(shop: Inbox) -> None:
    wrote(shop, "Hi", "m1", SCOPED, PHONE)
    inbound.apply(shop, AddressChanged(Sender("channel", PHONE), "5511900000000", NOW, also=("BR.2",)))
    wrote(shop, "New number", "m2", "BR.2", "5511900000000")
    assert Contact.objects.count() == 1
    assert Conversation.objects.count() == 1


def test_merging_moves_everything_and_undoing_brings_it_back(shop: Inbox, agent: Membership) -> None:
    first, second = wrote(shop, "One", "m1", PHONE), wrote(shop, "Two", "m2", SCOPED)
    contacts.add_contact_note(second, body="Likes blue", author=agent.user)
    done = merging.merge(first, second, by=agent.user)
    assert Conversation.objects.filter(contact=first).count() == 2
    assert first.notes.get().body == "Likes blue"
    # What they write now belongs to the one contact, and stays readable.
    assert wrote(shop, "Three", "m3", SCOPED) == first
    edited = MessageEdited(Sender("channel", SCOPED), "m2", "Two and a half", NOW)
    inbound.apply(shop, edited)
    assert Message.objects.get(seq=1, author_contact=second).body == "Two and a half"

    merging.undo(done, actor=Actor.user(agent.user_id))
    assert Conversation.objects.filter(contact=second).count() == 1
    assert second.notes.count() == 1
    assert Contact.objects.filter(merged_into=None).count() == 2
    theirs = Message.objects.filter(conversation__contact=second).order_by("seq")
    assert [one.body for one in theirs] == ["Two and a half", "Three"]


def test_lists_hear_of_the_name_that_a_merged_conversation_has_now(shop: Inbox, agent: Membership) -> None:
    first, second = wrote(shop, "One", "m1", PHONE), wrote(shop, "Two", "m2", SCOPED)
    contacts.edit_contact(first, name="Rosa Lima", attributes={}, actor=Actor.user(agent.user_id))
    theirs = Conversation.objects.get(contact=second)
    Event.objects.all().delete()
    merging.merge(first, second, by=agent.user)
    assert Conversation.objects.get(pk=theirs.pk).contact_name == "Rosa Lima"
    assert Event.objects.filter(type="conversation.changed", conversation_id=theirs.pk).count() == 1


def test_whoever_is_blocked_stays_blocked_when_merged(shop: Inbox, agent: Membership) -> None:
    first, second = wrote(shop, "One", "m1", PHONE), wrote(shop, "Two", "m2", SCOPED)
    contacts.block_contact(second, is_blocked=True, actor=Actor.user(agent.user_id))
    done = merging.merge(first, second, by=agent.user)
    assert Contact.objects.get(pk=first.pk).is_blocked
    merging.undo(done, actor=Actor.user(agent.user_id))
    assert not Contact.objects.get(pk=first.pk).is_blocked


def test_a_contact_is_merged_once(shop: Inbox, agent: Membership) -> None:
    first, second = wrote(shop, "One", "m1", PHONE), wrote(shop, "Two", "m2", SCOPED)
    merging.merge(first, second, by=agent.user)
    with pytest.raises(ValidationError):
        merging.merge(first, second, by=agent.user)


def test_a_refused_suggestion_does_not_come_back(shop: Inbox, agent: Membership) -> None:
    first, second = wrote(shop, "One", "m1", PHONE), wrote(shop, "Two", "m2", SCOPED)
    wrote(shop, "Three", "m3", SCOPED, PHONE)
    merging.dismiss(MergeSuggestion.objects.get(), actor=Actor.user(agent.user_id))
    wrote(shop, "Four", "m4", SCOPED, PHONE)
    assert merging.suggestions_of(first) == merging.suggestions_of(second) == []


@pytest.mark.parametrize(
    ("text", "wish"),
    [("STOP", False), (" Stop. ", False), ("Arrêt", False), ("Baja!", False), ("parar", False), ("START", True), ("Alta", True),
     ("stop the order please", None), ("Yes", None), ("", None), ("x" * 5000, None)],
)  # fmt: skip
def test_stop_words_in_four_languages(text: str, wish: bool | None) -> None:
    assert stop_words.wish_of(text) is wish


def test_consent_is_kept_as_events_and_as_where_it_stands(shop: Inbox, agent: Membership) -> None:
    wrote(shop, "Hi", "m1", PHONE)
    sender = Sender("channel", PHONE)
    for purpose, is_given in [("marketing", False), ("marketing", False), ("messages", False), ("messages", True)]:
        inbound.apply(shop, ConsentChanged(sender, purpose, is_given=is_given, occurred_at=NOW))
    identity = ContactIdentity.objects.get()
    assert (identity.stopped_at, identity.marketing_stopped_at) == (None, None)
    told = list(ConsentEvent.objects.order_by("id").values_list("purpose", "is_given", "source"))
    assert told == [("marketing", False, "platform"), ("messages", False, "platform"), ("messages", True, "platform")]
    assert Message.objects.filter(kind="activity").count() == 3
    assert consent.note_by_agent(identity, is_given=False, by=agent.user)


def sent(conversation: Conversation, agent: Membership, text: str, status: str, at: datetime) -> Message:
    message = replies.send_reply(conversation, body=text, author=agent.user, idempotency_key=new_id())
    Message.objects.filter(pk=message.pk).update(status=status, occurred_at=at)
    return message


def test_a_watermark_covers_what_was_sent_until_then(shop: Inbox, agent: Membership) -> None:
    wrote(shop, "Hi", "m1", PHONE)
    conversation, minute = Conversation.objects.get(), timedelta(minutes=1)
    early = sent(conversation, agent, "one", "sent", NOW)
    failed = sent(conversation, agent, "two", "failed", NOW)
    late = sent(conversation, agent, "three", "sent", NOW + 2 * minute)
    event = SeenUntil(Sender("channel", PHONE), "read", NOW + minute, NOW + minute)
    inbound.apply(shop, event)
    inbound.apply(shop, event)
    statuses = dict(Message.objects.filter(kind="outbound").values_list("id", "status"))
    assert statuses == {early.pk: "read", failed.pk: "failed", late.pk: "sent"}
    assert DeliveryReceipt.objects.filter(message=early, status="read").count() == 1


def test_a_watermark_waits_for_what_is_just_being_sent(shop: Inbox, agent: Membership) -> None:
    wrote(shop, "Hi", "m1", PHONE)
    message = replies.send_reply(Conversation.objects.get(), body="one", author=agent.user, idempotency_key=new_id())
    with pytest.raises(NotYetError), transaction.atomic():
        inbound.apply(shop, SeenUntil(Sender("channel", PHONE), "read", timezone.now(), timezone.now()))
    assert Message.objects.get(pk=message.pk).status == "queued"


def test_the_company_edits_and_takes_back_what_it_wrote_on_its_phone(shop: Inbox) -> None:
    to = Sender("channel", PHONE)
    inbound.apply(shop, Echo(to, "e1", NOW, text="From the phone"))
    inbound.apply(shop, MessageEdited(to, "e1", "From my phone", NOW, by_company=True))
    assert Message.objects.get(kind="outbound").body == "From my phone"
    inbound.apply(shop, MessageDeleted(to, "e1", NOW, by_company=True))
    assert Message.objects.get(kind="outbound").body == ""
    # A contact cannot take back what the company wrote.
    inbound.apply(shop, Echo(to, "e2", NOW, text="Stays"))
    with pytest.raises(NotYetError):
        inbound.apply(shop, MessageDeleted(to, "e2", NOW))


def test_imported_history_rests_and_wakes_nobody(shop: Inbox) -> None:
    long_ago = NOW - timedelta(days=90)
    sender = Sender("channel", PHONE, name="Rosa")
    inbound.apply(shop, InboundMessage(sender, "old1", long_ago, text="An old question", is_past=True))
    inbound.apply(shop, Echo(sender, "old2", long_ago, text="An old answer", is_past=True))
    conversation = Conversation.objects.get()
    assert (conversation.status, conversation.waiting_since, conversation.inbound_seq) == ("resolved", None, 0)
    assert [one.body for one in conversation.messages.order_by("seq")] == ["An old question", "An old answer"]


def test_when_a_contact_last_wrote_moves_forward_only(shop: Inbox) -> None:
    sender = Sender("channel", PHONE)
    for number, minutes in enumerate((5, 0)):
        inbound.apply(shop, InboundMessage(sender, f"m{number}", NOW + timedelta(minutes=minutes), text="Hi"))
    assert ContactIdentity.objects.get().wrote_at == NOW + timedelta(minutes=5)
