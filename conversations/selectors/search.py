"""Searching the whole encrypted history, newest first, as people type.

A word that stands in many messages is found by walking back through the newest. What the walk does not find is asked of
the word index, by stretches of time that grow from the newest week backwards: a page needs the newest hits only, and a
list of all messages that hold a common word is never read.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import connection

from accounts.models import Membership
from conversations.identities import identity_index
from conversations.models import Contact, ContactIdentity, Message, SearchEntry
from conversations.selectors.inboxes import sees_all_inboxes, visible_inbox_ids
from conversations.words import PREFIXES, beginning, in_slice, slice_of, start_of, whole, words_of
from core.ids import new_id
from core.tenancy import current_workspace_id
from core.vault.blind import search_tokens

Source = SearchEntry.Source

PAGE = 30
#: How many of the newest entries the walk reads before the word index takes over.
WALK = 1000
#: How many weeks the index is asked for stretch by stretch; what is older is one more stretch.
WEEKS = 106
MIN_LETTERS = 2
#: Candidates read at first and at most at once, where some of them turn out not to match.
FIRST_CANDIDATES, MOST_CANDIDATES = 60, 500
MAX_WORDS = 8


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed: whole words, and the beginning of the word that is still being typed."""

    words: tuple[str, ...]
    prefix: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.words and len(self.prefix) < MIN_LETTERS

    def terms(self) -> list[str]:
        """The indexed terms that a match must have."""
        terms = [whole(word) for word in self.words]
        if self.prefix:
            fitting = [length for length in PREFIXES if length <= len(self.prefix)]
            terms.append(beginning(self.prefix[: fitting[-1]]) if fitting else whole(self.prefix))
        return terms

    @property
    def is_exact(self) -> bool:
        """Whether having the terms is enough to match, without reading the text."""
        return not self.prefix or len(self.prefix) in PREFIXES or len(self.prefix) < min(PREFIXES)

    def matches(self, text: str) -> bool:
        """Whether a text really holds what was typed."""
        found = set(words_of(text))
        return all(word in found for word in self.words) and any(word.startswith(self.prefix) for word in found)


def parsed(text: str) -> Query:
    """Cut what was typed; a trailing space says that the last word is complete."""
    words = list(words_of(text))[:MAX_WORDS]
    if words and not text[-1:].isspace():
        return Query(tuple(words[:-1]), words[-1])
    return Query(tuple(words))


@dataclass(frozen=True, slots=True)
class Hits:
    """Messages found, newest first; `before` leads to the next page, None on the last one."""

    messages: list[Message]
    before: UUID | None


def search_messages(membership: Membership, query: Query, *, before: UUID | None = None, size: int = PAGE) -> Hits:
    """The messages that hold what was typed, in the inboxes that the member may see."""
    if query.is_empty:
        return Hits([], None)
    inboxes = None if sees_all_inboxes(membership) else list(visible_inbox_ids(membership))

    def load(ids: list[UUID]) -> list[Message]:
        if not query.is_exact:
            # Many are read and few stay: what the page shows beside the text is read for those alone.
            texts = Message.objects.filter(id__in=ids, deleted_at=None).only("workspace_id", "key_id", "body")
            ids = [one.pk for one in texts if query.matches(one.body)]
        # Looked up one after the other: joined behind row security, Postgres reads whole tables for thirty rows.
        related = ("conversation__inbox", "author_user")
        return list(Message.objects.prefetch_related(*related).filter(id__in=ids, deleted_at=None))

    rows, last = _collect(load, Source.MESSAGE, query, before, size, inboxes)
    return Hits(rows, last)


def search_contacts(membership: Membership, query: Query, typed: str, *, size: int = PAGE) -> list[Contact]:
    """People by name, address or number: whoever has exactly that identity first, then by words."""
    exact = _by_identity(typed)
    if query.is_empty:
        return exact

    def load(ids: list[UUID]) -> list[Contact]:
        found = Contact.objects.prefetch_related("identities").filter(id__in=ids, merged_into=None)
        return [one for one in found if query.is_exact or query.matches(_text_of(one))]

    rows, _last = _collect(load, Source.CONTACT, query, None, size, None)
    known = {one.pk for one in exact}
    return exact + [one for one in rows if one.pk not in known]


