"""Throttling of sign-ins: wrong passwords are counted per account and address, and kept without either."""

import copy
from ipaddress import IPv6Address
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from accounts.models.user import email_index
from core.observability.clients import client_ip
from core.vault.blind import blind_index
from core.vault.keyring import PLATFORM


def username_of(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """What counts attempts per account: the blind index of the address, never the address."""
    username = str((credentials or {}).get("username") or request.POST.get("email", ""))
    try:
        return email_index(username).hex()
    except ValueError:
        return "invalid"


def alias_of_address(request: HttpRequest) -> str:
    """A keyed hash of the client's address in the form of one, since the counters' table takes nothing else."""
    return str(IPv6Address(blind_index("throttle.ip", client_ip(request) or "", workspace_id=PLATFORM)))


class QuietHandler(AxesDatabaseHandler):
    """Counts failures without keeping what was sent, nor by which browser."""

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        if request is None:
            return
        quiet = copy.copy(request)
        quiet.GET = quiet.POST = QueryDict()
        quiet.__dict__ |= {"axes_user_agent": "", "axes_http_accept": ""}
        super().user_login_failed(sender, credentials, quiet, **kwargs)
        for name in ("axes_locked_out", "axes_credentials"):
            if hasattr(quiet, name):
                setattr(request, name, getattr(quiet, name))


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """What is shown after too many wrong attempts."""
    return render(request, "429.html", status=429)
