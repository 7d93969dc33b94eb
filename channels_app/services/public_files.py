"""Public links of outbound files, for platforms that fetch them: signed, for an hour, for whoever holds them."""

from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils.text import get_valid_filename

from chatzee.env import env
from conversations.models import Attachment

SECONDS = 3600
_SALT = "channels.public_file"


def link_to(attachment: Attachment) -> str:
    """An address at which the file can be fetched for an hour."""
    signed = signing.dumps([str(attachment.workspace_id), str(attachment.pk)], salt=_SALT)
    try:
        name = get_valid_filename(attachment.name)
    except ValueError:
        name = "file"
    return f"{env.public_url}{reverse('public_file', args=[signed, name])}"


def named_by(signed: str) -> tuple[UUID, UUID]:
    """The workspace and attachment behind a link. Raises signing.BadSignature for a forged or old one."""
    workspace_id, attachment_id = signing.loads(signed, salt=_SALT, max_age=SECONDS)
    return UUID(workspace_id), UUID(attachment_id)
