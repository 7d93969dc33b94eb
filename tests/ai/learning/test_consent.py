"""Learning only from people who agreed: what is kept, what a withdrawal takes away, and who counts as one person."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User, Workspace
from ai.models import FeedbackEvent, ModelVersion
from ai.purposes import Closed, Purpose, Subject
from ai.selectors.learned import live_model
from ai.services import learning, promoting, training
from ai.services.gathering import allowed, somebody_left_since
from ai.services.settings import save_settings
from ai.switching import closed_by
from conversations.models import Contact, Inbox, Message
from conversations.services.consent import note_learning
from conversations.services.merging import merge
from core.audit import Actor
from core.audit.models import AuditEntry
from core.events.models import Event
from core.tenancy import scope
from tests.factories import make_workspace, receive

pytestmark = pytest.mark.django_db
Task, Source, Basis = FeedbackEvent.Task, FeedbackEvent.Source, FeedbackEvent.Basis
SYSTEM = Actor.system()


@pytest.fixture
def workspace(owner: User) -> Workspace:
    found = make_workspace(owner=owner)
    with scope(found.pk):
        save_settings({"learns_by_consent": True}, actor=SYSTEM)
    return found


def taught(message: Message, owner: User) -> FeedbackEvent | None:
    return learning.note(message, Task.INTENT, Source.ACCEPTED, prediction="delivery", correction="delivery", by=owner)


def said(contact: Contact, *, is_given: bool, by: User) -> None:
    """An agent notes what the contact said, and the event reaches its consumer."""
    assert note_learning(contact, is_given=is_given, by=by)
    event = Event.objects.filter(type="contact.learning_consent").order_by("-id")[0]
    learning.on_consent(event)


def test_only_who_agreed_is_learned_from_and_the_lesson_says_so(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        message = receive(inbox, "Where is my parcel?")
        subject = Subject.of(message.conversation)
        assert taught(message, owner) is None
        assert {purpose: closed_by(purpose, subject) for purpose in (Purpose.LEARN, Purpose.ANALYSE)} == {
            Purpose.LEARN: Closed.CONSENT,
            Purpose.ANALYSE: None,
        }
        said(message.conversation.contact, is_given=True, by=owner)
        lesson = taught(message, owner)
        assert lesson is not None
        assert (lesson.basis, allowed([lesson])) == (Basis.CONSENT, [lesson])
        assert closed_by(Purpose.LEARN, Subject(workspace.pk)) is None
        assert AuditEntry.objects.get(action="contact.changed").data == {"learning_consent": True}


def test_with_the_setting_off_all_is_as_before(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        save_settings({"learns_by_consent": False}, actor=SYSTEM)
        lesson = taught(receive(inbox, "Where is my parcel?"), owner)
        assert lesson is not None
        assert (lesson.basis, allowed([lesson])) == (Basis.INTEREST, [lesson])
        save_settings({"learns_by_consent": True}, actor=SYSTEM)
        note_learning(lesson.contact, is_given=True, by=owner)
        assert allowed([lesson]) == []  # it was not learned on their consent


def test_withdrawal_removes_lessons_and_the_models_that_hold_them(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    began = timezone.now()
    with scope(workspace.pk):
        messages = [receive(inbox, "Where is my parcel?", visitor=name) for name in ("one", "two")]
        lessons = []
        for message in messages:
            said(message.conversation.contact, is_given=True, by=owner)
            lesson = taught(message, owner)
            assert lesson is not None
            lessons.append(lesson)
        judged = {"manifest": "{}", "arrays": "AAAA", "dataset": "0" * 64, "judgement": {"verdict": "better"}}
        promoting.keep_candidate(Task.INTENT, judged, lessons, None)
    training.sweep_erased()
    with scope(workspace.pk):
        assert (live_model(workspace.pk) is None, somebody_left_since(began)) == (False, False)
        said(messages[0].conversation.contact, is_given=False, by=owner)
        assert list(FeedbackEvent.objects.all()) == [lessons[1]]
        assert somebody_left_since(began)
        assert taught(messages[0], owner) is None
    training.sweep_erased()
    with scope(workspace.pk):
        assert live_model(workspace.pk) is None
        assert ModelVersion.objects.get().arrays == ""


@pytest.mark.parametrize("is_merged_first", [False, True])
def test_merged_contacts_are_one_person_whose_newest_word_counts(
    workspace: Workspace, inbox: Inbox, owner: User, is_merged_first: bool
) -> None:
    with scope(workspace.pk):
        one, other = (receive(inbox, "Where is my parcel?", visitor=name).conversation for name in ("one", "two"))
        said(one.contact, is_given=True, by=owner)
        assert closed_by(Purpose.LEARN, Subject.of(other)) == Closed.CONSENT
        if is_merged_first:
            merge(one.contact, other.contact, by=owner)
            assert closed_by(Purpose.LEARN, Subject.of(other)) is None
            with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
                said(one.contact, is_given=False, by=owner)
        assert closed_by(Purpose.LEARN, Subject.of(other)) == Closed.CONSENT
        assert closed_by(Purpose.LEARN, Subject.of(one)) == (Closed.CONSENT if is_merged_first else None)


def test_word_of_one_person_is_no_word_of_another_in_copy(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        talk, copied = (receive(inbox, "Where is my parcel?", visitor=name).conversation for name in ("one", "two"))
        both = Subject(workspace.pk, talk.inbox_id, talk.pk, copied.contact_id)
        said(talk.contact, is_given=True, by=owner)
        assert (closed_by(Purpose.LEARN, Subject.of(talk)), closed_by(Purpose.LEARN, both)) == (None, Closed.CONSENT)
        said(copied.contact, is_given=True, by=owner)
        assert closed_by(Purpose.LEARN, both) is None
