"""The widget's HTTP side, served by web: loader, boot, frame, session, history and uploads."""

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.csp import CSP
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from channels_app.adapters.website import session, tokens, wire
from channels_app.adapters.website.adapter import visitor_of
from channels_app.adapters.website.config import is_allowed
from channels_app.adapters.website.history import conversation_of, history, identity_of
from channels_app.adapters.website.parse import MAX_TEXT
from channels_app.adapters.website.tokens import TokenError, Visitor
from channels_app.contract import InboxConfig, RefusedError
from channels_app.services.accounts import inbox_by_key
from chatzee.env import env
from conversations.files import MAX_SIZE, PROGRAMS
from conversations.models import Inbox
from conversations.services import attachments
from core.http.throttle import is_throttled
from core.tenancy import scope

UPLOADS_PER_MINUTE = 30
SESSIONS_PER_MINUTE = 60


def _inbox(key: str) -> InboxConfig:
    inbox = inbox_by_key("website", key)
    if inbox is None or not inbox.is_enabled:
        raise Http404
    return inbox


def _problem(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"code": code, "error": code, "message": message}, status=status)


@require_GET
@cache_control(public=True, max_age=300)
def loader(request: HttpRequest) -> HttpResponse:
    """The one script that a host page embeds."""
    found = finders.find("widget/loader.js")
    response = HttpResponse(Path(str(found)).read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_GET
@xframe_options_exempt
def sample_shop(request: HttpRequest, key: str) -> HttpResponseBase:
    """A sample shop with an inbox's chat on it, for trying it out before it goes onto a real page."""
    context = {"inbox_key": _inbox(key).key, "widget_url": request.build_absolute_uri(reverse("widget:loader"))}
    response = render(request, "widget/shop.html", context)
    policy: dict[str, Any] = {**settings.SECURE_CSP, "frame-ancestors": _playground() or [CSP.NONE]}
    return csp_override(policy)(lambda _request: response)(request)


def _playground() -> list[str]:
    """The page of phones that may frame the sample shop and what is in it. There is none in production."""
    return [env.playground_url] if env.playground_url and not env.is_production else []


@csrf_exempt
@require_http_methods(["POST", "OPTIONS"])
def boot(request: HttpRequest, key: str) -> HttpResponse:
    """Tell the loader how to look, and hand it a ticket; only on an allowed website, by the browser's Origin."""
    inbox, origin = _inbox(key), request.headers.get("Origin", "")
    if not is_allowed(inbox.settings, origin):
        words = f"This chat is not set up for {origin or 'this page'}: add it in the inbox's settings."
        return _shared(_problem(403, "origin", words), origin)
    if request.method == "OPTIONS":
        return _shared(HttpResponse(status=204), origin)
    with translation.override(_language(_object(request).get("lang"))):
        answer = session.boot_answer(inbox, origin)
    return _shared(JsonResponse(answer), origin)


def _shared(response: HttpResponse, origin: str) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = origin
    response["Access-Control-Allow-Headers"] = "Content-Type"
    response["Access-Control-Allow-Methods"] = "POST"
    response["Access-Control-Max-Age"] = "600"
    response["Vary"] = "Origin"
    return response


@require_GET
@xframe_options_exempt
def frame(request: HttpRequest, key: str) -> HttpResponseBase:
    """The page inside the iframe: only the inbox's websites may frame it."""
    inbox = _inbox(key)
    language = _language(request.GET.get("lang"))
    limits = {"max_text": MAX_TEXT, "max_file": MAX_SIZE, "programs": sorted(PROGRAMS)}
    config = {"key": inbox.key, "edge": env.edge_url, "lang": language, **limits}
    with translation.override(language):
        html = render_to_string("widget/frame.html", {"config": config, "inbox_key": inbox.key, "lang": language})
    response = HttpResponse(html)
    policy = {**_FRAME_POLICY, "frame-ancestors": [CSP.SELF, *inbox.settings.get("allowed_origins", ()), *_playground()]}
    return csp_override(policy)(lambda _request: response)(request)


_FRAME_POLICY: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "media-src": [CSP.SELF, "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF, env.edge_url, env.edge_url.replace("http", "ws", 1)],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
}


@csrf_exempt
@require_POST
def open_session(request: HttpRequest, key: str) -> HttpResponse:
    """Give the frame a visitor token and the visitor's conversation. Makes no row."""
    inbox, body = _inbox(key), _object(request)
    if is_throttled(request, "widget.session", SESSIONS_PER_MINUTE):
        return _problem(429, "too_many", "Too many requests. Wait a minute.")
    try:
        origin = tokens.read_ticket(str(body.get("ticket", "")), inbox.key)
    except TokenError:
        return _problem(401, "ticket", "The page has been open for long. Load it again.")
    if not is_allowed(inbox.settings, origin):
        return _problem(403, "origin", "This chat does not open on this website.")
    try:
        visitor = session.visitor_for(inbox, origin, body)
    except TokenError:
        return _problem(401, "identity", "The sign-in could not be verified.")
    with translation.override(_language(body.get("lang"))), scope(inbox.workspace_id):
        return JsonResponse(session.session_answer(inbox, visitor))


type VisitorView = Callable[[HttpRequest, InboxConfig, Visitor], HttpResponse]


def _for_visitor(view: VisitorView) -> Callable[[HttpRequest, str], HttpResponse]:
    """Serve a view to the holder of a visitor token, in the scope of the inbox's workspace."""

    @csrf_exempt
    @wraps(view)
    def inside(request: HttpRequest, key: str) -> HttpResponse:
        inbox = _inbox(key)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            visitor = visitor_of(token, inbox)
        except RefusedError as error:
            return _problem(error.status, error.code, error.message)
        with scope(inbox.workspace_id):
            return view(request, inbox, visitor)

    return inside


@require_GET
@_for_visitor
def messages(request: HttpRequest, inbox: InboxConfig, visitor: Visitor) -> HttpResponse:
    """Earlier messages of the visitor's conversation."""
    before = request.GET.get("before", "")
    conversation = conversation_of(identity_of(inbox, visitor))
    page = history(conversation, before=int(before) if before.isdigit() else None)
    return JsonResponse({"messages": wire.page_json(page.messages, conversation), "more": page.has_more})


@require_POST
@_for_visitor
def uploads(request: HttpRequest, inbox: InboxConfig, visitor: Visitor) -> HttpResponse:
    """Take a visitor's file in."""
    if is_throttled(request, "widget.upload", UPLOADS_PER_MINUTE):
        return _problem(429, "too_many", "Too many files at once. Wait a minute.")
    file = request.FILES.get("file")
    if file is None:
        return _problem(400, "no_file", "Choose a file.")
    stored_in = Inbox.objects.get(pk=inbox.id)
    try:
        attachment = attachments.store_upload(file.read(), name=file.name or "", uploader=visitor.value, inbox=stored_in)
    except ValidationError as error:
        return _problem(413 if error.code == "too_large" else 400, str(error.code), " ".join(error.messages))
    return JsonResponse(
        {
            "id": str(attachment.pk),
            "name": attachment.name,
            "type": attachment.content_type,
            "size": attachment.size,
            "is_image": attachment.is_image,
        },
        status=201,
    )


def _object(request: HttpRequest) -> Mapping[str, Any]:
    try:
        found = orjson.loads(request.body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _language(wanted: object) -> str:
    try:
        return translation.get_supported_language_variant(str(wanted or "en"))
    except LookupError:
        return "en"
