"""Rotation of data keys: every row and file under an old one is encrypted anew.

It goes through each table by primary key in small transactions; killed, it goes on where rows are left. Rows and files
under contact keys are not touched.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from time import sleep
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from core.tenancy import scope
from core.vault import keyring, rows
from core.vault.encrypted_model import EncryptedModel, prefetch_keys, rekey
from core.vault.errors import KeyMissingError, VaultError
from core.vault.models import KeyKind, VaultKey
from core.vault.rotation import Progress

ROW_BATCH = 200
#: By then every process knows the new key: the keyring's memory, and some seconds for clocks that differ.
_SETTLED = timedelta(seconds=keyring.KEY_SECONDS + 5)


def rotate_data(workspace_id: UUID, *, progress: Progress, wait: Callable[[float], None] = sleep) -> int:
    """Give a workspace a new data key and move every row and file under older ones to it; return how many rows moved.

    Other processes use the old key until their memory of it runs out, so a last pass comes a minute after the first.
    The old key stays, retired, for the backups that need it; :func:`destroy_retired` ends that.
    """
    _begin(workspace_id)
    keyring.forget_all()
    count = _move(workspace_id, progress)
    left = (_last_retired(workspace_id) + _SETTLED - timezone.now()).total_seconds()
    if left > 0:
        progress("seconds to wait for the other processes", round(left))
        wait(left)
        count += _move(workspace_id, progress)
    return count


def destroy_retired(workspace_id: UUID) -> int:
    """Destroy data keys that no row uses any more; backups from before the rotation become unreadable.

    Raises VaultError while a row still needs one.
    """
    if rows_left(workspace_id):
        raise VaultError("Rows still use a retired data key: run the rotation again first.")
    return sum(keyring.destroy(key_id) for key_id in rows.alive(workspace_id, KeyKind.DATA, retired=True))


def rows_left(workspace_id: UUID) -> dict[str, int]:
    """How many rows of each model are under a retired data key."""
    old = rows.alive(workspace_id, KeyKind.DATA, retired=True)
    found = {}
    with _view(workspace_id):
        for model in encrypted_models():
            count = model._base_manager.filter(key_id__in=old).count() if old else 0
            if count:
                found[model._meta.label] = count
    return found


def encrypted_models() -> Iterator[type[EncryptedModel]]:
    """Every model with encrypted fields that has a table."""
    for model in apps.get_models():
        if issubclass(model, EncryptedModel) and model._meta.managed and not model._meta.proxy:
            yield model


def _begin(workspace_id: UUID) -> None:
    """Make the new key, unless an earlier rotation is unfinished."""
    unfinished = bool(rows_left(workspace_id)) or _last_retired(workspace_id) + _SETTLED > timezone.now()
    with transaction.atomic(using=rows.DATABASE):
        rows.lock_workspace(workspace_id)
        found = rows.alive(workspace_id, KeyKind.DATA, retired=False)
        if not found:
            raise KeyMissingError(f"Workspace {workspace_id} has no data key.")
        if not unfinished:
            rows.retire(found[0])
            keyring.create_key(workspace_id, KeyKind.DATA)


def _last_retired(workspace_id: UUID) -> Any:
    """When the last data key was retired; long ago if none was."""
    found = VaultKey.objects.filter(workspace_id=workspace_id, kind=KeyKind.DATA, retired_at__isnull=False)
    last = found.order_by("-retired_at").values_list("retired_at", flat=True).first()
    return last or timezone.now() - _SETTLED


def _move(workspace_id: UUID, progress: Progress) -> int:
    old = rows.alive(workspace_id, KeyKind.DATA, retired=True)
    total = 0
    for model in encrypted_models():
        last: Any = None
        while True:
            with _view(workspace_id):
                found = model._base_manager.filter(key_id__in=old).order_by("pk").select_for_update()
                batch = list((found if last is None else found.filter(pk__gt=last))[:ROW_BATCH])
                prefetch_keys(batch)
                for row in batch:
                    rekey(row, keyring.data_key_id(workspace_id))
            if not batch:
                break
            last = batch[-1].pk
            total += len(batch)
            progress(model._meta.label, total)
    return total


def _view(workspace_id: UUID) -> AbstractContextManager[object]:
    """A transaction that sees the workspace's rows, or those that belong to none."""
    return transaction.atomic() if workspace_id == keyring.PLATFORM else scope(workspace_id)
