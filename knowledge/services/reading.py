"""Reading imports, item by item. Rows say how far it has come, so a worker that dies loses one page at most."""

import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from core.events import publish
from core.http import SafeClient
from core.tenancy import crossing, scope
from core.vault import storage
from core.wakeup import wake_up
from knowledge.extracting import Extracted, ExtractError, extract, rows_of
from knowledge.fetching import Site
from knowledge.models import Document, Source, SourceItem
from knowledge.passages import paragraphs
from knowledge.releases import Act, are_measured, is_held
from knowledge.services.imports import PART, TASK, begin_round, item_index
from knowledge.services.indexing import Text, forget_document, index_document

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
    """The reading is over: what was not seen in it has gone from its website."""
    with scope(source.workspace_id):
        found = Source.objects.select_for_update(no_key=True).filter(pk=source.pk).first()
        if found is None:
            return
        if not code:
            for item in SourceItem.objects.filter(source=found, round__lt=found.round).exclude(state=Item.RETIRED):
                _retire(item)
            if not SourceItem.objects.filter(source=found).exclude(state__in=[Item.FAILED, Item.RETIRED]).exists():
                first = SourceItem.objects.filter(source=found, state=Item.FAILED).order_by("place").first()
                code = first.error_code if first is not None else "nothing"
        now = timezone.now()
        found.state, found.error_code = State.FAILED if code else State.DONE, code
        found.lease_until, found.read_at = None, now
        found.next_at = now + timedelta(days=found.days) if found.days else None
        found.save(update_fields=["state", "error_code", "lease_until", "read_at", "next_at"])
        if trial_documents(found).exists() and not is_held(Act.IMPORT, found, by=found.created_by):
            release_import(found)
        log.info("import.read", source=str(found.pk), kind=found.kind, error=code or None)


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
            _store(source, item, extracted, kind=Document.Kind.FILE, url="")
        return
    for row in rows_of(content):
        with scope(source.workspace_id):
            item = _item(source, row.question or f"line {row.line}", row.line, is_new=row.error == "twice")
            if row.error:
                _fail(item, row.error)
                continue
            answer = Extracted(row.question, paragraphs(row.answer), row.language)
            _store(source, item, answer, kind=Document.Kind.QUESTION, url="")


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
    urls = site.listed(source.max_pages) if source.kind == Source.Kind.SITE else []
    with scope(source.workspace_id):
        _see(source, urls or [site.address])
        source.is_listed = True
        Source.objects.filter(pk=source.pk).update(is_listed=True)


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
        _store(source, item, extracted, kind=Document.Kind.PAGE, url=page.url)
        _follow(source, links)


def _follow(source: Source, links: Sequence[str]) -> None:
    """Without a sitemap the pages lead to each other, up to the limit."""
    if not links or _has_sitemap(source):
        return
    known = SourceItem.objects.filter(source=source, round=source.round)
    room = source.max_pages - known.count()
    if room > 0:
        seen = set(known.values_list("name_index", flat=True))
        _see(source, [url for url in links if item_index(url) not in seen][:room])


def _has_sitemap(source: Source) -> bool:
    """Whether the pages came from a sitemap: then the page that was named is not the first of them alone."""
    first = SourceItem.objects.filter(source=source, round=source.round).order_by("place").first()
    return first is None or first.name_index != item_index(source.title)


def _item(source: Source, name: str, place: int, *, is_new: bool = False) -> SourceItem:
    index = item_index(f"{name}#{place}" if is_new else name)
    item, _is_made = SourceItem.objects.get_or_create(
        source=source, name_index=index, defaults={"name": name, "place": place, "workspace_id": source.workspace_id}
    )
    item.round = source.round
    item.save(update_fields=["round"])
    return item


def trial_documents(source: Source) -> QuerySet[Document]:
    """What was read of an import and waits to be measured: no search finds it yet."""
    return Document.objects.filter(item__source=source, kind=Document.Kind.TRIAL)


def release_import(source: Source) -> None:
    """Let searches find what was read of an import. In the scope."""
    kinds = {Source.Kind.FILE: Document.Kind.FILE, Source.Kind.TABLE: Document.Kind.QUESTION}
    trial_documents(source).update(kind=kinds.get(Source.Kind(source.kind), Document.Kind.PAGE))
    publish("knowledge.changed", source=str(source.pk))


def _kind_now(source: Source, item: SourceItem, kind: str) -> str:
    """A first reading is kept back where changes are measured first, and what is kept back stays so when it is read again."""
    is_first = source.read_at is None and are_measured()
    return Document.Kind.TRIAL if is_first or trial_documents(source).filter(item=item).exists() else kind


@transaction.atomic
def _store(source: Source, item: SourceItem, extracted: Extracted, *, kind: str, url: str) -> None:
    """Index what an item says; equal content is left as it is."""
    text = Text(
        owner=item,
        kind=_kind_now(source, item, kind),
        title=extracted.title[:300],
        blocks=extracted.blocks,
        language=source.language or extracted.language or "en",
        is_public=source.is_public,
        url=url,
    )
    digest = text.digest()
    is_same = item.digest is not None and bytes(item.digest) == digest and Document.objects.filter(item=item).exists()
    if not is_same:
        index_document(text)
    item.state = Item.UNCHANGED if is_same else Item.DONE
    item.digest, item.error_code, item.read_at = digest, "", timezone.now()
    item.save(update_fields=["state", "digest", "error_code", "read_at"])


def _failed(item: SourceItem, code: str) -> None:
    """What went wrong; a passing cause is tried again, a page that is gone is retired, else what was read before stays."""
    item.attempts += 1
    if code == "gone":
        item.save(update_fields=["attempts"])
        _retire(item)
    elif code in _PASSING and item.attempts < ATTEMPTS:
        item.error_code = code
        item.save(update_fields=["attempts", "error_code"])
    else:
        _fail(item, code)


def _fail(item: SourceItem, code: str) -> None:
    item.state = Item.SKIPPED if code in {"robots", "page_type", "twice"} else Item.FAILED
    item.error_code, item.read_at = code, timezone.now()
    item.save(update_fields=["state", "error_code", "read_at", "attempts"])


def _retire(item: SourceItem) -> None:
    forget_document(item)
    item.state, item.error_code = Item.RETIRED, "gone"
    item.save(update_fields=["state", "error_code"])
