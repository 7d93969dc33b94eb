"""What contacts allow: withdrawn and given by word, by their platform or through an agent; obeyed by what sends and learns."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from conversations.models import ConsentEvent, Contact, ContactIdentity, Conversation, Message
from conversations.selectors.people import has_agreed_to_learning
from conversations.services.messages import add_activity
from core.audit import Action, Actor, record
from core.events import publish

Purpose, Source = ConsentEvent.Purpose, ConsentEvent.Source


@transaction.atomic
def change(
    identity: ContactIdentity,
    *,
    purpose: str,
    is_given: bool,
    source: str,
    occurred_at: datetime,
    message: Message | None = None,
    by: User | None = None,
) -> bool:
    """Note that an identity's contact withdrew or gave consent for a purpose; False where it stood so already.

    Giving it for all messages gives it for offers too; withdrawing it for all says nothing of offers, which are messages.
    """
    changed = _changed_fields(identity, purpose, is_given=is_given, at=occurred_at)
    if not changed:
        return False
    identity.save(update_fields=changed)
    ConsentEvent.objects.create(
        contact=identity.contact,
        identity=identity,
        inbox_id=identity.inbox_id,
        purpose=purpose,
        is_given=is_given,
        source=source,
        message=message,
        user=by,
        occurred_at=occurred_at,
    )
    _write_down(identity, purpose, is_given=is_given, source=source, by=by)
    publish("contact.changed", contact_id=identity.contact_id)
    return True


@transaction.atomic
def note_by_agent(identity: ContactIdentity, *, is_given: bool, by: User) -> bool:
    """Note what a contact said elsewhere: on the telephone, in a shop."""
    done = change(identity, purpose=Purpose.MESSAGES, is_given=is_given, source=Source.AGENT, occurred_at=timezone.now(), by=by)
    if done:
        record(Action.CONTACT_CHANGED, actor=Actor.user(by.pk), target=identity.contact, consent=is_given)
    return done


@transaction.atomic
def note_learning(contact: Contact, *, is_given: bool, by: User) -> bool:
    """Note that a contact agreed to be learned from, or takes that back; False where it stood so already."""
    if has_agreed_to_learning(contact) == is_given:
        return False
    ConsentEvent.objects.create(
        contact=contact,
        purpose=Purpose.LEARNING,
        is_given=is_given,
        source=Source.AGENT,
        user=by,
        occurred_at=timezone.now(),
    )
    last = Conversation.objects.filter(contact=contact).order_by("-id").first()
    if last is not None:
        _say(last, Purpose.LEARNING, is_given=is_given, source=Source.AGENT, by=by)
    record(Action.CONTACT_CHANGED, actor=Actor.user(by.pk), target=contact, learning_consent=is_given)
    publish("contact.changed", contact_id=contact.pk)
    publish("contact.learning_consent", contact_id=contact.pk, is_given=is_given)
    return True


def _changed_fields(identity: ContactIdentity, purpose: str, *, is_given: bool, at: datetime) -> list[str]:
    """Set where the identity stands; the fields that this changed."""
    names = ["marketing_stopped_at"] if purpose == Purpose.MARKETING else ["stopped_at"]
    if is_given and purpose == Purpose.MESSAGES:
        names.append("marketing_stopped_at")
    changed = [name for name in names if (getattr(identity, name) is None) != is_given]
    for name in changed:
        setattr(identity, name, None if is_given else at)
    return changed


def _write_down(identity: ContactIdentity, purpose: str, *, is_given: bool, source: str, by: User | None) -> None:
    """Say it in the thread, where there is one."""
    last = Conversation.objects.filter(identity=identity).order_by("-id").first()
    if last is not None:
        _say(last, purpose, is_given=is_given, source=source, by=by)


def _say(conversation: Conversation, purpose: str, *, is_given: bool, source: str, by: User | None) -> None:
    add_activity(conversation, "consent_given" if is_given else "consent_withdrawn", author=by, purpose=purpose, source=source)
