"""Who is one person: a contact, and all that became part of it."""

from uuid import UUID

from conversations.models import Contact


def ids_of_person(contact_id: UUID) -> list[UUID]:
    """The contact's own id, then those of all that were merged into it, however often merges were merged."""
    found, newest = [contact_id], [contact_id]
    while newest:
        newest = list(Contact.objects.filter(merged_into__in=newest).values_list("id", flat=True))
        found += newest
    return found
