"""Files for visitors, by links that are signed and end."""

from uuid import UUID

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from channels_app.adapters.website.wire import PUBLIC, read_link
from conversations.downloads import attachment_response
from conversations.models import Attachment
from core.tenancy import scope


@require_GET
def file(request: HttpRequest, signed: str) -> HttpResponseBase:
    """A file of a public message, or its preview. An expired or forged link is not found."""
    try:
        workspace_id, attachment_id, part = read_link(signed)
    except signing.BadSignature:
        raise Http404 from None
    with scope(UUID(workspace_id)):
        found = Attachment.objects.filter(pk=attachment_id, message__kind__in=PUBLIC, message__deleted_at=None)
        attachment = found.first()
        if attachment is None:
            raise Http404
        return attachment_response(request, attachment, preview=part == "preview")
