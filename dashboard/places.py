"""The pane of views beside the list: statuses, inboxes, teams, labels. A workspace's pages hardly differ in it, so it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.safestring import SafeString

from accounts.models import Workspace
from conversations.models import Conversation
from conversations.selectors.directory import Named
from conversations.selectors.lists import ListFilter
from core.templatetags.ui import kept


@dataclass(frozen=True, slots=True)
class Shown:
    """What the pane shows."""

    workspace_id: UUID
    workspace: str
    chosen: ListFilter
    inboxes: tuple[Named, ...]
    teams: tuple[Named, ...]
    labels: tuple[Named, ...]

    @property
    def statuses(self) -> list[tuple[str, str]]:
        """Each status with its name."""
        return [(value, str(label)) for value, label in Conversation.Status.choices]


def places_html(
    workspace: Workspace, chosen: ListFilter, *, inboxes: Sequence[Named], teams: Sequence[Named], labels: Sequence[Named]
) -> SafeString:
    """The pane, with the place of a filter marked; tab, sort and unread have no place in it."""
    place = replace(chosen, tab="all", sort="newest", is_unread=False)
    shown = Shown(workspace.pk, workspace.name, place, tuple(inboxes), tuple(teams), tuple(labels))
    return kept("dashboard/_places.html", shown)
