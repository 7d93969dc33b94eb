"""Learned models are measured before they are put to use, and before they are taken back by hand, whatever they learned."""

import base64
from typing import Any

import pytest
from django.core import mail

from accounts.models import Membership
from ai.engine.intents import Artefact
from ai.gate import Purpose, Subject, enter
from ai.learning.training import Trained
from ai.models import Change, FeedbackEvent, ModelVersion
from ai.selectors.learned import live_model
from ai.services import changes, promoting, training, versions
from ai.services.alerts import tell_held
from ai.services.change_kinds import world_with
from ai.services.changes import discard, override
from ai.services.reading import read_supposing
from ai.services.submitting import roll_back
from ai.services.worlds import world_now
from core.audit import Actor
from core.tenancy import scope
from knowledge.services.articles import create_article, publish_article
from tests.ai.evaluating.measuring import BICYCLE, REFUND, Shop
from tests.ai.learning.conftest import taught_moods
from tests.ai.learning.test_in_use import UNHAPPY, gate, put_to_use

__all__ = ["taught_moods"]
Task = FeedbackEvent.Task
REPAIRS = "<p>Yes, we repair bicycles of every brand. Bring your bicycle to our studio and we repair it within a day.</p>"


def uses(shop: Shop, artefact: Artefact, task: str = Task.REPLY) -> ModelVersion:
    with scope(shop.workspace.pk):
        return put_to_use(task, artefact)


def taken_back(shop: Shop, task: str = Task.REPLY) -> Change:
    """The change that taking the model back became, measured."""
    with scope(shop.workspace.pk):
        before = live_model(shop.workspace.pk, task)
        change, number = roll_back(task, by=shop.author)
        assert change is not None
        assert number is None
        assert live_model(shop.workspace.pk, task) == before
    shop.works()
    return shop.change(change)


def test_gate_that_keeps_wrong_answers_back_is_taken_back_only_by_an_owners_word(shop: Shop, owner: Membership) -> None:
    with scope(shop.workspace.pk):
        publish_article(create_article(language="en", by=shop.author, title=BICYCLE, body=REPAIRS), by=shop.author)
    shop.knows(BICYCLE)
    uses(shop, gate(base=-8.0))
    held = taken_back(shop)
    assert (held.kind, held.target, held.state, held.why) == ("learned", "learned:reply", "held", "worse")
    with scope(shop.workspace.pk):
        override(held, reason="The gate keeps too much back.", membership=owner)
        assert live_model(shop.workspace.pk, Task.REPLY) is None


def test_gate_before_it_is_what_is_measured(shop: Shop) -> None:
    shop.knows(REFUND, "Returns and refunds")
    uses(shop, gate())
    uses(shop, gate(base=-8.0))
    made = taken_back(shop)
    assert made.state == "published"
    uses(shop, gate(base=-8.0))
    uses(shop, gate())
    held = taken_back(shop)
    assert (held.state, held.why) == ("held", "worse")
    with scope(shop.workspace.pk):
        found = live_model(shop.workspace.pk, Task.REPLY)
        assert found is not None
        assert found.name == "replies-4"


def test_each_task_waits_for_itself_and_the_product_waits_for_none(shop: Shop) -> None:
    shop.knows(REFUND, "Returns and refunds")
    uses(shop, gate())
    first = taken_back(shop)
    assert first.state == "published"
    uses(shop, gate())
    with scope(shop.workspace.pk):
        versions.roll_back(Task.REPLY, actor=Actor.system(), why="watch")
        assert live_model(shop.workspace.pk, Task.REPLY) is None
        assert Change.objects.count() == 1


def trained(shop: Shop, artefact: Artefact, task: str = Task.REPLY) -> ModelVersion:
    """A candidate that was judged better on lessons, as the training leaves it."""
    found = {
        "manifest": artefact.manifest, "arrays": base64.b64encode(artefact.arrays).decode(), "dataset": "0" * 64,
        "judgement": {"verdict": "better"},
    }  # fmt: skip
    with scope(shop.workspace.pk):
        return promoting.keep_candidate(task, found, [], None)


def in_use(shop: Shop, task: str = Task.REPLY) -> str:
    with scope(shop.workspace.pk):
        found = live_model(shop.workspace.pk, task)
        return found.name if found else ""


def the_change(shop: Shop) -> Change:
    with scope(shop.workspace.pk):
        return Change.objects.select_related("user").order_by("-id")[0]


def test_candidate_that_answers_no_question_worse_is_put_to_use_when_that_is_measured(shop: Shop) -> None:
    shop.knows(REFUND, "Returns and refunds")
    version = trained(shop, gate())
    assert (version.state, in_use(shop)) == ("waiting", "")
    shop.works()
    made = the_change(shop)
    assert (made.kind, made.target, made.state, made.user) == ("promote", "promotion:reply", "published", None)
    assert in_use(shop) == "replies-1"


