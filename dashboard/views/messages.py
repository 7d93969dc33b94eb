"""Messages of a conversation: read back, reply, note, retry, edit, delete, react, drafts, read marks."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from channels_app.services import acting
from conversations.models import Conversation, Message
from conversations.selectors.timeline import just_written, message_shown, thread_page
from conversations.services import drafts, reading, replies
from core.audit import Actor
from core.fragments import fragment_response
from dashboard.answers import done, wrong
from dashboard.composer import choices_in
from dashboard.helping import used_suggestion
from dashboard.presenters import bubble_of
from dashboard.thread import messages_context
from dashboard.views.lists import visible
from dashboard.wording import Names, names


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def messages(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Messages before a number (reading back) or after one (catching up)."""
    conversation = visible(request, number)
    before, after = _number(request, "before"), _number(request, "after")
    page = thread_page(conversation, before=before, after=after)
    context = messages_context(request, conversation, page, names())
    context |= {"conversation": conversation, "workspace_id": request.workspace.pk, "is_page": True}
    return fragment_response(request, "dashboard/_messages.html", context)


@require_POST
@workspace_view(Permission.CONVERSATIONS_REPLY)
def add_message(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Send a reply or write a note; the same key again gives the same message. Answers with the bubble."""
    conversation = visible(request, number)
    post = request.POST
    try:
        key = UUID(post.get("idempotency_key", ""))
        uploads = [UUID(one) for one in post.getlist("uploads")]
    except ValueError:
        return wrong(_("This page is out of date. Reload it; what you typed is kept."))
    try:
        if post.get("mode") == "note":
            mentioned = [UUID(one) for one in post.getlist("mentioned")]
            message = replies.add_note(
                conversation, body=post.get("body", ""), author=request.user, idempotency_key=key, uploads=uploads,
                mentioned=mentioned,
            )  # fmt: skip
        else:
            copies = {name: replies.read_addresses(post.get(name, "")) for name in ("cc", "bcc")}
            message = replies.send_reply(
                conversation, body=post.get("body", ""), author=request.user, idempotency_key=key, uploads=uploads,
                reply_to=_message(conversation, post.get("reply_to")), copies=copies, data=choices_in(conversation, post),
            )  # fmt: skip
            used_suggestion(conversation, post.get("proposal", ""), message, by=request.user)
    except ValidationError as error:
        return wrong(error)
    return _bubble(request, conversation, message, has_files=bool(uploads))


@require_POST
@workspace_view(Permission.CONVERSATIONS_REPLY)
def attempt(request: WorkspaceRequest, number: int, message: UUID) -> HttpResponseBase:
    """Try to send a failed message again."""
    conversation = visible(request, number)
    found = get_object_or_404(Message.objects.filter(conversation=conversation), pk=message)
    replies.retry_message(found, actor=Actor.user(request.user.pk))
    return done()


@require_http_methods(["DELETE"])
@workspace_view(Permission.CONVERSATIONS_REPLY)
def message(request: WorkspaceRequest, number: int, message: UUID) -> HttpResponseBase:
    """Delete a note, or a message where the channel can take it back: its content goes, its place stays."""
    found = _found(request, number, message)
    try:
        acting.delete_message(found, actor=Actor.user(request.user.pk))
    except ValidationError as error:
        return wrong(error)
    return done(_("Deleted"))


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.CONVERSATIONS_REPLY)
def text(request: WorkspaceRequest, number: int, message: UUID) -> HttpResponseBase:
    """The dialog in which an agent changes what they wrote, and what comes back from it."""
    found = _found(request, number, message)
    if request.method == "GET":
        context = {"message": found, "conversation": found.conversation, "workspace_id": request.workspace.pk}
        return fragment_response(request, "dashboard/_edit_message.html", context)
    try:
        acting.edit_message(found, body=request.POST.get("body", ""), author=request.user)
    except ValidationError as error:
        return wrong(error)
    return done(closes_dialog=True)


@require_POST
@workspace_view(Permission.CONVERSATIONS_REPLY)
def reaction(request: WorkspaceRequest, number: int, message: UUID) -> HttpResponseBase:
    """React to a customer's message with an emoji; an empty one takes the reaction back."""
    try:
        acting.react(_found(request, number, message), emoji=request.POST.get("emoji", ""), author=request.user)
    except ValidationError as error:
        return wrong(error)
    return done()


@require_POST
@workspace_view(Permission.CONVERSATIONS_VIEW)
def read_mark(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Move this agent's read mark: forward while they read, back to mark as unread."""
    conversation = visible(request, number)
    if request.POST.get("unread"):
        reading.mark_unread(conversation, user=request.user)
        return done(_("Marked as unread"))
    reading.mark_read(conversation, user=request.user)
    return done()


@require_POST
@workspace_view(Permission.CONVERSATIONS_REPLY)
def draft(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Keep what an agent has typed."""
    mode = "note" if request.POST.get("mode") == "note" else "reply"
    body = request.POST.get("body", "")[: replies.MAX_LENGTH]
    drafts.keep_draft(visible(request, number), user=request.user, mode=mode, body=body)
    return JsonResponse({"kept": True})


def _bubble(request: WorkspaceRequest, conversation: Conversation, message: Message, *, has_files: bool) -> HttpResponseBase:
    # A quotation may name anybody; else the author's name is all that is said.
    known = names() if message.reply_to_id else Names(people={str(request.user.pk): request.user.name})
    # What has not gone out cannot have been answered by a reaction.
    is_new = not has_files and message.status in (Message.Status.NONE, Message.Status.QUEUED)
    shown = bubble_of(just_written(message) if is_new else message_shown(message.pk), conversation, known)
    context = {"bubbles": [shown], "conversation": conversation, "workspace_id": request.workspace.pk}
    return fragment_response(request, "dashboard/_messages.html", context)


def _found(request: WorkspaceRequest, number: int, message: UUID) -> Message:
    """A message of a conversation that the member may see; else there is none (404)."""
    messages = Message.objects.select_related("conversation", "inbox").filter(conversation=visible(request, number))
    return get_object_or_404(messages.exclude(kind=Message.Kind.ACTIVITY), pk=message)


def _message(conversation: Conversation, reference: str | None) -> Message | None:
    try:
        return Message.objects.filter(conversation=conversation, pk=UUID(reference or "")).first()
    except ValueError:
        return None


def _number(request: WorkspaceRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return int(value) if value.isdigit() else None
