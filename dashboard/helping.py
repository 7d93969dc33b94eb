"""What the AI has to say about an open conversation, as its page shows it: a suggested reply, and what it understood."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.access import WorkspaceRequest
from accounts.models import User
from accounts.permissions import Permission
from ai import switching
from ai.engine.language import SURE
from ai.models import Assist, Intent, Proposal, Reading
from ai.purposes import Purpose, Subject
from ai.selectors.replies import newest_assist, newest_reading, open_handover, open_proposal
from ai.services.advising import next_action, proposed_labels, proposed_priority
from ai.services.assisting import AssistError, decide
from ai.services.sureness import sureness_of_intent, sureness_of_mood
from conversations.models import Conversation, Message
from dashboard.ai_words import closed_words, sureness_words
from knowledge.languages import name_of

#: Languages that texts are translated into from the composer, beside the customer's own.
LANGUAGES = ("en", "pt", "es", "fr", "de", "it")


def suggestion_context(request: WorkspaceRequest, conversation: Conversation) -> dict[str, Any]:
    """The suggested reply, or that one is being written, or why there is none."""
    closed = switching.closed_by(Purpose.SUGGEST, Subject.of(conversation))
    asked = newest_assist(conversation, request.user.pk, Assist.Kind.SUGGEST)
    proposal = open_proposal(conversation) if closed is None else None
    return {
        **_place(request, conversation),
        "closed": closed,
        "proposal": proposal,
        "sources": _once(proposal.sources) if proposal else [],
        "sureness": round(proposal.confidence * 100) if proposal and proposal.confidence else 0,
        "reject_reasons": [(value, label) for value, label in Proposal.RejectReason.choices if value],
        "is_waiting": asked is not None and asked.state == Assist.State.WAITING,
        "nothing": _nothing(asked) if proposal is None else "",
    }


def understanding_context(request: WorkspaceRequest, conversation: Conversation) -> dict[str, Any]:
    """What the AI understood, and what it would do."""
    closed = switching.closed_by(Purpose.ANALYSE, Subject.of(conversation))
    if closed is not None:
        return {**_place(request, conversation), "closed": closed, "closed_words": closed_words(closed)}
    reading = newest_reading(conversation)
    priority = proposed_priority(conversation)
    return {
        **_place(request, conversation),
        "closed": None,
        "reading": reading,
        "language": _language(reading) if reading else "",
        "is_unhappy": bool(reading and reading.mood == Reading.Mood.NEGATIVE),
        "moods": Reading.Mood.choices,
        "mood_sureness": sureness_words(sureness_of_mood(reading)) if reading else "",
        "intent_sureness": sureness_words(sureness_of_intent(reading)) if reading else "",
        "why": _why(reading) if reading else [],
        "intents": list(Intent.objects.filter(is_enabled=True).values_list("id", "name")) if reading else [],
        "handover": open_handover(conversation),
        "step": next_action(conversation),
        "labels": proposed_labels(conversation),
        "priority": priority,
        "priority_name": Conversation.Priority(priority.priority).label if priority else "",
        "summary": _summary(request, conversation),
    }


def used_suggestion(conversation: Conversation, proposal_id: str, message: Message, *, by: User) -> None:
    """Note that a reply came of a suggestion: as it was, or edited."""
    try:
        proposal = Proposal.objects.filter(conversation=conversation, pk=UUID(proposal_id)).first()
    except ValueError:
        return
    if proposal is None:
        return
    is_same = message.body.split() == proposal.text.split()
    decision = Proposal.State.ACCEPTED if is_same else Proposal.State.EDITED
    decide(proposal, decision, by=by, final_text="" if is_same else message.body, message=message)


def error_words(code: str) -> str:
    """What went wrong with a job and what to do about it."""
    return str(AssistError(code).words) if code in list(AssistError) else ""


def _place(request: WorkspaceRequest, conversation: Conversation) -> dict[str, Any]:
    return {
        "workspace_id": request.workspace.pk,
        "conversation": conversation,
        "can_reply": request.membership.can(Permission.CONVERSATIONS_REPLY),
        "can_manage": request.membership.can(Permission.CONVERSATIONS_MANAGE),
        "can_edit_contact": request.membership.can(Permission.CONTACTS_EDIT),
        "can_restrict": request.membership.can(Permission.PRIVACY_MANAGE),
    }


def _language(reading: Reading) -> str:
    """The name of the language that was read, or taken from the conversation; a mere guess has none."""
    return "" if 0 < reading.language_confidence < SURE else name_of(reading.language)


def _once(sources: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each document once, with all that is quoted from it."""
    found: dict[str, dict[str, Any]] = {}
    for one in sources:
        known = found.setdefault(one["document"], {**one, "quotes": []})
        known["quotes"].append(one["quote"])
    return list(found.values())


def _nothing(asked: Assist | None) -> str:
    """Why a suggestion that was asked for did not come."""
    if asked is None or asked.state == Assist.State.WAITING:
        return ""
    if asked.error:
        return error_words(asked.error)
    return "" if asked.result.get("proposal") else _("There is nothing in the knowledge base to answer this with.")


def _summary(request: WorkspaceRequest, conversation: Conversation) -> dict[str, Any]:
    """The newest summary that this agent asked for; `is_old`: the conversation has gone on since."""
    asked = newest_assist(conversation, request.user.pk, Assist.Kind.SUMMARISE)
    if asked is None:
        return {"text": "", "is_waiting": False, "error": "", "is_old": False}
    return {
        "text": asked.result.get("text", ""),
        "is_waiting": asked.state == Assist.State.WAITING,
        "error": error_words(asked.error),
        "is_old": asked.created_at < conversation.last_activity_at,
    }


def _why(reading: Reading) -> list[tuple[str, str]]:
    """What led to a reading, in lines of what and by what."""
    found = []
    if reading.intent_name and reading.runner_up:
        second = sureness_of_intent(reading, float(reading.why.get("intent", {}).get("runner_up_probability", 0.0)))
        share = "" if second.chance is None else f" ({sureness_words(second)})"
        found.append((_("Or"), f"{reading.runner_up}{share}"))
    mood = reading.why.get("mood", {})
    if words := [*mood.get("words", ()), *filter(None, [mood.get("anger")])]:
        found.append((_("Mood"), ", ".join(_quoted(str(one)) for one in words)))
    if cues := reading.why.get("priority"):
        found.append((_("Urgency"), ", ".join(_quoted(one["word"]) for one in cues)))
    if models := reading.why.get("models"):
        found.append((_("Learned"), ", ".join(models.values())))
    return found


def _quoted(word: str) -> str:
    return f"“{word}”"
