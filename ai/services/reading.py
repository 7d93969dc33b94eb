"""Reading: what each message says is understood once, kept, and told to those who look at the conversation."""

import base64
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ai.engine.intents import Prediction
from ai.engine.language import DEFAULT_LANGUAGES, SURE
from ai.engine.sentiment import cues
from ai.gate import ClosedError, Opened, Purpose, Subject, enter
from ai.human import languages_of_wish
from ai.models import Intent, Reading
from ai.replies.small_talk import languages_of_small_talk
from ai.replies.urgency import Urgency, anger_in, urgency_of
from ai.services.intents import Known, model_of
from ai.services.minors import is_news, protect
from ai.services.ordering import Ordered, ordered
from ai.services.situations import Line, Situation, language_of
from ai.services.turns import tell
from ai.services.uses import note_use
from conversations.models import Conversation, Label, Message
from conversations.services import state

if TYPE_CHECKING:
    from ai.engine.facade import Reading as Understood

ENGINE = "embedded"
#: For models made of names: the least probability, and the least chance to belong, in English and elsewhere.
_CLEAR, _NEAR, _NEAR_OTHERS = 0.5, 0.25, 0.12


def read_waiting(situation: Situation) -> None:
    """Read the waiting messages that nobody has read yet, where reading is allowed. In the scope; safe to repeat."""
    unread = [one for one in situation.waiting if one.seq not in situation.readings and one.text.strip()]
    if not unread:
        return
    try:
        opened = enter(Purpose.ANALYSE, Subject.of(situation.conversation))
        intents = list(Intent.objects.filter(is_enabled=True))
        known = model_of(opened, intents)
        for line in unread:
            situation.readings[line.seq] = _read(opened, situation, line, intents, known)
    except ClosedError:
        return
    situation.language = language_of(situation)


def read_dry(situation: Situation, opened: Opened) -> None:
    """Read the waiting messages for a try-out: nothing is kept, switched or told. In the scope."""
    intents = list(Intent.objects.filter(is_enabled=True))
    read_supposing(situation, opened, intents, model_of(opened, intents))


def read_supposing(situation: Situation, opened: Opened, intents: Sequence[Intent], known: Known | None) -> None:
    """The same with these intents, and the model that tells them apart."""
    for line in situation.waiting:
        if line.seq not in situation.readings and line.text.strip():
            situation.readings[line.seq] = _understood(opened, situation, line, intents, known)
    situation.language = language_of(situation)


def _read(opened: Opened, situation: Situation, line: Line, intents: Sequence[Intent], known: Known | None) -> Reading:
    started = time.monotonic()
    reading = _understood(opened, situation, line, intents, known)
    reading.message = Message.objects.get(pk=line.id)
    reading.save(force_insert=True)
    note_use(opened, "read", model=reading.model, ms=int((time.monotonic() - started) * 1000), outcome="ok")
    if reading.is_minor_suspected and is_news(situation.conversation, line.seq):
        protect(situation.conversation)
    if reading.intent is not None and reading.intent.applies_itself:
        _apply(situation.conversation, reading.intent)
    tell(situation.conversation, "ai.reading", message=str(line.id), seq=line.seq)
    return reading


def _understood(opened: Opened, situation: Situation, line: Line, intents: Sequence[Intent], known: Known | None) -> Reading:
    """What a message says, not stored."""
    engine, own = opened.engine, [one[:2] for one in situation.settings.languages]
    understood = engine.read(
        line.text,
        today=situation.now().date(),
        masker=situation.masker,
        # Those that the workspace speaks, and those most people write in: a customer is not misread for being a stranger.
        languages=DEFAULT_LANGUAGES | frozenset(own),
        earlier_language=_earlier(situation, line),
        own_languages=own,
        hinted_languages=languages_of_small_talk(line.text) or languages_of_wish(line.text),
    )
    guess = engine.classify(known.model, understood) if known else None
    intent = _named(guess, known, intents, understood.language.code)
    urgency, anger = urgency_of(line.text), anger_in(line.text, understood.sentiment.compound, understood.language.code)
    order = ordered(opened, situation, understood, urgency, intent, anger)
    row = _row(situation.conversation, line, understood, guess, known)
    row.intent, row.is_in_scope = intent, intent is not None
    row.mood, row.priority = Reading.Mood(order.mood), order.priority
    row.why = _why(line, understood, guess, urgency, anger, order)
    return row


