"""Lessons: what a person made of something that a model said, kept where learning is allowed."""

from typing import Any

from django.db import transaction

from accounts.models import User
from ai.models import FeedbackEvent, Intent, Proposal, Reading
from ai.models.replies import Reason
from ai.purposes import Purpose, Subject
from ai.selectors.learned import live_model
from ai.services.masking import masker_of
from ai.services.settings import settings_of
from ai.services.trainings import ask_to_train
from ai.services.turns import tell
from ai.services.versions import watch
from ai.switching import closed_by
from conversations.models import Conversation, Message
from conversations.selectors.people import ids_of_person
from core.events import publish
from core.events.models import Event

Task, Source, Basis = FeedbackEvent.Task, FeedbackEvent.Source, FeedbackEvent.Basis
#: So many new lessons of a task are worth a candidate before the day is over.
ENOUGH = 25
#: Longer messages say several things; their beginning tells what they are about.
_LONGEST = 2000
#: Who said it where no learned model did.
_RULES = {Task.INTENT: "names", Task.MOOD: "lexicon", Task.PRIORITY: "words", Task.REPLY: "evidence"}
#: Reasons of a handover that say that the answer before it did not help.
_NOT_HELPED = frozenset({Reason.ASKED_FOR_HUMAN, Reason.ANGRY, Reason.REPEATED, Reason.LOOP})
#: Of a suggestion that was edited, the share of its words that has to be left for it to have been of use.
_OF_USE = 0.5


@transaction.atomic
def note(
    message: Message,
    task: FeedbackEvent.Task,
    source: FeedbackEvent.Source,
    *,
    prediction: str,
    correction: str,
    score: float = 0.0,
    by: User | None = None,
    facts: dict[str, Any] | None = None,
) -> FeedbackEvent | None:
    """Keep a lesson about a contact's message; None where learning is closed for them. In the scope.

    `correction` is what is true in the person's eyes: the prediction itself where it was accepted, empty for none of the labels.
    `facts`: of a reply, how it came about.
    """
    conversation = message.conversation
    author = message.author_contact or conversation.contact
    subject = Subject(message.workspace_id, conversation.inbox_id, conversation.pk, author.pk)
    if closed_by(Purpose.LEARN, subject) is not None:
        return None
    reading = Reading.objects.filter(message=message).first()
    event = FeedbackEvent.objects.create(
        task=task,
        message=message,
        conversation=conversation,
        contact=author,
        model=_said_by(task, reading, facts or {})[:80],
        prediction=prediction[:60],
        score=score,
        correction=correction[:60],
        source=source,
        user=by,
        language=reading.language if reading else "en",
        text=masker_of(conversation).mask(message.body[:_LONGEST]).text,
        vectors=reading.vectors if reading else {},
        facts=facts or {},
        basis=Basis.CONSENT if settings_of().learns_by_consent else Basis.INTEREST,
    )
    publish("ai.lesson", task=str(task))
    watch(live_model(message.workspace_id, task))
    _train_soon(task)
    return event


@transaction.atomic
def correct_intent(reading: Reading, intent: Intent | None, *, by: User) -> FeedbackEvent | None:
    """A person's word on what a message is about: the intent that was found (accepted), another one, or none.

    The reading says so from now on; the lesson is kept where learning is open.
    """
    found = reading.intent_name if reading.is_in_scope else ""
    told = intent.name if intent else ""
    source = Source.ACCEPTED if found == told else Source.CORRECTED
    score = reading.intent_probability
    reading.intent, reading.intent_name, reading.is_in_scope = intent, told, intent is not None
    reading.save(update_fields=["intent", "intent_name", "is_in_scope"])
    tell(reading.conversation, "ai.reading", message=str(reading.message_id), seq=reading.seq)
    return note(reading.message, Task.INTENT, source, prediction=found, correction=told, score=score, by=by)


@transaction.atomic
def correct_mood(reading: Reading, mood: str, *, by: User) -> FeedbackEvent | None:
    """A person's word on the mood of a message (a value of `Reading.Mood`): the one that was found (accepted), or another."""
    found = reading.mood
    reading.mood = Reading.Mood(mood)
    reading.save(update_fields=["mood"])
    tell(reading.conversation, "ai.reading", message=str(reading.message_id), seq=reading.seq)
    source = Source.ACCEPTED if found == mood else Source.CORRECTED
    score = float(reading.why.get("chances", {}).get("mood", 0.0))
    return note(reading.message, Task.MOOD, source, prediction=found, correction=mood, score=score, by=by)


