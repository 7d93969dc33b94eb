"""Finding out what became of the AI's answers, from events and from silence. Nothing here calls a model."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ai.models import Proposal, Resolution
from ai.replies.small_talk import SmallTalk, small_talk_of
from conversations.models import Message
from core.events.models import Event
from core.tenancy import crossing, scope

#: So long nothing may come before a question counts as resolved without a word: what the field's leader waits.
SILENCE = timedelta(hours=72)
_BATCH = 500
#: What else people of the company leave in a conversation.
_ACTS = (Message.Kind.NOTE, Message.Kind.ACTIVITY)
State = Resolution.State


def on_proposal(event: Event) -> None:
    """Consumer of `ai.proposal`: an answer that was sent begins a run, or goes on with it."""
    if event.data.get("state") != Proposal.State.SENT or "proposal" not in event.data:
        return
    sent = Proposal.objects.select_related("message").filter(pk=event.data["proposal"], message__isnull=False).first()
    if sent is None or sent.message is None or not sent.sources:
        return  # a greeting answers no question
    at = sent.message.created_at
    known = Resolution.objects.select_for_update().filter(conversation=sent.conversation_id, state=State.WAITING).first()
    if known is None:
        if Resolution.objects.filter(conversation=sent.conversation_id, last_answer_at__gte=at).exists():
            return  # this event was seen before
        Resolution.objects.create(
            conversation_id=sent.conversation_id, intent=sent.intent, language=sent.language, answered_at=at, last_answer_at=at
        )
    elif at > known.last_answer_at:
        known.answers, known.last_answer_at = known.answers + 1, at
        known.save(update_fields=["answers", "last_answer_at"])


def on_handovers(events: Sequence[Event]) -> None:
    """Consumer of `ai.handed_over`."""
    _settle([one.conversation_id for one in events], State.HANDED_OVER)


def on_messages(events: Sequence[Event]) -> None:
    """Consumer of `message.created`: a person of the company answers too, or the customer says that it helped."""
    said = [one for one in events if one.data["kind"] in (Message.Kind.INBOUND, Message.Kind.OUTBOUND)]
    places = {one.conversation_id for one in said}
    waiting = dict(
        Resolution.objects.filter(conversation__in=places, state=State.WAITING).values_list("conversation", "answered_at")
    )
    if not waiting:
        return
    later = [one.data["message"] for one in said if one.conversation_id in waiting]
    for message in Message.objects.filter(pk__in=later).order_by("seq"):
        if message.created_at <= waiting[message.conversation_id]:
            continue
        if message.kind == Message.Kind.OUTBOUND and not message.is_ai:
            _settle([message.conversation_id], State.TAKEN_OVER)
        elif message.kind == Message.Kind.INBOUND and small_talk_of(message.body) == SmallTalk.THANKS:
            _settle([message.conversation_id], State.CONFIRMED)


def sweep() -> int:
    """Settle what has been silent for long enough, in all workspaces; return how many."""
    with crossing("find answers of AI after which nothing came"):
        due = Resolution.objects.filter(state=State.WAITING, last_answer_at__lt=timezone.now() - SILENCE)
        found = list(due.order_by("last_answer_at").values_list("workspace_id", "id")[:_BATCH])
    for workspace_id, resolution_id in found:
        with scope(workspace_id):
            _settle_by_silence(resolution_id)
    return len(found)


@transaction.atomic
def _settle_by_silence(resolution_id: UUID) -> None:
    rows = Resolution.objects.select_for_update(of=("self",)).select_related("conversation")
    one = rows.filter(pk=resolution_id, state=State.WAITING).first()
    if one is None:
        return
    one.state, one.settled_at = _state_after_silence(one), timezone.now()
    one.save(update_fields=["state", "settled_at"])


def _state_after_silence(one: Resolution) -> Resolution.State:
    if _was_touched(one):
        return State.TAKEN_OVER
    return State.ASKED_AGAIN if _came_after(one) else State.ASSUMED


def _was_touched(one: Resolution) -> bool:
    """Whether a person of the company wrote to the customer, here or on any other channel, or did anything in the conversation:
    a note, an assignment, a label, resolving it. Reading leaves no message and is no touch."""
    wrote = Q(kind=Message.Kind.OUTBOUND, is_ai=False)
    acted = Q(kind__in=_ACTS, author_user__isnull=False, conversation=one.conversation_id)
    since = Message.objects.filter(created_at__gt=one.answered_at, created_at__lte=one.last_answer_at + SILENCE)
    return since.filter(wrote | acted, conversation__contact=one.conversation.contact_id).exists()


def _came_after(one: Resolution) -> bool:
    """Whether the customer wrote again within the silence that was asked for, here or on any other channel."""
    later = Message.objects.filter(
        kind=Message.Kind.INBOUND, created_at__gt=one.last_answer_at, created_at__lte=one.last_answer_at + SILENCE
    )
    # Who was merged into them brought their conversations along.
    return later.filter(conversation__contact=one.conversation.contact_id).exists()


def _settle(conversation_ids: Sequence[UUID | None], state: str) -> None:
    waiting = Resolution.objects.filter(conversation__in=conversation_ids, state=State.WAITING)
    waiting.update(state=state, settled_at=timezone.now())
