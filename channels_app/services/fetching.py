"""Files that platforms keep for us: fetched by workers, outside any transaction, again where that may help."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection
from django.utils import timezone

from channels_app.contract import ChannelError, InboxConfig
from channels_app.registry import adapter_of, config_of
from channels_app.services.backoff import pause
from conversations.files import MAX_SIZE
from conversations.models import Attachment
from conversations.normalised import RemoteFile
from conversations.services import attachments
from core.tenancy import crossing, scope

log = structlog.get_logger(__name__)

State = Attachment.State
#: Longer than any download may take; a worker that died leaves its file to the next one.
LEASE = timedelta(minutes=3)
MAX_ATTEMPTS = 8
LONGEST_PAUSE = 60.0
#: Downloads of one inbox under way at once.
PER_INBOX = 2

_CLAIM = """
    UPDATE conversations_attachment SET attempts = attempts + 1, next_attempt_at = %(lease)s
    WHERE id IN (
        SELECT a.id FROM conversations_attachment a
        WHERE a.state = 'waiting' AND a.next_attempt_at <= now()
        AND %(per_inbox)s > (
            SELECT count(*) FROM conversations_attachment busy
            WHERE busy.state = 'waiting' AND busy.inbox_id = a.inbox_id AND busy.attempts > 0
            AND busy.next_attempt_at > %(busy)s)
        ORDER BY a.next_attempt_at, a.id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING workspace_id, id
"""


def fetch_due() -> int:
    """Fetch one file that is due; return how many there were (0 or 1). Run until it returns 0."""
    now = timezone.now()
    claimed = _claim(now)
    if claimed is None:
        return 0
    workspace_id, attachment_id = claimed
    with scope(workspace_id):
        job = _job(attachment_id)
    if job is None:
        return 1
    channel, file, config = job
    try:
        content = _content(channel, file, config)
    except ChannelError as error:
        _failed(workspace_id, attachment_id, error)
    except Exception as error:  # an adapter's fault must not take other files along
        log.exception("fetching.adapter_failed", attachment=str(attachment_id), error=type(error).__name__)
        _failed(workspace_id, attachment_id, ChannelError("internal"))
    else:
        with scope(workspace_id):
            attachment = _waiting(attachment_id)
            if attachment is not None:
                attachments.fetched(attachment, content)
    return 1


def _content(channel: str, file: RemoteFile, config: InboxConfig) -> bytes:
    content = adapter_of(channel).fetch(file, config)
    if len(content) > MAX_SIZE:
        raise ChannelError("file_too_large", permanent=True)
    return content


def _claim(now: datetime) -> tuple[UUID, UUID] | None:
    with crossing("claim a file to be fetched"), connection.cursor() as cursor:
        # A lease lies further ahead than any wait for another attempt that was begun meanwhile would.
        cursor.execute(_CLAIM, {"lease": now + LEASE, "busy": now + LEASE / 2, "per_inbox": PER_INBOX})
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def _job(attachment_id: UUID) -> tuple[str, RemoteFile, InboxConfig] | None:
    attachment = _waiting(attachment_id)
    if attachment is None or attachment.inbox is None:
        return None
    file = RemoteFile(attachment.source, attachment.name, attachment.content_type, attachment.size)
    return attachment.inbox.channel, file, config_of(attachment.inbox)


def _waiting(attachment_id: UUID) -> Attachment | None:
    related = Attachment.objects.select_related("inbox", "message__conversation")
    return related.filter(pk=attachment_id, state=State.WAITING, message__isnull=False).first()


def _failed(workspace_id: UUID, attachment_id: UUID, error: ChannelError) -> None:
    with scope(workspace_id):
        attachment = _waiting(attachment_id)
        if attachment is None:
            return
        if error.permanent or attachment.attempts >= MAX_ATTEMPTS:
            attachments.given_up(attachment, error.code)
            return
        wait = max(pause(attachment.attempts, most=LONGEST_PAUSE), error.retry_after or 0)
        attachment.next_attempt_at, attachment.error_code = timezone.now() + timedelta(seconds=wait), error.code[:64]
        attachment.save(update_fields=["next_attempt_at", "error_code"])
