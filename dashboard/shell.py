"""The desk in its frame. What stands around the panes hardly changes from visit to visit, so it is kept like the rail. What is of
a customer, of this visit or of this browser is put into places left open in it."""

from dataclasses import dataclass
from functools import lru_cache
from secrets import token_hex
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template import engines
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from accounts.access import WorkspaceRequest
from core.fragments import fragment
from dashboard.context import Frame, frame

TEMPLATE = "dashboard/conversations.html"
#: What holds a place open, as nothing that people write can.
_TITLE, _TOKEN, _CONTENT = (f"{name}-{token_hex(8)}" for name in ("title", "token", "content"))


@dataclass(frozen=True, slots=True)
class Around:
    """What the kept part of the page shows."""

    frame: Frame
    theme: str
    sign_in_url: str
    time_zone: str


def desk_page(request: WorkspaceRequest, context: dict[str, Any], *, title: str) -> HttpResponse:
    """The page with the desk in its panes. One that has something to tell but once is rendered as a whole."""
    known, zone = frame(request), timezone.get_current_timezone_name()
    content = fragment("dashboard/_desk.html", context | {"edge_url": known["edge_url"]}, request)
    if len(get_messages(request)) or not request.user.email_verified_at:
        whole = {"title": title, "content": mark_safe(content), "time_zone": zone}  # noqa: S308  # a fragment escapes itself
        return render(request, TEMPLATE, whole)
    around = Around(known["frame"], known["theme"], known["sign_in_url"], zone)
    start, after_title, after_token, end = _kept(around, get_language())
    return HttpResponse((start, escape(title), after_title, get_token(request), after_token, content, end))


@lru_cache(maxsize=512)
def _kept(around: Around, language: str | None) -> tuple[str, str, str, str]:
    """The page in the language, which is the active one, cut at its open places."""
    context = {name: getattr(around, name) for name in around.__slots__}
    html = engines["django"].get_template(TEMPLATE).render(context | {"title": _TITLE, "csrf_token": _TOKEN, "content": _CONTENT})
    start, found = html.split(_TITLE)
    after_title, found = found.split(_TOKEN)
    after_token, end = found.split(_CONTENT)
    return start, after_title, after_token, end
