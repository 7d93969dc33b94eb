"""The list of conversations: tabs, filters, sorts, key-set pages, counts.

Its statements are written by hand: every page shows the list, and to compose them by the ORM and build its instances took
several times as long as Postgres needs to answer. Row security holds the wall, and each names the workspace itself.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from accounts.models import Membership
from conversations.models import Conversation
from conversations.selectors.inboxes import sees_all_inboxes, visible_inbox_ids
from conversations.selectors.listed import SHOWN, STORED, Listed, listed
from core.database.asking import Question, Row, ask
from core.tenancy import current_workspace_id

PAGE = 50
#: Where the tabs' counts end; one more than what they show.
COUNTED = 1000
TABS = ("all", "mine", "unassigned")


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What the list shows. `status` empty means every status."""

    tab: str = "all"  # mine, unassigned, all
    status: str = Conversation.Status.OPEN
    inbox: UUID | None = None
    team: UUID | None = None
    label: UUID | None = None
    is_unread: bool = False
    is_mentioned: bool = False
    sort: str = "newest"  # newest, oldest, priority, waiting

    @property
    def is_of_label_alone(self) -> bool:
        """Whether the label's own index holds the list in its order."""
        if not self.label or self.sort not in ("newest", "oldest"):
            return False
        return replace(self, label=None, status=Conversation.Status.OPEN, sort="newest") == ListFilter()

    @property
    def is_by_status(self) -> bool:
        """Whether the list of every status is best read as one list a status: indexes of assignees have the status in them."""
        return self.tab in ("mine", "unassigned") and not self.status and self.sort in ("newest", "oldest")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list; `cursor` leads to the next one and is empty on the last."""

    rows: list[Listed]
    cursor: str


#: The columns of each sort, and whether it descends. The last column is unique, so no row is skipped or repeated.
SORTS: dict[str, tuple[tuple[str, ...], bool]] = {
    "newest": (("last_activity_at", "id"), True),
    "oldest": (("last_activity_at", "id"), False),
    "priority": (("priority", "last_activity_at", "id"), True),
    "waiting": (("waiting_since", "id"), False),
}

_TABLE = "conversations_conversation c"

type Statement = tuple[str, list[Any]]


def list_page(membership: Membership, chosen: ListFilter, cursor: str = "", size: int = PAGE) -> Page:
    """A page of the list after `cursor`. Raises ValueError for a cursor that is not one of this sort."""
    return ask(page_asked(membership, chosen, cursor, size))


def page_asked(membership: Membership, chosen: ListFilter, cursor: str = "", size: int = PAGE) -> Question[Page]:
    """What `list_page` asks. Raises ValueError as it does."""
    after = _decoded(cursor, chosen.sort) if cursor else []

    def read(found: list[Row]) -> Page:
        rows = listed(found[:size])
        return Page(rows, cursor_of(rows[-1], chosen.sort) if len(found) > size else "")

    return Question(*_page(membership, chosen, after, size + 1), read)


def counts(membership: Membership, chosen: ListFilter) -> dict[str, int]:
    """How many conversations each tab holds under the other filters: `mine`, `unassigned`, `all`.

    Nobody needs to know whether there are 4,000 or 5,000: counting stops at COUNTED, which means "this many or more".
    """
    return ask(counts_asked(membership, chosen))


def counts_asked(membership: Membership, chosen: ListFilter) -> Question[dict[str, int]]:
    """What `counts` asks."""
    parts, params = [], []
    common = _common(membership, chosen)
    for tab in TABS:
        sql, values = _counted(membership, replace(chosen, tab=tab), common)
        parts.append(f"(SELECT count(*) FROM ({sql}) counted)")  # noqa: S608  # as below
        params += values
    return Question("SELECT " + ", ".join(parts), params, lambda rows: dict(zip(TABS, rows[0], strict=True)))


def _counted(membership: Membership, chosen: ListFilter, common: Statement) -> Statement:
    """The rows of a tab, as far as they are counted."""
    if chosen.is_of_label_alone and sees_all_inboxes(membership):
        return _ids_of_label(chosen, [], COUNTED, descends=True)
    where, params = _joined([common, _tab(membership, chosen, chosen.tab)])
    return f"SELECT 1 FROM {_TABLE} WHERE {where} LIMIT {COUNTED}", params  # noqa: S608  # names of ours alone


def cursor_of(row: Listed | Conversation, sort: str) -> str:
    """Where a row stands in a sort, as opaque text for a URL."""
    values = [sort, *(getattr(row, column) for column in SORTS[sort][0])]
    return urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def _page(membership: Membership, chosen: ListFilter, after: list[Any], size: int) -> Statement:
    """The statement of a page; `after` holds the values of the sort's columns in the row before it."""
    columns, descends = SORTS[chosen.sort]
    order = ", ".join(f"c.{column}{' DESC' if descends else ''}" for column in columns)
    place = _after(columns, after, descends=descends)
    if chosen.is_of_label_alone and sees_all_inboxes(membership):
        ids, params = _ids_of_label(chosen, after, size, descends=descends)
        # An array, not a join: Postgres then looks the page's rows up and never reads the whole label. The status is said
        # once more for the index of the open ones.
        looked_up = ("c.id = ANY(ARRAY(" + ids + "))", params)
        condition, where = _joined([("c.workspace_id = %s", [current_workspace_id()]), _status(chosen), looked_up])
        source = f"{_TABLE} WHERE {condition}"
    elif chosen.is_by_status:
        source, where = _by_status(membership, chosen, place, f"ORDER BY {order} LIMIT {size}")
    else:
        condition, where = _joined([_common(membership, chosen), _tab(membership, chosen, chosen.tab), place])
        source = f"{_TABLE} WHERE {condition}"
    reader = str(membership.user_id)
    return f"SELECT {SHOWN} FROM {source} ORDER BY {order} LIMIT {size}", [reader, *where]  # noqa: S608  # names of ours alone


