"""The loop on real rows: lessons where learning is allowed, a candidate by a process of its own, history, erasure."""

import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User, Workspace
from ai import gate
from ai.gate import Purpose, Subject
from ai.models import FeedbackEvent, Intent, Lineage, ModelVersion, Switch, Training
from ai.selectors.learned import live_model
from ai.services import promoting, training, trainings, versions
from ai.services.gathering import allowed
from ai.services.intents import model_of
from ai.services.learning import note
from ai.services.switches import switch_off
from conversations.models import Contact, Conversation, Inbox, Message
from core.audit import Actor
from core.audit.models import AuditEntry
from core.tenancy import scope
from tests.factories import make_workspace, receive

pytestmark = pytest.mark.django_db
Task, Source, State = FeedbackEvent.Task, FeedbackEvent.Source, ModelVersion.State
SYSTEM = Actor.system()

OPENINGS = ["Hello", "Hi there", "Good morning", "Please help", "Excuse me", "Dear team", "Quick question", "Sorry to ask"]
TAUGHT = {
    "delivery": [
        "my parcel {} has not come yet",
        "when will the package {} arrive",
        "the courier lost box {}",
        "track shipment {}",
    ],
    "refund": [
        "give me my money back for order {}",
        "I want a refund of {}",
        "you charged me twice {}",
        "return item {} for cash",
    ],
    "password": ["I forgot my password {}", "cannot sign in to account {}", "reset the login {}", "my access code {} fails"],
}


@pytest.fixture
def workspace(owner: User) -> Workspace:
    found = make_workspace(owner=owner)
    with scope(found.pk):
        for name in TAUGHT:
            Intent.objects.create(name=name)
    return found


def teach(inbox: Inbox, owner: User, *, count: int, visitor: str = "one") -> list[FeedbackEvent]:
    """Lessons of each intent in many words."""
    found = []
    for number in range(count):
        for label, forms in TAUGHT.items():
            words = f"{OPENINGS[number % len(OPENINGS)]}, {forms[number % len(forms)].format(1000 + number)}"
            message = receive(inbox, words, visitor=visitor)
            event = note(message, Task.INTENT, Source.CORRECTED, prediction="refund", correction=label, by=owner)
            assert event is not None
            found.append(event)
    return found


def judged(verdict: str) -> dict[str, object]:
    """What the training process answers, shortened."""
    return {"manifest": "{}", "arrays": "AAAA", "dataset": "0" * 64, "examples": 3, "judgement": {"verdict": verdict}}


