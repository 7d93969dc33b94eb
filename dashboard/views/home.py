"""The front door: it leads everybody to where they belong."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from accounts.selectors import memberships_of


@login_required
def home(request: HttpRequest) -> HttpResponseBase:
    """To the last workspace that the user was in, or to making their first."""
    assert request.user.is_authenticated
    memberships = memberships_of(request.user)
    if not memberships:
        return redirect("accounts:new-workspace")
    last = request.session.get("workspace", "")
    chosen = next((one for one in memberships if str(one.workspace_id) == last), memberships[0])
    return redirect("dashboard:conversations", workspace=chosen.workspace_id)
