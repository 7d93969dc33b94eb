"""Lessons: what a person made of something that a model said, kept where learning is allowed."""

from functools import partial

from django.db import transaction

from accounts.models import User
from ai.models import FeedbackEvent, Intent, Reading
from ai.purposes import Purpose, Subject
from ai.selectors.learned import live_model
from ai.services.masking import masker_of
from ai.services.turns import tell
from ai.services.versions import watch
from ai.switching import closed_by
from conversations.models import Conversation, Message
from core.tenancy import current_workspace_id
from core.wakeup import wake_up

Task, Source = FeedbackEvent.Task, FeedbackEvent.Source
#: So many new lessons are worth a candidate before the day is over.
ENOUGH = 25
#: Longer messages say several things; their beginning tells what they are about.
_LONGEST = 2000


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
) -> FeedbackEvent | None:
    """Keep a lesson about a contact's message; None where learning is closed for them. In the scope.

    `correction` is what is true in the person's eyes: the prediction itself where it was accepted, empty for none of the labels.
    """
    conversation = message.conversation
    author = message.author_contact or conversation.contact
    subject = Subject(message.workspace_id, conversation.inbox_id, conversation.pk, author.pk)
    if closed_by(Purpose.LEARN, subject) is not None:
        return None
    reading = Reading.objects.filter(message=message).first()
    live = live_model(message.workspace_id)
    event = FeedbackEvent.objects.create(
        task=task,
        message=message,
        conversation=conversation,
        contact=author,
        model=(reading.model if reading else live.name if live else "names")[:80],
        prediction=prediction[:60],
        score=score,
        correction=correction[:60],
        source=source,
        user=by,
        language=reading.language if reading else "en",
        text=masker_of(conversation).mask(message.body[:_LONGEST]).text,
        vectors=reading.vectors if reading else {},
    )
    if task == Task.INTENT:
        watch(live)
        _train_soon()
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


def note_reply(conversation: Conversation, to_seq: int, source: str, *, confidence: float, by: User) -> FeedbackEvent | None:
    """What an agent made of a suggested reply, as a lesson about the message that it answers."""
    rows = Message.objects.filter(conversation=conversation, kind=Message.Kind.INBOUND, seq__lte=to_seq)
    message = rows.order_by("-seq").first()
    if message is None:
        return None
    told = "used" if source != Source.REJECTED else "refused"
    return note(message, Task.REPLY, Source(source), prediction="used", correction=told, score=confidence, by=by)


def _train_soon() -> None:
    """Ask for a candidate at every ENOUGH lessons."""
    if FeedbackEvent.objects.filter(task=Task.INTENT).count() % ENOUGH == 0:
        task = partial(wake_up, "ai.tasks.train_intents", str(current_workspace_id()), expires=3600)
        transaction.on_commit(task, robust=True)
