"""The gate: what closes it, for whom, and that nothing is remembered between two questions."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from accounts.models import User, Workspace
from ai import gate
from ai.engine.placeholders import Masker
from ai.gate import Closed, ClosedError, Purpose, Subject
from ai.models import InboxAi, Switch
from ai.services.switches import switch_off, switch_on
from conversations.models import Contact, Conversation, Inbox
from conversations.services import merging
from core.audit import Actor
from core.audit.models import AuditEntry
from core.events.models import Event
from core.ids import new_id
from core.tenancy import scope
from tests.factories import make_conversation, make_inbox, make_workspace

pytestmark = pytest.mark.django_db
Level, Reason = Switch.Level, Switch.Reason
SYSTEM = Actor.system()


@pytest.fixture
def conversation(workspace: Workspace) -> Conversation:
    with scope(workspace.pk):
        return make_conversation(make_inbox())


def closed(purpose: Purpose, subject: Subject) -> Closed | None:
    try:
        gate.enter(purpose, subject)
    except ClosedError as error:
        return error.reason
    return None


def test_a_new_workspace_analyses_suggests_and_learns_but_answers_nobody(conversation: Conversation) -> None:
    subject = Subject.of(conversation)
    assert {purpose: closed(purpose, subject) for purpose in Purpose} == {
        Purpose.ANSWER: Closed.MODE,
        Purpose.SUGGEST: None,
        Purpose.ANALYSE: None,
        Purpose.LEARN: None,
    }


def test_answers_need_the_inbox_to_be_automatic_and_suggestions_not_to_be_off(conversation: Conversation) -> None:
    subject = Subject.of(conversation)
    with scope(conversation.workspace_id):
        row = InboxAi.objects.create(inbox=conversation.inbox, mode=InboxAi.Mode.AUTO)
        assert closed(Purpose.ANSWER, subject) is None
        row.mode = InboxAi.Mode.OFF
        row.save(update_fields=["mode"])
        assert [closed(purpose, subject) for purpose in Purpose] == [Closed.MODE, Closed.MODE, None, None]


@pytest.mark.parametrize(
    ("level", "reason", "purpose", "told"),
    [
        (Level.WORKSPACE, Reason.SETTING, None, Closed.WORKSPACE),
        (Level.WORKSPACE, Reason.SETTING, Purpose.SUGGEST, Closed.PURPOSE),
        (Level.INBOX, Reason.SETTING, None, Closed.INBOX),
        (Level.CONVERSATION, Reason.SETTING, Purpose.SUGGEST, Closed.CONVERSATION),
        (Level.CONTACT, Reason.SETTING, None, Closed.CONTACT),
        (Level.CONTACT, Reason.OBJECTION, Purpose.SUGGEST, Closed.OBJECTION),
        (Level.CONTACT, Reason.RESTRICTION, None, Closed.RESTRICTION),
        (Level.CONTACT, Reason.MINOR, None, Closed.MINOR),
    ],
)
def test_each_switch_closes_what_it_names_at_once_and_says_why(
    conversation: Conversation, level: Switch.Level, reason: Switch.Reason, purpose: Purpose | None, told: Closed
) -> None:
    with scope(conversation.workspace_id):
        target = {
            Level.WORKSPACE: None,
            Level.INBOX: conversation.inbox,
            Level.CONVERSATION: conversation,
            Level.CONTACT: conversation.contact,
        }[level]
    subject = Subject(conversation.workspace_id, conversation_id=conversation.pk)
    opened = gate.enter(Purpose.SUGGEST, subject)
    with scope(conversation.workspace_id):
        assert switch_off(level, target, purpose, reason, actor=SYSTEM)
        assert not switch_off(level, target, purpose, reason, actor=SYSTEM)
    with pytest.raises(ClosedError) as caught:
        opened.check()
    assert caught.value.reason == told
    assert closed(Purpose.ANALYSE, subject) == (None if purpose else told)
    with scope(conversation.workspace_id):
        assert switch_on(level, target, purpose, reason, actor=SYSTEM)
        assert not switch_on(level, target, purpose, reason, actor=SYSTEM)
    opened.check()


def test_switching_a_setting_on_lifts_no_objection(conversation: Conversation) -> None:
    with scope(conversation.workspace_id):
        for reason in (Reason.OBJECTION, Reason.SETTING):
            switch_off(Level.CONTACT, conversation.contact, reason=reason, actor=SYSTEM)
        switch_on(Level.CONTACT, conversation.contact, actor=SYSTEM)
    assert closed(Purpose.ANALYSE, Subject.of(conversation)) == Closed.OBJECTION


def test_merged_contacts_are_one_person_whichever_of_them_objected(workspace: Workspace, owner: User) -> None:
    with scope(workspace.pk):
        inbox = make_inbox()
        first, second, third, other = (make_conversation(inbox, visitor=name).contact for name in ("a", "b", "c", "d"))
        merging.merge(second, third, by=owner)
        merging.merge(first, second, by=owner)
        switch_off(Level.CONTACT, third, reason=Reason.OBJECTION, actor=SYSTEM)
        people = [first, second, third, other]
    found = [closed(Purpose.LEARN, Subject(workspace.pk, contact_id=one.pk)) for one in people]
    assert found == [Closed.OBJECTION, Closed.OBJECTION, Closed.OBJECTION, None]


def test_whoever_is_blocked_or_gone_is_left_alone(conversation: Conversation) -> None:
    workspace_id = conversation.workspace_id
    with scope(workspace_id):
        Contact.objects.filter(pk=conversation.contact_id).update(is_blocked=True)
    assert closed(Purpose.ANALYSE, Subject.of(conversation)) == Closed.BLOCKED
    for gone in (
        Subject(workspace_id, conversation_id=new_id()),
        Subject(workspace_id, contact_id=new_id()),
        Subject(workspace_id, inbox_id=new_id()),
    ):
        assert closed(Purpose.ANALYSE, gone) == Closed.GONE


def test_a_person_in_copy_who_objected_closes_the_conversation_for_their_words(conversation: Conversation) -> None:
    with scope(conversation.workspace_id):
        other = make_conversation(conversation.inbox, visitor="somebody else").contact
        switch_off(Level.CONTACT, other, reason=Reason.OBJECTION, actor=SYSTEM)
    subject = Subject(conversation.workspace_id, conversation_id=conversation.pk, contact_id=other.pk)
    assert closed(Purpose.ANALYSE, subject) == Closed.OBJECTION
    assert closed(Purpose.ANALYSE, Subject.of(conversation)) is None


def test_another_workspaces_switches_do_not_count(conversation: Conversation) -> None:
    other = make_workspace("Other")
    with scope(other.pk):
        switch_off(Level.WORKSPACE, None, actor=SYSTEM)
    assert closed(Purpose.SUGGEST, Subject.of(conversation)) is None
    assert closed(Purpose.SUGGEST, Subject(other.pk)) == Closed.WORKSPACE
    assert closed(Purpose.ANALYSE, Subject(other.pk, conversation_id=conversation.pk)) == Closed.GONE


def test_the_engine_is_behind_the_gate(conversation: Conversation) -> None:
    opened = gate.enter(Purpose.ANALYSE, Subject.of(conversation))
    reading = opened.engine.read("Where is my parcel?", today=date(2026, 11, 23), masker=Masker())
    assert reading.language.code == "en"
    with scope(conversation.workspace_id):
        switch_off(Level.WORKSPACE, None, Purpose.ANALYSE, actor=SYSTEM)
    with pytest.raises(ClosedError):
        _ = opened.engine


def test_asking_costs_one_statement_inside_a_scope(
    conversation: Conversation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with scope(conversation.workspace_id), django_assert_num_queries(1):
        gate.enter(Purpose.SUGGEST, Subject.of(conversation))


def test_switching_is_audited_and_published(conversation: Conversation, owner: User) -> None:
    with scope(conversation.workspace_id):
        switch_off(Level.CONVERSATION, conversation, Purpose.ANSWER, actor=Actor.user(owner.pk))
        switch_on(Level.CONVERSATION, conversation, Purpose.ANSWER, actor=Actor.user(owner.pk))
        entries = list(AuditEntry.objects.filter(action__startswith="ai.").order_by("id"))
        events = list(Event.objects.filter(type="ai.switched").order_by("id"))
    assert [(one.action, one.actor_id, one.target_id, one.data) for one in entries] == [
        (action, owner.pk, conversation.pk, {"level": "conversation", "purpose": "answer", "reason": "setting"})
        for action in ("ai.switched_off", "ai.switched_on")
    ]
    assert [(one.conversation_id, one.inbox_id, one.data["off"]) for one in events] == [
        (conversation.pk, conversation.inbox_id, True),
        (conversation.pk, conversation.inbox_id, False),
    ]


def test_a_switch_names_exactly_its_levels_target(conversation: Conversation) -> None:
    with scope(conversation.workspace_id), pytest.raises(IntegrityError), transaction.atomic():
        Switch.objects.create(level=Level.CONTACT, inbox=conversation.inbox, actor_kind="system")


def test_switches_go_with_what_they_are_about(conversation: Conversation) -> None:
    with scope(conversation.workspace_id):
        inbox = make_inbox(name="Second")
        switch_off(Level.INBOX, inbox, actor=SYSTEM)
        Inbox.objects.filter(pk=inbox.pk).delete()
        assert not Switch.objects.exists()
