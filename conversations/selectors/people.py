"""Who is one person: a contact, and all that became part of it; and what that person has agreed to."""

from uuid import UUID

from conversations.models import ConsentEvent, Contact


def ids_of_person(contact_id: UUID) -> list[UUID]:
    """The contact's own id, then those of all that were merged into it, however often merges were merged."""
    found, newest = [contact_id], [contact_id]
    while newest:
        newest = list(Contact.objects.filter(merged_into__in=newest).values_list("id", flat=True))
        found += newest
    return found


def has_agreed_to_learning(contact: Contact) -> bool:
    """Whether the person's newest word on being learned from is a yes. The gate asks the same in its own statement."""
    said = ConsentEvent.objects.filter(contact__in=ids_of_person(contact.pk), purpose=ConsentEvent.Purpose.LEARNING)
    newest = said.order_by("-occurred_at", "-id").values_list("is_given", flat=True).first()
    return bool(newest)
