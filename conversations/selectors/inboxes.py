"""Which inboxes a member may see."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Membership
from accounts.permissions import Permission
from conversations.models import Inbox, InboxMember


def sees_all_inboxes(membership: Membership) -> bool:
    """Whether the member's role sees every inbox of the workspace, without being named in it."""
    return membership.can(Permission.CONVERSATIONS_VIEW_ALL_INBOXES)


def inboxes_visible_to(membership: Membership) -> QuerySet[Inbox]:
    """The inboxes whose conversations the member may read."""
    if not membership.can(Permission.CONVERSATIONS_VIEW):
        return Inbox.objects.none()
    if sees_all_inboxes(membership):
        return Inbox.objects.all()
    return Inbox.objects.filter(id__in=InboxMember.objects.filter(user=membership.user_id).values("inbox_id"))


def visible_inbox_ids(membership: Membership) -> frozenset[UUID]:
    """The ids of those inboxes, for sockets and live updates."""
    return frozenset(inboxes_visible_to(membership).values_list("id", flat=True))
