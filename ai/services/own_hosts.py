"""The web addresses that are the company's own: links to them may stand in an answer."""

from urllib.parse import urlsplit

from chatzee.env import env
from conversations.models import Inbox


def own_hosts() -> frozenset[str]:
    """The hosts of the websites that carry the chat, and our own for the help centre. In the scope."""
    inboxes = Inbox.objects.filter(channel="website")
    origins = [origin for inbox in inboxes for origin in inbox.settings.get("allowed_origins", ())]
    hosts = {urlsplit(origin).hostname or "" for origin in [*origins, env.public_url]}
    return frozenset(host.removeprefix("www.") for host in hosts if host)
