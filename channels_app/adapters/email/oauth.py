"""Accounts at Google and Microsoft, connected by OAuth 2 (RFC 6749, PKCE by RFC 7636), and the tokens for their servers.

Refreshing stops the inbox only on the provider's clear word that access was taken back; lines and servers that fail are
tried again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

import orjson
from django.utils import timezone

from channels_app.adapters.email.accounts import GOOGLE, MICROSOFT, way_of
from channels_app.contract import ChannelError, InboxConfig, SignInWay
from channels_app.services import tokens
from chatzee.env import env
from core.http import Limits, SafeClient, SafeHttpError

#: A token that ends sooner than this is replaced first.
_MARGIN = timedelta(seconds=90)
_LIMITS = Limits(connect=5, read=10, total=15, max_bytes=256 * 1024)
#: The providers by the way in which an inbox signs in.
NAMES = {GOOGLE: "Google", MICROSOFT: "Microsoft"}
_OUTLOOK = "https://outlook.office.com"


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a provider asks its people and gives its tokens, and what this installation is called there."""

    authorize_url: str
    token_url: str
    scopes: str
    client_id: str
    client_secret: str
    extra: Mapping[str, str]


def provider_of(way: str) -> Provider:
    """A provider. Raises ChannelError where this installation is not registered there."""
    if way == GOOGLE:
        found = Provider(
            authorize_url=env.google_oauth_authorize_url,
            token_url=env.google_oauth_token_url,
            scopes="https://mail.google.com/ openid email",
            client_id=env.google_oauth_client_id,
            client_secret=env.google_oauth_client_secret.get_secret_value(),
            extra={"access_type": "offline", "prompt": "consent"},
        )
    elif way == MICROSOFT:
        rights = ("IMAP.AccessAsUser.All", "POP.AccessAsUser.All", "SMTP.Send")
        found = Provider(
            authorize_url=env.microsoft_oauth_authorize_url,
            token_url=env.microsoft_oauth_token_url,
            scopes=" ".join([*(f"{_OUTLOOK}/{right}" for right in rights), "offline_access", "openid", "email"]),
            client_id=env.microsoft_oauth_client_id,
            client_secret=env.microsoft_oauth_client_secret.get_secret_value(),
            extra={"prompt": "select_account"},
        )
    else:
        raise ChannelError("oauth_unset", permanent=True)
    if not found.client_id:
        raise ChannelError("oauth_unset", permanent=True)
    return found


def sign_in_url(inbox: InboxConfig, way: SignInWay) -> str:
    """Where to send a person who connects an account. Raises ChannelError."""
    provider = provider_of(way_of(inbox))
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": way.redirect_uri,
        "scope": provider.scopes,
        "state": way.state,
        "code_challenge": way.challenge,
        "code_challenge_method": "S256",
        "login_hint": str(inbox.settings.get("user") or inbox.settings.get("address") or ""),
        **provider.extra,
    }
    return f"{provider.authorize_url}?{urlencode(asked)}"


def take_grant(inbox: InboxConfig) -> None:
    """Exchange the code that a person brought back for tokens, and keep them. Raises ChannelError.

    Nothing without one. A code is good for one try.
    """
    grant = inbox.settings.get("grant")
    if not isinstance(grant, dict):
        return
    provider = provider_of(way_of(inbox))
    asked = {"code": grant["code"], "code_verifier": grant["verifier"], "redirect_uri": grant["redirect_uri"]}
    try:
        said = _ask(provider, {"grant_type": "authorization_code", **asked})
    except ChannelError as error:
        if error.stops_inbox:
            tokens.drop_grant(inbox.workspace_id, inbox.id)
        raise
    if not said.get("refresh_token"):
        tokens.drop_grant(inbox.workspace_id, inbox.id)
        raise ChannelError("login_expired", stops_inbox=True, detail="no refresh token")
    tokens.replace_tokens(inbox.workspace_id, inbox.id, _kept(said))


def access_token(inbox: InboxConfig, refused: str = "") -> str:
    """A token for the inbox's servers, refreshed where it ends soon or is the one that a server `refused`.

    Raises ChannelError: `stops_inbox` when nobody has connected the account or access was taken back.
    """
    known = tokens.tokens_of(inbox.workspace_id, inbox.id)
    refresh_token = str(known.get("refresh_token") or "")
    if not refresh_token:
        raise ChannelError("not_signed_in", stops_inbox=True)
    token = str(known.get("access_token") or "")
    if token and token != refused and _lasts(known):
        return token
    said = _ask(provider_of(way_of(inbox)), {"grant_type": "refresh_token", "refresh_token": refresh_token})
    kept = tokens.keep_tokens(inbox.workspace_id, inbox.id, used=refresh_token, new=_kept(said))
    return str(kept.get("access_token") or "")


def _lasts(known: Mapping[str, Any]) -> bool:
    try:
        return datetime.fromisoformat(str(known.get("expires_at"))) - timezone.now() > _MARGIN
    except (ValueError, TypeError):
        return False


def _kept(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of an answer; a provider that gives no new refresh token lets the old one live."""
    seconds = said.get("expires_in")
    lifetime = timedelta(seconds=min(float(seconds), 86_400.0)) if isinstance(seconds, int | float) else timedelta(minutes=30)
    found = {"access_token": said["access_token"], "expires_at": (timezone.now() + lifetime).isoformat()}
    return found | ({"refresh_token": said["refresh_token"]} if said.get("refresh_token") else {})


def _ask(provider: Provider, asked: Mapping[str, str]) -> dict[str, Any]:
    """An answer with an access token. Raises ChannelError."""
    form = {"client_id": provider.client_id, "client_secret": provider.client_secret, **asked}
    try:
        response = _client().post(provider.token_url, data={name: value for name, value in form.items() if value})
    except SafeHttpError:
        raise ChannelError("no_connection", is_inbox_wide=True) from None
    try:
        said = orjson.loads(response.content)
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    if response.status_code == 200 and isinstance(said.get("access_token"), str):
        return said
    code = str(said.get("error") or "")[:60]
    if code in ("invalid_grant", "interaction_required", "consent_required"):
        raise ChannelError("login_expired", stops_inbox=True, detail=code)
    if code in ("invalid_client", "unauthorized_client"):
        raise ChannelError("oauth_unset", is_inbox_wide=True, detail=code)
    raise ChannelError("server_busy", is_inbox_wide=True, detail=code or str(response.status_code))


@cache
def _client() -> SafeClient:
    return SafeClient(limits=_LIMITS)
