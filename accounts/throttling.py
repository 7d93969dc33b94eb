"""Throttling of sign-ins."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models.user import email_index


def username_of(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """What counts attempts per account: the blind index of the address, never the address."""
    username = str((credentials or {}).get("username") or request.POST.get("username", ""))
    try:
        return email_index(username).hex()
    except ValueError:
        return "invalid"


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """What is shown after too many wrong attempts."""
    return render(request, "429.html", status=429)
