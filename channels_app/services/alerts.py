"""News of inboxes for the people who can do something about it."""

from uuid import UUID

from django.urls import reverse

from accounts import mail
from accounts.models import Membership
from accounts.permissions import Role
from channels_app.models import InboxHealth
from channels_app.registry import error_words
from chatzee.env import env
from conversations.models import Inbox
from core.tenancy import scope


def tell_stopped(workspace_id: UUID, inbox_id: UUID) -> None:
    """Write to the workspace's owners and admins that an inbox has stopped. Nothing when it runs again by now."""
    with scope(workspace_id):
        inbox = Inbox.objects.filter(pk=inbox_id).first()
        health = InboxHealth.objects.filter(inbox=inbox_id, stopped_at__isnull=False).first()
        if inbox is None or health is None:
            return
        why = error_words(inbox.channel, health.error_code)
        able = Membership.objects.select_related("user").filter(role__in=(Role.OWNER, Role.ADMIN), is_active=True)
        readers = [(one.user.email, one.user.language, one.user.name) for one in able]
    url = env.public_url.rstrip("/") + reverse("dashboard:inbox", args=[workspace_id, inbox_id])
    for address, language, name in readers:
        mail.send("inbox_stopped", to=address, language=language, name=name, inbox=inbox.name, why=why, url=url)
