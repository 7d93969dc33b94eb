"""Connecting an inbox by signing in at its platform: off to it, and back with a code that a worker exchanges for access.

The way there and the way back belong to one session: `state` names an entry in it, which holds the PKCE verifier. The
address of the way back is one for all inboxes, as platforms want it registered. Where the access is good for several
accounts, the person chooses one.
"""

import secrets
import time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from channels_app.contract import ChannelError, SignInWay
from channels_app.registry import adapter_of, config_of, error_words
from channels_app.services.connecting import ask_to_connect
from chatzee.env import env
from conversations.models import Inbox
from core.audit import Action, Actor, record

#: Where the session keeps the ways that were begun, and how long one may take, in seconds.
_KEY, _LIMIT = "channel_sign_in", 15 * 60
_MAX_BEGUN = 5


@require_POST
@workspace_view(Permission.INBOXES_MANAGE)
def begin(request: WorkspaceRequest, inbox: UUID) -> HttpResponseBase:
    """Send the person to the platform."""
    found = get_object_or_404(Inbox, pk=inbox)
    adapter, config = adapter_of(found.channel), config_of(found)
    if not adapter.sign_in_name(config):
        raise Http404
    way = SignInWay(secrets.token_urlsafe(24), _redirect_uri(), secrets.token_urlsafe(48))
    try:
        url = adapter.sign_in_url(config, way)
    except ChannelError as error:
        messages.error(request, str(error_words(found.channel, error.code)))
        return HttpResponseClientRedirect(reverse("dashboard:inbox", args=[request.workspace.pk, found.pk]))
    begun = dict(list(request.session.get(_KEY, {}).items())[1 - _MAX_BEGUN :])
    place = {"workspace": str(request.workspace.pk), "inbox": str(found.pk)}
    request.session[_KEY] = begun | {way.state: {**place, "verifier": way.verifier, "at": int(time.time())}}
    # A form's redirect to another site is refused by our own Content-Security-Policy; a script's is not.
    return HttpResponseClientRedirect(url)


@require_GET
@login_required
def came_back(request: HttpRequest) -> HttpResponseBase:
    """The way back from the platform: what it says is kept in the session, and the address with it is left."""
    state = request.GET.get("state", "")
    begun: dict[str, dict[str, Any]] = request.session.get(_KEY, {})
    way = begun.get(state)
    if way is None or time.time() - way["at"] > _LIMIT:
        raise Http404
    others = {name: one for name, one in begun.items() if name != state}
    # Instagram ends the address with a fragment's sign, which belongs to no code.
    code = request.GET.get("code", "")[:4000].removesuffix("#_")
    if not code:
        request.session[_KEY] = others
        messages.error(request, _("The account was not connected. Nothing has changed."))
        return redirect("dashboard:inbox", workspace=way["workspace"], inbox=way["inbox"])
    request.session[_KEY] = others | {way["inbox"]: {**way, "code": code}}
    return redirect("signed-in", workspace=way["workspace"], inbox=way["inbox"])


@require_GET
@workspace_view(Permission.INBOXES_MANAGE)
def finish(request: WorkspaceRequest, inbox: UUID) -> HttpResponseBase:
    """Hand the code to a worker, once."""
    begun = dict(request.session.get(_KEY, {}))
    way = begun.pop(str(inbox), None)
    request.session[_KEY] = begun
    if way is None or way["workspace"] != str(request.workspace.pk):
        raise Http404
    grant = {"code": way["code"], "redirect_uri": _redirect_uri(), "verifier": way["verifier"]}
    _change(request, inbox, grant=grant, choices={})
    return redirect("dashboard:inbox", workspace=request.workspace.pk, inbox=inbox)


@require_POST
@workspace_view(Permission.INBOXES_MANAGE)
def choose(request: WorkspaceRequest, inbox: UUID) -> HttpResponseBase:
    """Take one of the accounts that the access is good for."""
    found = get_object_or_404(Inbox, pk=inbox)
    choice = request.POST.get("choice", "")
    if choice not in found.settings.get("choices", {}):
        raise Http404
    _change(request, inbox, **adapter_of(found.channel).chosen(choice), choices={})
    return redirect("dashboard:inbox", workspace=request.workspace.pk, inbox=inbox)


@transaction.atomic
def _change(request: WorkspaceRequest, inbox: UUID, **new: Any) -> None:
    """Keep new settings and have a worker connect the inbox with them."""
    found = get_object_or_404(Inbox.objects.select_for_update(), pk=inbox)
    found.settings = {**found.settings, **new}
    found.save(update_fields=["settings"])
    record(Action.INBOX_CHANGED, actor=Actor.user(request.user.pk), target=found)
    ask_to_connect(found)


def _redirect_uri() -> str:
    return env.public_url.rstrip("/") + reverse("signed-in-at-platform")
