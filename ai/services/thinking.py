"""Thinking: what to make of a situation. It writes nothing and sends nothing, so that the try-out page runs the very same.

The order is the reply pipeline's: minor, a wish for a person, attack, topics, anger, what cannot be read, small talk, then
knowledge: search, evidence, answer, guard.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ai.engine.text import stems
from ai.engine.trust import Trust
from ai.gate import Closed, ClosedError, Opened
from ai.human import asks_for_human, asks_what_it_is
from ai.models.replies import Reason
from ai.providers import ProviderError
from ai.purposes import Purpose, Task
from ai.replies import answers, prompting
from ai.replies.injection import is_attack
from ai.replies.outcome import Kind, Outcome
from ai.replies.small_talk import SmallTalk, small_talk_of
from ai.replies.urgency import anger_in
from ai.replies.words import say
from ai.services.intents import is_automatic, restrain_answers
from ai.services.minors import says_minor
from ai.services.own_hosts import own_hosts
from ai.services.restraint import has_said, loops, repeats, unsaid
from ai.services.retrieving import Found, retrieve
from ai.services.situations import Situation
from ai.services.translating import translated
from ai.services.trusting import trust_in
from core.tenancy import scope
from knowledge.retrieval import Audience


@dataclass(frozen=True, slots=True)
class Bounds:
    """Evidence (0 to 1) from which there is an answer at all, and from which it goes out without a known intent."""

    least: float
    alone: float


#: Judged on short questions to small help centres that the gate was not fitted on: `alone` lets 68 % of those with an answer
#: through in English, 63 % elsewhere; of what goes out 4 % is of the wrong article, 8 % of the wrong passage. `least`, where the
#: intent is known too, lets 78 and 70 % through, with 13 and 11 % of the wrong passage.
ENGLISH, OTHERS = Bounds(0.4, 0.5), Bounds(0.45, 0.6)
#: A suggestion is read by a person, who sees how sure it is: a wrong one costs a glance, a missing one the writing. Of questions
#: with an answer 86 and 78 % get one, and a quarter of all that are shown misses the point.
ENGLISH_SUGGESTED, OTHERS_SUGGESTED = Bounds(0.2, 0.2), Bounds(0.3, 0.3)
#: Below this evidence a short question is asked back once, before people are called: it may only have been put badly.
_WORTH_ASKING, _SHORT_QUESTION = 0.15, 5

type Step = Callable[[Situation], Outcome | None]


def think(situation: Situation, opened: Opened, *, is_read_first: bool = False, audience: Audience = Audience.PUBLIC) -> Outcome:
    """What to do now; `is_read_first`: a person decides about it, so less evidence will do. `audience`: AGENTS only where a
    person of the company reads it before anybody else does.

    Outside any scope: a provider may be asked. Raises ClosedError when AI is switched off on the way.
    """
    for step in _BEFORE_LOOKING:
        if (outcome := step(situation)) is not None:
            return outcome
    opened.check()
    with scope(situation.workspace_id):
        ways = _looked_up(situation, opened, audience)
    outcome, found = _afresh(situation, opened, ways, is_read_first=is_read_first)
    outcome.evidence, outcome.looked_up = found.evidence, [one.candidate.document_id for one in found.passages]
    if outcome.kind is Kind.ANSWER and not outcome.asks:
        bounds = bounds_of(situation, found, is_read_first=is_read_first)
        with scope(situation.workspace_id):
            to_customers = bounds_of(situation, found, is_read_first=False)
            needed = (to_customers.least, to_customers.alone)
            trust = trust_in(situation, outcome, found, opened, bounds=needed, is_read_first=is_read_first)
            return _considered(situation, outcome, bounds, trust)
    return outcome


def _looked_up(situation: Situation, opened: Opened, audience: Audience) -> list[Found]:
    """By the last three turns, since a question may need what came before; and by itself, since it may be about something else,
    which earlier turns would drown. The one with more evidence comes first."""
    turns = situation.customer_turns
    ways, shelf = [turns, turns[-1:]] if len(turns) > 1 else [turns], situation.supposed.shelf
    found = [retrieve(opened, way, language=situation.language, audience=audience, shelf=shelf) for way in ways]
    return sorted(found, key=lambda one: -one.evidence)


def _afresh(situation: Situation, opened: Opened, ways: list[Found], *, is_read_first: bool) -> tuple[Outcome, Found]:
    """What the best way found, without sentences that were said before. Where its point was said, what the other way makes of
    the message, if it answers or asks; else the first, marked as a repetition."""
    repeated: tuple[Outcome, Found] | None = None
    for found in ways:
        outcome = _answered(situation, opened, found, bounds_of(situation, found, is_read_first=is_read_first))
        if outcome.answer is None or outcome.kind is not Kind.ANSWER:
            if repeated is None or outcome.asks:
                return outcome, found
            continue
        rest = unsaid(situation, outcome.answer)
        if rest is not None:
            outcome.answer, outcome.text = rest, rest.text
            return outcome, found
        if repeated is None:
            outcome.reason = Reason.REPEATED
            repeated = outcome, found
    assert repeated is not None
    return repeated


def bounds_of(situation: Situation, found: Found, *, is_read_first: bool) -> Bounds:
    """The bounds of the space that question and passage were compared in, for what goes out by itself or is read first."""
    best = found.passages[0].candidate.language if found.passages else ""
    if situation.language == "en" and best == "en":
        return ENGLISH_SUGGESTED if is_read_first else ENGLISH
    return OTHERS_SUGGESTED if is_read_first else OTHERS


def _minor(situation: Situation) -> Outcome | None:
    return Outcome.hand_over(Reason.MINOR) if says_minor(situation) else None


def _human(situation: Situation) -> Outcome | None:
    return Outcome.hand_over(Reason.ASKED_FOR_HUMAN) if any(asks_for_human(one.text) for one in situation.waiting) else None


def _attack(situation: Situation) -> Outcome | None:
    return Outcome.hand_over(Reason.ATTACK) if is_attack(situation.asked) else None


def _topic(situation: Situation) -> Outcome | None:
    """Topics that the company wants no AI to touch, by their words."""
    said = frozenset(stems(situation.asked, situation.language))
    for topic in situation.forbidden_topics:
        wanted = frozenset(stems(str(topic), situation.language))
        if wanted and wanted <= said:
            return Outcome.hand_over(Reason.FORBIDDEN_TOPIC)
    return None


def _anger(situation: Situation) -> Outcome | None:
    reading = situation.newest_reading
    mood = reading.mood_score if reading else 0.0
    return Outcome.hand_over(Reason.ANGRY) if anger_in(situation.asked, mood, situation.language) else None


def _unreadable(situation: Situation) -> Outcome | None:
    if not situation.asked.strip() or any(one.has_files for one in situation.waiting):
        return Outcome.hand_over(Reason.UNREADABLE)
    return None


def _circles(situation: Situation) -> Outcome | None:
    return Outcome.hand_over(Reason.LOOP) if loops(situation) else None


def _identity(situation: Situation) -> Outcome | None:
    if any(asks_what_it_is(one.text) for one in situation.waiting):
        voice = situation.voice
        return Outcome.say(say("yes_ai", situation.language, name=voice.name, company=voice.company), "identity", introduces=True)
    return None


def _small_talk(situation: Situation) -> Outcome | None:
    kinds = [small_talk_of(one.text) for one in situation.waiting]
    if not kinds or None in kinds:
        return None
    kind = kinds[-1]
    assert kind is not None
    text, step = say(str(kind), situation.language), kind.name.lower()
    if not has_said(situation, text):
        return Outcome.say(text, step, greets=kind is SmallTalk.HELLO)
    # Nobody waits for a second "you're welcome"; who says hello again does.
    if kind is not SmallTalk.HELLO:
        return Outcome.nothing(step, str(Reason.REPEATED))
    return _ask_once(situation, step) or Outcome.hand_over(Reason.REPEATED, step)


_BEFORE_LOOKING: tuple[Step, ...] = (_minor, _human, _attack, _topic, _anger, _unreadable, _circles, _identity, _small_talk)


def _answered(situation: Situation, opened: Opened, found: Found, bounds: Bounds) -> Outcome:
    if not found.passages or found.evidence < bounds.least:
        return _unanswered(situation, found)
    steps = ["found"]
    task = Task.SUGGEST if opened.purpose == Purpose.SUGGEST else Task.ANSWER
    answer = None
    supposed = situation.supposed
    if supposed.asks_provider and (task in supposed.models or opened.has_provider(task)):
        answer, failure = _generated(situation, opened, found, task)
        steps.append(failure or ("generated" if answer and answer.is_sound else "guard_stopped"))
    if answer is None or not answer.is_sound:
        refused = answer
        answer = answers.quoted(situation.asked, found.passages, language=situation.language)
        if answer is None:
            return _unquoted(situation, found, steps, refused)
        steps.append("quoted")
    sure = found.evidence
    return Outcome(Kind.ANSWER, answer.text, answer, steps=steps, confidence=sure, evidence=sure, model=answer.model)


def _unquoted(situation: Situation, found: Found, steps: list[str], refused: answers.Answer | None) -> Outcome:
    """Something was found, and nothing of it may be said."""
    if refused:
        return Outcome.hand_over(Reason.GUARD, *steps, answer=refused)
    if any(one.candidate.language == situation.language for one in found.passages):
        return Outcome.hand_over(Reason.NO_EVIDENCE, *steps)
    if situation.knows_language:
        return Outcome.hand_over(Reason.LANGUAGE, *steps)
    # It may well be in the customer's language: they wrote too little to tell.
    return _ask_once(situation, *steps) or Outcome.hand_over(Reason.LOW_CONFIDENCE, *steps)


def _unanswered(situation: Situation, found: Found) -> Outcome:
    """Ask once what is meant, where little was said; else people know better."""
    return _asking_back(situation, found.evidence) or Outcome.hand_over(Reason.NO_EVIDENCE, "not_found")


def _asking_back(situation: Situation, evidence: float) -> Outcome | None:
    """The question what is meant, where little was said of something that is not quite unknown."""
    if len(situation.asked.split()) > _SHORT_QUESTION or evidence < _WORTH_ASKING:
        return None
    return _ask_once(situation, evidence=evidence)


def _ask_once(situation: Situation, *steps: str, evidence: float = 0.0) -> Outcome | None:
    """The question what is meant: once until people have resolved the conversation, and never twice in the same words."""
    has_asked = situation.turn is not None and situation.turn.asked_seq > 0
    text = say("clarify", situation.language)
    if has_asked or repeats(situation, text):
        return None
    return Outcome.say(text, *steps, "clarify", asks=True, evidence=evidence)


def _generated(situation: Situation, opened: Opened, found: Found, task: Task) -> tuple[answers.Answer | None, str]:
    """What a provider's model says, judged; and what went wrong, as a code. A switch that falls meanwhile ends it all."""
    request = prompting.answer_request(
        situation.history,
        situation.asked,
        found.passages,
        voice=situation.voice,
        language=found.passages[0].candidate.language,
        task=task,
        model_id=situation.supposed.models.get(task),
    )
    try:
        completion = opened.complete(request, masker=situation.masker)
    except ProviderError as error:
        return None, f"provider_{error.reason}"
    except ClosedError as error:
        if error.reason in (Closed.BUDGET, Closed.NO_PROVIDER):
            return None, str(error.reason)
        raise
    if not isinstance(completion.data, prompting.Drafted) or not completion.data.can_answer:
        return None, "declined"
    with scope(situation.workspace_id):
        hosts = own_hosts()
    answer = answers.judged(
        [(one.text, one.source) for one in completion.data.sentences],
        found.passages,
        question=situation.asked,
        model=completion.model,
        language=found.passages[0].candidate.language,
        own_hosts=hosts,
        secrets=[prompting.rules_head(), situation.voice.guard_rails],
    )
    if answer.is_sound and answer.language != situation.language:
        return translated(answer, opened, situation)
    return answer, ""