def test_candidate_that_answers_worse_is_held_for_an_owner(shop: Shop, owner: Membership) -> None:
    shop.knows(REFUND, "Returns and refunds")
    version = trained(shop, gate(base=-8.0))
    shop.works()
    held = the_change(shop)
    assert (held.state, held.why, in_use(shop)) == ("held", "worse", "")
    with scope(shop.workspace.pk):
        override(held, reason="It keeps back what is out of date.", membership=owner)
        version.refresh_from_db()
        assert (version.state, version.user_id) == ("live", owner.user_id)


def test_people_are_told_once_that_candidates_are_held_until_somebody_decides(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(changes, "wake_up", lambda *arguments: told.append(arguments))
    shop.knows(REFUND, "Returns and refunds")
    counts = []
    for decides in (False, True, False):
        with django_capture_on_commit_callbacks(execute=True):
            trained(shop, gate(base=-8.0))
            shop.works()
        counts.append(len(told))
        if decides:
            with scope(shop.workspace.pk):
                discard(the_change(shop), by=shop.author)
    assert counts == [1, 1, 2]
    held = the_change(shop)
    assert told[1] == (changes.TELL, str(shop.workspace.pk), str(held.pk))
    tell_held(shop.workspace.pk, held.pk)
    assert f"/settings/ai/evaluation/changes/{held.pk}/" in mail.outbox[0].body
    assert "Model 3 does better on what your team taught, but with it" in mail.outbox[0].body


def test_without_golden_questions_a_candidate_is_put_to_use_at_once(shop: Shop) -> None:
    assert trained(shop, gate()).state == "live"
    with scope(shop.workspace.pk):
        assert not Change.objects.exists()


def test_newer_candidate_takes_the_place_of_one_that_is_held_and_a_discarded_one_is_not_used(shop: Shop) -> None:
    shop.knows(REFUND, "Returns and refunds")
    first = trained(shop, gate(base=-8.0))
    shop.works()
    second = trained(shop, gate(base=-9.0))
    shop.works()
    held = the_change(shop)
    with scope(shop.workspace.pk):
        discard(held, by=shop.author)
        for version in (first, second):
            version.refresh_from_db()
            assert (version.state, version.decision) == ("rejected", versions.GIVEN_UP)
        assert not Change.objects.filter(state__in=("measuring", "held")).exists()


def test_taking_a_model_back_gives_up_the_candidate_that_is_measured(shop: Shop) -> None:
    uses(shop, gate())
    shop.knows(REFUND, "Returns and refunds")
    waiting = trained(shop, gate())
    taken_back(shop)
    with scope(shop.workspace.pk):
        waiting.refresh_from_db()
        assert (waiting.state, in_use(shop)) == ("rejected", "")


def test_candidate_of_an_erased_person_is_destroyed_and_never_put_to_use(shop: Shop) -> None:
    shop.knows(REFUND, "Returns and refunds")
    version = trained(shop, gate())
    with scope(shop.workspace.pk):
        ModelVersion.objects.filter(pk=version.pk).update(examples=1)  # whose lesson has gone
    training.sweep_erased()
    shop.works()
    with scope(shop.workspace.pk):
        version.refresh_from_db()
        assert (version.state, version.decision, version.arrays, in_use(shop)) == ("rejected", "erased", "", "")
        assert the_change(shop).state == "discarded"


def test_moods_of_a_candidate_are_read_by_it_alone(shop: Shop, taught_moods: Trained) -> None:
    shop.knows(REFUND, "Returns and refunds")
    trained(shop, taught_moods.artefact, Task.MOOD)
    opened = enter(Purpose.ANALYSE, Subject(shop.workspace.pk))
    with scope(shop.workspace.pk):
        moods = []
        for world in (world_now(), world_with(the_change(shop))):
            situation = world.situation(UNHAPPY, "pt")
            read_supposing(situation, opened, world.intents, None)
            moods += [one.mood for one in situation.readings.values()]
    assert moods == ["neutral", "negative"]


def test_moods_are_read_by_what_is_supposed(shop: Shop, taught_moods: Trained) -> None:
    shop.knows(REFUND, "Returns and refunds")
    uses(shop, taught_moods.artefact, Task.MOOD)
    opened = enter(Purpose.ANALYSE, Subject(shop.workspace.pk))
    with scope(shop.workspace.pk):
        change, _number = roll_back(Task.MOOD, by=shop.author)
        assert change is not None
        moods = []
        for world in (world_now(), world_with(change), world_now()):
            situation = world.situation(UNHAPPY, "pt")
            read_supposing(situation, opened, world.intents, None)
            moods += [one.mood for one in situation.readings.values()]
    assert moods == ["negative", "neutral", "negative"]
