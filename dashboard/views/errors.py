"""What people see where there is nothing, or nothing for them. Who is signed in keeps the frame, and so the way onward."""

from uuid import UUID

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from accounts.models import Membership, User
from accounts.selectors import memberships_of

log = structlog.get_logger(__name__)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, in the frame of a workspace of the user's."""
    _frame(request)
    return defaults.page_not_found(request, exception)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, likewise."""
    _frame(request)
    return defaults.permission_denied(request, exception)


def _frame(request: HttpRequest) -> None:
    """Let `dashboard.context` find a membership where no view has come to put one in place."""
    try:
        user = getattr(request, "user", None)
        if isinstance(user, User) and (membership := _membership(request, user)):
            membership.user = user
            request.membership = membership  # type: ignore[attr-defined]
    except DatabaseError:
        # The page is plain then: what tells of one error must not end in another.
        log.warning("errors.no_frame", exc_info=True)


def _membership(request: HttpRequest, user: User) -> Membership | None:
    """Of the workspace in the address, else of the one that the user was in last."""
    named: dict[str, UUID] = request.resolver_match.kwargs if request.resolver_match else {}
    memberships = {str(one.workspace_id): one for one in memberships_of(user)}
    wanted = (str(named.get("workspace", "")), str(request.session.get("workspace", "")), *memberships)
    return next((memberships[one] for one in wanted if one in memberships), None)
