"""Connecting a mailbox's account: off to the provider, and back with a code that a worker exchanges for tokens.

The way there and the way back belong to one session: `state` names an entry in it, which holds the PKCE verifier. The
address of the way back is one for all inboxes, as providers want it registered.
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
from channels_app.adapters.email.accounts import PASSWORD, way_of
from channels_app.adapters.email.errors import ERRORS
from channels_app.adapters.email.oauth import authorization_url, new_verifier
from channels_app.contract import ChannelError
from channels_app.registry import config_of
from channels_app.services.connecting import ask_to_connect
from chatzee.env import env
from conversations.models import Inbox
from core.audit import Action, Actor, record

#: Where the session keeps the ways that were begun, and how long one may take, in seconds.
_KEY, _LIMIT = "mail_account", 15 * 60
_MAX_BEGUN = 5


@require_POST
@workspace_view(Permission.INBOXES_MANAGE)
def begin(request: WorkspaceRequest, inbox: UUID) -> HttpResponseBase:
    """Send the person to the provider."""
    found = get_object_or_404(Inbox.objects.filter(channel="email"), pk=inbox)
    config = config_of(found)
    if way_of(config) == PASSWORD:
        raise Http404
    state, verifier = secrets.token_urlsafe(24), new_verifier()
    address = str(found.settings.get("user") or found.settings.get("address") or "")
    try:
        url = authorization_url(way_of(config), address=address, state=state, verifier=verifier, redirect_uri=_redirect_uri())
    except ChannelError as error:
        messages.error(request, str(ERRORS[error.code]))
        return HttpResponseClientRedirect(reverse("dashboard:inbox", args=[request.workspace.pk, found.pk]))
    begun = dict(list(request.session.get(_KEY, {}).items())[1 - _MAX_BEGUN :])
    way = {"workspace": str(request.workspace.pk), "inbox": str(found.pk), "verifier": verifier, "at": int(time.time())}
    request.session[_KEY] = begun | {state: way}
    # A form's redirect to another site is refused by our own Content-Security-Policy; a script's is not.
    return HttpResponseClientRedirect(url)


@require_GET
@login_required
def came_back(request: HttpRequest) -> HttpResponseBase:
    """The way back from the provider: what it says is kept in the session, and the address with it is left."""
    state = request.GET.get("state", "")
    begun: dict[str, dict[str, Any]] = request.session.get(_KEY, {})
    way = begun.get(state)
    if way is None or time.time() - way["at"] > _LIMIT:
        raise Http404
    others = {name: one for name, one in begun.items() if name != state}
    code = request.GET.get("code", "")[:4000]
    if not code:
        request.session[_KEY] = others
        messages.error(request, _("The account was not connected. Nothing has changed."))
        return redirect("dashboard:inbox", workspace=way["workspace"], inbox=way["inbox"])
    request.session[_KEY] = others | {way["inbox"]: {**way, "code": code}}
    return redirect("mailbox:finish", workspace=way["workspace"], inbox=way["inbox"])


@require_GET
@workspace_view(Permission.INBOXES_MANAGE)
def finish(request: WorkspaceRequest, inbox: UUID) -> HttpResponseBase:
    """Hand the code to a worker, once."""
    begun = dict(request.session.get(_KEY, {}))
    way = begun.pop(str(inbox), None)
    request.session[_KEY] = begun
    if way is None or way["workspace"] != str(request.workspace.pk):
        raise Http404
    with transaction.atomic():
        found = get_object_or_404(Inbox.objects.select_for_update().filter(channel="email"), pk=inbox)
        grant = {"code": way["code"], "verifier": way["verifier"], "redirect_uri": _redirect_uri()}
        found.settings = {**found.settings, "oauth_grant": grant}
        found.save(update_fields=["settings"])
        record(Action.INBOX_CHANGED, actor=Actor.user(request.user.pk), target=found)
        ask_to_connect(found)
    return redirect("dashboard:inbox", workspace=request.workspace.pk, inbox=found.pk)


def _redirect_uri() -> str:
    return env.public_url.rstrip("/") + reverse("mailbox:came-back")
