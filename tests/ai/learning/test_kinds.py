"""Every kind learns by the same rules: moods and priorities against words, replies against the evidence gate. No database."""

from dataclasses import replace

import numpy as np
import pytest

from ai.engine.embedders import Embedders
from ai.engine.intents import ArtefactError, TrainingError
from ai.engine.mood_model import MoodEmbedders
from ai.engine.settled import MOODS, PRIORITIES, Ruled, settled
from ai.engine.trust import SHOWN_FROM, TrustGate, default_trust, fit, load, store
from ai.learning.judging import Judgement, Verdict
from ai.learning.lessons import Lesson, split
from ai.learning.replies import gate_says, learn_replies
from ai.learning.training import Trained, learn_order
from tests.ai.learning.taught import MIXED, STALE, TRUSTED, moods, replies

pytestmark = pytest.mark.filterwarnings("ignore:The number of unique classes")


def test_moods_are_learned_in_a_language_that_the_lexicon_does_not_know(taught_moods: Trained) -> None:
    judgement = taught_moods.judgement
    assert judgement.verdict == Verdict.BETTER
    assert judgement.held_out >= 50
    assert judgement.champion.recalls["negative"] == 0.0
    assert judgement.champion.ece is None
    assert judgement.candidate.accuracy > 0.85
    assert taught_moods.model.is_taught_in("pt")
    assert not taught_moods.model.is_taught_in("fr")


def test_a_second_candidate_of_the_same_lessons_is_not_better(taught_moods: Trained, embedders: Embedders) -> None:
    again = learn_order(moods(wrong=0.05), MoodEmbedders(embedders), order=MOODS, champion=taught_moods.model)
    assert again.judgement.verdict == Verdict.NOT_BETTER
    assert again.dataset == taught_moods.dataset


def test_random_labels_teach_nothing(taught_moods: Trained, embedders: Embedders) -> None:
    found = learn_order(
        moods(wrong=1.0, seed=3), MoodEmbedders(embedders), order=MOODS, champion=taught_moods.model, protected=["negative"]
    )
    assert found.judgement.verdict != Verdict.BETTER


def test_what_rules_hold_fast_no_model_can_change() -> None:
    assert settled("positive", Ruled("negative", "negative"), MOODS) == "negative"
    assert settled("positive", Ruled("neutral", "positive"), MOODS) == "positive"
    assert settled(None, Ruled("neutral", "positive"), MOODS) == "neutral"
    assert settled("1", Ruled("4", "4"), PRIORITIES) == "4"
    assert settled("1", Ruled("3", "0"), PRIORITIES) == "1"


def test_a_priority_learns_what_no_list_of_words_knows(light: Embedders) -> None:
    """A firm for lifts: stuck is urgent, whatever the words; brochures are not. Told apart by words alone, without models."""
    lessons = []
    for number in range(330):
        is_urgent = number % 3 == 0
        text = f"the lift in house {number} is stuck between floors" if is_urgent else f"please send me brochure {number}"
        lessons.append(Lesson(text, "4" if is_urgent else "0", "en", f"agent {number % 9}", "day", rule="0", floor="0"))
    found = learn_order(lessons, light, order=PRIORITIES, champion=None, protected=["3", "4"])
    assert found.judgement.verdict == Verdict.BETTER
    assert found.judgement.candidate.recalls == {"0": 1.0, "4": 1.0}
    assert found.judgement.champion.recalls == {"0": 1.0, "4": 0.0}


def test_one_label_alone_teaches_nothing(light: Embedders) -> None:
    lessons = [Lesson(f"send me brochure {number}", "0", "en", "a", "d", rule="0", floor="0") for number in range(20)]
    with pytest.raises(TrainingError):
        learn_order(lessons, light, order=PRIORITIES, champion=None)


def test_a_gate_of_few_decisions_is_nearly_the_default_one() -> None:
    facts = {"evidence": 0.6, "document": "a", "language": "en"}
    assert TrustGate({}, None).chance(facts) == pytest.approx(0.6)
    once = fit([facts], [False])
    assert 0.25 < once.chance(facts) < 0.6
    assert once.chance(facts) < once.chance({**facts, "document": "b"}) < 0.6


def test_replies_teach_which_sources_to_trust() -> None:
    found = learn_replies(replies(500), champion=None)
    judgement, gate = found.judgement, found.model
    assert judgement.verdict == Verdict.BETTER
    assert judgement.held_out >= 50
    facts = replies(1)[0].facts | {"evidence": 0.6, "is_answerable": True, "is_enough": True}
    trusted, mixed, stale = (gate.judge({**facts, "document": one}) for one in (TRUSTED, MIXED, STALE))
    assert trusted.chance > mixed.chance > 0.5 > SHOWN_FROM > stale.chance
    assert (trusted.is_shown, mixed.is_shown, stale.is_shown) == (True, True, False)
    assert not stale.is_sent
    # Calibrated: what it says is what people do.
    assert judgement.candidate.ece is not None
    assert judgement.champion.ece is not None
    assert judgement.candidate.ece < judgement.champion.ece


def test_what_goes_out_by_itself_is_never_more_often_wrong(embedders: Embedders) -> None:
    for seed in range(6):
        judgement = learn_replies(replies(500, seed=seed + 1), champion=None).judgement
        if judgement.verdict == Verdict.BETTER:
            assert _wrong(judgement, "candidate") <= _wrong(judgement, "champion")


def test_nothing_goes_out_that_the_rules_would_not_even_answer() -> None:
    gate = learn_replies(replies(500), champion=None).model
    facts = {**replies(1)[0].facts, "document": TRUSTED, "evidence": 0.29, "is_answerable": False, "is_enough": False}
    assert not gate.judge(facts).is_sent
    assert not default_trust(facts).is_sent


def test_poisoned_decisions_do_not_reach_what_is_sent() -> None:
    """A gate is in use; then somebody rejects everything from good articles and takes everything from the stale one."""
    good = replies(500)
    champion = learn_replies(good, champion=None).model
    poison = [
        replace(one, label="used" if one.facts["document"] == STALE else "refused", agent="mallory", day="one")
        for one in replies(400, seed=9)
    ]
    after = learn_replies([*good, *poison], champion=champion)
    # At most fifty lessons of one agent and day count, so the poison is a tenth.
    assert after.examples < 0.85 * len(good) + 50
    _seen, held = split(replies(600, seed=20))
    before, now = (gate_says(gate, held) for gate in (champion, after.model))
    assert before.values is not None
    assert now.values is not None
    if after.judgement.verdict == Verdict.BETTER:
        assert float(np.mean(now.values - before.values)) > -0.05


def test_fewer_than_fifty_held_out_promote_nothing() -> None:
    assert learn_replies(replies(120), champion=None).judgement.verdict == Verdict.FEW
    with pytest.raises(TrainingError):
        learn_replies([replace(one, label="used") for one in replies(80)], champion=None)


def test_a_gate_is_stored_without_code_and_refused_when_changed() -> None:
    gate = learn_replies(replies(200), champion=None).model
    artefact = store(gate, notes={"parent": None})
    found = load(artefact)
    assert found.alone == gate.alone
    facts = replies(1)[0].facts
    assert found.chance(facts) == pytest.approx(gate.chance(facts))
    with pytest.raises(ArtefactError):
        load(replace(artefact, arrays=artefact.arrays[:-1]))
    with pytest.raises(ArtefactError):
        load(replace(artefact, manifest="{}"))


def _wrong(judgement: Judgement, who: str) -> float:
    figures = judgement.candidate if who == "candidate" else judgement.champion
    return (figures.sent_wrong or 0) / figures.sent if figures.sent else 0.0
