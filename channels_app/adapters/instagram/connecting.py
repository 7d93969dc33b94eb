"""Connecting an Instagram account: whose access it is, and where its events go."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from channels_app.adapters.instagram import stacks, tokens
from channels_app.adapters.meta import oauth, pages
from channels_app.adapters.meta.access import checked_token, is_operators, token_in
from channels_app.adapters.meta.fields import ident
from channels_app.adapters.meta.graph import Graph
from channels_app.adapters.meta.signature import secret_in
from channels_app.contract import ChannelError, Connection, InboxConfig, SignInWay
from channels_app.json_fields import Fields, part, words
from chatzee.env import env

SCOPES = ("instagram_basic", "instagram_manage_messages", "pages_manage_metadata")
_ASKED = (*SCOPES, "pages_show_list", "pages_read_engagement", "instagram_manage_comments", "business_management")
_LOGIN_ASKED = ("instagram_business_basic", "instagram_business_manage_messages", "instagram_business_manage_comments")
FIELDS = (
    "messages", "messaging_postbacks", "messaging_seen", "message_reactions", "message_edit", "messaging_referral",
    "messaging_handover", "standby", "comments", "live_comments",
)  # fmt: skip
#: A page tells our app of its Instagram account once it tells it anything; this is the least.
_QUIET = ("name",)


def connect(inbox: InboxConfig, hook_url: str) -> Connection:
    """Check the access and the account and subscribe; tell in words how things stand. Raises ChannelError."""
    return _connect_login(inbox) if stacks.is_login(inbox) else _connect_page(inbox, hook_url)


def _connect_login(inbox: InboxConfig) -> Connection:
    """An app's address for Instagram's own log-in can be entered by hand only."""
    line = stacks.line_of(inbox)
    try:
        account = line.get("me", fields="id,user_id,username,name,account_type")
    except ChannelError as error:
        if "appsecret_proof" in error.detail:
            raise ChannelError("app_secret_wrong", permanent=True) from None
        raise
    account_id = ident(account, "user_id", 64) or ident(account, "id", 64)
    line.post(f"{account_id}/subscribed_apps", {"subscribed_fields": ",".join(FIELDS)}, is_repeatable=True)
    access = _lasting(line, token_in(inbox))
    return Connection(
        settings={**_facts_kept(account, account_id), "page_id": "", **_access_kept(inbox, access)},
        words=_verdict(account),
        expires_at=access.expires_at,
        account=account_id,
        source="" if stacks.is_operators(inbox) else _source(inbox),
        owner=ident(account, "id", 64),
        facts={"account": "@" + words(account, "username", 64)},
    )


def _connect_page(inbox: InboxConfig, hook_url: str) -> Connection:
    line = pages.line_of(inbox)
    token = checked_token(inbox, SCOPES)
    fields = "id,name,category,access_token,instagram_business_account{id,username,name}"
    page = pages.page_seen(line, str(inbox.settings.get("page_id") or ""), fields)
    account, page_id = part(page, "instagram_business_account"), ident(page, "id", 64)
    account_id, own = ident(account, "id", 64), words(page, "access_token", 1000)
    if not account_id:
        raise ChannelError("not_an_instagram_account", permanent=True)
    if own:  # a person's access was given: the page's own is what sends
        line = line.with_token(own)
    pages.point_app_here(inbox, token.app_id, "instagram", FIELDS, hook_url)
    pages.subscribe(line, page_id, token.app_id, _QUIET)
    return Connection(
        settings={**_facts_kept(account, account_id), "page_id": page_id, **({"token": own} if own else {})},
        words=_verdict(account),
        expires_at=None if own else token.expires_at,
        account=account_id,
        source="" if is_operators(inbox) else token.app_id,
        owner=token.user_id,
        facts={"account": "@" + words(account, "username", 64)},
    )


def disconnect(inbox: InboxConfig) -> None:
    """Have the platform send nothing more here. What a page tells may be Messenger's too, and is let be. Raises ChannelError."""
    try:
        if stacks.is_login(inbox):
            stacks.line_of(inbox).delete(f"{stacks.node_of(inbox)}/subscribed_apps")
    except ChannelError as error:
        if not error.stops_inbox and error.code != "app_secret_missing":
            raise


