"""Templates that platforms approved: fetched as they stand there, changed by what platforms tell."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from channels_app.contract import ChannelError, Feature, Template
from channels_app.models import MessageTemplate
from channels_app.registry import adapter_of, channels_with, config_of
from conversations.models import Inbox
from conversations.normalised import TemplateChanged
from core.tenancy import crossing, current_workspace_id, scope

log = structlog.get_logger(__name__)

#: What a template is that its platform no longer lists.
GONE = "GONE"
APPROVED = "APPROVED"


def sync(workspace_id: UUID, inbox_id: UUID) -> int:
    """Fetch all templates of an inbox; return how many there are. Raises ChannelError."""
    with scope(workspace_id):
        inbox = Inbox.objects.filter(pk=inbox_id, is_enabled=True).first()
        if inbox is None or Feature.TEMPLATES not in adapter_of(inbox.channel).capabilities.features:
            return 0
        channel, config = inbox.channel, config_of(inbox)
    found = adapter_of(channel).templates(config)
    with scope(workspace_id):
        _keep(inbox_id, found)
    return len(found)


def sync_all() -> None:
    """Fetch the templates of every inbox that has some; what does not answer keeps those it had."""
    with crossing("find the inboxes with templates"):
        inboxes = Inbox.objects.filter(channel__in=channels_with(Feature.TEMPLATES), is_enabled=True, health__stopped_at=None)
        found = list(inboxes.values_list("workspace_id", "id"))
    for workspace_id, inbox_id in found:
        try:
            sync(workspace_id, inbox_id)
        except ChannelError as error:
            log.info("templates.not_synced", inbox=str(inbox_id), code=error.code)


def apply_change(inbox: Inbox, event: TemplateChanged) -> None:
    """Note what a platform says of a template. One that is not known here comes with the next sync."""
    known = MessageTemplate.objects.filter(inbox=inbox, name=event.name)
    told = {"status": event.status, "category": event.category, "reason": event.reason[:200]}
    changed = {name: value for name, value in told.items() if value}
    if event.status == APPROVED:
        changed["reason"] = ""
    (known.filter(language=event.language) if event.language else known).update(**changed, synced_at=timezone.now())


@transaction.atomic
def _keep(inbox_id: UUID, found: Sequence[Template]) -> None:
    now = timezone.now()
    rows = [
        MessageTemplate(
            workspace_id=current_workspace_id(),
            inbox_id=inbox_id,
            provider_id=one.provider_id,
            name=one.name,
            language=one.language,
            category=one.category,
            status=one.status,
            reason=one.reason[:200],
            components=[dict(part) for part in one.components],
            synced_at=now,
        )
        for one in found
    ]
    kept = ["provider_id", "category", "status", "reason", "components", "synced_at"]
    MessageTemplate.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["inbox", "name", "language"], update_fields=kept
    )
    MessageTemplate.objects.filter(inbox_id=inbox_id, synced_at__lt=now).update(status=GONE)