def _considered(situation: Situation, outcome: Outcome, bounds: Bounds, trust: Trust | None) -> Outcome:
    """May this answer go out by itself: not said before, of an intent that may be automatic, sure enough.

    `trust`: what people's decisions have taught; None: the bounds decide.
    """
    reading = situation.newest_reading
    outcome.intent = intent = reading.intent if reading else None
    if outcome.reason is Reason.REPEATED:
        return _held_back(outcome, Reason.REPEATED)
    if trust is not None and not trust.is_shown:
        outcome.text = ""
        return _held_back(outcome, Reason.LOW_CONFIDENCE)
    if situation.is_unread and restrain_answers():
        return _held_back(outcome, Reason.UNREAD)
    if intent is not None and reading is not None:
        if not intent.may_be_automatic:
            return _held_back(outcome, Reason.NOT_AUTOMATIC)
        if not is_automatic(intent):
            return _held_back(outcome, Reason.OVER_ERROR_BUDGET)
        outcome.confidence = min(outcome.evidence, reading.intent_probability) if intent.minimum_confidence else outcome.evidence
        is_sure = reading.intent_probability >= intent.minimum_confidence or outcome.evidence >= bounds.alone
    else:
        is_sure = outcome.evidence >= bounds.alone
    if trust is not None:
        outcome.confidence, is_sure = trust.chance, trust.is_sent
    if is_sure:
        return outcome
    return _asking_back(situation, outcome.evidence) or _held_back(outcome, Reason.LOW_CONFIDENCE)


def _held_back(outcome: Outcome, reason: Reason) -> Outcome:
    """The answer stays as a proposal for people; the customer is handed over."""
    outcome.kind, outcome.reason = Kind.HAND_OVER, reason
    outcome.steps.append(str(reason))
    return outcome