def refresh(inbox: InboxConfig) -> Connection | None:
    """Renew an access of Instagram's own log-in that is a day old; a page's does not end. Raises ChannelError."""
    if not stacks.is_login(inbox) or datetime.now(UTC) - _since(inbox) < tokens.LEAST_AGE:
        return None
    access = tokens.renewed(stacks.line_of(inbox))
    return Connection(_access_kept(inbox, access), _verdict(inbox.settings), expires_at=access.expires_at)


def has_app() -> bool:
    """Whether the operator has an app that people can grant their account to."""
    return bool(env.instagram_app_id or env.meta_app_id)


def sign_in_url(way: SignInWay) -> str:
    """Where a person grants their account: Instagram's own page, else Facebook's."""
    if env.instagram_app_id:
        asked = {"client_id": env.instagram_app_id, "redirect_uri": way.redirect_uri, "response_type": "code", "state": way.state}
        return f"{env.instagram_dialog_url.rstrip('/')}/oauth/authorize?{urlencode({**asked, 'scope': ','.join(_LOGIN_ASKED)})}"
    return oauth.dialog_url(way, scopes=_ASKED)


def take(inbox: InboxConfig) -> Connection:
    """Use up an inbox's grant: its access, and the accounts to choose from. Raises ChannelError."""
    grant = inbox.settings["grant"]
    code, redirect_uri = str(grant.get("code", "")), str(grant.get("redirect_uri", ""))
    # The secret of an own app, kept from before, does not sign for the operator's.
    fresh: dict[str, Any] = {"grant": None, "app_secret": "", "page_id": "", "account_id": ""}
    if env.instagram_app_id:
        access = tokens.exchange_code(code, redirect_uri)
        account = stacks.login_line(access.token, env.instagram_app_secret.get_secret_value()).get(
            "me", fields="user_id,username"
        )
        name = words(account, "username", 64)
        return Connection(settings={**fresh, "token": access.token}, choices={ident(account, "user_id", 64): f"@{name}"})
    secret = env.meta_app_secret.get_secret_value()
    token = oauth.long_lived(oauth.exchange_code(code, redirect_uri=redirect_uri))
    known = pages.pages_of(token, secret, "id,name,instagram_business_account{id,username}")
    linked = {ident(one, "id", 64): part(one, "instagram_business_account") for one in known}
    found = {page: "@" + words(account, "username", 64) for page, account in linked.items() if account}
    if not found:
        raise ChannelError("no_account", permanent=True)
    return Connection(settings={**fresh, "token": token}, choices=found)


def chosen(choice: str) -> Mapping[str, Any]:
    """The settings of an account that was chosen: a page's. The only one of Instagram's own log-in is told by its access."""
    return {} if env.instagram_app_id else {"page_id": choice}


def _lasting(line: Graph, token: str) -> tokens.Access:
    """The access, renewed; one that is too young for that has nearly all of its time before it."""
    try:
        return tokens.renewed(line)
    except ChannelError as error:
        if error.stops_inbox or not error.permanent:
            raise
    return tokens.Access(token, datetime.now(UTC) + tokens.LIFE)


def _access_kept(inbox: InboxConfig, access: tokens.Access) -> dict[str, Any]:
    """The access, and since when it is this one."""
    is_same = access.token == inbox.settings.get("token") == inbox.settings.get("token_known")
    since = _since(inbox) if is_same else datetime.now(UTC)
    return {"token": access.token, "token_known": access.token, "token_since": since.isoformat()}


def _since(inbox: InboxConfig) -> datetime:
    try:
        return datetime.fromisoformat(str(inbox.settings.get("token_since") or ""))
    except ValueError:
        return datetime.now(UTC)


def _source(inbox: InboxConfig) -> str:
    """What stands for an own app, whose id its tokens do not tell: a mark of its secret."""
    return "ig" + hashlib.sha256(secret_in(inbox.settings).encode()).hexdigest()[:32]


def _facts_kept(account: Fields, account_id: str) -> dict[str, Any]:
    return {"account_id": account_id, "username": words(account, "username", 64)}


def _verdict(account: Mapping[str, Any]) -> str:
    return _("Customers reach you on Instagram as @%(name)s.") % {"name": str(account.get("username") or "")[:64]}
