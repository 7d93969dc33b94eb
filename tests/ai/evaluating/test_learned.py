"""Learned models that are taken back by hand are measured first, whatever they learned."""

from accounts.models import Membership
from ai.engine.intents import Artefact
from ai.gate import Purpose, Subject, enter
from ai.learning.training import Trained
from ai.models import Change, FeedbackEvent, ModelVersion
from ai.selectors.learned import live_model
from ai.services import versions
from ai.services.change_kinds import world_with
from ai.services.changes import override
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
