"""Files: uploads of agents, downloads of what messages hold."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from conversations.downloads import attachment_response
from conversations.models import Attachment
from conversations.selectors.conversations import conversations_visible_to
from conversations.services import attachments
from core.audit import Action, Actor, record
from dashboard.answers import wrong


@require_POST
@workspace_view(Permission.CONVERSATIONS_REPLY)
def uploads(request: WorkspaceRequest) -> HttpResponseBase:
    """Take a file in; a message that is sent later names it."""
    file = request.FILES.get("file")
    if file is None:
        return wrong(_("Choose a file."))
    try:
        attachment = attachments.store_upload(file.read(), name=file.name or "", user=request.user)
    except ValidationError as error:
        return wrong(error, status=413 if error.code == "too_large" else 422)
    shown = {"id": str(attachment.pk), "name": attachment.name, "size": attachment.size, "is_image": attachment.is_image}
    return JsonResponse(shown, status=201)


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def file(request: WorkspaceRequest, attachment: UUID) -> HttpResponseBase:
    """A file of a message in an inbox that the member may see."""
    return _served(request, attachment, is_preview=False)


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def preview(request: WorkspaceRequest, attachment: UUID) -> HttpResponseBase:
    """The preview of an image."""
    return _served(request, attachment, is_preview=True)


def _served(request: WorkspaceRequest, attachment_id: UUID, *, is_preview: bool) -> HttpResponseBase:
    visible = conversations_visible_to(request.membership).values("id")
    found = Attachment.objects.filter(pk=attachment_id, message__conversation__in=visible, message__deleted_at=None)
    attachment = found.first()
    if attachment is None:
        raise Http404
    if not is_preview:
        record(Action.FILE_OPENED, actor=Actor.user(request.user.pk), target=attachment)
    return attachment_response(request, attachment, preview=is_preview)
