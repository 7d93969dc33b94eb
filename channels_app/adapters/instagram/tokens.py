"""The access of Instagram's own log-in: got for a code, made to last sixty days, renewed before they end."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import httpx

from channels_app.adapters.instagram.stacks import login_line
from channels_app.adapters.meta.fields import number
from channels_app.adapters.meta.graph import Graph
from channels_app.calling import calling
from channels_app.contract import ChannelError
from channels_app.json_fields import Fields, object_in, parts, words
from chatzee.env import env
from core.http import Limits, SafeClient

LIFE = timedelta(days=60)
#: A younger access is not renewed.
LEAST_AGE = timedelta(hours=24)
_CALL = Limits(connect=5, read=15, total=20, max_bytes=64 * 1024)


@dataclass(frozen=True, slots=True)
class Access:
    """An access token, and when it ends."""

    token: str
    expires_at: datetime


def exchange_code(code: str, redirect_uri: str) -> Access:
    """The lasting access that a code of the operator's app stands for. Raises ChannelError, `code_void` for an old one."""
    secret = env.instagram_app_secret.get_secret_value()
    asked = {"client_id": env.instagram_app_id, "client_secret": secret, "grant_type": "authorization_code"}
    short = _asked({**asked, "redirect_uri": redirect_uri, "code": code})
    line = login_line(short, secret)
    return _access(line.get("access_token", grant_type="ig_exchange_token", client_secret=secret))


def renewed(line: Graph) -> Access:
    """The line's access, made to last sixty days from now. Raises ChannelError, also for one younger than a day."""
    return _access(line.get("refresh_access_token", grant_type="ig_refresh_token"))


def _access(found: Fields) -> Access:
    token = words(found, "access_token", 1000)
    if not token:
        raise ChannelError("code_void", permanent=True)
    seconds = number(found, "expires_in")
    return Access(token, datetime.now(UTC) + (timedelta(seconds=min(seconds, 10**8)) if seconds > 0 else LIFE))


def _asked(form: dict[str, str]) -> str:
    """The access that lives an hour. This address has no version and takes a form."""
    with calling():
        response = _client().post(f"{api_url()}/oauth/access_token", data=form, limits=_CALL)
    found = object_in(response.content)
    # It is told in a list or bare, depending on the version of the app.
    token = next((words(one, "access_token", 1000) for one in [*parts(found, "data"), found] if "access_token" in one), "")
    if not token:
        is_down = response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR
        raise ChannelError(
            "unavailable" if is_down else "code_void", permanent=not is_down, detail=f"HTTP {response.status_code}"
        )
    return token


def api_url() -> str:
    """Where codes are exchanged."""
    return env.instagram_api_url.rstrip("/")


@cache
def _client() -> SafeClient:
    return SafeClient(limits=_CALL)
