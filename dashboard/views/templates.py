"""Templates: chosen, filled from what is known of the contact, seen as the customer will read them, sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_stubs_ext import StrOrPromise

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from channels_app.contract import Adapter, Template
from channels_app.models import MessageTemplate
from channels_app.registry import adapter_of
from channels_app.services.templates import APPROVED
from conversations.models import Conversation
from conversations.services import replies
from core.fragments import fragment_response
from dashboard.answers import done, wrong
from dashboard.views.lists import visible

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Blank:
    """A field of the form: what is asked, and what is probably meant."""

    name: str
    label: StrOrPromise
    value: str
    example: str
    is_file: bool
    accepts: str


@require_GET
@workspace_view(Permission.CONVERSATIONS_REPLY)
def templates(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """The templates to choose from, those with all words of `q`; `rows` asks for the rows alone."""
    conversation = visible(request, number)
    adapter, words = adapter_of(conversation.inbox.channel), request.GET.get("q", "").casefold().split()
    shown = []
    for one in MessageTemplate.objects.filter(inbox=conversation.inbox, status=APPROVED):
        text = adapter.fill_template(_template(one), {}).text
        if all(word in f"{one.name.replace('_', ' ')} {one.language} {text}".casefold() for word in words):
            shown.append((one, text))
    context = {**_context(request, conversation), "templates": shown[:SHOWN], "is_searching": bool(words)}
    return fragment_response(request, f"dashboard/_template_{'rows' if 'rows' in request.GET else 'picker'}.html", context)


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.CONVERSATIONS_REPLY)
def template(request: WorkspaceRequest, number: int, template: UUID) -> HttpResponseBase:
    """A template to be filled in; by POST, sent."""
    conversation = visible(request, number)
    found, adapter = _found(conversation, template), adapter_of(conversation.inbox.channel)
    if request.method == "POST":
        return _send(request, conversation, _template(found), adapter)
    known = _known_values(conversation)
    asked = adapter.template_fields(_template(found))
    blanks = [Blank(one.name, one.label, _guess(one.name, known), one.example, one.is_file, one.accepts) for one in asked]
    context = {
        **_context(request, conversation),
        "template": found,
        "fields": blanks,
        "known_values": list(dict.fromkeys(known.values())),
        "text": adapter.fill_template(_template(found), {one.name: one.value for one in blanks}).text,
        "idempotency_key": uuid4(),
    }
    return fragment_response(request, "dashboard/_template_form.html", context)


@require_POST
@workspace_view(Permission.CONVERSATIONS_REPLY)
def template_preview(request: WorkspaceRequest, number: int, template: UUID) -> HttpResponseBase:
    """What the customer would read of a template that is being filled in."""
    conversation = visible(request, number)
    found, adapter = _found(conversation, template), adapter_of(conversation.inbox.channel)
    text = adapter.fill_template(_template(found), _values(request)).text
    return HttpResponse(escape(text))


def _send(request: WorkspaceRequest, conversation: Conversation, template: Template, adapter: Adapter) -> HttpResponseBase:
    values, upload = _values(request), request.POST.get("upload", "")
    for one in adapter.template_fields(template):
        if not (upload if one.is_file else values.get(one.name)):
            return wrong(_("Fill in “%(field)s” first.") % {"field": one.label})
    try:
        filled = adapter.fill_template(template, values)
        replies.send_reply(
            conversation,
            body=filled.text,
            author=request.user,
            idempotency_key=UUID(request.POST.get("idempotency_key", "")),
            uploads=[UUID(upload)] if upload else [],
            data={"template": dict(filled.data)},
        )
    except ValidationError as error:
        return wrong(error)
    except ValueError:
        return wrong(_("This page is out of date. Reload it; what you typed is kept."))
    return done(closes_dialog=True)


def _context(request: WorkspaceRequest, conversation: Conversation) -> dict[str, object]:
    return {"workspace_id": request.workspace.pk, "conversation": conversation}


def _found(conversation: Conversation, template: UUID) -> MessageTemplate:
    return get_object_or_404(MessageTemplate.objects.filter(inbox=conversation.inbox, status=APPROVED), pk=template)


def _template(found: MessageTemplate) -> Template:
    return Template(found.provider_id, found.name, found.language, found.category, found.status, found.components)


def _values(request: HttpRequest) -> dict[str, str]:
    """What was filled in, by the names of the fields."""
    return {name[6:]: value.strip()[:1024] for name, value in request.POST.items() if name.startswith("value.") and value}  # type: ignore[union-attr]


def _known_values(conversation: Conversation) -> dict[str, str]:
    """What is known of the contact and may fill a blank, by what it is."""
    contact = conversation.contact
    name = contact.name.split()
    known = {"first_name": name[0] if name else "", "name": contact.name, "last_name": name[-1] if len(name) > 1 else ""}
    known |= {str(key).casefold().replace(" ", "_"): str(value) for key, value in contact.attributes.items()}
    return {key: value for key, value in known.items() if value}


def _guess(field: str, known: Mapping[str, str]) -> str:
    """What a named blank is probably to hold: what is known under its name."""
    place, _dot, blank = field.partition(".")
    return known.get(blank.casefold(), "") if place in ("header", "body") else ""
