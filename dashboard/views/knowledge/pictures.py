"""Pictures of articles, for the team."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from dashboard.answers import wrong
from knowledge.models import Picture
from knowledge.pictures import shown
from knowledge.services import pictures
from knowledge.views.pictures import picture_response


@require_POST
@workspace_view(Permission.KNOWLEDGE_WRITE)
def new_picture(request: WorkspaceRequest) -> HttpResponseBase:
    """Take a picture in; the text that is saved later names it."""
    file = request.FILES.get("file")
    if file is None:
        return wrong(_("Choose a picture."))
    try:
        # One byte more than may be is enough to say so.
        made = pictures.store_picture(file.read(pictures.MAX_SIZE + 1), by=request.user)
    except ValidationError as error:
        return wrong(error, status=413 if error.code == "too_large" else 422)
    src = reverse("dashboard:picture", args=[request.workspace.pk, made.pk])
    return JsonResponse({"src": src, "width": made.width, "height": made.height}, status=201)


@require_GET
@workspace_view(Permission.KNOWLEDGE_VIEW)
def picture(request: WorkspaceRequest, picture: UUID) -> HttpResponseBase:
    """A picture, published or not."""
    return picture_response(get_object_or_404(Picture, pk=picture), is_public=False)


def for_team(request: WorkspaceRequest, html: str) -> str:
    """An article's text with its pictures where the team sees them."""
    return shown(html, lambda one: reverse("dashboard:picture", args=[request.workspace.pk, one]))
