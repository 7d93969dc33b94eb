"""Keys: made, unlocked, destroyed. The only door to the database `keys`.

Root key (a provider) → workspace key → data, contact and index keys. Keys are created in a transaction of their own,
committed before anything encrypted with them can be: a rolled-back row leaves an unused key, never an unreadable row.

Unlocked keys stay in this process for 60 seconds, workspace keys for an hour, so a process asks the root provider at
most once an hour for a workspace, and a key destroyed elsewhere is forgotten here within a minute. Functions here
query the database synchronously; code on an event loop calls `aload` first and then only reads from memory.
"""

import os
from collections.abc import Iterable, Mapping
from functools import partial
from uuid import UUID

from asgiref.sync import sync_to_async
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import close_old_connections, transaction
from django.db.models import Q

from core.ids import new_id
from core.vault import rows
from core.vault.cache import TimedCache, UnlockedKey, UsableKey
from core.vault.errors import DecryptionError, KeyDestroyedError, KeyMissingError, RootKeyError
from core.vault.models import KeyKind, VaultKey
from core.vault.providers import RootKey, provider_named, root_provider

#: The workspace of rows that belong to none, such as users.
PLATFORM = UUID(int=0)
KEY_SECONDS = 60
WORKSPACE_KEY_SECONDS = 60 * 60

_NONCE = 12
_keys = TimedCache[int, UnlockedKey](size=50_000, seconds=KEY_SECONDS)
_workspace_ciphers = TimedCache[int, AESGCM](size=5_000, seconds=WORKSPACE_KEY_SECONDS)
_active = TimedCache[tuple[int, str], UUID](size=20_000, seconds=KEY_SECONDS)
#: The keys in memory, by their ids' numbers, to read from.
HELD: Mapping[int, UnlockedKey] = _keys.held
for _cache in (_keys, _workspace_ciphers, _active):
    os.register_at_fork(after_in_child=_cache.after_fork)


def create_workspace_keys(workspace_id: UUID) -> None:
    """Give a workspace its workspace, data and index keys. Safe to repeat: keys that are there stay."""
    with transaction.atomic(using=rows.DATABASE):
        rows.lock_workspace(workspace_id)
        have = set(rows.active_kinds(workspace_id))
        if KeyKind.WORKSPACE not in have:
            create_workspace_key(workspace_id)
        for kind in (KeyKind.DATA, KeyKind.INDEX):
            if kind not in have:
                create_key(workspace_id, kind)


def create_contact_key(workspace_id: UUID) -> UUID:
    """Make a key for one contact and return its id."""
    return create_contact_keys(workspace_id, 1)[0]


def create_contact_keys(workspace_id: UUID, count: int) -> list[UUID]:
    """Make `count` contact keys in one statement and return their ids."""
    return _create_keys(workspace_id, KeyKind.CONTACT, count)


def create_key(workspace_id: UUID, kind: KeyKind) -> UUID:
    """Make a key of `kind` under the workspace's key and return its id; of data and index keys one may be active."""
    return _create_keys(workspace_id, kind, 1)[0]


def data_key_id(workspace_id: UUID) -> UUID:
    """Id of the workspace's active data key. Raises KeyMissingError when the workspace has no keys."""
    return _active_id(workspace_id, KeyKind.DATA)


def index_key(workspace_id: UUID) -> UsableKey:
    """The workspace's active index key, unlocked. Raises KeyMissingError, KeyDestroyedError."""
    return usable(_active_id(workspace_id, KeyKind.INDEX))


def load(key_ids: Iterable[UUID]) -> None:
    """Unlock keys into this process's memory, with one query for those that are not there. Unknown ids are skipped."""
    missing = {key_id for key_id in key_ids if key_id.int not in HELD}
    if missing:
        for row in rows.fetch(Q(id__in=missing)):
            _remember(row)


async def aload(key_ids: Iterable[UUID] = (), *, workspace_ids: Iterable[UUID] = ()) -> None:
    """`load` for code on an event loop; `workspace_ids` brings the active data and index keys of those workspaces."""
    await sync_to_async(_load_all)(list(key_ids), list(workspace_ids))


def cached(key_id: UUID) -> UnlockedKey | None:
    """The key if it is in memory; never asks the database."""
    return HELD.get(key_id.int)