def _by_status(membership: Membership, chosen: ListFilter, place: Statement, ordered: str) -> Statement:
    """A tab's conversations of every status: one walk of its index for each, which Postgres merges as it goes."""
    parts, params = [], []
    for status in Conversation.Status.values:
        one = replace(chosen, status=status)
        condition, values = _joined([_common(membership, one), _tab(membership, one, one.tab), place])
        parts.append(f"(SELECT {STORED} FROM {_TABLE} WHERE {condition} {ordered})")  # noqa: S608  # names of ours alone
        params += values
    return f"({' UNION ALL '.join(parts)}) c", params


def _ids_of_label(chosen: ListFilter, after: list[Any], size: int, *, descends: bool) -> Statement:
    """The conversations of a label's page, by the label's own index."""
    columns = ("last_activity_at", "conversation_id")
    parts: list[Statement] = [("c.workspace_id = %s AND c.label_id = %s", [current_workspace_id(), chosen.label])]
    where, params = _joined([*parts, _status(chosen), _after(columns, after, descends=descends)])
    order = ", ".join(f"c.{column}{' DESC' if descends else ''}" for column in columns)
    table = "conversations_conversationlabel c"
    return f"SELECT c.conversation_id FROM {table} WHERE {where} ORDER BY {order} LIMIT {size}", params  # noqa: S608  # as above


def _common(membership: Membership, chosen: ListFilter) -> Statement:
    """What a filter asks whatever the tab: workspace, inboxes, status and the rest."""
    parts: list[Statement] = [("c.workspace_id = %s", [current_workspace_id()])]
    if not sees_all_inboxes(membership):
        # The ids themselves, one by one: from a sub-select Postgres cannot know how few or many rows they leave, and a
        # single one in an array would not lead it to the inbox's own index.
        ids = list(visible_inbox_ids(membership))
        parts.append((f"c.inbox_id IN ({', '.join('%s' for _id in ids)})" if ids else "false", ids))
    equal = {"status": chosen.status, "inbox_id": chosen.inbox, "team_id": chosen.team}
    parts += [(f"c.{column} = %s", [value]) for column, value in equal.items() if value]
    if chosen.label:
        parts.append((_LABELLED, [current_workspace_id(), chosen.label]))
    if chosen.is_mentioned:
        parts.append((_MENTIONED, [current_workspace_id(), membership.user_id]))
    if chosen.sort == "waiting":
        parts.append(("c.waiting_since IS NOT NULL", []))
    return _joined(parts)


def _status(chosen: ListFilter) -> Statement:
    return ("c.status = %s", [chosen.status]) if chosen.status else ("", [])


_LABELLED = """c.id IN (SELECT l.conversation_id FROM conversations_conversationlabel l
    WHERE l.workspace_id = %s AND l.label_id = %s)"""
_MENTIONED = """c.id IN (SELECT m.conversation_id FROM conversations_mention n JOIN conversations_message m ON m.id = n.message_id
    WHERE n.workspace_id = %s AND n.user_id = %s)"""


def _tab(membership: Membership, chosen: ListFilter, tab: str) -> Statement:
    """What a tab asks, and what unread means in it."""
    parts: list[Statement] = []
    read_by, user = "%s", [str(membership.user_id)]
    if tab == "mine":
        parts.append(("c.assignee_id = %s", [membership.user_id]))
        read_by, user = "c.assignee_id::text", []  # in the words of the index that holds these alone
    elif tab == "unassigned":
        parts.append(("c.assignee_id IS NULL", []))
    if chosen.is_unread:
        parts.append((f"c.inbound_seq > coalesce((c.read_seqs ->> {read_by})::integer, 0)", user))
    return _joined(parts)


def _after(columns: Sequence[str], values: list[Any], *, descends: bool) -> Statement:
    """The rows after these values of the columns: a comparison of whole rows, which one index walk answers."""
    if not values:
        return "", []
    names, marks = ", ".join(f"c.{column}" for column in columns), ", ".join("%s" for _column in columns)
    return f"({names}) {'<' if descends else '>'} ({marks})", values


def _joined(parts: Sequence[Statement]) -> Statement:
    return " AND ".join(sql for sql, _params in parts if sql), [value for _sql, params in parts for value in params]


def _decoded(cursor: str, sort: str) -> list[Any]:
    columns = ("sort", *SORTS[sort][0])
    try:
        values = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        typed = {column: _typed(column, value, sort) for column, value in zip(columns, values, strict=True)}
        return list(typed.values())[1:]
    except (ValueError, TypeError) as error:
        raise ValueError("This page of the list cannot be found. Go back to the start of the list.") from error


def _typed(column: str, value: Any, sort: str) -> Any:
    if column == "sort" and value != sort:
        raise ValueError("a cursor of another sort")
    if column == "sort":
        return value
    if column == "id":
        return UUID(value)
    return int(value) if column == "priority" else datetime.fromisoformat(value)
