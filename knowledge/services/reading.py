"""Reading imports, item by item. Rows say how far it has come, so a worker that dies loses one page at most."""

import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from core.http import SafeClient
from core.tenancy import crossing, scope
from core.vault import storage
from core.wakeup import wake_up
from knowledge.extracting import Extracted, ExtractError, extract, rows_of
from knowledge.fetching import Site
from knowledge.models import Document, Source, SourceItem
from knowledge.passages import paragraphs
from knowledge.releases import Act, are_measured, is_held
from knowledge.selectors.differences import difference_of, trials_of
from knowledge.services.differences import kind_of, note_text, release
from knowledge.services.imports import PART, TASK, begin_round, item_index
from knowledge.services.indexing import Text

log = structlog.get_logger(__name__)

#: A worker holds a source for so long at a time; after that another may take it up.
LEASE = timedelta(minutes=3)
#: Seconds that one task reads before it hands over to the next: a long crawl must not hold up other work.
TURN = 90.0
#: A page that fails for a passing reason is tried so often.
ATTEMPTS = 3
_PASSING = frozenset({"server", "timeout"})
State, Item = Source.State, SourceItem.State


def read_source(workspace_id: UUID, source_id: UUID, *, client: SafeClient | None = None) -> None:
    """Read what waits of a source for a while; wakes itself up for the rest. Safe to run twice: one holds the lease."""
    source = _claim(workspace_id, source_id)
    if source is None:
        return
    try:
        if source.kind in {Source.Kind.FILE, Source.Kind.TABLE}:
            _read_file(source)
            is_done = True
        else:
            is_done = _read_pages(source, client or SafeClient())
    except ExtractError as error:
        _end(source, error.code)
        return
    if is_done:
        _end(source, "")
    else:
        with scope(workspace_id):
            Source.objects.filter(pk=source_id).update(lease_until=None)
        wake_up(TASK, str(workspace_id), str(source_id))


def sweep() -> None:
    """Begin what is due again, and take up what a worker has left."""
    now = timezone.now()
    with crossing("find imports to read"):
        due = list(Source.objects.filter(next_at__lte=now, state__in=[State.DONE, State.FAILED]))
        idle = Q(lease_until=None) | Q(lease_until__lt=now)
        waiting = list(Source.objects.filter(idle, state__in=[State.WAITING, State.READING]))
    for source in due:
        with scope(source.workspace_id):
            begin_round(source)
    for source in [*due, *waiting]:
        wake_up(TASK, str(source.workspace_id), str(source.pk))


def _claim(workspace_id: UUID, source_id: UUID) -> Source | None:
    with scope(workspace_id):
        source = Source.objects.select_for_update(no_key=True).filter(pk=source_id).first()
        now = timezone.now()
        if source is None or source.state not in {State.WAITING, State.READING}:
            return None
        if source.lease_until is not None and source.lease_until > now:
            return None
        source.state, source.lease_until = State.READING, now + LEASE
        source.save(update_fields=["state", "lease_until"])
        return source


def _end(source: Source, code: str) -> None:
    """The reading is over: what it found is released, or measured first."""
    with scope(source.workspace_id):
        found = Source.objects.select_for_update(no_key=True).filter(pk=source.pk).first()
        if found is None:
            return
        code = code or _missed(found)
        if not code and _is_whole(found):
            unseen = SourceItem.objects.filter(source=found, round__lt=found.round)
            unseen.exclude(state=Item.RETIRED).update(state=Item.RETIRED, error_code="gone")
        SourceItem.objects.filter(source=found, state=Item.WAITING).update(state=Item.FAILED, error_code="unseen")
        trials_of(found).filter(trial_of__state=Item.RETIRED).delete()
        now = timezone.now()
        found.state, found.error_code = State.FAILED if code else State.DONE, code
        found.lease_until, found.read_at = None, now
        found.next_at = now + timedelta(days=found.days) if found.days else None
        found.save(update_fields=["state", "error_code", "lease_until", "read_at", "next_at"])
        if not is_held(_act(found), found, by=found.created_by) and difference_of(found):
            release(found)
        log.info("import.read", source=str(found.pk), kind=found.kind, error=code or None)


def _act(source: Source) -> Act:
    """Whether it is the first of the import that answers would be taken from."""
    return Act.REREAD if Document.objects.filter(item__source=source).exists() else Act.IMPORT


def _missed(source: Source) -> str:
    """Why a reading in which nothing could be read counts as failed; "" where something could be.

    A website of which no page is left is out of order, not empty: its pages stay until it answers, or the import is removed.
    """
    seen = SourceItem.objects.filter(source=source, round=source.round)
    if seen.exclude(state__in=[Item.FAILED, Item.RETIRED]).exists():
        return ""
    if source.kind == Source.Kind.SITE and seen.filter(state=Item.RETIRED, document__isnull=False).update(state=Item.FAILED):
        return "away"
    first = seen.filter(state=Item.FAILED).order_by("place").first()
    return first.error_code if first is not None else "nothing"


def _is_whole(source: Source) -> bool:
    """Whether what a reading has not seen is gone. Where pages lead to each other, one that failed may have led to others."""
    failed = SourceItem.objects.filter(source=source, round=source.round, state=Item.FAILED, error_code__in=_PASSING)
    return source.kind != Source.Kind.SITE or source.is_mapped or not failed.exists()


