"""Signing in at Meta: the dialog's address, the exchange of its code, and what a token is good for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from channels_app.adapters.meta.errors import COMMON, Meaning, Table
from channels_app.adapters.meta.fields import ident, number
from channels_app.adapters.meta.graph import VERSION, Graph
from channels_app.contract import ChannelError, SignInWay
from channels_app.json_fields import Fields, part, parts, words
from chatzee.env import env

#: A code works once and for about half a minute.
_TABLE: Table = {
    **COMMON,
    100: Meaning("code_void"),
    (100, 36008): Meaning("code_void"),
    (100, 36009): Meaning("code_void"),
    (100, 36007): Meaning("code_void"),
    101: Meaning("app_wrong"),
    1: Meaning("app_wrong"),  # "Error validating client secret."
}


@dataclass(frozen=True, slots=True)
class Token:
    """What a token is good for, by the platform's own word. `targets`: the accounts that each permission is granted for."""

    app_id: str
    is_valid: bool
    user_id: str
    scopes: frozenset[str]
    targets: dict[str, tuple[str, ...]]
    expires_at: datetime | None


def dialog_url(way: SignInWay, *, scopes: Sequence[str] = (), config_id: str = "", **extra: str) -> str:
    """Where a person signs in and grants our app its permissions; they come back with a code."""
    asked = {"client_id": env.meta_app_id, "redirect_uri": way.redirect_uri, "state": way.state, "response_type": "code"}
    asked |= {"config_id": config_id, "override_default_response_type": "true"} if config_id else {"scope": ",".join(scopes)}
    return f"{env.meta_dialog_url.rstrip('/')}/{VERSION}/dialog/oauth?{urlencode({**asked, **extra})}"


def exchange_code(code: str, *, redirect_uri: str = "") -> str:
    """The token that a code of the operator's app stands for. Raises ChannelError, `code_void` for an old or used one."""
    asked = {"client_id": env.meta_app_id, "client_secret": env.meta_app_secret.get_secret_value(), "code": code}
    return _token(asked | ({"redirect_uri": redirect_uri} if redirect_uri else {}))


def long_lived(token: str) -> str:
    """A token of a person that lives sixty days in place of one that lives an hour. Raises ChannelError."""
    app = {"client_id": env.meta_app_id, "client_secret": env.meta_app_secret.get_secret_value()}
    return _token({**app, "grant_type": "fb_exchange_token", "fb_exchange_token": token})


def inspect_token(token: str, *, app_id: str = "", secret: str = "") -> Token:
    """What a token is good for, asked by its app where that is known, else by the token itself. Raises ChannelError."""
    asker = f"{app_id}|{secret}" if app_id and secret else token
    return token_of(part(Graph(asker, table=_TABLE).get("debug_token", input_token=token), "data"))


def token_of(said: Fields) -> Token:
    """What `debug_token` says."""
    ends = number(said, "expires_at")
    granted = {
        words(one, "scope", 80): tuple(ident({"id": target}, "id", 64) for target in _listed(one, "target_ids"))
        for one in parts(said, "granular_scopes")
    }
    return Token(
        app_id=ident(said, "app_id", 64),
        is_valid=said.get("is_valid") is True,
        user_id=ident(said, "user_id", 64),
        scopes=frozenset(str(one) for one in _listed(said, "scopes")),
        targets=granted,
        expires_at=datetime.fromtimestamp(ends, UTC) if 0 < ends < 32_503_680_000 else None,
    )


def _listed(value: Fields, name: str) -> list[Any]:
    found = value.get(name)
    return found if isinstance(found, list) else []


def _token(asked: dict[str, str]) -> str:
    """POST keeps the secret out of the addresses that machines on the way write down."""
    found: dict[str, Any] = Graph("", table=_TABLE).post("oauth/access_token", asked, is_repeatable=True)
    token = found.get("access_token")
    if not isinstance(token, str) or not token:
        raise ChannelError("code_void", permanent=True)
    return token