def note_reply(proposal: Proposal, source: str, *, by: User | None, is_used: bool | None = None) -> FeedbackEvent | None:
    """What came of a suggested or sent reply, as a lesson about the message that it answers: of use, or not.

    `is_used` None: as `source` says; an edited one was of use where half of its words were kept. A tone that did not fit says
    nothing of whether the answer did. In the scope.
    """
    rows = Message.objects.filter(conversation=proposal.conversation, kind=Message.Kind.INBOUND, seq__lte=proposal.to_seq)
    message = rows.order_by("-seq").first()
    if message is None or proposal.reject_reason == Proposal.RejectReason.TONE:
        return None
    told = "used" if (_was_of_use(proposal, source) if is_used is None else is_used) else "refused"
    score = proposal.confidence
    facts = proposal.facts
    return note(message, Task.REPLY, Source(source), prediction="used", correction=told, score=score, by=by, facts=facts)


def on_consent(event: Event) -> None:
    """Consumer of `contact.learning_consent`: what was learned on a consent that is withdrawn goes, from all of the person.

    The models that learned from it are destroyed and trained anew within the hour (`training.sweep_erased`).
    """
    if event.contact_id is not None and not event.data["is_given"]:
        FeedbackEvent.objects.filter(contact__in=ids_of_person(event.contact_id), basis=Basis.CONSENT).delete()


def on_changed(event: Event) -> None:
    """Consumer of `conversation.changed`: a person sets a priority, or resolves a conversation with the one that was read.

    Both are a person's word on how urgent the contact's newest message is. A proposed priority that nobody set says nothing.
    """
    fields = event.data.get("fields", ())
    if event.conversation_id is None or not {"priority", "status"} & set(fields):
        return
    conversation = Conversation.objects.select_related("contact").filter(pk=event.conversation_id).first()
    reading = Reading.objects.filter(conversation=event.conversation_id).select_related("message").order_by("-seq").first()
    if conversation is None or reading is None:
        return
    is_set = "priority" in fields
    if not is_set and conversation.status != Conversation.Status.RESOLVED:
        return
    by = _who_did(conversation, "priority" if is_set else "status")
    if by is not None:
        reading.message.conversation = conversation
        _note_priority(reading, conversation.priority, by, is_set=is_set)


def on_handover(event: Event) -> None:
    """Consumer of `ai.handed_over`: an answer after which the customer wants a person, is angry or asks the same did not help."""
    if event.conversation_id is None or event.data.get("reason") not in _NOT_HELPED:
        return
    sent = Proposal.objects.filter(conversation=event.conversation_id, state=Proposal.State.SENT)
    newest = sent.select_related("conversation__contact").order_by("-id").first()
    if newest is None or not newest.sources:
        return
    known = FeedbackEvent.objects.filter(conversation=event.conversation_id, task=Task.REPLY, created_at__gte=newest.created_at)
    if not known.exists():
        note_reply(newest, Source.HANDED_OVER, by=None, is_used=False)


def _note_priority(reading: Reading, priority: int, by: User, *, is_set: bool) -> None:
    found, told = str(reading.priority), str(priority)
    last = FeedbackEvent.objects.filter(message=reading.message, task=Task.PRIORITY).order_by("-id").first()
    if last is not None and (last.correction == told or not is_set):
        return
    if not is_set and found != told:
        return
    source = Source.ACCEPTED if found == told else Source.CORRECTED
    score = float(reading.why.get("chances", {}).get("priority", 0.0))
    note(reading.message, Task.PRIORITY, source, prediction=found, correction=told, score=score, by=by)


def _who_did(conversation: Conversation, action: str) -> User | None:
    """The person who last did this to a conversation; None where rules or the AI did."""
    newest = Message.objects.filter(conversation=conversation, kind=Message.Kind.ACTIVITY).select_related("author_user")
    found = next((one for one in newest.order_by("-seq")[:20] if one.data.get("action") == action), None)
    return found.author_user if found else None


def _was_of_use(proposal: Proposal, source: str) -> bool:
    if source != Source.EDITED:
        return source == Source.ACCEPTED
    offered, sent = set(proposal.text.casefold().split()), set(proposal.final_text.casefold().split())
    return len(offered & sent) >= _OF_USE * len(offered)


def _said_by(task: FeedbackEvent.Task, reading: Reading | None, facts: dict[str, Any]) -> str:
    """What said what the person judged: a learned model by its name, else the rules'."""
    if task == Task.REPLY:
        return str(facts.get("gate") or _RULES[task])
    if reading is None:
        return _RULES[task]
    if task == Task.INTENT:
        return reading.model
    return str(reading.why.get("models", {}).get(str(task)) or _RULES[task])


def _train_soon(task: str) -> None:
    """Ask for a candidate at every ENOUGH lessons."""
    if FeedbackEvent.objects.filter(task=task).count() % ENOUGH == 0:
        ask_to_train(task)
