"""Doing the jobs that agents gave, in the AI's process."""

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.utils import timezone

from ai.gate import Closed, ClosedError, Opened, Purpose, Subject, enter
from ai.models import Assist, Proposal
from ai.providers import ProviderError
from ai.purposes import Task
from ai.replies.prompting import plain_request
from ai.services import trying
from ai.services.assisting import AssistError, Tone, finish, grow
from ai.services.minors import is_protected, refuse_minor
from ai.services.proposing import store_proposal
from ai.services.reading import read_waiting
from ai.services.situations import Situation, conversation_by, load
from ai.services.summarising import recall, summary_by_provider, summary_of
from ai.services.thinking import think
from conversations.models import Conversation, Message
from core.audit import Actor
from core.tenancy import scope
from knowledge.retrieval import Audience

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=60)
_GROWS_EVERY = 0.5
_TONES = {
    Tone.FRIENDLY: "Make the text warmer and friendlier.",
    Tone.FORMAL: "Make the text more formal.",
    Tone.SHORTER: "Make the text shorter; keep everything that matters.",
    Tone.CLEARER: "Make the text clearer and simpler.",
    Tone.CORRECTED: "Correct spelling and grammar; change nothing else.",
}
_KEEP = "Keep its language, every figure, name and link. Add nothing."


@dataclass(frozen=True, slots=True)
class _Job:
    assist: Assist
    situation: Situation
    opened: Opened


def run(workspace_id: UUID, assist_id: UUID) -> None:
    """Do a job, once; how it ended is stored with it."""
    try:
        assist = _claim(workspace_id, assist_id)
        if assist is None:
            return
        is_try = assist.kind == Assist.Kind.TRY
        result, error = (trying.run(assist) if is_try else _done(assist)), ""
    except ClosedError as closed:
        codes = {Closed.NO_PROVIDER: AssistError.NO_PROVIDER, Closed.BUDGET: AssistError.BUDGET}
        result, error = {"closed": str(closed.reason)}, str(codes.get(closed.reason, AssistError.CLOSED))
    except ProviderError as failed:
        result, error = {"words": failed.words}, str(AssistError.PROVIDER)
    with scope(workspace_id):
        rows = Assist.objects.select_for_update(of=("self",))
        waiting = rows.filter(pk=assist_id, state=Assist.State.WAITING).first()
        if waiting is not None:
            finish(waiting, result, error=error)


def _claim(workspace_id: UUID, assist_id: UUID) -> Assist | None:
    now = timezone.now()
    with scope(workspace_id):
        rows = Assist.objects.select_for_update(of=("self",), skip_locked=True)
        assist = rows.filter(pk=assist_id, state=Assist.State.WAITING).first()
        if assist is None or (assist.leased_until and assist.leased_until > now):
            return None
        assist.leased_until = now + _LEASE
        assist.save(update_fields=["leased_until"])
        return assist


def _done(assist: Assist) -> dict[str, Any]:
    """Do a job about a conversation. Raises ClosedError and ProviderError."""
    with scope(assist.workspace_id):
        conversation = conversation_by(assist.conversation_id) if assist.conversation_id else None
    if conversation is None:
        raise ClosedError(Closed.GONE)
    opened = enter(Purpose.SUGGEST, Subject.of(conversation), actor=Actor.user(assist.user_id))
    with scope(assist.workspace_id):
        situation = load(conversation, from_seq=_first_unanswered(conversation), to_seq=conversation.last_seq)
    return _WAYS[Assist.Kind(assist.kind)](_Job(assist, situation, opened))


def _first_unanswered(conversation: Conversation) -> int:
    """The first of the contact's messages after the company's last one; the newest one where all are answered."""
    rows = Message.objects.filter(conversation=conversation)
    answered = rows.filter(kind=Message.Kind.OUTBOUND).order_by("-seq").values_list("seq", flat=True).first() or 0
    inbound = rows.filter(kind=Message.Kind.INBOUND)
    first = inbound.filter(seq__gt=answered).order_by("seq").values_list("seq", flat=True).first()
    return first or inbound.order_by("-seq").values_list("seq", flat=True).first() or 0


def _suggest(job: _Job) -> dict[str, Any]:
    with scope(job.situation.workspace_id):
        read_waiting(job.situation)
    outcome = think(job.situation, job.opened, is_read_first=True, audience=Audience.AGENTS)
    if is_protected(job.situation, outcome) or not outcome.text:
        return {"proposal": None, "reason": str(outcome.reason)}
    with scope(job.situation.workspace_id):
        job.opened.check()
        proposal = store_proposal(job.situation, outcome, job.opened, state=Proposal.State.PROPOSED)
    return {"proposal": str(proposal.pk), "reason": str(outcome.reason)}


def _summarise(job: _Job) -> dict[str, Any]:
    language = str(job.assist.request.get("language", "en"))
    with scope(job.situation.workspace_id):
        recall(job.situation)
    refuse_minor(job.situation)
    if job.opened.has_provider(Task.SUMMARISE):
        summary = summary_by_provider(job.situation, job.opened, language=language)
    else:
        summary = summary_of(job.situation, language=language)
    return {"text": summary.text, "model": summary.model}


def _rewrite(job: _Job) -> dict[str, Any]:
    request = job.assist.request
    rules = f"{_TONES[Tone(request['tone'])]} {_KEEP}"
    return _by_provider(job, rules, request["text"], Task.REWRITE)


def _translate(job: _Job) -> dict[str, Any]:
    request = job.assist.request
    rules = f'Translate the text into the language "{request["to"]}". Keep every figure, name and link. Add nothing.'
    return _by_provider(job, rules, request["text"], Task.TRANSLATE)


def _by_provider(job: _Job, rules: str, text: str, task: Task) -> dict[str, Any]:
    refuse_minor(job.situation)
    request = replace(plain_request(rules, text, task=task), on_text=_Growing(job.assist))
    completion = job.opened.complete(request, masker=job.situation.masker)
    return {"text": completion.text.strip(), "model": completion.model}


class _Growing:
    """Keeps a provider's text while it comes: the first words at once, then at most once in half a second."""

    def __init__(self, assist: Assist) -> None:
        self._assist = assist
        self._next = 0.0

    def __call__(self, text: str) -> None:
        if text.strip() and (now := time.monotonic()) >= self._next:
            self._next = now + _GROWS_EVERY
            grow(self._assist.workspace_id, self._assist.pk, text.strip())


_WAYS = {
    Assist.Kind.SUGGEST: _suggest,
    Assist.Kind.SUMMARISE: _summarise,
    Assist.Kind.REWRITE: _rewrite,
    Assist.Kind.TRANSLATE: _translate,
}
