"""The gate asked for many contacts at once: the answers of one by one, in as many statements as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User, Workspace
from ai.models import FeedbackEvent, Switch
from ai.purposes import Closed, Purpose, Subject
from ai.services import learning
from ai.services.gathering import allowed
from ai.services.settings import save_settings
from ai.services.switches import switch_off
from ai.switching import closed_by, closed_for
from conversations.models import Contact, Conversation, Inbox
from conversations.services.merging import merge
from core.audit import Actor
from core.ids import new_id
from core.tenancy import scope
from tests.factories import make_inbox, receive

Level, Reason = Switch.Level, Switch.Reason
SYSTEM = Actor.system()


@pytest.fixture
def inbox(workspace: Workspace) -> Inbox:
    with scope(workspace.pk):
        return make_inbox()


def talk_of(inbox: Inbox, visitor: str) -> Conversation:
    return receive(inbox, "Where is my parcel?", visitor=visitor).conversation


@pytest.fixture
def people(inbox: Inbox, owner: User) -> dict[str, Contact]:
    """One of each: for whom nothing is off, who objected, is restricted, …, and who became one with somebody who objected."""
    names = ["free", "objected", "restricted", "minor", "off", "one purpose", "blocked", "whole", "part"]
    with scope(inbox.workspace_id):
        found = {name: talk_of(inbox, name).contact for name in names}
        switch_off(Level.CONTACT, found["objected"], None, Reason.OBJECTION, actor=SYSTEM)
        switch_off(Level.CONTACT, found["restricted"], None, Reason.RESTRICTION, actor=SYSTEM)
        switch_off(Level.CONTACT, found["minor"], None, Reason.MINOR, actor=SYSTEM)
        switch_off(Level.CONTACT, found["off"], actor=SYSTEM)
        switch_off(Level.CONTACT, found["one purpose"], Purpose.SUGGEST, actor=SYSTEM)
        Contact.objects.filter(pk=found["blocked"].pk).update(is_blocked=True)
        switch_off(Level.CONTACT, found["part"], None, Reason.OBJECTION, actor=SYSTEM)
        merge(found["whole"], found["part"], by=owner)
    return found


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("everywhere", ["on", "purpose off", "off", "consent"])
def test_each_is_told_what_it_would_be_told_alone(
    people: dict[str, Contact], inbox: Inbox, purpose: Purpose, everywhere: str
) -> None:
    with scope(inbox.workspace_id):
        if everywhere == "consent":
            save_settings({"learns_by_consent": True}, actor=SYSTEM)
        elif everywhere != "on":
            switch_off(Level.WORKSPACE, None, None if everywhere == "off" else purpose, actor=SYSTEM)
        asked = [*(one.pk for one in people.values()), new_id()]
        subject = Subject(inbox.workspace_id, inbox.pk, talk_of(inbox, "somebody else").pk)
        for of in (subject, Subject(inbox.workspace_id)):
            alone = {pk: closed_by(purpose, Subject(of.workspace_id, of.inbox_id, of.conversation_id, pk)) for pk in asked}
            assert closed_for(purpose, of, asked) == alone
            assert alone[people["objected"].pk] == alone[people["whole"].pk] == Closed.OBJECTION
            assert alone[asked[-1]] == Closed.GONE


def test_lessons_of_many_people_are_asked_for_at_once(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        lessons: list[FeedbackEvent] = []
        for number in range(5):
            message = receive(inbox, "Where is my parcel?", visitor=f"v{number}")
            found = learning.note(
                message, FeedbackEvent.Task.INTENT, FeedbackEvent.Source.ACCEPTED,
                prediction="delivery", correction="delivery", by=owner,
            )  # fmt: skip
            assert found is not None
            lessons.append(found)
        switch_off(Level.CONTACT, lessons[0].contact, None, Reason.OBJECTION, actor=SYSTEM)
        counts = []
        for some in (lessons[:1], lessons[:3], lessons):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert allowed(some) == some[1:]
            counts.append(len(queries))
    assert counts == counts[:1] * 3
