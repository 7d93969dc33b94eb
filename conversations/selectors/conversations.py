"""The list of conversations: tabs, filters, sorts, key-set pages, counts."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import BooleanField, F, Func, IntegerField, Model, Q, QuerySet, Value
from django.db.models.fields.json import KT
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan
from django.db.models.functions import Cast, Coalesce

from accounts.models import Membership, User
from accounts.permissions import ROLE_PERMISSIONS, Permission
from conversations.models import Contact, Conversation, ConversationLabel, Mention
from conversations.selectors.inboxes import sees_all_inboxes, visible_inbox_ids

PAGE = 50
#: Where the tabs' counts end; one more than what they show.
COUNTED = 1000


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
        plain = replace(self, label=None, status=Conversation.Status.OPEN, sort="newest") == ListFilter()
        return bool(plain and self.label and self.sort in ("newest", "oldest"))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list; `cursor` leads to the next one and is empty on the last."""

    rows: list[Conversation]
    cursor: str


#: The columns of each sort, and whether it descends. The last column is unique, so no row is skipped or repeated.
SORTS: dict[str, tuple[tuple[str, ...], bool]] = {
    "newest": (("last_activity_at", "id"), True),
    "oldest": (("last_activity_at", "id"), False),
    "priority": (("priority", "last_activity_at", "id"), True),
    "waiting": (("waiting_since", "id"), False),
}


def conversations_visible_to(membership: Membership) -> QuerySet[Conversation]:
    """Every conversation in the inboxes that the member may see."""
    queryset = Conversation.objects.all()
    if sees_all_inboxes(membership):
        return queryset
    # The ids themselves: from a sub-select Postgres cannot know how few or many rows they leave, and picks the wrong index.
    return queryset.filter(inbox_id__in=visible_inbox_ids(membership))


def conversation_visible_to(membership: Membership, *, number: int) -> Conversation:
    """One conversation with all that its page shows. Raises Conversation.DoesNotExist for a stranger."""
    related = ("contact", "identity", "inbox", "assignee", "team")
    return conversations_visible_to(membership).select_related(*related).get(number=number)


def list_page(membership: Membership, chosen: ListFilter, cursor: str = "", size: int = PAGE) -> Page:
    """A page of the list after `cursor`. Raises ValueError for a cursor that is not one of this sort."""
    columns, descends = SORTS[chosen.sort]
    after = _decoded(cursor, chosen.sort) if cursor else []
    ordering = [f"-{column}" if descends else column for column in columns]
    if chosen.is_of_label_alone and sees_all_inboxes(membership):
        places = _page_of(_links(chosen), ("last_activity_at", "conversation_id"), after, descends=descends)
        ids = ArraySubquery(places.values("conversation_id")[: size + 1])
        # An array, not a sub-select: Postgres then looks the page's rows up and never joins the whole label.
        among = Func(F("id"), ids, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())
        queryset = conversations_visible_to(membership).filter(among).order_by(*ordering)
    else:
        queryset = _page_of(filtered(membership, chosen), columns, after, descends=descends)
    rows = list(queryset[: size + 1])
    more = len(rows) > size
    return Page(rows[:size], cursor_of(rows[size - 1], chosen.sort) if more else "")


def _page_of[M: Model](queryset: QuerySet[M], columns: tuple[str, ...], after: list[Any], *, descends: bool) -> QuerySet[M]:
    """The rows after these values of the columns, in their order: a row-value comparison, which one index walk answers."""
    if after:
        compare = TupleLessThan if descends else TupleGreaterThan
        queryset = queryset.filter(compare(tuple(F(column) for column in columns), tuple(Value(value) for value in after)))
    return queryset.order_by(*(f"-{column}" if descends else column for column in columns))


def filtered(membership: Membership, chosen: ListFilter) -> QuerySet[Conversation]:
    """The conversations that a filter lets through, without order."""
    queryset = conversations_visible_to(membership)
    if chosen.tab == "mine":
        queryset = queryset.filter(assignee=membership.user_id)
    elif chosen.tab == "unassigned":
        queryset = queryset.filter(assignee=None)
    equal = {name: value for name in ("status", "inbox", "team") if (value := getattr(chosen, name))}
    queryset = queryset.filter(**equal)
    if chosen.label:
        queryset = queryset.filter(id__in=_links(chosen).values("conversation_id"))
    if chosen.is_unread:
        queryset = queryset.filter(unread_by(membership.user_id))
    if chosen.is_mentioned:
        mentions = Mention.objects.filter(user=membership.user_id).values("message__conversation_id")
        queryset = queryset.filter(id__in=mentions)
    if chosen.sort == "waiting":
        queryset = queryset.filter(waiting_since__isnull=False)
    return queryset


def _links(chosen: ListFilter) -> QuerySet[ConversationLabel]:
    links = ConversationLabel.objects.filter(label=chosen.label)
    return links.filter(status=chosen.status) if chosen.status else links


def unread_by(user_id: UUID) -> Q:
    """Matches conversations in which the contact has written something that this user has not read."""
    read = Coalesce(Cast(KT(f"read_seqs__{user_id}"), IntegerField()), 0)
    return Q(inbound_seq__gt=read)


def counts(membership: Membership, chosen: ListFilter) -> dict[str, int]:
    """How many conversations each tab holds under the other filters: `mine`, `unassigned`, `all`.

    Nobody needs to know whether there are 4,000 or 5,000: counting stops at COUNTED, which means "this many or more".
    """
    tabs = ("all", "mine", "unassigned")
    parts = [
        filtered(membership, replace(chosen, tab=tab)).order_by().values("id")[:COUNTED].query.sql_with_params() for tab in tabs
    ]
    counted = ", ".join(f"(SELECT count(*) FROM ({sql}) counted)" for sql, _params in parts)  # noqa: S608  # Django's own SQL
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counted}", [value for _sql, params in parts for value in params])
        row = cursor.fetchone()
    return dict(zip(tabs, row or (), strict=True))


def earlier_conversations(membership: Membership, contact: Contact, besides: Conversation) -> QuerySet[Conversation]:
    """The contact's other conversations that the member may see, newest first."""
    return conversations_visible_to(membership).filter(contact=contact).exclude(pk=besides.pk).order_by("-last_activity_at")


def cursor_of(row: Conversation, sort: str) -> str:
    """Where a row stands in a sort, as opaque text for a URL."""
    values = [sort, *(getattr(row, column) for column in SORTS[sort][0])]
    return urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


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


def assignable_users() -> QuerySet[User]:
    """The active members whose role lets them answer: conversations can be given to them."""
    roles = [role for role, held in ROLE_PERMISSIONS.items() if Permission.CONVERSATIONS_REPLY in held]
    return member_users().filter(id__in=Membership.objects.filter(role__in=roles).values("user_id"))


def member_users() -> QuerySet[User]:
    """The active members of the workspace in scope."""
    members = Membership.objects.filter(is_active=True).values("user_id")
    return User.objects.filter(id__in=members, is_active=True)
