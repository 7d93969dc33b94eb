"""Inboxes: made, changed, switched on and off."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.models import Team, User
from conversations.models import Inbox, InboxMember
from core.audit import Action, Actor, record
from core.events import publish


@transaction.atomic
def create_inbox(
    *, channel: str, name: str, settings: dict[str, Any], actor: Actor, team: Team | None = None, members: Iterable[User] = ()
) -> Inbox:
    """Make an inbox in the workspace in scope, with the agents who answer it."""
    inbox = Inbox(channel=channel, name=name.strip(), settings=settings, team=team)
    inbox.save(force_insert=True)
    _set_members(inbox, members)
    record(Action.INBOX_CREATED, actor=actor, target=inbox, channel=channel)
    return inbox


@transaction.atomic
def change_inbox(
    inbox: Inbox, *, name: str, settings: dict[str, Any], members: Iterable[User], actor: Actor, team: Team | None = None
) -> Inbox:
    """Change an inbox; settings that are not given (secrets, above all) stay as they are. Locks the inbox's row.

    What workers have kept in the settings since `inbox` was read (tokens, what the platform said) stays too.
    """
    kept = Inbox.objects.select_for_update().get(pk=inbox.pk).settings
    inbox.name, inbox.team = name.strip(), team
    inbox.settings = {**kept, **settings}
    inbox.save(update_fields=["name", "team", "settings"])
    _set_members(inbox, members)
    record(Action.INBOX_CHANGED, actor=actor, target=inbox)
    publish("inbox.changed", inbox_id=inbox.pk)
    return inbox


@transaction.atomic
def switch_inbox(inbox: Inbox, *, is_enabled: bool, actor: Actor) -> None:
    """Switch an inbox on or off."""
    inbox.is_enabled = is_enabled
    inbox.save(update_fields=["is_enabled"])
    record(Action.INBOX_CHANGED, actor=actor, target=inbox, is_enabled=is_enabled)
    publish("inbox.changed", inbox_id=inbox.pk)


def _set_members(inbox: Inbox, members: Iterable[User]) -> None:
    wanted = {user.pk for user in members}
    present = InboxMember.objects.filter(inbox=inbox)
    present.exclude(user_id__in=wanted).delete()
    known = set(present.values_list("user_id", flat=True))
    for user_id in wanted - known:
        InboxMember.objects.create(inbox=inbox, user_id=user_id)
