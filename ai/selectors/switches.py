"""Which switches are off, for the pages that show them."""

from collections.abc import Iterable

from django.db.models import QuerySet

from ai.models import Switch
from conversations.models import Contact, Conversation, Inbox
from conversations.selectors.people import ids_of_person

type Target = Inbox | Conversation | Contact | None


def switches_of(level: Switch.Level, target: Target = None) -> QuerySet[Switch]:
    """What is off for one target (None: the workspace in scope), the oldest first."""
    named = {} if level == Switch.Level.WORKSPACE else {str(level): target}
    return Switch.objects.select_related("user").filter(level=level, **named).order_by("id")


def switches_of_person(contact: Contact) -> QuerySet[Switch]:
    """What is off for a contact and for those who became part of it."""
    mine = Switch.objects.filter(contact__in=ids_of_person(contact.pk), level=Switch.Level.CONTACT)
    return mine.select_related("user").order_by("id")


def off_purposes(switches: Iterable[Switch]) -> set[str]:
    """The purposes that these switches close; the empty one stands for all."""
    return {one.purpose for one in switches}
