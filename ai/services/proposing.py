"""Proposals: what the AI wrote is kept, shown to agents, and decided by them."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from ai.gate import Opened
from ai.models import Proposal
from ai.replies.outcome import Outcome
from ai.services.learning import note_reply
from ai.services.situations import Situation
from ai.services.turns import tell
from ai.services.uses import note_use
from conversations.models import Message
from core.audit import Actor, record
from knowledge.services.articles import count_use

State, RejectReason, Review = Proposal.State, Proposal.RejectReason, Proposal.Review
_DECISIONS = (State.ACCEPTED, State.EDITED, State.REJECTED)


def store_proposal(
    situation: Situation, outcome: Outcome, opened: Opened, *, state: str, message: Message | None = None
) -> Proposal:
    """Keep what was written for the turn; earlier proposals that nobody decided are overtaken. In the scope."""
    conversation = situation.conversation
    open_ones = Proposal.objects.filter(conversation=conversation, state=State.PROPOSED)
    open_ones.update(state=State.SUPERSEDED)
    proposal = Proposal(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        purpose=opened.purpose,
        state=state,
        reason=outcome.reason,
        from_seq=situation.from_seq,
        to_seq=situation.to_seq,
        language=situation.language[:8],
        text=outcome.text,
        sources=cited(outcome),
        checks=checked(outcome),
        steps=outcome.steps,
        facts=outcome.facts,
        confidence=outcome.confidence,
        evidence=outcome.evidence,
        intent=outcome.intent,
        model=outcome.model[:80],
        message=message,
    )
    proposal.save(force_insert=True)
    if state == State.SENT:
        count_use(_documents(proposal), is_rejected=False)
    if not outcome.is_small_talk:
        note_use(opened, "reply", model=proposal.model or "extract", ms=0, outcome="ok")
    tell(conversation, "ai.proposal", proposal=str(proposal.pk), state=str(state))
    return proposal


def cited(outcome: Outcome) -> list[dict[str, object]]:
    """Each sentence of an answer with the passage that says it."""
    if outcome.answer is None:
        return []
    sources = outcome.answer.sources
    return [
        {
            "document": str(sources[one.source].candidate.document_id),
            "passage": str(sources[one.source].candidate.passage_id),
            "title": sources[one.source].candidate.title,
            "url": sources[one.source].candidate.url,
            "quote": one.text,
            "is_public": sources[one.source].candidate.is_public,
        }
        for one in outcome.answer.said
        if 0 <= one.source < len(sources)
    ]


def checked(outcome: Outcome) -> list[dict[str, object]]:
    """The guard's word on each sentence; a fault stops the whole answer."""
    said = outcome.answer.said if outcome.answer else ()
    return [{"text": one.text, "reasons": list(one.faults), "coverage": round(one.coverage, 3)} for one in said]


@transaction.atomic
def decide(
    proposal: Proposal,
    decision: str,
    *,
    by: User,
    reason: str = "",
    final_text: str = "",
    message: Message | None = None,
) -> Proposal:
    """What an agent made of a proposal: accepted as it is, edited (with what was sent), or rejected with a reason.

    `message` is the reply that came of it. Deciding again changes nothing. Raises ValidationError for an unknown decision or a
    rejection without a reason.
    """
    if decision not in _DECISIONS:
        raise ValidationError(_("Accept, edit or reject the suggestion."))
    if decision == State.REJECTED and reason not in [one for one in RejectReason.values if one]:
        raise ValidationError(_("Say why the suggestion does not fit."))
    locked = Proposal.objects.select_for_update(of=("self",)).select_related("conversation__contact").get(pk=proposal.pk)
    if locked.state not in (State.PROPOSED, State.SUPERSEDED):
        return locked
    locked.state, locked.decided_by, locked.decided_at = decision, by, timezone.now()
    locked.reject_reason = reason if decision == State.REJECTED else RejectReason.NONE
    locked.final_text = final_text if decision == State.EDITED else ""
    locked.message = message
    locked.review = Review.WRONG if reason in (RejectReason.WRONG, RejectReason.UNSAFE) else locked.review
    locked.save(
        update_fields=["state", "decided_by", "decided_at", "reject_reason", "final_text", "message", "review"],
    )
    count_use(_documents(locked), is_rejected=decision == State.REJECTED)
    _record(locked, by.pk, decision)
    note_reply(locked, decision, by=by)
    return locked


@transaction.atomic
def review(proposal: Proposal, verdict: str, *, by: User) -> Proposal:
    """A person's word on an answer that was sent, or kept in the shadow: right or wrong. It counts for the error budget."""
    if verdict not in Review.values:
        raise ValidationError(_("Say whether the answer was right or wrong."))
    locked = Proposal.objects.select_for_update(of=("self",)).select_related("conversation__contact").get(pk=proposal.pk)
    locked.review, locked.reviewed_by = verdict, by
    locked.save(update_fields=["review", "reviewed_by"])
    _record(locked, by.pk, f"review_{verdict or 'none'}")
    if verdict:
        is_right = verdict == Review.RIGHT
        note_reply(locked, State.ACCEPTED if is_right else State.REJECTED, by=by, is_used=is_right)
    return locked


def _documents(proposal: Proposal) -> list[UUID]:
    """What an answer was taken from, each once."""
    return list({UUID(str(one["document"])) for one in proposal.sources})


def _record(proposal: Proposal, user_id: UUID, what: str) -> None:
    record("ai.proposal_decided", actor=Actor.user(user_id), target=proposal, decision=what)
    tell(proposal.conversation, "ai.proposal", proposal=str(proposal.pk), state=str(proposal.state))