def unlocked(key_id: UUID) -> UnlockedKey:
    """The key, from memory or the database; a destroyed one has no cipher. Raises KeyMissingError."""
    found = HELD.get(key_id.int)
    if found is None:
        load([key_id])
        found = HELD.get(key_id.int)
        if found is None:
            raise KeyMissingError(f"There is no key {key_id}.")
    return found


def usable(key_id: UUID) -> UsableKey:
    """The key, with its cipher. Raises KeyMissingError, KeyDestroyedError."""
    found = HELD.get(key_id.int) or unlocked(key_id)
    if found.cipher is None:
        raise KeyDestroyedError(f"Key {key_id} was destroyed.")
    return found  # type: ignore[return-value]  # it has its cipher; a cast would be a call for every value


def is_destroyed(key_id: UUID) -> bool:
    """Whether the key was destroyed, as this process knows it (up to 60 seconds late)."""
    return unlocked(key_id).cipher is None


def destroy(key_id: UUID) -> bool:
    """Destroy a key for good: its bytes are overwritten, a tombstone stays. False when it already was.

    This process forgets it now, every other within 60 seconds.
    """
    count = rows.overwrite(Q(id=key_id))
    _forget(key_id)
    return count > 0


def destroy_workspace(workspace_id: UUID) -> int:
    """Destroy every key of a workspace, which makes all it ever stored unreadable. Returns how many keys went."""
    ids = list(VaultKey.objects.filter(workspace_id=workspace_id).values_list("id", flat=True))
    count = rows.overwrite(Q(workspace_id=workspace_id))
    for key_id in ids:
        _forget(key_id)
    for kind in KeyKind.values:
        _active.drop((workspace_id.int, kind))
    return count


def forget_all() -> None:
    """Empty this process's memory of keys. For tests, and after keys were rotated."""
    _keys.clear()
    _workspace_ciphers.clear()
    _active.clear()


def workspace_cipher(row: rows.KeyRow) -> AESGCM:
    """The cipher of the workspace key that wraps `row`, from memory or through the root provider."""
    assert row.wrapped_by is not None
    found = _workspace_ciphers.get(row.wrapped_by.int)
    if found is None:
        name, _, version = row.parent_root.partition(":")
        if not row.parent_wrapped:
            raise KeyDestroyedError(f"The workspace key {row.wrapped_by} was destroyed.")
        context = root_context(row.workspace_id, row.wrapped_by)
        found = AESGCM(provider_named(name).unwrap(row.parent_wrapped, version=version, context=context))
        _workspace_ciphers.put(row.wrapped_by.int, found)
    return found


def root_context(workspace_id: UUID, key_id: UUID) -> dict[str, str]:
    """What a root provider binds a workspace key to."""
    return {"workspace": str(workspace_id), "key": str(key_id)}


def wrap_root(secret: bytes, *, workspace_id: UUID, key_id: UUID) -> RootKey:
    """A workspace key wrapped by the root provider in use, its version as `provider:version`.

    It is unwrapped once before it counts: a provider that cannot give back what it took must not be relied on.
    """
    provider = root_provider()
    context = root_context(workspace_id, key_id)
    wrapped = provider.wrap(secret, context=context)
    if provider.unwrap(wrapped.wrapped, version=wrapped.version, context=context) != secret:
        raise RootKeyError(f"The root provider {provider.name} gave back another key than it was given.")
    return RootKey(wrapped.wrapped, f"{provider.name}:{wrapped.version}")


def wrap_key(wrapper: AESGCM, secret: bytes, *, workspace_id: UUID, key_id: UUID, kind: str) -> bytes:
    """A key wrapped by its workspace's key, bound to workspace, id and kind."""
    nonce = os.urandom(_NONCE)
    return nonce + wrapper.encrypt(nonce, secret, _key_binding(workspace_id, key_id, kind))


def unwrap_row(row: rows.KeyRow) -> bytes:
    """The key behind a row. Raises DecryptionError, KeyDestroyedError, RootKeyError."""
    binding = _key_binding(row.workspace_id, row.id, row.kind)
    try:
        return workspace_cipher(row).decrypt(row.wrapped[:_NONCE], row.wrapped[_NONCE:], binding)
    except (InvalidTag, ValueError):
        raise DecryptionError(f"Key {row.id} does not open under its workspace's key.") from None


