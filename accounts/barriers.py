"""What a member must do before a workspace's pages open to them."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import Membership


def barrier(request: HttpRequest, membership: Membership) -> HttpResponseBase | None:
    """A redirect to what has to come first, or None when the way is free.

    Where the workspace requires a second factor, members without one set it up, and those whose session was begun
    without it show it; then they come back.
    """
    if not membership.workspace.is_second_factor_required or request.user.is_verified():  # type: ignore[union-attr]  # by django-otp
        return None
    url = f"{reverse('accounts:required-factor')}?{urlencode({'next': request.get_full_path()})}"
    return HttpResponseClientRedirect(url) if getattr(request, "htmx", False) else HttpResponseRedirect(url)
