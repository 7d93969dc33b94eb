"""Connecting a page: whose access it is, and where its events go."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from channels_app.adapters.meta import access, pages
from channels_app.adapters.meta.fields import ident
from channels_app.adapters.meta.oauth import dialog_url, exchange_code, long_lived
from channels_app.contract import ChannelError, Connection, InboxConfig, SignInWay
from channels_app.json_fields import words
from chatzee.env import env

SCOPES = ("pages_messaging", "pages_manage_metadata")
_ASKED = (*SCOPES, "pages_show_list", "pages_read_engagement", "business_management")
FIELDS = (
    "messages", "message_echoes", "message_edits", "message_reactions", "message_deliveries", "message_reads",
    "messaging_postbacks", "messaging_referrals", "messaging_optins", "messaging_handovers", "messaging_policy_enforcement",
    "messaging_account_linking", "standby", "feed",
)  # fmt: skip
#: A field of which nothing is ever told here: a page that tells an app nothing at all tells it nothing of its Instagram either.
_QUIET = "name"


def connect(inbox: InboxConfig, hook_url: str) -> Connection:
    """Check the access and the page and subscribe; tell in words how things stand. Raises ChannelError."""
    line = pages.line_of(inbox)
    token = access.checked_token(inbox, SCOPES)
    page = pages.page_seen(line, str(inbox.settings.get("page_id") or ""), "id,name,category,access_token,link")
    page_id, name = ident(page, "id", 64), words(page, "name", 120)
    own = words(page, "access_token", 1000)  # a person's access was given: the page's own is what sends
    if own:
        line = line.with_token(own)
    pages.point_app_here(inbox, token.app_id, "page", FIELDS, hook_url)
    pages.subscribe(line, page_id, token.app_id, FIELDS)
    return Connection(
        settings={"page_id": page_id, "page_name": name, "app_id": token.app_id, **({"token": own} if own else {})},
        words=_("Customers reach you on Messenger as %(name)s.") % {"name": name},
        account=page_id,
        source="" if access.is_operators(inbox) else token.app_id,
        owner=token.user_id,
        facts={"page": name},
        expires_at=None if own else token.expires_at,
    )


def disconnect(inbox: InboxConfig) -> None:
    """Have the page tell us no more of its messages.

    Its Instagram account may be an inbox too, and goes on. Raises ChannelError.
    """
    try:
        line, page = pages.line_of(inbox), access.node_of(inbox, "page_id")
        line.post(f"{page}/subscribed_apps", {"subscribed_fields": _QUIET}, is_repeatable=True)
    except ChannelError as error:
        if not error.stops_inbox and error.code != "app_secret_missing":
            raise


def has_app() -> bool:
    """Whether the operator has an app that people can grant their pages to."""
    return bool(env.meta_app_id)


def sign_in_url(way: SignInWay) -> str:
    """Where a person grants their pages to the operator's app."""
    return dialog_url(way, scopes=_ASKED)


def take(inbox: InboxConfig) -> Connection:
    """Use up an inbox's grant: its access, and the pages to choose from. Raises ChannelError."""
    grant, secret = inbox.settings["grant"], env.meta_app_secret.get_secret_value()
    token = long_lived(exchange_code(str(grant.get("code", "")), redirect_uri=str(grant.get("redirect_uri", ""))))
    found = {ident(one, "id", 64): words(one, "name", 120) for one in pages.pages_of(token, secret, "id,name")}
    if not found:
        raise ChannelError("no_account", permanent=True)
    # The secret of an own app, kept from before, does not sign for the operator's.
    return Connection(settings={"token": token, "grant": None, "app_secret": "", "page_id": ""}, choices=found)


def chosen(choice: str) -> Mapping[str, Any]:
    """The settings of a page that was chosen."""
    return {"page_id": choice}
