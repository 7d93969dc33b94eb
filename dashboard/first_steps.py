"""The way to the first answered message: shown until a customer has written."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from accounts.access import WorkspaceRequest
from accounts.permissions import Permission
from conversations.models import Conversation, Inbox
from conversations.selectors.directory import Named


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How far a workspace is; an address is empty where the member may not go, or there is nothing yet."""

    has_inbox: bool
    new_inbox_url: str
    try_url: str
    members_url: str


def first_steps(request: WorkspaceRequest, inboxes: Sequence[Named]) -> FirstSteps | None:
    """The steps of a workspace to which nobody has written yet; None once somebody has. `inboxes` are the member's own."""
    if inboxes and Conversation.objects.exists():
        return None
    member, workspace = request.membership, request.workspace.pk
    website = next((one.pk for one in inboxes if one.channel == "website"), None)
    return FirstSteps(
        has_inbox=bool(inboxes),
        new_inbox_url=reverse("dashboard:new-inbox", args=[workspace]) if member.can(Permission.INBOXES_MANAGE) else "",
        try_url=reverse("widget:try", args=[Inbox.objects.get(pk=website).key]) if website else "",
        members_url=reverse("accounts:members", args=[workspace]) if member.can(Permission.MEMBERS_MANAGE) else "",
    )
