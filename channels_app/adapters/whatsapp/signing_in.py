"""Connecting by signing in at Meta: the code becomes access, the access shows the numbers it is good for."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from channels_app.adapters.meta.fields import ident
from channels_app.adapters.meta.graph import Graph
from channels_app.adapters.meta.oauth import dialog_url, exchange_code, inspect_token
from channels_app.adapters.whatsapp.connecting import disconnect
from channels_app.adapters.whatsapp.errors import TABLE
from channels_app.contract import ChannelError, Connection, InboxConfig, SignInWay
from channels_app.json_fields import words
from chatzee.env import env

#: Whose granted accounts are the business accounts.
_SCOPE = "whatsapp_business_management"


def is_possible() -> bool:
    """Whether the operator's app has Meta's sign-up for WhatsApp."""
    return bool(env.meta_app_id and env.meta_signup_config)


def url(way: SignInWay) -> str:
    """Meta's sign-up for WhatsApp."""
    return dialog_url(way, config_id=env.meta_signup_config)


def take(inbox: InboxConfig) -> Connection:
    """Use up an inbox's grant: its access, and the numbers to choose from. Raises ChannelError."""
    grant = inbox.settings["grant"]
    secret = env.meta_app_secret.get_secret_value()
    token = exchange_code(str(grant.get("code", "")), redirect_uri=str(grant.get("redirect_uri", "")))
    found = _numbers(token, inspect_token(token, app_id=env.meta_app_id, secret=secret).targets.get(_SCOPE, ()), secret)
    if not found:
        raise ChannelError("no_account", permanent=True)
    with suppress(ChannelError):  # an own app, kept from before, would go on calling an address that refuses it
        disconnect(inbox)
    # Its secret does not sign for the operator's.
    return Connection(settings={"token": token, "grant": None, "app_secret": ""}, choices=found)


def chosen(choice: str) -> Mapping[str, Any]:
    """The settings of a number that was chosen."""
    waba, _slash, phone = choice.partition("/")
    return {"waba_id": waba, "phone_number_id": phone}


def _numbers(token: str, wabas: tuple[str, ...], secret: str) -> dict[str, str]:
    """The numbers of business accounts, by account and id, with what they are called."""
    line = Graph(token, secret=secret, table=TABLE)
    found = {}
    for waba in wabas:
        for one in line.pages(f"{waba}/phone_numbers", fields="id,display_phone_number,verified_name"):
            names = (words(one, "display_phone_number", 32), words(one, "verified_name", 120))
            found[f"{waba}/{ident(one, 'id')}"] = " · ".join(filter(None, names))
    return found
