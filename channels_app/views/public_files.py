"""What platforms fetch from us."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from channels_app.services import public_files
from conversations.downloads import attachment_response
from conversations.models import Attachment, Message
from core.tenancy import scope


@require_safe
def public_file(request: HttpRequest, signed: str, name: str) -> HttpResponseBase:
    """A file of an outbound message. An expired or forged link is not found, nor is one of a deleted message."""
    try:
        workspace_id, attachment_id = public_files.named_by(signed)
    except signing.BadSignature:
        raise Http404 from None
    with scope(workspace_id):
        sent = Attachment.objects.filter(message__kind=Message.Kind.OUTBOUND, message__deleted_at=None)
        attachment = sent.filter(pk=attachment_id).first()
        if attachment is None:
            raise Http404
        return attachment_response(request, attachment)