def test_a_lesson_is_masked_and_under_its_authors_key(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        message = receive(inbox, "I am Rosa Lima, rosa@example.com, where is my parcel?", name="Rosa Lima")
        event = note(message, Task.INTENT, Source.ACCEPTED, prediction="delivery", correction="delivery", by=owner)
        assert event is not None
        event.refresh_from_db()
        assert event.text == "I am <PERSON_1>, <EMAIL_1>, where is my parcel?"
        assert event.key_id == message.key_id


@pytest.mark.parametrize("reason", [Switch.Reason.OBJECTION, Switch.Reason.RESTRICTION, Switch.Reason.MINOR])
def test_nobody_is_learned_from_who_does_not_want_it(
    workspace: Workspace, inbox: Inbox, owner: User, reason: Switch.Reason
) -> None:
    with scope(workspace.pk):
        message = receive(inbox, "Where is my parcel?")
        switch_off(Switch.Level.CONTACT, message.conversation.contact, Purpose.LEARN, reason, actor=SYSTEM)
        assert note(message, Task.INTENT, Source.ACCEPTED, prediction="delivery", correction="delivery", by=owner) is None
        assert not FeedbackEvent.objects.exists()


def test_lessons_become_a_model_in_use(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        teach(inbox, owner, count=4)
        trainings.ask_to_train(Task.INTENT)
    training.run(workspace.pk, Task.INTENT)
    with scope(workspace.pk):
        assert Training.objects.get().state == Training.State.DONE
        version = ModelVersion.objects.get()
        assert (version.number, version.state, version.decision, version.examples) == (1, State.REJECTED, "few", 12)
        assert set(version.figures) >= {"gain", "lower_bound", "candidate", "champion", "confusion", "held_out"}
        assert Lineage.objects.count() == 12
    with scope(workspace.pk):
        versions._make_live(version, actor=SYSTEM, why="test")
        live = live_model(workspace.pk)
        assert live is not None
        opened = gate.enter(Purpose.ANALYSE, Subject(workspace.pk))
        known = model_of(opened, list(Intent.objects.all()))
        assert known is not None
        assert (known.name, known.is_learned, known.model.labels) == ("intents-1", True, ("delivery", "password", "refund"))


class Endless(subprocess.Popen[str]):
    """A training that never ends by itself, and that sees something happen once it runs."""

    started: ClassVar[list["Endless"]] = []
    then: ClassVar[Callable[[], object]]

    def __init__(self, _command: list[str], **options: Any) -> None:
        super().__init__([sys.executable, "-c", "import signal; signal.pause()"], **options)
        self.started.append(self)
        type(self).then()


@pytest.mark.parametrize("is_person", [False, True])
def test_what_is_switched_off_ends_a_training_in_flight(
    workspace: Workspace, inbox: Inbox, owner: User, monkeypatch: pytest.MonkeyPatch, is_person: bool
) -> None:
    with scope(workspace.pk):
        person = teach(inbox, owner, count=4)[0].contact

    def switch() -> None:
        with scope(workspace.pk):
            target, level = (person, Switch.Level.CONTACT) if is_person else (None, Switch.Level.WORKSPACE)
            switch_off(level, target, Purpose.LEARN, actor=SYSTEM)

    monkeypatch.setattr(Endless, "then", staticmethod(switch), raising=False)
    monkeypatch.setattr(Endless, "started", [])
    monkeypatch.setattr(subprocess, "Popen", Endless)
    monkeypatch.setattr(training, "_LIMIT", 20)
    assert training.train(workspace.pk, Task.INTENT) == (trainings.State.STOPPED, None)
    assert [one.returncode for one in Endless.started] == [-signal.SIGKILL]
    with scope(workspace.pk):
        assert not ModelVersion.objects.exists()


def test_training_that_takes_too_long_is_ended_and_told(
    workspace: Workspace, inbox: Inbox, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scope(workspace.pk):
        teach(inbox, owner, count=4)
    monkeypatch.setattr(Endless, "then", staticmethod(lambda: None), raising=False)
    monkeypatch.setattr(Endless, "started", [])
    monkeypatch.setattr(subprocess, "Popen", Endless)
    monkeypatch.setattr(training, "_LIMIT", 0)
    with pytest.raises(training.TrainingFailedError):
        training.train(workspace.pk, Task.INTENT)
    assert [one.returncode for one in Endless.started] == [-signal.SIGKILL]


def test_only_a_better_model_is_put_to_use_and_one_click_takes_it_back(workspace: Workspace, owner: User) -> None:
    with scope(workspace.pk):
        for verdict in ("better", "not_better", "better"):
            promoting.keep_candidate(Task.INTENT, judged(verdict), [], None)
        states = dict(ModelVersion.objects.values_list("number", "state"))
        assert states == {1: State.RETIRED, 2: State.REJECTED, 3: State.LIVE}
        before = versions.roll_back(Task.INTENT, actor=Actor.user(owner.pk))
        assert before is not None
        assert dict(ModelVersion.objects.values_list("number", "state")) == {
            1: State.LIVE,
            2: State.REJECTED,
            3: State.ROLLED_BACK,
        }
        assert versions.roll_back(Task.INTENT, actor=Actor.user(owner.pk)) is None
        with pytest.raises(ValidationError):
            versions.roll_back(Task.INTENT, actor=Actor.user(owner.pk))
        actions = list(AuditEntry.objects.filter(action__startswith="ai.model").order_by("id").values_list("action", flat=True))
    assert actions == [
        "ai.model_live", "ai.model_rejected", "ai.model_live", "ai.model_rolled_back", "ai.model_live", "ai.model_rolled_back",
    ]  # fmt: skip


def test_a_model_that_errs_more_than_expected_takes_itself_back(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        promoting.keep_candidate(Task.INTENT, judged("better"), [], None)
        promoting.keep_candidate(Task.INTENT, judged("better"), [], None)
        message = receive(inbox, "Where is my parcel?")
        live = live_model(workspace.pk)
        assert live is not None
        assert live.name == "intents-2"
        for number in range(6):
            FeedbackEvent.objects.create(
                task=Task.INTENT, message=message, conversation=message.conversation, contact=message.conversation.contact,
                model=f"engine/{live.name}", prediction="refund", correction="delivery", source=Source.CORRECTED, language="en",
            )  # fmt: skip
            versions.watch(live_model(workspace.pk))
            now = live_model(workspace.pk)
            assert now is not None
            assert now.name == ("intents-2" if number < 4 else "intents-1")
        assert AuditEntry.objects.get(action="ai.model_rolled_back").data["why"] == "watch"


def test_cusum_forgives_what_is_expected_and_hears_what_is_not() -> None:
    assert versions.cusum([False, False, False, False, True] * 40, 0.2) < 4.0
    assert versions.cusum([False] * 50 + [True] * 8, 0.2) > 4.0


def test_erasing_a_person_destroys_the_models_they_are_in(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        events = teach(inbox, owner, count=1, visitor="erased")
        others = teach(inbox, owner, count=1, visitor="other")
        promoting.keep_candidate(Task.INTENT, judged("better"), events + others, None)
        gone = events[0].contact
        Message.objects.filter(conversation__contact=gone).delete()
        Conversation.objects.filter(contact=gone).delete()
        Contact.objects.filter(pk=gone.pk).delete()
        assert FeedbackEvent.objects.count() == len(others)
    training.sweep_erased()
    with scope(workspace.pk):
        version = ModelVersion.objects.get()
        assert (version.state, version.arrays, version.manifest, version.decision) == (State.RETIRED, "", "", "erased")
        assert live_model(workspace.pk) is None


def test_an_objection_afterwards_reaches_the_models_too(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        events = teach(inbox, owner, count=1)
        promoting.keep_candidate(Task.INTENT, judged("better"), events, None)
    training.sweep_erased()
    with scope(workspace.pk):
        assert live_model(workspace.pk) is not None
        switch_off(Switch.Level.CONTACT, events[0].contact, Purpose.LEARN, Switch.Reason.OBJECTION, actor=SYSTEM)
    training.sweep_erased()
    with scope(workspace.pk):
        assert live_model(workspace.pk) is None
        assert allowed(list(FeedbackEvent.objects.all())) == []


def test_learning_that_is_off_makes_no_candidate(workspace: Workspace, inbox: Inbox, owner: User) -> None:
    with scope(workspace.pk):
        teach(inbox, owner, count=2)
        switch_off(Switch.Level.WORKSPACE, None, Purpose.LEARN, actor=SYSTEM)
    assert training.train(workspace.pk, Task.INTENT) == (trainings.State.STOPPED, None)
    with scope(workspace.pk):
        assert not ModelVersion.objects.exists()
