"""The list's filter as it stands in the URL."""

from collections.abc import Hashable, Sequence
from dataclasses import fields
from functools import lru_cache
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from conversations.models import Conversation
from conversations.selectors.lists import SORTS, ListFilter

TABS = ("mine", "unassigned", "all")
ANY_STATUS = "any"
_FIELDS = tuple(field.name for field in fields(ListFilter))


def filter_from(query: QueryDict) -> ListFilter:
    """The filter that a URL asks for; what it does not know is left at the usual."""
    status = query.get("status", Conversation.Status.OPEN)
    return ListFilter(
        tab=_one_of(query.get("tab"), TABS, "all"),
        status="" if status == ANY_STATUS else _one_of(status, Conversation.Status.values, Conversation.Status.OPEN),
        inbox=uuid_or_none(query.get("inbox")),
        team=uuid_or_none(query.get("team")),
        label=uuid_or_none(query.get("label")),
        is_unread=query.get("unread") == "1",
        is_mentioned=query.get("mentioned") == "1",
        sort=_one_of(query.get("sort"), tuple(SORTS), "newest"),
    )


@lru_cache(maxsize=4096)
def filter_query(chosen: ListFilter, **changed: Hashable) -> str:
    """The query string of a filter, with some of it changed: only what differs from the usual is in it."""
    values = {**{name: getattr(chosen, name) for name in _FIELDS}, **changed}
    said = {
        "tab": values["tab"] if values["tab"] != "all" else "",
        "status": values["status"] or ANY_STATUS,
        "inbox": values["inbox"] or "",
        "team": values["team"] or "",
        "label": values["label"] or "",
        "unread": "1" if values["is_unread"] else "",
        "mentioned": "1" if values["is_mentioned"] else "",
        "sort": values["sort"] if values["sort"] != "newest" else "",
    }
    if said["status"] == Conversation.Status.OPEN:
        said["status"] = ""
    return urlencode({name: str(value) for name, value in said.items() if value})


def _one_of(value: str | None, known: Sequence[str], usual: str) -> str:
    return value if value is not None and value in known else usual


def uuid_or_none(value: str | None) -> UUID | None:
    """The id in a form or URL; None for what is none."""
    try:
        return UUID(value) if value else None
    except ValueError:
        return None
