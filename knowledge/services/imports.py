"""Imports: what is to be read, added, read again, removed."""

from functools import partial
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from conversations.files import clean_name
from core.audit import Actor, record
from core.ids import new_id
from core.tenancy import current_workspace_id
from core.vault import keyring, storage
from core.vault.blind import blind_index
from core.wakeup import wake_up
from knowledge.extracting import TABLE, ExtractError, rows_of, type_of
from knowledge.fetching import canonical
from knowledge.models import Source, SourceItem
from knowledge.releases import Act, begin_reading, is_held
from knowledge.wording import problem

TASK = "knowledge.tasks.read_source"
MAX_FILE = 20 * 1024 * 1024
MAX_PAGES = 2000
PART = "file"


@transaction.atomic
def add_file(content: bytes, *, name: str, language: str, is_public: bool, by: User) -> Source:
    """Take a file in and have it read. Raises ValidationError, in words, for what cannot be read at all."""
    if len(content) > MAX_FILE:
        raise ValidationError(problem("large"))
    try:
        content_type = type_of(name, content)
        if content_type == TABLE:
            rows_of(content)
    except ExtractError as error:
        raise ValidationError(problem(error.code)) from None
    source = Source(
        id=new_id(),
        kind=Source.Kind.TABLE if content_type == TABLE else Source.Kind.FILE,
        title=clean_name(name),
        content_type=content_type,
        language=language,
        is_public=is_public,
        created_by=by,
    )
    workspace_id = current_workspace_id()
    key_id = keyring.data_key_id(workspace_id)
    stored = storage.store([content], workspace_id=workspace_id, file_id=storage.file_id(source.pk, PART), key_id=key_id)
    source.workspace_id, source.key_id, source.storage_name, source.size = workspace_id, key_id, stored.name, stored.size
    source.save(force_insert=True)
    _begin(source, by)
    return source


@transaction.atomic
def add_pages(address: str, *, is_site: bool, language: str, is_public: bool, max_pages: int, days: int, by: User) -> Source:
    """Have a page or a website read, and again every `days` (0: once). Raises ValidationError for what is no web address."""
    parts = urlsplit(address.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise ValidationError(problem("address"))
    source = Source(
        kind=Source.Kind.SITE if is_site else Source.Kind.PAGE,
        title=canonical(address),
        language=language,
        is_public=is_public,
        max_pages=min(MAX_PAGES, max(1, max_pages)) if is_site else 1,
        days=days,
        created_by=by,
    )
    source.save(force_insert=True)
    _begin(source, by)
    return source


@transaction.atomic
def read_again(source: Source, *, by: User) -> None:
    """Have an import read anew; what is unchanged stays as it is."""
    begin_round(source)
    record("import.read_again", actor=Actor.user(by.pk), target=source)
    _wake(source)


@transaction.atomic
def delete_source(source: Source, *, by: User, is_measured: bool = False) -> bool:
    """Remove an import, and everything that was read from it. False: it waits until it has been measured (`releases`)."""
    if not is_measured and is_held(Act.REMOVE, source, by=by):
        return False
    if source.storage_name:
        transaction.on_commit(partial(storage.delete, source.storage_name))
    record("import.deleted", actor=Actor.user(by.pk), target=source)
    source.delete()
    return True


def begin_round(source: Source) -> None:
    """The next reading: every item waits again, and what waits of the last one is found anew. Nothing, while one is on."""
    found = Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    if found.state in {Source.State.WAITING, Source.State.READING}:
        return
    found.state, found.round, found.is_listed, found.error_code = Source.State.WAITING, found.round + 1, False, ""
    found.error_detail, found.next_at = "", None
    found.save(update_fields=["state", "round", "is_listed", "error_code", "error_detail", "next_at"])
    begin_reading(found)
    kept = SourceItem.objects.filter(source=found).exclude(state=SourceItem.State.RETIRED)
    kept.update(state=SourceItem.State.WAITING, attempts=0, error_code="")


def item_index(name: str) -> bytes:
    """By which an item of a source is found again."""
    return blind_index("knowledge.item", name)


def _begin(source: Source, by: User) -> None:
    record("import.added", actor=Actor.user(by.pk), target=source, kind=source.kind)
    _wake(source)


def _wake(source: Source) -> None:
    transaction.on_commit(partial(wake_up, TASK, str(source.workspace_id), str(source.pk)), robust=True)
