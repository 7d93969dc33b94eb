"""The head above the list: what it shows, only unread or all, and the sort. Pages hardly differ in it, so it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from conversations.models import Conversation
from conversations.selectors.directory import Named
from conversations.selectors.lists import ListFilter
from core.fragments import said as _
from core.templatetags.ui import kept
from dashboard.filters import filter_query


@dataclass(frozen=True, slots=True)
class ListHead:
    """What the head shows."""

    title: str
    chosen: ListFilter

    @property
    def query_turned(self) -> str:
        """The list with only unread turned on, or off again."""
        return filter_query(self.chosen, is_unread=not self.chosen.is_unread)

    @property
    def sorts(self) -> list[dict[str, Any]]:
        """Each sort with its name."""
        words = {
            "newest": _("Newest first"),
            "oldest": _("Oldest first"),
            "priority": _("Priority"),
            "waiting": _("Longest waiting"),
        }
        return [
            {"label": label, "query": filter_query(self.chosen, sort=sort), "is_chosen": sort == self.chosen.sort}
            for sort, label in words.items()
        ]


def list_head_html(
    chosen: ListFilter, *, inboxes: Sequence[Named], teams: Sequence[Named], labels: Sequence[Named]
) -> SafeString:
    """The head; the lists are what the filter may name."""
    return kept("dashboard/_list_head.html", ListHead(_title(chosen, inboxes, teams, labels), chosen))


def _title(chosen: ListFilter, inboxes: Sequence[Named], teams: Sequence[Named], labels: Sequence[Named]) -> str:
    for pk, all_ in ((chosen.inbox, inboxes), (chosen.team, teams), (chosen.label, labels)):
        if pk:
            return next((one.name for one in all_ if one.pk == pk), "")
    if chosen.is_mentioned:
        return _("Mentions of you")
    return _("Everything") if not chosen.status else str(Conversation.Status(chosen.status).label)
