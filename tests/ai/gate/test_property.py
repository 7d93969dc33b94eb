"""Off means off: whatever is switched, for whomever, no model and no provider is called unless all of it is on.

Counted where models run (every method of the engine) and where providers answer (a real HTTP server).
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from ai import gate
from ai.engine.facade import Engine
from ai.engine.placeholders import Masker
from ai.gate import Closed, ClosedError, Opened, Purpose, Subject
from ai.models import InboxAi, Switch
from ai.providers import Request, Turn
from ai.purposes import Task
from ai.services.switches import switch_off
from conversations.models import Contact, Conversation, Inbox
from conversations.services import merging
from core.audit import Actor
from core.tenancy import scope
from tests.ai.providers.fixtures import set_up
from tests.ai.providers.scripted import Scripted
from tests.factories import make_conversation, make_inbox, make_user, make_workspace

pytestmark = pytest.mark.django_db
Level, Reason = Switch.Level, Switch.Reason
PURPOSES = [None, *Purpose]


@dataclass
class World:
    """A workspace with a provider; a conversation of a contact with whom another one was merged; a stranger to both."""

    conversation: Conversation
    inbox: Inbox
    merged: Contact
    stranger: Contact
    other_inbox: Inbox
    server: Scripted
    engine_calls: list[str]


@dataclass(frozen=True)
class Off:
    """A switch to be thrown: `target` names one of the world's; those of others must not count."""

    target: str
    purpose: Purpose | None
    reason: Switch.Reason

    def closes(self, purpose: Purpose) -> bool:
        return self.target not in {"stranger", "other inbox", "other conversation"} and self.purpose in {None, purpose}


TARGETS = ["workspace", "inbox", "conversation", "contact", "merged", "stranger", "other inbox", "other conversation"]
offs = st.builds(Off, st.sampled_from(TARGETS), st.sampled_from(PURPOSES), st.sampled_from(list(Reason)))


@pytest.fixture
def world(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> World:
    owner = make_user()
    workspace = make_workspace(owner=owner)
    set_up(workspace, server)
    with scope(workspace.pk):
        inbox, other_inbox = make_inbox(), make_inbox(name="Other")
        conversation = make_conversation(inbox, visitor="one")
        merged = make_conversation(inbox, visitor="two").contact
        merging.merge(conversation.contact, merged, by=owner)
        stranger = make_conversation(other_inbox, visitor="three").contact
    calls: list[str] = []
    for name in ("read", "language_of", "classify", "vectors", "load_model", "warm_up"):
        monkeypatch.setattr(Engine, name, lambda *_args, _name=name, **_named: calls.append(_name))
    return World(conversation, inbox, merged, stranger, other_inbox, server, calls)


def throw(world: World, off: Off) -> None:
    level, target = {
        "workspace": (Level.WORKSPACE, None),
        "inbox": (Level.INBOX, world.inbox),
        "other inbox": (Level.INBOX, world.other_inbox),
        "conversation": (Level.CONVERSATION, world.conversation),
        "other conversation": (Level.CONVERSATION, world.stranger.conversations.get()),
        "contact": (Level.CONTACT, world.conversation.contact),
        "merged": (Level.CONTACT, world.merged),
        "stranger": (Level.CONTACT, world.stranger),
    }[off.target]
    switch_off(level, target, off.purpose, off.reason, actor=Actor.system())


def use_engine(opened: Opened) -> None:
    opened.engine.read("Hello", today=date(2026, 11, 23), masker=Masker())


def use_vectors(opened: Opened) -> None:
    opened.engine.vectors("Hello", "en")


def use_language(opened: Opened) -> None:
    opened.engine.language_of("Hello", own=["en"])


def use_provider(opened: Opened) -> None:
    opened.complete(Request(Task.SUGGEST, "Help.", [Turn("user", "Hello")]), masker=Masker())


STEPS = [use_engine, use_vectors, use_language, use_provider]


class _UndoError(Exception):
    """Takes back what an example wrote."""


def arrange(world: World, before: list[Off], mode: InboxAi.Mode | None, *, is_blocked: bool) -> None:
    with scope(world.conversation.workspace_id):
        for off in before:
            throw(world, off)
        if mode is not None:
            InboxAi.objects.create(inbox=world.inbox, mode=mode)
        Contact.objects.filter(pk=world.conversation.contact_id).update(is_blocked=is_blocked)


def play(world: World, *, gate_of: tuple[Purpose, Subject], during: list[Off], step: Callable[[Opened], None]) -> Closed | None:
    """Enter, let switches fall meanwhile, take the step; what closed the gate."""
    try:
        opened = gate.enter(*gate_of)
        with scope(world.conversation.workspace_id):
            for off in during:
                throw(world, off)
        step(opened)
    except ClosedError as error:
        return error.reason
    return None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    purpose=st.sampled_from(list(Purpose)),
    before=st.lists(offs, max_size=3),
    during=st.lists(offs, max_size=2),
    mode=st.sampled_from([None, *InboxAi.Mode]),
    is_blocked=st.booleans(),
    named=st.sampled_from(["all", "conversation", "contact", "merged contact"]),
    step=st.sampled_from(STEPS),
)
def test_with_any_switch_off_nothing_is_called_and_with_all_on_it_is(
    world: World,
    purpose: Purpose,
    before: list[Off],
    during: list[Off],
    mode: InboxAi.Mode | None,
    is_blocked: bool,
    named: str,
    step: Callable[[Opened], None],
) -> None:
    contact = world.conversation.contact_id
    workspace_id = world.conversation.workspace_id
    subject = {
        "all": Subject.of(world.conversation),
        "conversation": Subject(workspace_id, conversation_id=world.conversation.pk),
        "contact": Subject(workspace_id, inbox_id=world.inbox.pk, contact_id=contact),
        "merged contact": Subject(workspace_id, inbox_id=world.inbox.pk, contact_id=world.merged.pk),
    }[named]
    has_conversation = named in {"all", "conversation"}
    relevant = [one for one in (*before, *during) if one.closes(purpose) and (one.target != "conversation" or has_conversation)]
    allowed: dict[Purpose, set[InboxAi.Mode | None]] = {
        Purpose.ANSWER: {InboxAi.Mode.AUTO},
        Purpose.SUGGEST: {None, InboxAi.Mode.AUTO, InboxAi.Mode.SUGGEST},
    }
    is_on = not relevant and not is_blocked and mode in allowed.get(purpose, {mode})
    world.engine_calls.clear()
    world.server.requests.clear()
    reason: Closed | None = None
    with suppress(_UndoError), transaction.atomic():
        arrange(world, before, mode, is_blocked=is_blocked)
        reason = play(world, gate_of=(purpose, subject), during=during, step=step)
        raise _UndoError
    called = len(world.engine_calls) + len(world.server.requests)
    assert called == (1 if is_on else 0), (reason, relevant)
    assert (reason is None) == is_on
