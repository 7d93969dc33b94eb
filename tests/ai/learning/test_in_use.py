"""Learned moods, priorities and gates at work: who is read by them, how people teach them, and what takes them back."""

import base64
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from ai.engine.intents import Artefact
from ai.engine.trust import TrustGate, store
from ai.learning.training import Trained
from ai.models import FeedbackEvent, Handover, InboxAi, ModelVersion, Proposal, Reading, Switch
from ai.selectors.learned import live_model
from ai.services import learning, promoting, training, versions
from ai.services.gathering import gather, job_of
from ai.services.proposing import decide, review
from ai.services.switches import switch_off
from conversations.models import Conversation, Message
from conversations.services import state
from core.audit import Actor
from core.events.models import Event
from core.tenancy import scope
from tests.ai.replies.conftest import desk
from tests.ai.replies.desk import Desk
from tests.factories import make_user, receive

__all__ = ["desk"]
pytestmark = pytest.mark.django_db
Task, Source, State = FeedbackEvent.Task, FeedbackEvent.Source, Proposal.State
UNHAPPY = "Que decepção, a chaleira veio quebrada"
QUESTION = "How long does a refund take?"


@pytest.fixture
def agent() -> User:
    return make_user()


def put_to_use(task: str, artefact: Artefact) -> ModelVersion:
    """In the scope: a model that was judged better."""
    found = {
        "manifest": artefact.manifest, "arrays": base64.b64encode(artefact.arrays).decode(), "dataset": "0" * 64,
        "judgement": {"verdict": "better"},
    }  # fmt: skip
    version = versions.store_candidate(task, found, [], None)
    versions.put_to_use(version, actor=Actor.system())
    return version


def gate(**weights: float) -> Artefact:
    return store(TrustGate(weights, None), notes={})


def event(conversation: Conversation, kind: str, **data: Any) -> Event:
    return Event(type=kind, conversation_id=conversation.pk, data=data)


def lessons(task: str) -> list[tuple[str, str, str]]:
    rows = FeedbackEvent.objects.filter(task=task).order_by("id")
    return list(rows.values_list("prediction", "correction", "source"))


def test_a_promoted_mood_is_read_in_its_language_alone_and_one_click_takes_it_back(desk: Desk, taught_moods: Trained) -> None:
    before = desk.writes(UNHAPPY, visitor="before")
    with scope(desk.workspace.pk):
        assert Reading.objects.get(conversation=before).mood == "neutral"
        put_to_use(Task.MOOD, taught_moods.artefact)
    after, french = desk.writes(UNHAPPY, visitor="after"), desk.writes("Le vase est arrivé hier par la poste", visitor="french")
    with scope(desk.workspace.pk):
        read = Reading.objects.get(conversation=after)
        assert (read.language, read.mood, read.why["models"]) == ("pt", "negative", {"mood": "moods-1"})
        assert read.why["chances"]["mood"] > 0.5
        other = Reading.objects.get(conversation=french)
        assert (other.language, other.mood, "models" in other.why) == ("fr", "neutral", False)
        versions.roll_back(Task.MOOD, actor=Actor.system())
    again = desk.writes(UNHAPPY, visitor="again")
    with scope(desk.workspace.pk):
        assert Reading.objects.get(conversation=again).mood == "neutral"


def test_a_corrected_mood_is_a_lesson_of_the_model_that_said_it(desk: Desk, taught_moods: Trained, agent: User) -> None:
    with scope(desk.workspace.pk):
        put_to_use(Task.MOOD, taught_moods.artefact)
    talk = desk.writes(UNHAPPY)
    with scope(desk.workspace.pk):
        reading = Reading.objects.select_related("message__conversation", "conversation").get(conversation=talk)
        learning.correct_mood(reading, "neutral", by=agent)
        learning.correct_mood(reading, "neutral", by=agent)
        assert lessons(Task.MOOD) == [("negative", "neutral", "corrected"), ("neutral", "neutral", "accepted")]
        assert Reading.objects.get(pk=reading.pk).mood == "neutral"
        assert set(FeedbackEvent.objects.values_list("model", flat=True)) == {"moods-1"}
        job = job_of(gather(Task.MOOD), None)
        assert [(one["rule"], one["floor"], one["language"]) for one in job["lessons"]] == [("neutral", "positive", "pt")] * 2


