"""The access of an inbox at Meta: its token, and whose app that is of.

An inbox of the operator's app has no secret of an app in its settings: its events come to the address that all inboxes
share. One with an app of its own has its own address.
"""

from collections.abc import Sequence

from channels_app.adapters.meta.oauth import Token, inspect_token
from channels_app.adapters.meta.signature import secret_in
from channels_app.contract import ChannelError, InboxConfig
from chatzee.env import env


def node_of(inbox: InboxConfig, name: str) -> str:
    """The id under this name among an inbox's settings. Raises ChannelError when it was never connected."""
    found = str(inbox.settings.get(name) or "")
    if not found.isdecimal():
        raise ChannelError("token_void", permanent=True, stops_inbox=True)
    return found


def token_in(inbox: InboxConfig) -> str:
    """An inbox's access. Raises ChannelError when it has none."""
    found = str(inbox.settings.get("token") or "")
    if not found:
        raise ChannelError("token_void", permanent=True, stops_inbox=True)
    return found


def is_operators(inbox: InboxConfig) -> bool:
    """Whether an inbox was connected by the operator's app."""
    return not secret_in(inbox.settings) and bool(env.meta_app_id)


def app_secret_in(inbox: InboxConfig) -> str:
    """The secret of the app that an inbox's token is of, empty where nobody told it."""
    return env.meta_app_secret.get_secret_value() if is_operators(inbox) else secret_in(inbox.settings)


def app_secret_of(inbox: InboxConfig) -> str:
    """The same. Raises ChannelError where nobody told it."""
    found = app_secret_in(inbox)
    if not found:
        raise ChannelError("app_secret_missing", permanent=True)
    return found


def checked_token(inbox: InboxConfig, scopes: Sequence[str]) -> Token:
    """What the access is good for. Raises ChannelError where it is not good enough."""
    app_id, secret = (env.meta_app_id, app_secret_of(inbox)) if is_operators(inbox) else ("", "")
    token = inspect_token(token_in(inbox), app_id=app_id, secret=secret)
    if not token.is_valid or not token.app_id:
        raise ChannelError("token_void", permanent=True, stops_inbox=True)
    if not token.scopes.issuperset(scopes):
        missing = ", ".join(one for one in scopes if one not in token.scopes)
        raise ChannelError("permission_missing", permanent=True, stops_inbox=True, detail=missing)
    return token
