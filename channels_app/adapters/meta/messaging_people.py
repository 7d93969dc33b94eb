"""Who writes to a page or an account: their webhooks name nobody, the Graph API does, where people let it."""

from channels_app.adapters.meta.graph import Graph
from channels_app.json_fields import words
from conversations.normalised import Sender


def describe(to: str, line: Graph, fields: str) -> Sender | None:
    """A person by their scoped id, with the name that they show to companies. Raises ChannelError."""
    found = line.get(to, fields=fields)
    parts = (words(found, "first_name", 60), words(found, "last_name", 60))
    name = words(found, "name", 120) or " ".join(filter(None, parts)) or words(found, "username", 120)
    return Sender("channel", to, name=name) if name else None
