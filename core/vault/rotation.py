"""Rotation of root and workspace keys, in steps that may be killed at any moment and go on when run once more.

What is to be done is read from the keys themselves: a workspace key under an older root, a key under a retired
workspace key. Only where nothing is left over does a new rotation begin. No row of data is touched; that is
:mod:`core.vault.reencryption`.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from core.vault import keyring, rows
from core.vault.errors import KeyMissingError
from core.vault.models import KeyKind, VaultKey
from core.vault.providers import provider_named, root_provider
from core.vault.providers.file import FileProvider

KEY_BATCH = 1000

#: Is told after each batch what was done and how many in all: `("keys", 1200)`.
type Progress = Callable[[str, int], None]


def rotate_root(*, progress: Progress) -> int:
    """Wrap every workspace key by the current version of the root key; return how many were.

    A root key in a file gets a new version first, unless an earlier rotation is unfinished. Elsewhere the provider
    makes the version, and `root_key_previous` names the provider that is being left.
    """
    provider = root_provider()
    if isinstance(provider, FileProvider) and not behind_root().exists():
        provider.add_version()
    count = 0
    for key in behind_root().order_by("id"):
        name, _, version = key.root.partition(":")
        context = keyring.root_context(key.workspace_id, key.id)
        secret = provider_named(name).unwrap(bytes(key.wrapped), version=version, context=context)
        wrapped = keyring.wrap_root(secret, workspace_id=key.workspace_id, key_id=key.id)
        unchanged = VaultKey.objects.filter(id=key.id, root=key.root, destroyed_at=None)
        count += unchanged.update(wrapped=wrapped.wrapped, root=wrapped.version)
        progress("workspace keys", count)
    return count


def behind_root() -> QuerySet[VaultKey]:
    """Workspace keys that another root key, or an older version of it, wraps."""
    provider = root_provider()
    found = VaultKey.objects.filter(kind=KeyKind.WORKSPACE, destroyed_at=None)
    return found.exclude(root=f"{provider.name}:{provider.current_version()}")


def rotate_workspace(workspace_id: UUID, *, progress: Progress) -> int:
    """Give a workspace a new workspace key, wrap all its keys by it, destroy the old one; return how many were wrapped.

    With the old key goes all use of older copies of the keys database for this workspace.
    """
    with transaction.atomic(using=rows.DATABASE):
        rows.lock_workspace(workspace_id)
        found = rows.alive(workspace_id, KeyKind.WORKSPACE, retired=False)
        if not found:
            raise KeyMissingError(f"Workspace {workspace_id} has no keys.")
        active = found[0]
        if not rows.alive(workspace_id, KeyKind.WORKSPACE, retired=True):
            rows.retire(active)
            active = keyring.create_workspace_key(workspace_id)
    count = 0
    after: UUID | None = None
    while batch := _wrap_batch(workspace_id, active, after):
        after = batch[-1]
        count += len(batch)
        progress("keys", count)
    for key_id in rows.alive(workspace_id, KeyKind.WORKSPACE, retired=True):
        keyring.destroy(key_id)
    return count


def _wrap_batch(workspace_id: UUID, active: UUID, after: UUID | None) -> list[UUID]:
    """Wrap the next keys that are under another workspace key; return their ids."""
    wanted = Q(workspace_id=workspace_id, destroyed_at=None) & ~Q(wrapped_by=active)
    if after is not None:
        wanted &= Q(id__gt=after)
    with transaction.atomic(using=rows.DATABASE):
        rows.lock_workspace(workspace_id)
        parent = rows.active_workspace_key(workspace_id)
        if parent is None or parent.wrapped_by != active:
            raise KeyMissingError(f"The keys of workspace {workspace_id} changed meanwhile.")
        wrapper = keyring.workspace_cipher(parent)
        changed = []
        for row in rows.fetch(wanted, limit=KEY_BATCH):
            secret = keyring.unwrap_row(row)
            wrapped = keyring.wrap_key(wrapper, secret, workspace_id=workspace_id, key_id=row.id, kind=row.kind)
            changed.append(VaultKey(id=row.id, wrapped=wrapped, wrapped_by=active))
        VaultKey.objects.bulk_update(changed, ["wrapped", "wrapped_by"])
    return [key.id for key in changed]