def _earlier(situation: Situation, line: Line) -> str:
    """The language of the conversation so far, as far as it is known and not guessed, else the contact's."""
    sure = [seq for seq, one in situation.readings.items() if seq < line.seq and one.language_confidence >= SURE]
    if sure:
        return situation.readings[max(sure)].language
    return situation.conversation.contact.language[:2]


def _named(guess: Prediction | None, known: Known | None, intents: Sequence[Intent], language: str) -> Intent | None:
    """The intent that a message has; None where it has none."""
    if guess is None or known is None or not _belongs(guess, known, language):
        return None
    return next((one for one in intents if one.name == guess.label), None)


def _belongs(guess: Prediction, known: Known, language: str) -> bool:
    """A learned model has learned what is none of its intents. One made of names has not: there both the lead over the other
    intents and the nearness to its own few words must be clear."""
    if known.is_learned:
        return guess.is_in_scope
    least = _NEAR if language == "en" else _NEAR_OTHERS
    return guess.probability >= _CLEAR and guess.in_scope_chance >= least


def _row(
    conversation: Conversation,
    line: Line,
    understood: "Understood",
    guess: Prediction | None,
    known: Known | None,
) -> Reading:
    return Reading(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        seq=line.seq,
        language=understood.language.code[:8],
        language_confidence=understood.language.confidence,
        mood_score=understood.sentiment.compound,
        intent_name=(guess.label if guess else "")[:60],
        intent_probability=guess.probability if guess else 0.0,
        runner_up=(guess.runner_up if guess else "")[:60],
        in_scope_chance=guess.in_scope_chance if guess else 0.0,
        is_minor_suspected=understood.minor_sign is not None,
        vectors=pack(understood.vectors),
        model=f"{ENGINE}/{known.name}" if known else ENGINE,
    )


def _why(
    line: Line, understood: "Understood", guess: Prediction | None, urgency: Urgency, anger: str, order: Ordered
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if guess is not None:
        found["intent"] = {"runner_up_probability": guess.runner_up_probability}
    words = cues(line.text) if understood.language.code == "en" else []
    if words or anger:
        found["mood"] = {"words": words, "anger": anger}
    if urgency.cues:
        found["priority"] = [{"topic": topic, "word": word} for topic, word in urgency.cues]
    if order.by:
        found["models"] = {task: word.model for task, word in order.by.items()}
        found["chances"] = {task: round(word.chance, 3) for task, word in order.by.items()}
    if understood.minor_sign is not None:
        sign = understood.minor_sign
        found["minor"] = {"age": sign.age, "start": sign.start, "end": sign.end}
    return found


def pack(vectors: Mapping[str, NDArray[np.float32]]) -> dict[str, str]:
    """Vectors `[1, size]` by embedder's name as text: base64 of 16-bit floats."""
    return {name: base64.b64encode(found.reshape(-1).astype(np.float16).tobytes()).decode() for name, found in vectors.items()}


def unpack(text: str) -> NDArray[np.float32]:
    """A vector that `pack` wrote."""
    return np.frombuffer(base64.b64decode(text), dtype=np.float16).astype(np.float32)


def _apply(conversation: Conversation, intent: Intent) -> None:
    """Set what the workspace has told the AI to set by itself."""
    label: Label | None = intent.label
    if label is not None:
        state.add_label(conversation, label, by=None)
    if intent.priority > conversation.priority:
        state.set_priority(conversation, intent.priority, by=None)
