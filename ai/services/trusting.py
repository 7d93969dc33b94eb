"""What is kept of how an answer came about, and what people's decisions on such answers have taught."""

from typing import Any

from ai.engine.trust import Trust
from ai.gate import Opened
from ai.replies.outcome import Outcome
from ai.services.models import trust_gate
from ai.services.retrieving import Found
from ai.services.situations import Situation
from core.audit.record import ActorKind


def trust_in(
    situation: Situation, outcome: Outcome, found: Found, opened: Opened, *, bounds: tuple[float, float], is_read_first: bool
) -> Trust | None:
    """Note on an answer how it came about; what the learned gate makes of it, None where nothing was learned.

    `bounds` are the evidence (0 to 1) that answers to customers need, with a known intent and without. An agent who asks for a
    suggestion gets one, whatever the gate thinks of it: so what it would hide is judged by people too. In the scope.
    """
    least, alone = bounds
    outcome.facts = _facts(situation, outcome, found, least=least, alone=alone)
    known = trust_gate(opened, situation)
    if known is None:
        return None
    gate, name = known
    outcome.facts["gate"] = name
    trust = gate.judge(outcome.facts)
    if not is_read_first:
        return trust
    is_asked_for = opened.actor.kind == ActorKind.USER
    return Trust(trust.chance, is_shown=trust.is_shown or is_asked_for, is_sent=True)


def _facts(situation: Situation, outcome: Outcome, found: Found, *, least: float, alone: float) -> dict[str, Any]:
    reading, answer = situation.newest_reading, outcome.answer
    intent = reading.intent if reading else None
    chance = reading.intent_probability if reading and intent else 0.0
    scores = [one.score for one in found.passages[:2]]
    cited = answer.cited if answer else []
    return {
        "evidence": round(found.evidence, 4),
        "words": len(situation.asked.split()),
        "sentences": len(answer.said) if answer else 0,
        "lead": round(scores[0] - scores[1], 4) if len(scores) > 1 else 1.0,
        "intent_chance": round(chance, 4),
        "is_generated": bool(answer and not answer.is_quoted),
        "intent": str(intent.pk) if intent else "",
        "language": situation.language,
        "document": str(cited[0].candidate.document_id) if cited else "",
        "is_answerable": found.evidence >= least,
        "is_known": bool(intent and chance >= intent.minimum_confidence),
        "is_enough": found.evidence >= alone,
    }
