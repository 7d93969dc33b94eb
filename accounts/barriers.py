"""What a member must do before a workspace's pages open to them."""

from django.http import HttpRequest, HttpResponseBase

from accounts.models import Membership


def barrier(request: HttpRequest, membership: Membership) -> HttpResponseBase | None:
    """A redirect to what has to come first (such as a second factor), or None when the way is free."""
    return None