def test_moods_that_are_corrected_again_and_again_take_their_model_back(desk: Desk, taught_moods: Trained, agent: User) -> None:
    with scope(desk.workspace.pk):
        put_to_use(Task.MOOD, taught_moods.artefact)
    talk = desk.writes(UNHAPPY)
    with scope(desk.workspace.pk):
        reading = Reading.objects.select_related("message__conversation", "conversation").get(conversation=talk)
        for _number in range(5):
            reading.mood = Reading.Mood.NEGATIVE
            learning.correct_mood(reading, "neutral", by=agent)
        assert live_model(desk.workspace.pk, Task.MOOD) is None
        assert ModelVersion.objects.get().decision == "watch"


def test_setting_a_priority_teaches_and_so_does_letting_it_stand(desk: Desk, agent: User) -> None:
    urgent, calm = desk.writes("This is urgent, my parcel is lost", visitor="a"), desk.writes("Do you sell mugs?", visitor="b")
    with scope(desk.workspace.pk):
        state.set_priority(urgent, 1, by=agent)
        learning.on_changed(event(urgent, "conversation.changed", fields=["priority"]))
        learning.on_changed(event(urgent, "conversation.changed", fields=["priority"]))
        assert lessons(Task.PRIORITY) == [("3", "1", "corrected")]
        for conversation in (urgent, calm):
            state.set_status(conversation, Conversation.Status.RESOLVED, by=agent)
            learning.on_changed(event(conversation, "conversation.changed", fields=["status"]))
        assert lessons(Task.PRIORITY) == [("3", "1", "corrected"), ("0", "0", "accepted")]


def test_what_the_ai_sets_by_itself_teaches_nothing(desk: Desk) -> None:
    talk = desk.writes("Do you sell mugs?")
    with scope(desk.workspace.pk):
        state.set_priority(talk, 4, by=None)
        learning.on_changed(event(talk, "conversation.changed", fields=["priority"]))
        assert lessons(Task.PRIORITY) == []


def suggested(desk: Desk, question: str = QUESTION, visitor: str = "visitor-1") -> Proposal:
    desk.set(mode=InboxAi.Mode.SUGGEST)
    talk = desk.writes(question, visitor=visitor)
    [proposal] = desk.proposals(talk)
    return proposal


def test_every_decision_on_a_reply_is_a_lesson_with_how_it_came_about(desk: Desk, agent: User) -> None:
    found = [suggested(desk, visitor=f"v{number}") for number in range(5)]
    with scope(desk.workspace.pk):
        decide(found[0], State.ACCEPTED, by=agent)
        decide(found[1], State.REJECTED, by=agent, reason="wrong")
        decide(found[2], State.EDITED, by=agent, final_text=f"{found[2].text} Best wishes")
        decide(found[3], State.EDITED, by=agent, final_text="We do not know that yet, sorry.")
        decide(found[4], State.REJECTED, by=agent, reason="tone")
        assert lessons(Task.REPLY) == [
            ("used", "used", "accepted"), ("used", "refused", "rejected"), ("used", "used", "edited"),
            ("used", "refused", "edited"),
        ]  # fmt: skip
        facts = FeedbackEvent.objects.order_by("id").first().facts  # type: ignore[union-attr]
        assert facts == found[0].facts
        assert (facts["language"], facts["is_generated"], facts["words"]) == ("en", False, 6)
        assert facts["document"] == found[0].sources[0]["document"]
        assert 0 < facts["evidence"] <= 1
        assert QUESTION not in str(facts)


def test_reviews_and_handovers_after_an_answer_teach_too(desk: Desk, agent: User) -> None:
    first, second = desk.writes(QUESTION, visitor="a"), desk.writes(QUESTION, visitor="b")
    desk.writes("I want to talk to a human", visitor="b")
    with scope(desk.workspace.pk):
        review(Proposal.objects.get(conversation=first), "wrong", by=agent)
        handover = Handover.objects.get(conversation=second)
        learning.on_handover(event(second, "ai.handed_over", reason=handover.reason))
        learning.on_handover(event(second, "ai.handed_over", reason=handover.reason))
        learning.on_handover(event(first, "ai.handed_over", reason="no_evidence"))
        assert lessons(Task.REPLY) == [("used", "refused", "rejected"), ("used", "refused", "handed_over")]


