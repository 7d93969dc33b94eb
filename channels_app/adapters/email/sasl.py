"""SASL XOAUTH2, as Google and Microsoft have it."""

from collections.abc import Callable

from channels_app.adapters.email.accounts import Account
from channels_app.contract import ChannelError


def xoauth2(user: str, token: str) -> str:
    """What a client says first. Raises ChannelError for what would change its meaning."""
    if any(sign in "\x01\r\n\x00" for sign in user + token) or not (user + token).isascii():
        raise ChannelError("login_refused", stops_inbox=True)
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def with_token(account: Account, sign_in: Callable[[str], None]) -> None:
    """Sign in with what XOAUTH2 says first; a token that the server refuses is replaced once. Raises ChannelError.

    Only the provider's own word, when the token is refreshed, stops the inbox: a server may be wrong about a token.
    """
    if account.token is None:
        return
    token = account.token("")
    try:
        sign_in(xoauth2(account.user, token))
    except ChannelError as error:
        if error.code != "login_refused":
            raise
        fresh = account.token(token)
        try:
            sign_in(xoauth2(account.user, fresh))
        except ChannelError as again:
            raise ChannelError(again.code, is_inbox_wide=True, detail=again.detail) from None