def _text_of(contact: Contact) -> str:
    general = [identity.value for identity in contact.identities.all() if identity.inbox_id is None]
    return " ".join([contact.name, *map(str, contact.attributes.values()), *general])


def _by_identity(typed: str) -> list[Contact]:
    for kind in (ContactIdentity.Kind.EMAIL, ContactIdentity.Kind.PHONE):
        try:
            index = identity_index(kind, typed)
        except ValueError:
            continue
        found = ContactIdentity.objects.filter(kind=kind, value_index=index).select_related("contact")
        if contacts := {one.contact_id: one.contact for one in found[:PAGE]}:
            return list(contacts.values())
    return []


def _collect[R: (Message, Contact)](
    load: Callable[[list[UUID]], list[R]],
    source: str,
    query: Query,
    before: UUID | None,
    size: int,
    inboxes: list[UUID] | None,
) -> tuple[list[R], UUID | None]:
    """Candidates by their tokens, read until a page has been found among them."""
    tokens = search_tokens(query.terms(), workspace_id=current_workspace_id())
    rows: list[R] = []
    limit = size + 1 if query.is_exact else FIRST_CANDIDATES
    while True:
        ids, is_last = _candidates(Wanted(source, tokens, inboxes, before, limit), size)
        loaded = {one.pk: one for one in load(ids)}
        rows += [loaded[one] for one in ids if one in loaded]
        if len(rows) > size:
            return rows[:size], rows[size - 1].pk
        if is_last:
            return rows, None
        before, limit = ids[-1], min(limit * 4, MOST_CANDIDATES)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What candidates must have: the tokens, one of the inboxes (None: any), an id before that one. `limit`: how many."""

    source: str
    tokens: list[int]
    inboxes: list[UUID] | None
    before: UUID | None
    limit: int


def _candidates(wanted: Wanted, enough: int) -> tuple[list[UUID], bool]:
    """The newest candidates, and whether there are no more: the walk's if they are more than `enough`, else the index's."""
    ids = _walk(wanted)
    if len(ids) > enough:
        return ids, False
    ids = of_index(wanted)
    return ids, len(ids) < wanted.limit


def _walk(wanted: Wanted) -> list[UUID]:
    """The candidates among the newest entries."""
    earlier = "AND id < %(before)s" if wanted.before else ""
    seen = "AND inbox_id = ANY(%(inboxes)s)" if wanted.inboxes is not None else ""
    own = f"workspace_id = %(workspace)s AND source = %(source)s {earlier}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM (SELECT id, tokens, inbox_id FROM conversations_searchentry "  # noqa: S608  # constants
            f"WHERE {own} ORDER BY id DESC LIMIT %(walk)s) newest "
            f"WHERE tokens @> %(tokens)s::bigint[] {seen} ORDER BY id DESC LIMIT %(limit)s",
            {**asdict(wanted), "workspace": current_workspace_id(), "walk": WALK},
        )
        return [row[0] for row in cursor.fetchall()]


def of_index(wanted: Wanted) -> list[UUID]:
    """The candidates by the word index, the newest weeks first."""
    # From next week, which another server's clock may have begun.
    newest = slice_of(wanted.before or new_id()) + 1
    weeks = range(newest, newest - WEEKS, -1)
    slices = search_tokens(map(in_slice, weeks), workspace_id=current_workspace_id())
    with connection.cursor() as cursor:
        # A function with the wall inside: behind row security no index may answer for the words themselves.
        cursor.execute(
            "SELECT conversations_search_candidates(%(tokens)s::bigint[], %(source)s, %(before)s, %(inboxes)s::uuid[], "
            "%(limit)s, %(slices)s::bigint[], %(rest)s)",
            {**asdict(wanted), "slices": slices, "rest": start_of(weeks[-1])},
        )
        return [row[0] for row in cursor.fetchall()]