def test_a_taught_gate_hides_what_people_refuse_unless_they_ask(desk: Desk, agent: User) -> None:
    document = suggested(desk).facts["document"]
    with scope(desk.workspace.pk):
        put_to_use(Task.REPLY, gate(**{f"document:{document}": -8.0}))
    talk = desk.writes(QUESTION, visitor="hidden")
    [kept] = desk.proposals(talk)
    assert (kept.state, kept.text, kept.reason) == (State.WITHHELD, "", "low_confidence")
    assert kept.facts["gate"] == "replies-1"
    from ai.services import assist_running, assisting

    with scope(desk.workspace.pk):
        job = assisting.suggest(talk, by=agent)
    assist_running.run(desk.workspace.pk, job.pk)
    assert [one.state for one in desk.proposals(talk)] == [State.WITHHELD, State.PROPOSED]
    assert desk.proposals(talk)[-1].confidence < 0.05


def test_a_taught_gate_decides_what_goes_out_by_itself(desk: Desk) -> None:
    with scope(desk.workspace.pk):
        put_to_use(Task.REPLY, gate(base=-8.0))
    assert desk.handed_over(desk.writes(QUESTION, visitor="doubt")) == ["low_confidence"]
    with scope(desk.workspace.pk):
        versions.roll_back(Task.REPLY, actor=Actor.system())
    answered = desk.writes(QUESTION, visitor="sure")
    assert desk.handed_over(answered) == []
    assert "5 to 7 business days" in desk.said(answered)[0]


def test_each_kind_is_asked_for_by_itself_and_objections_reach_all(desk: Desk, agent: User) -> None:
    proposal = suggested(desk)
    with scope(desk.workspace.pk):
        decide(proposal, State.ACCEPTED, by=agent)
        lesson = FeedbackEvent.objects.get()
        found = {"manifest": "{}", "arrays": "AAAA", "dataset": "0" * 64, "judgement": {"verdict": "better"}}
        for task in Task.values:
            promoting.keep_candidate(task, found, [lesson], None)
        assert ModelVersion.objects.filter(state="live").count() == 4
        switch_off(Switch.Level.CONTACT, lesson.contact, None, Switch.Reason.RESTRICTION, actor=Actor.system())
    training.sweep_erased()
    with scope(desk.workspace.pk):
        assert not ModelVersion.objects.filter(state="live").exists()
        assert not ModelVersion.objects.filter(arrays__isnull=False).exists()
        assert gather(Task.REPLY).events == []


def test_who_may_be_a_minor_teaches_nothing(desk: Desk, agent: User) -> None:
    talk = desk.writes("I am 12 years old and I want my money back")
    with scope(desk.workspace.pk):
        reading = Reading.objects.select_related("message__conversation", "conversation").get(conversation=talk)
        assert reading.is_minor_suspected
        assert learning.correct_mood(reading, "negative", by=agent) is None
        state.set_priority(talk, 4, by=agent)
        learning.on_changed(event(talk, "conversation.changed", fields=["priority"]))
        assert not FeedbackEvent.objects.exists()


def test_candidates_of_all_kinds_come_out_of_the_training_process(desk: Desk, agent: User) -> None:
    """By the real process: six lessons are enough for a candidate, and too few to promote it."""
    with scope(desk.workspace.pk):
        for number in range(12):
            message = receive(desk.inbox, f"Sentence {number} about {'lamps' if number % 2 else 'bowls'}", visitor=f"v{number}")
            pairs = {Task.MOOD: ("negative", "positive"), Task.PRIORITY: ("0", "4"), Task.REPLY: ("used", "refused")}
            for task, labels in pairs.items():
                told = labels[number % 2]
                facts = {"evidence": 0.5, "document": str(uuid4())} if task == Task.REPLY else {}
                learning.note(message, task, Source.CORRECTED, prediction=labels[0], correction=told, by=agent, facts=facts)
        FeedbackEvent.objects.update(created_at=timezone.now() - timedelta(days=1))
    for task in (Task.MOOD, Task.PRIORITY, Task.REPLY):
        version = training.train(desk.workspace.pk, task)[1]
        assert version is not None
        assert (version.task, version.number, version.decision, version.state) == (task, 1, "few", "rejected")
    with scope(desk.workspace.pk):
        assert Message.objects.filter(kind="inbound").count() == 12
