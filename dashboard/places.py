"""The pane of views beside the list: statuses, inboxes, teams, labels.

A workspace's pages hardly differ in it, so what was made is kept, by everything it shows. Nothing in it is about a customer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from uuid import UUID

from django.template import engines
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from accounts.models import Workspace
from conversations.models import Conversation
from conversations.selectors.directory import Named
from conversations.selectors.lists import ListFilter

#: What is kept, in panes: of some 20 kB each.
KEPT = 256


@dataclass(frozen=True, slots=True)
class _Shown:
    workspace_id: UUID
    workspace: str
    chosen: ListFilter
    inboxes: tuple[Named, ...]
    teams: tuple[Named, ...]
    labels: tuple[Named, ...]


def places_html(
    workspace: Workspace, chosen: ListFilter, *, inboxes: Sequence[Named], teams: Sequence[Named], labels: Sequence[Named]
) -> SafeString:
    """The pane, with the place of a filter marked; tab, sort and unread have no place in it."""
    place = replace(chosen, tab="all", sort="newest", is_unread=False)
    return _made(_Shown(workspace.pk, workspace.name, place, tuple(inboxes), tuple(teams), tuple(labels)), get_language())


@lru_cache(maxsize=KEPT)
def _made(shown: _Shown, language: str | None) -> SafeString:
    """The pane in the language, which is the active one."""
    template = engines["fragments"].get_template("dashboard/_places.html")
    made = template.render({"shown": shown, "chosen": shown.chosen, "statuses": Conversation.Status.choices})
    return mark_safe(made)  # noqa: S308  # a template escapes itself
