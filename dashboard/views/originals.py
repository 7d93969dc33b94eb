"""Messages as they were written: their HTML in a frame that can do nothing, and the whole as a file."""

from collections.abc import Callable
from html import escape
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from channels_app.shown_html import shown
from conversations.models import Attachment, MessageOriginal
from conversations.services import originals
from core.audit import Action, Actor, record
from core.fragments import each_url
from dashboard.views.lists import visible

#: No script, no form, no plugin, no address but ours; links open outside of the frame.
_SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
_QUIET = {
    "default-src": ["'none'"],
    "img-src": ["'self'", "data:"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "frame-ancestors": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "sandbox": _SANDBOX.split(),
}
_WITH_IMAGES = {**_QUIET, "img-src": ["'self'", "data:", "https:", "http:"]}


@require_GET
@xframe_options_sameorigin
@csp_override(_QUIET)
@workspace_view(Permission.CONVERSATIONS_VIEW)
def html(request: WorkspaceRequest, number: int, message: UUID) -> HttpResponseBase:
    """A message's HTML, cleaned. Remote images, which tell their sender that they were seen, only when asked for."""
    return _page(request, number, message, with_images=False)


@require_GET
@xframe_options_sameorigin
@csp_override(_WITH_IMAGES)
@workspace_view(Permission.CONVERSATIONS_VIEW)
def html_with_images(request: WorkspaceRequest, number: int, message: UUID) -> HttpResponseBase:
    """The same with the images that it names elsewhere."""
    return _page(request, number, message, with_images=True)


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def original(request: WorkspaceRequest, number: int, message: UUID) -> HttpResponseBase:
    """The whole message as it came, as a file."""
    kept = _kept(request, number, message)
    if not kept.storage_name:
        raise Http404
    record(Action.FILE_OPENED, actor=Actor.user(request.user.pk), target=kept.message)
    pieces = list(originals.read(kept))
    response = StreamingHttpResponse(iter(pieces), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="message-{message}.eml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _page(request: WorkspaceRequest, number: int, message: UUID, *, with_images: bool) -> HttpResponse:
    kept = _kept(request, number, message)
    found = shown(kept.html, with_remote_images=with_images)
    files = {one.content_id: one.pk for one in Attachment.objects.filter(message=kept.message_id).exclude(storage_name="")}
    address = each_url("dashboard:file", request.workspace.pk)
    context = {
        "html": _with_files(found.html, files, address),
        "quoted": _with_files(found.quoted, files, address),
        "remote_images": 0 if with_images else found.remote_images,
        "language": translation.get_language(),
    }
    return render(request, "dashboard/mail_frame.html", context)


def _kept(request: WorkspaceRequest, number: int, message: UUID) -> MessageOriginal:
    conversation = visible(request, number)
    found = MessageOriginal.objects.select_related("message").filter(
        message=message, message__conversation=conversation, message__deleted_at=None
    )
    kept = found.first()
    if kept is None:
        raise Http404
    return kept


def _with_files(html_text: str, files: dict[str, UUID], address: Callable[[object], str]) -> str:
    for content_id, attachment in files.items():
        if content_id:
            html_text = html_text.replace(f'data-cid="{escape(content_id)}"', f'src="{address(attachment)}"')
    return html_text
