"""Conversations by who may see them."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Case, QuerySet, When, Window
from django.db.models.functions import RowNumber

from accounts.models import Membership, User
from accounts.permissions import ROLE_PERMISSIONS, Permission
from conversations.models import Contact, Conversation
from conversations.selectors.inboxes import sees_all_inboxes, visible_inbox_ids


def conversations_visible_to(membership: Membership) -> QuerySet[Conversation]:
    """Every conversation in the inboxes that the member may see."""
    queryset = Conversation.objects.all()
    if sees_all_inboxes(membership):
        return queryset
    # The ids themselves: from a sub-select Postgres cannot know how few or many rows they leave, and picks the wrong index.
    return queryset.filter(inbox_id__in=visible_inbox_ids(membership))


def conversation_visible_to(membership: Membership, *, number: int) -> Conversation:
    """One conversation with its contact, identity and inbox. Raises Conversation.DoesNotExist for a stranger."""
    return conversations_visible_to(membership).select_related("contact", "identity", "inbox").get(number=number)


def conversation_and_earlier(membership: Membership, *, number: int, size: int) -> tuple[Conversation, list[Conversation]]:
    """One conversation as `conversation_visible_to` gives it, and the contact's others that the member may see, newest first."""
    contact = Conversation.objects.filter(number=number).values("contact_id")[:1]
    of_contact = conversations_visible_to(membership).filter(contact=contact).select_related("contact", "identity", "inbox")
    wanted = Case(When(number=number, then=0), default=1)
    found = list(of_contact.order_by(wanted, "-last_activity_at")[: size + 1])
    if not found or found[0].number != number:
        raise Conversation.DoesNotExist
    return found[0], found[1:]


def earlier_conversations(membership: Membership, contact: Contact, besides: Conversation) -> QuerySet[Conversation]:
    """The contact's other conversations that the member may see, newest first."""
    return conversations_visible_to(membership).filter(contact=contact).exclude(pk=besides.pk).order_by("-last_activity_at")


def with_newest(membership: Membership, contacts: Sequence[Contact], *, each: int) -> list[tuple[Contact, list[Conversation]]]:
    """The contacts that the member may know of, each with their newest conversations that the member may see.

    Who sees every inbox knows of everybody; others of those alone who wrote to an inbox of theirs.
    """
    place = Window(RowNumber(), partition_by="contact_id", order_by="-last_activity_at")
    of_them = conversations_visible_to(membership).filter(contact__in=[one.pk for one in contacts]).annotate(place=place)
    newest: dict[UUID, list[Conversation]] = {}
    for one in of_them.filter(place__lte=each).order_by("place"):
        newest.setdefault(one.contact_id, []).append(one)
    return [(one, newest.get(one.pk, [])) for one in contacts if one.pk in newest or sees_all_inboxes(membership)]


def assignable_users() -> QuerySet[User]:
    """The active members whose role lets them answer: conversations can be given to them."""
    return _users_who(Permission.CONVERSATIONS_REPLY)


def viewing_users() -> QuerySet[User]:
    """The active members whose role lets them read conversations: inboxes can be shown to them."""
    return _users_who(Permission.CONVERSATIONS_VIEW)


def _users_who(may: Permission) -> QuerySet[User]:
    roles = [role for role, held in ROLE_PERMISSIONS.items() if may in held]
    return member_users().filter(id__in=Membership.objects.filter(role__in=roles).values("user_id"))


def member_users() -> QuerySet[User]:
    """The active members of the workspace in scope."""
    members = Membership.objects.filter(is_active=True).values("user_id")
    return User.objects.filter(id__in=members, is_active=True)
