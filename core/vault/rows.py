"""The rows of `vault_key`: each question the keyring asks is one query."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from core.vault.models import KeyKind, VaultKey

DATABASE = "keys"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A wrapped key together with the wrapped workspace key above it."""

    id: UUID
    workspace_id: UUID
    kind: str
    wrapped: bytes = field(repr=False)
    wrapped_by: UUID | None
    destroyed: bool
    parent_wrapped: bytes = field(repr=False)
    parent_root: str


def fetch(condition: Q, *, limit: int | None = None) -> list[KeyRow]:
    """The data, contact and index keys that match, each with its workspace key, in one query; by id if limited."""
    parent = VaultKey.objects.filter(id=OuterRef("wrapped_by"))
    found: QuerySet[VaultKey, tuple[Any, ...]] = (
        VaultKey.objects.filter(condition)
        .exclude(kind=KeyKind.WORKSPACE)
        .values_list(
            "id",
            "workspace_id",
            "kind",
            "wrapped",
            "wrapped_by",
            "destroyed_at",
            Subquery(parent.values("wrapped")),
            Subquery(parent.values("root")),
        )
    )
    if limit is not None:
        found = found.order_by("id")[:limit]
    return [
        KeyRow(key_id, workspace_id, kind, bytes(wrapped), by, gone is not None, bytes(parent_wrapped or b""), root or "")
        for key_id, workspace_id, kind, wrapped, by, gone, parent_wrapped, root in found
    ]


def active_workspace_key(workspace_id: UUID) -> KeyRow | None:
    """The active workspace key, in the shape of a key that it wraps (so that `wrapped_by` is its own id)."""
    found = VaultKey.objects.filter(workspace_id=workspace_id, kind=KeyKind.WORKSPACE, retired_at=None, destroyed_at=None).first()
    if found is None:
        return None
    return KeyRow(found.id, workspace_id, found.kind, b"", found.id, False, bytes(found.wrapped), found.root)


def active_kinds(workspace_id: UUID) -> list[str]:
    """Kinds of which the workspace has an active key."""
    found = VaultKey.objects.filter(workspace_id=workspace_id, retired_at=None, destroyed_at=None)
    return list(found.exclude(kind=KeyKind.CONTACT).values_list("kind", flat=True))


def alive(workspace_id: UUID, kind: KeyKind, *, retired: bool) -> list[UUID]:
    """Ids of the keys of `kind` that were not destroyed: the active one, or the retired ones."""
    found = VaultKey.objects.filter(workspace_id=workspace_id, kind=kind, destroyed_at=None)
    return list(found.filter(retired_at__isnull=not retired).order_by("id").values_list("id", flat=True))


def retire(key_id: UUID) -> None:
    """Stop using a key for new values; it still opens what it protected."""
    VaultKey.objects.filter(id=key_id).update(retired_at=timezone.now())


def next_generation(workspace_id: UUID, kind: KeyKind) -> int:
    found = VaultKey.objects.filter(workspace_id=workspace_id, kind=kind).aggregate(last=Max("generation"))
    return (found["last"] or 0) + 1


def lock_workspace(workspace_id: UUID) -> None:
    """Hold key makers and rotations of this workspace off until the transaction ends."""
    with connections[DATABASE].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"vault {workspace_id}"])


def hold_workspace(workspace_id: UUID) -> None:
    """Hold rotations of this workspace off until the transaction ends; other key makers may go on."""
    with connections[DATABASE].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [f"vault {workspace_id}"])


def overwrite(condition: Q) -> int:
    """Destroy the keys that match: zeros over their bytes first, then nothing. Returns how many were alive.

    Postgres writes a new version of the row, so the old bytes stay in the table's pages until vacuum and in the
    write-ahead log until it is recycled; the first update lets page-level copies made in between hold zeros.
    """
    alive = VaultKey.objects.filter(condition, destroyed_at=None)
    ids = list(alive.values_list("id", flat=True))
    VaultKey.objects.filter(id__in=ids, destroyed_at=None).update(wrapped=bytes(64))
    return VaultKey.objects.filter(id__in=ids, destroyed_at=None).update(wrapped=b"", destroyed_at=timezone.now())
