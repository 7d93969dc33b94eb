"""Trying the assistant out: the very pipeline on a question or a past conversation, with nothing kept or sent but the result."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from ai.engine.placeholders import Masker
from ai.gate import Opened, Purpose, Subject, enter
from ai.models import Assist
from ai.replies.outcome import Kind, Outcome
from ai.services.assisting import MOST_TEXT, TASK
from ai.services.handing_over import when_people_come
from ai.services.proposing import checked, cited
from ai.services.reading import read_dry
from ai.services.settings import inbox_ai_of, settings_of
from ai.services.situations import Line, Situation, conversation_by, load, voice_of, zone_of
from ai.services.thinking import think
from conversations.models import Contact, ContactIdentity, Conversation, Inbox, Message
from core.audit import Actor
from core.ids import new_id
from core.tenancy import scope
from core.wakeup import wake_up


@transaction.atomic
def try_question(inbox: Inbox, text: str, *, by: User) -> Assist:
    """Ask what the assistant of an inbox would answer to a question. Raises ValidationError for an empty or too long one."""
    stripped = text.strip()
    if not stripped:
        raise ValidationError(_("Write a question first."))
    if len(stripped) > MOST_TEXT:
        raise ValidationError(_("This is too long for a message of a customer. Shorten it."))
    return _ask({"inbox": str(inbox.pk), "text": stripped}, conversation=None, by=by)


@transaction.atomic
def try_conversation(conversation: Conversation, *, by: User) -> Assist:
    """Ask what the assistant would have answered to a past conversation's first messages."""
    return _ask({}, conversation=conversation, by=by)


def run(assist: Assist) -> dict[str, Any]:
    """Think about it as if it had come in now. Outside any scope. Raises ClosedError, ProviderError."""
    with scope(assist.workspace_id):
        situation, actual = _past(assist) if assist.conversation_id else (_typed(assist), "")
        subject = Subject(assist.workspace_id, inbox_id=situation.conversation.inbox_id)
        if assist.conversation_id:
            subject = Subject.of(situation.conversation)
    opened = enter(Purpose.SUGGEST, subject, actor=Actor.user(assist.user_id))
    with scope(assist.workspace_id):
        read_dry(situation, opened)
    outcome = think(situation, opened)
    with scope(assist.workspace_id):
        return _result(situation, outcome, opened, actual)


def _ask(request: dict[str, Any], *, conversation: Conversation | None, by: User) -> Assist:
    assist = Assist(conversation=conversation, user=by, kind=Assist.Kind.TRY, request=request)
    assist.save(force_insert=True)
    transaction.on_commit(partial(wake_up, TASK, str(assist.workspace_id), str(assist.pk), expires=60))
    return assist


def _past(assist: Assist) -> tuple[Situation, str]:
    """A conversation as it stood before anybody answered, and what a person answered then."""
    conversation = conversation_by(assist.conversation_id) if assist.conversation_id else None
    assert conversation is not None
    rows = Message.objects.filter(conversation=conversation, deleted_at=None)
    asked = rows.filter(kind=Message.Kind.INBOUND).order_by("seq")
    replied = rows.filter(kind=Message.Kind.OUTBOUND, author_user__isnull=False).order_by("seq").first()
    before = asked.filter(seq__lt=replied.seq) if replied else asked
    first, last = before.first() or asked.first(), before.last() or asked.first()
    situation = load(conversation, from_seq=first.seq if first else 0, to_seq=last.seq if last else 0)
    situation.readings = {}
    return situation, replied.body if replied else ""


def _typed(assist: Assist) -> Situation:
    """A conversation that consists of one question, of nobody."""
    inbox = Inbox.objects.get(pk=assist.request["inbox"])
    workspace = Workspace.objects.get(pk=assist.workspace_id)
    nobody = Contact(workspace_id=workspace.pk)
    who = ContactIdentity(workspace_id=workspace.pk, contact=nobody, inbox=inbox)
    conversation = Conversation(
        workspace_id=workspace.pk, inbox=inbox, contact=nobody, identity=who, last_activity_at=timezone.now()
    )
    line = Line(new_id(), 1, Message.Kind.INBOUND, assist.request["text"], "text", False, False, False, timezone.now(), {})
    settings, inbox_ai = settings_of(), inbox_ai_of(inbox)
    return Situation(
        conversation=conversation, lines=[line], from_seq=1, to_seq=1, settings=settings, inbox_ai=inbox_ai,
        voice=voice_of(workspace, settings, inbox_ai), zone=zone_of(workspace), masker=Masker(),
    )  # fmt: skip


def _result(situation: Situation, outcome: Outcome, opened: Opened, actual: str) -> dict[str, Any]:
    reading = situation.newest_reading
    return {
        "question": situation.asked,
        "kind": str(outcome.kind),
        "text": outcome.text,
        "closing": when_people_come(situation) if outcome.kind is Kind.HAND_OVER else "",
        "reason": str(outcome.reason),
        "steps": outcome.steps,
        "sources": cited(outcome),
        "checks": checked(outcome),
        "evidence": round(outcome.evidence, 3),
        "confidence": round(outcome.confidence, 3),
        "language": situation.language,
        "intent": reading.intent_name if reading and reading.is_in_scope else "",
        "model": outcome.model,
        "actual": actual,
        "purpose": str(opened.purpose),
    }