def create_workspace_key(workspace_id: UUID) -> UUID:
    key_id = new_id()
    secret = AESGCM.generate_key(256)
    wrapped = wrap_root(secret, workspace_id=workspace_id, key_id=key_id)
    VaultKey.objects.create(
        id=key_id,
        workspace_id=workspace_id,
        kind=KeyKind.WORKSPACE,
        generation=rows.next_generation(workspace_id, KeyKind.WORKSPACE),
        root=wrapped.version,
        wrapped=wrapped.wrapped,
    )
    return key_id


def _create_keys(workspace_id: UUID, kind: KeyKind, count: int) -> list[UUID]:
    with transaction.atomic(using=rows.DATABASE):
        # A rotation must not destroy the workspace key between our reading it and our using it.
        rows.hold_workspace(workspace_id)
        parent = rows.active_workspace_key(workspace_id)
        if parent is not None:
            return _create_under(parent, kind, count)
    if workspace_id != PLATFORM:
        raise KeyMissingError(f"Workspace {workspace_id} has no keys: create_workspace_keys() comes first.")
    create_workspace_keys(PLATFORM)
    return _create_keys(workspace_id, kind, count)


def _create_under(parent: rows.KeyRow, kind: KeyKind, count: int) -> list[UUID]:
    wrapper = workspace_cipher(parent)
    workspace_id = parent.workspace_id
    generation = 1 if kind == KeyKind.CONTACT else rows.next_generation(workspace_id, kind)
    made, ready = [], []
    for _ in range(count):
        key_id, secret = new_id(), AESGCM.generate_key(256)
        wrapped = wrap_key(wrapper, secret, workspace_id=workspace_id, key_id=key_id, kind=kind)
        made.append(
            VaultKey(
                id=key_id,
                workspace_id=workspace_id,
                kind=kind,
                generation=generation,
                wrapped_by=parent.wrapped_by,
                wrapped=wrapped,
            )
        )
        ready.append(UnlockedKey(key_id, workspace_id, kind, secret, AESGCM(secret)))
    VaultKey.objects.bulk_create(made)
    transaction.on_commit(partial(_keep, ready), using=rows.DATABASE)
    return [key.id for key in ready]


def _active_id(workspace_id: UUID, kind: KeyKind) -> UUID:
    found = _active.get((workspace_id.int, kind))
    if found is None:
        _load_workspace(workspace_id)
        found = _active.get((workspace_id.int, kind))
    if found is None:
        if workspace_id != PLATFORM:
            raise KeyMissingError(f"Workspace {workspace_id} has no active {kind} key.")
        create_workspace_keys(PLATFORM)
        return _active_id(workspace_id, kind)
    return found


def _load_workspace(workspace_id: UUID) -> None:
    active = Q(workspace_id=workspace_id, kind__in=(KeyKind.DATA, KeyKind.INDEX), retired_at=None, destroyed_at=None)
    for row in rows.fetch(active):
        _remember(row)
        _active.put((workspace_id.int, row.kind), row.id)


def _load_all(key_ids: list[UUID], workspace_ids: list[UUID]) -> None:
    # The thread is asgiref's: no request signal tells it that its connection has died.
    close_old_connections()
    load(key_ids)
    for workspace_id in workspace_ids:
        _active_id(workspace_id, KeyKind.DATA)
        unlocked(_active_id(workspace_id, KeyKind.INDEX))


def _remember(row: rows.KeyRow) -> None:
    if row.destroyed:
        _keys.put(row.id.int, UnlockedKey(row.id, row.workspace_id, row.kind, b"", None))
        return
    secret = unwrap_row(row)
    _keys.put(row.id.int, UnlockedKey(row.id, row.workspace_id, row.kind, secret, AESGCM(secret)))


def _keep(keys: list[UnlockedKey]) -> None:
    for key in keys:
        _keys.put(key.id.int, key)


def _forget(key_id: UUID) -> None:
    _keys.drop(key_id.int)
    _workspace_ciphers.drop(key_id.int)


def _key_binding(workspace_id: UUID, key_id: UUID, kind: str) -> bytes:
    return b"vault key|" + workspace_id.bytes + key_id.bytes + kind.encode()


__all__ = [
    "HELD",
    "KEY_SECONDS",
    "PLATFORM",
    "aload",
    "cached",
    "create_contact_key",
    "create_contact_keys",
    "create_workspace_keys",
    "data_key_id",
    "destroy",
    "destroy_workspace",
    "forget_all",
    "index_key",
    "is_destroyed",
    "load",
    "unlocked",
    "usable",
]
