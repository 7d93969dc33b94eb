"""Helping agents: small jobs that run in the AI's process, and what is known at once from readings.

A job is a row (`Assist`); the AI's process does it and publishes `ai.assist`. Results by kind:
`suggest`: `{proposal}` (an id, or null), `reason` · `summarise`: `{text, model}` · `rewrite`, `translate`: `{text, model}`; while
they wait, `{text}` so far.
"""

from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from accounts.models import User
from ai.models import Assist
from ai.services.advising import next_action, proposed_labels, proposed_priority, similar_solved
from ai.services.proposing import decide, review
from ai.services.turns import tell
from conversations.models import Conversation
from core.tenancy import crossing, scope
from core.wakeup import wake_up

__all__ = [
    "AssistError",
    "Tone",
    "decide",
    "next_action",
    "proposed_labels",
    "proposed_priority",
    "review",
    "rewrite",
    "similar_solved",
    "suggest",
    "summarise",
    "translate",
]

TASK = "ai.tasks.run_assist"
MOST_TEXT = 8_000
_LOST_AFTER, _KEEP = timedelta(seconds=60), timedelta(days=7)


class AssistError(StrEnum):
    """Why a job did not end well."""

    NO_PROVIDER = "no_provider"
    CLOSED = "closed"
    BUDGET = "budget"
    PROVIDER = "provider"
    LOST = "lost"
    FAILED = "failed"

    @property
    def words(self) -> StrOrPromise:
        """What happened and what to do."""
        return _WORDS[self]


_WORDS: dict[AssistError, StrOrPromise] = {
    AssistError.NO_PROVIDER: gettext_lazy("This needs a language model. An admin can set one up under Settings, AI, Providers."),
    AssistError.CLOSED: gettext_lazy("AI is switched off here."),
    AssistError.BUDGET: gettext_lazy("The AI budget of this month is used up."),
    AssistError.PROVIDER: gettext_lazy("The language model did not answer. Try again."),
    AssistError.LOST: gettext_lazy("This took too long. Try again."),
    AssistError.FAILED: gettext_lazy("Something went wrong. Try again."),
}


class Tone(StrEnum):
    """How a text is to be rewritten."""

    FRIENDLY = "friendly"
    FORMAL = "formal"
    SHORTER = "shorter"
    CLEARER = "clearer"
    CORRECTED = "corrected"

    @property
    def words(self) -> StrOrPromise:
        """What an agent chooses."""
        return _TONES[self]


_TONES: dict[Tone, StrOrPromise] = {
    Tone.FRIENDLY: gettext_lazy("Friendlier"),
    Tone.FORMAL: gettext_lazy("More formal"),
    Tone.SHORTER: gettext_lazy("Shorter"),
    Tone.CLEARER: gettext_lazy("Clearer"),
    Tone.CORRECTED: gettext_lazy("Correct mistakes"),
}


def suggest(conversation: Conversation, *, by: User) -> Assist:
    """Ask for a suggested reply to what the contact wrote last; it becomes a `Proposal`."""
    return _ask(Assist.Kind.SUGGEST, {}, conversation=conversation, by=by)


def summarise(conversation: Conversation, *, by: User, language: str) -> Assist:
    """Ask for a summary in a language of the product."""
    return _ask(Assist.Kind.SUMMARISE, {"language": language}, conversation=conversation, by=by)


def rewrite(text: str, tone: str, *, conversation: Conversation, by: User) -> Assist:
    """Ask for a text in another tone (`Tone`). Needs a provider. Raises ValidationError for an empty or too long text."""
    if tone not in list(Tone):
        raise ValidationError(_("Choose how the text should change."))
    return _ask(Assist.Kind.REWRITE, {"text": _checked(text), "tone": tone}, conversation=conversation, by=by)


def translate(text: str, to: str, *, conversation: Conversation, by: User) -> Assist:
    """Ask for a text in another language (a code of two letters). Needs a provider. Raises ValidationError likewise."""
    return _ask(Assist.Kind.TRANSLATE, {"text": _checked(text), "to": to[:8]}, conversation=conversation, by=by)


@transaction.atomic
def _ask(kind: str, request: dict[str, Any], *, conversation: Conversation, by: User) -> Assist:
    assist = Assist(workspace_id=conversation.workspace_id, conversation=conversation, user=by, kind=kind, request=request)
    assist.save(force_insert=True)
    transaction.on_commit(partial(wake_up, TASK, str(assist.workspace_id), str(assist.pk), expires=_LOST_AFTER.total_seconds()))
    return assist


def grow(workspace_id: UUID, assist_id: UUID, text: str) -> None:
    """Keep what a job has written so far, for the page that waits; nobody else is told. Outside any scope. A job that has ended
    is passed over."""
    with scope(workspace_id):
        assist = Assist.objects.select_for_update(of=("self",)).filter(pk=assist_id, state=Assist.State.WAITING).first()
        if assist is not None:
            assist.result = {"text": text}
            assist.save(update_fields=["result"])


def finish(assist: Assist, result: dict[str, Any], *, error: str = "") -> None:
    """Store how a job ended and tell the page that waits for it. In the scope; a second end is passed over."""
    state = Assist.State.FAILED if error else Assist.State.DONE
    assist.state, assist.result, assist.error, assist.ended_at = state, result, error, timezone.now()
    assist.save(update_fields=["state", "result", "error", "ended_at"])
    if assist.conversation is not None:
        tell(
            assist.conversation, "ai.assist", assist=str(assist.pk), kind=assist.kind, state=str(state), user=str(assist.user_id)
        )


def sweep() -> int:
    """Wake up jobs whose task was lost, end those that nobody did, drop old ones; in all workspaces. Return how many woke."""
    now = timezone.now()
    with crossing("find jobs for agents whose task was lost"):
        waiting = Assist.objects.filter(state=Assist.State.WAITING, created_at__lt=now - timedelta(seconds=5))
        found = list(waiting.values_list("workspace_id", "id", "created_at")[:200])
        Assist.objects.filter(created_at__lt=now - _KEEP).delete()
    for workspace_id, assist_id, created_at in found:
        if created_at < now - _LOST_AFTER:
            _end_lost(workspace_id, assist_id)
        else:
            wake_up(TASK, str(workspace_id), str(assist_id), expires=_LOST_AFTER.total_seconds())
    return len(found)


def _end_lost(workspace_id: UUID, assist_id: UUID) -> None:
    with scope(workspace_id):
        assist = Assist.objects.select_for_update(of=("self",)).filter(pk=assist_id, state=Assist.State.WAITING).first()
        if assist is not None:
            finish(assist, {}, error=AssistError.LOST)


def _checked(text: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise ValidationError(_("Write something first."))
    if len(stripped) > MOST_TEXT:
        raise ValidationError(
            _("This text is too long. Work on it in parts of at most %(count)d characters.") % {"count": MOST_TEXT}
        )
    return stripped
