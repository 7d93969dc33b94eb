"""The head above the list: what it shows, how it is narrowed down and sorted. Pages hardly differ in it, so it is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.safestring import SafeString

from conversations.models import Conversation
from conversations.selectors.directory import Named
from conversations.selectors.lists import ListFilter
from core.fragments import said as _
from core.templatetags.ui import kept
from dashboard.filters import filter_query

Status = Conversation.Status


class Choice(NamedTuple):
    """A way to narrow the list down, or to widen it again: `query` is where it leads."""

    label: str
    query: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class ListHead:
    """What the head shows: `inboxes`, `teams` and `labels` are what the filter may name."""

    chosen: ListFilter
    inboxes: tuple[Named, ...]
    teams: tuple[Named, ...]
    labels: tuple[Named, ...]

    @property
    def title(self) -> str:
        """The name of the view: of the inbox, team or label, of the mentions, or of the status."""
        return next((label for _name, label, _without in self._narrowed()), _status_words(self.chosen.status))

    @property
    def query_turned(self) -> str:
        """The list with only unread turned on, or off again."""
        return filter_query(self.chosen, is_unread=not self.chosen.is_unread)

    @property
    def chips(self) -> list[Choice]:
        """What narrows the list down beside what its title says; each leads to the list without it."""
        narrowed = list(self._narrowed())
        chips = [Choice(label, filter_query(self.chosen, **{name: without})) for name, label, without in narrowed[1:]]
        usual = "" if self.chosen.is_mentioned else Status.OPEN.value
        if narrowed and self.chosen.status != usual:
            chips.append(Choice(_status_words(self.chosen.status), filter_query(self.chosen, status=usual)))
        return chips

    @property
    def groups(self) -> list[tuple[str, list[Choice]]]:
        """What the list can be narrowed down to, by kind. What is chosen is turned off by choosing it again."""
        chosen = self.chosen
        statuses = [
            Choice(_status_words(status), filter_query(chosen, status=status), status == chosen.status)
            for status in (*Status.values, "")
        ]
        groups = [(_("Status"), statuses)]
        for words, name, taken, all_ in self._facets():
            choices = [
                Choice(one.name, filter_query(chosen, **{name: None if one.pk == taken else one.pk}), one.pk == taken)
                for one in all_
            ]
            groups += [(words, choices)] if choices else []
        return groups

    @property
    def sorts(self) -> list[Choice]:
        """Each sort with its name."""
        words = {
            "newest": _("Newest first"),
            "oldest": _("Oldest first"),
            "priority": _("Priority"),
            "waiting": _("Longest waiting"),
        }
        return [Choice(label, filter_query(self.chosen, sort=sort), sort == self.chosen.sort) for sort, label in words.items()]

    def _facets(self) -> tuple[tuple[str, str, UUID | None, tuple[Named, ...]], ...]:
        """What the filter may name: the kind's words, its field, which one is chosen, and all there are."""
        chosen = self.chosen
        return (
            (_("Inbox"), "inbox", chosen.inbox, self.inboxes),
            (_("Team"), "team", chosen.team, self.teams),
            (_("Label"), "label", chosen.label, self.labels),
        )

    def _narrowed(self) -> Iterator[tuple[str, str, Any]]:
        """What the filter names beside the status: the field, its words, and its value where it names nothing."""
        for _words, field, taken, all_ in self._facets():
            if taken:
                yield field, next((one.name for one in all_ if one.pk == taken), ""), None
        if self.chosen.is_mentioned:
            yield "is_mentioned", _("Mentions of you"), False


def list_head_html(
    chosen: ListFilter, *, inboxes: Sequence[Named], teams: Sequence[Named], labels: Sequence[Named]
) -> SafeString:
    """The head of the list under a filter."""
    return kept("dashboard/_list_head.html", ListHead(chosen, tuple(inboxes), tuple(teams), tuple(labels)))


def _status_words(status: str) -> str:
    return str(Status(status).label) if status else _("Everything")
