"""The two ways to an Instagram account: Instagram's own log-in, and the Facebook page that the account is linked to.

Each has its host, its app and its app's secret. Which one an inbox has is told by its access token, whose beginning Meta
makes different; the secrets are never tried in place of each other.
"""

from channels_app.adapters.meta import access, pages
from channels_app.adapters.meta.graph import Graph
from channels_app.adapters.meta.messaging_errors import TABLE
from channels_app.adapters.meta.signature import secret_in
from channels_app.contract import ChannelError, InboxConfig
from chatzee.env import env

_LOGIN = "IG"


def is_login(inbox: InboxConfig) -> bool:
    """Whether an inbox stands on Instagram's own log-in."""
    return access.token_in(inbox).startswith(_LOGIN)


def is_operators(inbox: InboxConfig) -> bool:
    """Whether an inbox was connected by an app of the operator's."""
    app_id = env.instagram_app_id if is_login(inbox) else env.meta_app_id
    return not secret_in(inbox.settings) and bool(app_id)


def node_of(inbox: InboxConfig) -> str:
    """The id that sends: the account's own, or its page's. Raises ChannelError."""
    return access.node_of(inbox, "account_id" if is_login(inbox) else "page_id")


def line_of(inbox: InboxConfig) -> Graph:
    """The line of an inbox's account. Raises ChannelError."""
    if not is_login(inbox):
        return pages.line_of(inbox)
    secret = env.instagram_app_secret.get_secret_value() if is_operators(inbox) else secret_in(inbox.settings)
    if not secret:
        raise ChannelError("app_secret_missing", permanent=True)
    return login_line(access.token_in(inbox), secret)


def login_line(token: str, secret: str) -> Graph:
    """A line of Instagram's own log-in."""
    return Graph(token, secret=secret, table=TABLE, base=login_url())


def login_url() -> str:
    """Where the API of Instagram's own log-in is."""
    return env.instagram_graph_url