def _read_file(source: Source) -> None:
    with scope(source.workspace_id):
        pieces = storage.open_stream(
            source.storage_name,
            workspace_id=source.workspace_id,
            file_id=storage.file_id(source.pk, PART),
            key_id=source.key_id,
        )
        content = b"".join(pieces)
    if source.kind == Source.Kind.FILE:
        extracted = extract(content, source.content_type, name=source.title)
        with scope(source.workspace_id):
            item = _item(source, source.title, 0)
            _store(source, item, extracted)
        return
    for row in rows_of(content):
        with scope(source.workspace_id):
            item = _item(source, row.question or f"line {row.line}", row.line, is_new=row.error == "twice")
            if row.error:
                _fail(item, row.error)
                continue
            answer = Extracted(row.question, paragraphs(row.answer), row.language)
            _store(source, item, answer)


def _read_pages(source: Source, client: SafeClient) -> bool:
    """Read pages for a turn; whether all are read. Calls are made outside any transaction."""
    site = Site(source.title, client)
    started = time.monotonic()
    if not source.is_listed:
        _list(source, site)
    while time.monotonic() - started < TURN:
        item = _next(source)
        if item is None:
            return True
        _read_page(source, item, site)
        if source.kind == Source.Kind.SITE:
            time.sleep(site.pause())
    return False


def _list(source: Source, site: Site) -> None:
    """Find out which pages there are: those of the sitemap, else the one that was named (its links are followed)."""
    urls = site.listed(source.max_pages, is_expected=source.is_mapped) if source.kind == Source.Kind.SITE else []
    with scope(source.workspace_id):
        _see(source, urls or [site.address])
        source.is_listed, source.is_mapped = True, bool(urls)
        source.save(update_fields=["is_listed", "is_mapped"])


def _see(source: Source, urls: Sequence[str]) -> None:
    """These pages are there in this round; new ones wait to be read."""
    indexes = {item_index(url): url for url in urls}
    known = {item.name_index: item for item in SourceItem.objects.filter(source=source, name_index__in=list(indexes))}
    last = SourceItem.objects.filter(source=source).aggregate(last=Max("place"))["last"] or 0
    for index, url in indexes.items():
        item = known.get(index)
        if item is None:
            last += 1
            SourceItem.objects.create(source=source, place=last, name=url, name_index=index, round=source.round)
        elif item.round != source.round or item.state == Item.RETIRED:
            item.round, item.state, item.attempts = source.round, Item.WAITING, 0
            item.save(update_fields=["round", "state", "attempts"])


def _next(source: Source) -> SourceItem | None:
    """The next page that waits and was seen in this round; the lease goes on."""
    with scope(source.workspace_id):
        Source.objects.filter(pk=source.pk).update(lease_until=timezone.now() + LEASE)
        waiting = SourceItem.objects.filter(source=source, state=Item.WAITING, round=source.round)
        return waiting.order_by("attempts", "place").first()


def _read_page(source: Source, item: SourceItem, site: Site) -> None:
    try:
        page = site.page(item.name)
        extracted = extract(page.content, page.content_type, name=item.name)
        links = site.links(page, extracted.links) if source.kind == Source.Kind.SITE else []
    except ExtractError as error:
        with scope(source.workspace_id):
            _failed(item, error.code)
        return
    with scope(source.workspace_id):
        _store(source, item, extracted, url=page.url)
        _follow(source, links)


def _follow(source: Source, links: Sequence[str]) -> None:
    """Without a sitemap the pages lead to each other, up to the limit."""
    if not links or source.is_mapped:
        return
    known = SourceItem.objects.filter(source=source, round=source.round)
    room = source.max_pages - known.count()
    if room > 0:
        seen = set(known.values_list("name_index", flat=True))
        _see(source, [url for url in links if item_index(url) not in seen][:room])


def _item(source: Source, name: str, place: int, *, is_new: bool = False) -> SourceItem:
    index = item_index(f"{name}#{place}" if is_new else name)
    item, _is_made = SourceItem.objects.get_or_create(
        source=source, name_index=index, defaults={"name": name, "place": place, "workspace_id": source.workspace_id}
    )
    item.round = source.round
    item.save(update_fields=["round"])
    return item


@transaction.atomic
def _store(source: Source, item: SourceItem, extracted: Extracted, *, url: str = "") -> None:
    """Keep what an item says; where changes are measured first it is kept back until then."""
    text = Text(
        owner=item,
        kind=kind_of(source),
        title=extracted.title[:300],
        blocks=extracted.blocks,
        language=source.language or extracted.language or "en",
        is_public=source.is_public,
        url=url,
    )
    is_new = note_text(text, item, is_kept_back=source.is_public and are_measured())
    item.state = Item.DONE if is_new else Item.UNCHANGED
    item.error_code, item.read_at = "", timezone.now()
    item.save(update_fields=["state", "error_code", "read_at"])


def _failed(item: SourceItem, code: str) -> None:
    """What went wrong; a passing cause is tried again, a page that is gone is retired, else what was read before stays."""
    item.attempts += 1
    if code == "gone":
        item.state, item.error_code = Item.RETIRED, code
        item.save(update_fields=["state", "error_code", "attempts"])
    elif code in _PASSING and item.attempts < ATTEMPTS:
        item.error_code = code
        item.save(update_fields=["attempts", "error_code"])
    else:
        _fail(item, code)


def _fail(item: SourceItem, code: str) -> None:
    item.state = Item.SKIPPED if code in {"robots", "page_type", "twice"} else Item.FAILED
    item.error_code, item.read_at = code, timezone.now()
    item.save(update_fields=["state", "error_code", "read_at", "attempts"])
