"""Pages, on which Messenger stands and Instagram may: their access, who hears of them, and signing in.

An inbox of the operator's app has no secret of an app in its settings: its events come to the address that all inboxes
share. One with an app of its own has its own address. That is the whole app's: where several pages of it are inboxes, all
of them hear at the address that was set last, and each event finds its inbox by its page.
"""

from collections.abc import Iterable

from channels_app.adapters.meta.access import app_secret_of, is_operators, token_in
from channels_app.adapters.meta.fields import ident
from channels_app.adapters.meta.graph import Graph
from channels_app.adapters.meta.messaging_errors import TABLE
from channels_app.adapters.meta.signature import verify_token_in
from channels_app.contract import ChannelError, InboxConfig
from channels_app.json_fields import Fields, parts

#: How Meta says that our address did not answer, and that it knows no such app or another secret of it.
_NOT_REACHED, _NOT_THE_APP = "2200/", ("1/", "101/")


def line_of(inbox: InboxConfig) -> Graph:
    """The line of an inbox's page. Raises ChannelError."""
    return Graph(token_in(inbox), secret=app_secret_of(inbox), table=TABLE)


def page_seen(line: Graph, page: str, fields: str) -> Fields:
    """A page, as its access shows it; `me` where nobody named it. Raises ChannelError."""
    try:
        return line.get(page or "me", fields=fields)
    except ChannelError as error:
        if "appsecret_proof" in error.detail:
            raise ChannelError("app_secret_wrong", permanent=True) from None
        if error.code in ("refused", "no_such_account"):
            raise ChannelError("not_a_page", permanent=True, detail=error.detail) from None
        raise


def point_app_here(inbox: InboxConfig, app_id: str, about: str, fields: Iterable[str], hook_url: str) -> None:
    """Have an inbox's own app send the events of an object to the inbox's address. Raises ChannelError."""
    if is_operators(inbox):
        return
    secret = app_secret_of(inbox)
    wanted = {"object": about, "callback_url": hook_url, "verify_token": verify_token_in(inbox.settings)}
    try:
        Graph(f"{app_id}|{secret}", table=TABLE).post(
            f"{app_id}/subscriptions", {**wanted, "fields": ",".join(fields)}, is_repeatable=True
        )
    except ChannelError as error:
        if error.detail.startswith(_NOT_REACHED):
            raise ChannelError("webhook_refused", permanent=True, detail=error.detail) from None
        if error.detail.startswith(_NOT_THE_APP):
            raise ChannelError("app_secret_wrong", permanent=True, detail=error.detail) from None
        raise


def subscribe(line: Graph, page: str, app_id: str, fields: Iterable[str]) -> None:
    """Have a page tell our app these things, besides what it tells already. Raises ChannelError."""
    known = _fields_told(line, page, app_id)
    wanted = sorted({*known, *fields})
    line.post(f"{page}/subscribed_apps", {"subscribed_fields": ",".join(wanted)}, is_repeatable=True)
    if not set(wanted) <= _fields_told(line, page, app_id):
        raise ChannelError("webhook_lost", permanent=True)


def pages_of(token: str, secret: str, fields: str) -> list[Fields]:
    """The pages that a person's access is good for. Raises ChannelError."""
    return list(Graph(token, secret=secret, table=TABLE).pages("me/accounts", fields=fields, limit=100))


def _fields_told(line: Graph, page: str, app_id: str) -> set[str]:
    ours = [one for one in parts(line.get(f"{page}/subscribed_apps"), "data") if ident(one, "id") == app_id]
    told = ours[0].get("subscribed_fields") if ours else None
    return {str(one) for one in told} if isinstance(told, list) else set()
