"""The state of conversations: status, snooze, assignment, team, priority, labels. Each change leaves a line in the
thread, an audit entry and an event. `by` None: the AI did it, as the workspace has told it to."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Team, User
from conversations.models import Conversation, ConversationLabel, Label
from conversations.services.messages import add_activity, conversation_changed, move_label_links
from core.audit import Action, Actor, record
from core.tenancy import crossing, scope

Status = Conversation.Status


@transaction.atomic
def set_status(conversation: Conversation, status: str, *, by: User | None, until: datetime | None = None) -> bool:
    """Resolve, reopen, set pending, or snooze (`until` then is required and in the future); tell whether it changed."""
    if status == Status.SNOOZED and (until is None or until <= timezone.now()):
        raise ValidationError(_("Choose a time in the future to snooze until."))
    if conversation.status == status and conversation.snoozed_until == until:
        return False
    conversation.status = status
    conversation.snoozed_until = until if status == Status.SNOOZED else None
    conversation.resolved_at = timezone.now() if status == Status.RESOLVED else None
    if status == Status.RESOLVED:
        conversation.waiting_since = None
    facts = {"status": status} | ({"until": until.isoformat()} if until else {})
    _save(conversation, "status", "snoozed_until", "resolved_at", "waiting_since", action="status", by=by, facts=facts)
    return True


@transaction.atomic
def assign(conversation: Conversation, assignee: User | None, *, by: User | None) -> bool:
    """Give a conversation to a member of the workspace, or to nobody; tell whether it changed."""
    if conversation.assignee_id == (assignee.pk if assignee else None):
        return False
    if assignee and not Membership.objects.filter(user=assignee, is_active=True).exists():
        raise ValidationError(_("This person is no longer a member of the workspace."))
    conversation.assignee = assignee
    _save(conversation, "assignee", action="assignee", by=by, facts={"to": str(assignee.pk) if assignee else None})
    return True


@transaction.atomic
def set_team(conversation: Conversation, team: Team | None, *, by: User | None) -> bool:
    """Give a conversation to a team, or to none; tell whether it changed."""
    if conversation.team_id == (team.pk if team else None):
        return False
    conversation.team = team
    _save(conversation, "team", action="team", by=by, facts={"to": str(team.pk) if team else None})
    return True


@transaction.atomic
def set_priority(conversation: Conversation, priority: int, *, by: User | None) -> bool:
    """Set how much a conversation matters; tell whether it changed."""
    if conversation.priority == priority:
        return False
    conversation.priority = Conversation.Priority(priority)
    _save(conversation, "priority", action="priority", by=by, facts={"to": int(priority)})
    return True


@transaction.atomic
def add_label(conversation: Conversation, label: Label, *, by: User | None) -> bool:
    """Put a label on a conversation; tell whether it was not there."""
    if ConversationLabel.objects.filter(conversation=conversation, label=label).exists():
        return False
    ConversationLabel.objects.create(
        conversation=conversation,
        label=label,
        status=conversation.status,
        last_activity_at=conversation.last_activity_at,
    )
    conversation.label_ids = [*conversation.label_ids, label.pk]
    _save(conversation, "label_ids", action="label_added", by=by, facts={"label": str(label.pk)})
    return True


@transaction.atomic
def remove_label(conversation: Conversation, label: Label, *, by: User | None) -> bool:
    """Take a label off a conversation; tell whether it was there."""
    deleted, _rows = ConversationLabel.objects.filter(conversation=conversation, label=label).delete()
    if not deleted:
        return False
    conversation.label_ids = [one for one in conversation.label_ids if one != label.pk]
    _save(conversation, "label_ids", action="label_removed", by=by, facts={"label": str(label.pk)})
    return True


def wake_snoozed() -> int:
    """Open every conversation whose snooze is over, in all workspaces; return how many. For the beat."""
    with crossing("find snoozes that are over"):
        over = Conversation.objects.filter(status=Status.SNOOZED, snoozed_until__lte=timezone.now())
        due = list(over.values_list("workspace_id", "id")[:1000])
    for workspace_id, conversation_id in due:
        with scope(workspace_id):
            locked = Conversation.objects.select_for_update(of=("self",)).select_related("contact")
            conversation = locked.filter(pk=conversation_id, status=Status.SNOOZED).first()
            if conversation is not None:
                conversation.status, conversation.snoozed_until = Status.OPEN, None
                conversation.last_activity_at = timezone.now()
                conversation.save(update_fields=["status", "snoozed_until", "last_activity_at"])
                add_activity(conversation, "woken")
                conversation_changed(conversation, "status")
    return len(due)


def _save(conversation: Conversation, *fields: str, action: str, by: User | None, facts: dict[str, Any]) -> None:
    conversation.save(update_fields=list(fields))
    move_label_links(conversation)
    add_activity(conversation, action, author=by, **facts)
    record(
        Action.CONVERSATION_CHANGED,
        actor=Actor.user(by.pk) if by else Actor.system(),
        target=conversation,
        change=action,
        **facts,
    )
    conversation_changed(conversation, *fields)
