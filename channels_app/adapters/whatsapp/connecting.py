"""Connecting a number: whose access it is, that the number is of the account, and where its events go.

An inbox of the operator's app has no secret of an app in its settings: its events come to the address that all inboxes
share. One with an app of its own has its own address, which is set for the whole business account: where several numbers
of it are inboxes, all of them hear at the address that was set last, and each event finds its inbox by its number.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from channels_app.adapters.meta.access import app_secret_in, app_secret_of, checked_token, is_operators, node_of, token_in
from channels_app.adapters.meta.fields import ident
from channels_app.adapters.meta.graph import Graph
from channels_app.adapters.meta.oauth import Token
from channels_app.adapters.meta.signature import verify_token_in
from channels_app.adapters.whatsapp.accounts import digits_of, limit_of
from channels_app.adapters.whatsapp.errors import TABLE
from channels_app.contract import ChannelError, Connection, InboxConfig
from channels_app.json_fields import Fields, part, parts, words

SCOPES = ("whatsapp_business_messaging", "whatsapp_business_management")
_FIELDS = (
    "display_phone_number,verified_name,quality_rating,status,name_status,platform_type,is_on_biz_app,throughput,"
    "whatsapp_business_manager_messaging_limit"
)


def phone_of(inbox: InboxConfig) -> str:
    """The id of an inbox's number. Raises ChannelError when it has none."""
    return node_of(inbox, "phone_number_id")


def line_of(inbox: InboxConfig) -> Graph:
    """The line of an inbox's number. Raises ChannelError when it has no access token."""
    return Graph(token_in(inbox), secret=app_secret_in(inbox), table=TABLE)


def connect(inbox: InboxConfig, hook_url: str) -> Connection:
    """Check the access and the number, register and subscribe; tell in words how things stand. Raises ChannelError."""
    app_secret_of(inbox)  # without it no webhook could be proven
    line, phone, waba = line_of(inbox), phone_of(inbox), str(inbox.settings.get("waba_id") or "")
    token = checked_token(inbox, SCOPES)
    number = _checked_number(line, phone, waba)
    pin = str(inbox.settings.get("pin") or "")
    if pin and words(number, "platform_type", 32) != "CLOUD_API":
        line.post(f"{phone}/register", {"messaging_product": "whatsapp", "pin": pin}, is_repeatable=True)
        number = line.get(phone, fields=_FIELDS)
    _subscribe(inbox, line, waba, token, hook_url)
    return Connection(
        settings=_kept(number, token),
        words=_verdict(number, token.expires_at),
        expires_at=token.expires_at,
        account=phone,
        parent=waba,
        source="" if is_operators(inbox) else token.app_id,
        owner=token.user_id,
        facts=_facts(number),
    )


def disconnect(inbox: InboxConfig) -> None:
    """Have the platform send nothing more here.

    The subscription is the whole business account's: it is let be where it is the operator's app's, which other numbers
    share, where the account by now sends elsewhere, and where the access is void.
    """
    waba = str(inbox.settings.get("waba_id") or "")
    if is_operators(inbox) or not waba:
        return
    try:
        line = line_of(inbox)
        subscribed = parts(line.get(f"{waba}/subscribed_apps"), "data")
        if any(words(one, "override_callback_uri", 2048).rstrip("/").endswith(f"/{inbox.key}") for one in subscribed):
            line.delete(f"{waba}/subscribed_apps")
    except ChannelError as error:
        if not error.stops_inbox:
            raise


def _checked_number(line: Graph, phone: str, waba: str) -> Fields:
    """The number, seen with the access and of the business account. Raises ChannelError."""
    try:
        number = line.get(phone, fields=_FIELDS)
    except ChannelError as error:
        if "appsecret_proof" in error.detail:
            raise ChannelError("app_secret_wrong", permanent=True) from None
        raise
    if not waba.isdecimal() or all(ident(one, "id") != phone for one in line.pages(f"{waba}/phone_numbers", fields="id")):
        raise ChannelError("number_not_of_account", permanent=True)
    return number


def _subscribe(inbox: InboxConfig, line: Graph, waba: str, token: Token, hook_url: str) -> None:
    override: dict[str, Any] = {}
    if not is_operators(inbox):
        override = {"override_callback_uri": hook_url, "verify_token": verify_token_in(inbox.settings)}
    line.post(f"{waba}/subscribed_apps", override, is_repeatable=True)
    subscribed = parts(line.get(f"{waba}/subscribed_apps"), "data")
    ours = [one for one in subscribed if ident(part(one, "whatsapp_business_api_data"), "id") == token.app_id]
    if not ours or (override and words(ours[0], "override_callback_uri", 2048) not in ("", hook_url)):
        raise ChannelError("webhook_lost", permanent=True)


def _kept(number: Fields, token: Token) -> dict[str, Any]:
    shown = words(number, "display_phone_number", 32)
    return {
        "display_phone_number": shown,
        "phone_number": digits_of(shown),
        "verified_name": words(number, "verified_name", 120),
        "app_id": token.app_id,
        "is_coexistence": number.get("is_on_biz_app") is True,
    }


def _facts(number: Fields) -> dict[str, str]:
    found = {
        "number": words(number, "display_phone_number", 32),
        "name": words(number, "verified_name", 120),
        "name_status": words(number, "name_status", 64),
        "quality": words(number, "quality_rating", 32),
        "limit": limit_of(number.get("whatsapp_business_manager_messaging_limit")),
        "throughput": words(part(number, "throughput"), "level", 32),
        "status": words(number, "status", 32),
    }
    return {name: value for name, value in found.items() if value}


def _verdict(number: Fields, expires_at: datetime | None) -> str:
    shown = {"number": words(number, "display_phone_number", 32), "name": words(number, "verified_name", 120)}
    said = [_("Customers reach you on WhatsApp at %(number)s, as %(name)s.") % shown]
    if words(number, "platform_type", 32) not in ("", "CLOUD_API"):
        said.append(_("The number is not registered for the Cloud API yet: enter its PIN and connect again."))
    if expires_at is not None:
        said.append(_("The access ends on %(date)s. A system user's access does not.") % {"date": expires_at.date().isoformat()})
    return " ".join(said)
