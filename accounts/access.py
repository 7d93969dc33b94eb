"""The door to a workspace's pages: who may come in, and in which scope the view runs."""

import zoneinfo
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from accounts.barriers import barrier
from accounts.models import Membership, User, Workspace
from accounts.permissions import Permission, require
from accounts.selectors import membership_asked
from core.tenancy import scope


class WorkspaceRequest(HttpRequest):
    """A request inside a workspace: the signed-in member is known, and the scope is open."""

    user: User
    htmx: HtmxDetails
    membership: Membership
    workspace: Workspace


type WorkspaceView[**P] = Callable[Concatenate[WorkspaceRequest, P], HttpResponseBase]


def workspace_view[**P](permission: Permission) -> Callable[[WorkspaceView[P]], Callable[..., HttpResponseBase]]:
    """Serve a view to members whose role holds `permission`, in one transaction in the scope of `workspace`.

    The URL names the workspace by its id; for a stranger it does not exist (404). A member without the permission
    gets 403; one who must first add or confirm a second factor is sent there. The view must render before it returns:
    a lazy response would run outside the scope.
    """

    def decorate(view: WorkspaceView[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        @login_required
        def inside(request: Any, workspace: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with scope(workspace, membership_asked(request.user, workspace)) as (membership,):
                if membership is None:
                    raise Http404
                if (detour := barrier(request, membership)) is not None:
                    return detour
                require(membership, permission)
                request.membership, request.workspace = membership, membership.workspace
                with timezone.override(_zone(membership)):
                    answer = view(request, *args, **kwargs)
                if request.session.get("workspace") != str(workspace):
                    request.session["workspace"] = str(workspace)
                return answer

        inside.permission = permission  # type: ignore[attr-defined]  # read by the test that visits every route
        return inside

    return decorate


def _zone(membership: Membership) -> zoneinfo.ZoneInfo:
    name = membership.user.time_zone or membership.workspace.time_zone
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")
