"""Rotation: everything still opens, nothing old is left, and a rotation that was killed goes on."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pydantic import SecretStr

from chatzee.env import env
from core.vault import keyring, providers, reencryption, rotation, storage
from core.vault.errors import KeyMissingError, RootKeyError, VaultError
from core.vault.models import KeyKind, VaultKey
from tests.core.vault.conftest import Note, make_note, raw
from tests.core.vault.key_servers import TOKEN, Transit

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """What a killed process would not come back from."""


def killed_after(count: int) -> Callable[[str, int], None]:
    """A progress report that dies at its `count`-th call."""
    calls = []

    def progress(what: str, done: int) -> None:
        calls.append(what)
        if len(calls) == count:
            raise Killed

    return progress


def quiet(what: str, count: int) -> None:
    """No report."""


@pytest.fixture(autouse=True)
def root_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A root key of this test's own; no test after it wraps keys under that."""
    path = tmp_path / "root.key"
    monkeypatch.setattr(providers, "env", env.model_copy(update={"root_key": str(path)}))
    providers.provider_named.cache_clear()
    yield path
    providers.provider_named.cache_clear()
    keyring.forget_all()


@pytest.fixture(autouse=True)
def only_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Go through the test's table; that the product's are found is tested below."""
    found = list(reencryption.encrypted_models())
    monkeypatch.setattr(reencryption, "encrypted_models", lambda: iter([Note]))
    assert {"accounts.User", "conversations.Message", "conversations.Contact"} <= {model._meta.label for model in found}


def test_root_rotation_wraps_every_workspace_key_anew(workspace_id: UUID, other_workspace_id: UUID) -> None:
    note = make_note(workspace_id, body="text")
    before = dict(VaultKey.objects.filter(kind=KeyKind.WORKSPACE).values_list("id", "root"))
    assert rotation.rotate_root(progress=quiet) == len(before)
    after = dict(VaultKey.objects.filter(kind=KeyKind.WORKSPACE).values_list("id", "root"))
    assert not set(before.values()) & set(after.values())
    keyring.forget_all()
    assert Note.objects.get(pk=note.pk).body == "text"


def test_killed_root_rotation_goes_on_with_the_same_new_key(workspace_id: UUID, other_workspace_id: UUID) -> None:
    with pytest.raises(Killed):
        rotation.rotate_root(progress=killed_after(1))
    half = set(VaultKey.objects.filter(kind=KeyKind.WORKSPACE).values_list("root", flat=True))
    assert len(half) == 2
    assert rotation.rotate_root(progress=quiet) == 1
    whole = set(VaultKey.objects.filter(kind=KeyKind.WORKSPACE).values_list("root", flat=True))
    assert len(whole) == 1
    assert whole < half


def test_fresh_root_file_beside_old_data_opens_nothing(
    workspace_id: UUID, root_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = make_note(workspace_id, body="text")
    root_file.unlink()
    keyring.forget_all()
    with pytest.raises(RootKeyError):
        _ = Note.objects.get(pk=note.pk).body


def test_root_key_moves_from_a_file_to_a_service(workspace_id: UUID, root_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = make_note(workspace_id, body="text")
    server = Transit()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    service = {
        "root_key_provider": "vault-transit",
        "root_key": "root",
        "root_key_endpoint": server.url,
        "root_key_token": SecretStr(TOKEN),
    }
    for left in ({"root_key_previous": f"file:{root_file}"}, {}):
        monkeypatch.setattr(providers, "env", env.model_copy(update={**service, **left}))
        providers.provider_named.cache_clear()
        keyring.forget_all()
        if left:
            assert rotation.rotate_root(progress=quiet) == 1
            root_file.unlink()
        assert Note.objects.get(pk=note.pk).body == "text"
    assert VaultKey.objects.get(workspace_id=workspace_id, kind=KeyKind.WORKSPACE).root == "vault-transit:root:v1"
    server.shutdown()
    server.server_close()


def test_previous_provider_is_used_until_it_is_left(monkeypatch: pytest.MonkeyPatch, root_file: Path) -> None:
    root_file.parent.mkdir(exist_ok=True)
    version = providers.provider_named("file").current_version()
    settings = {"root_key_provider": "aws-kms", "root_key": "arn:aws:kms:eu-west-1:1:key/x"}
    previous = {**settings, "root_key_previous": f"file:{root_file}"}
    monkeypatch.setattr(providers, "env", env.model_copy(update=previous))
    providers.provider_named.cache_clear()
    assert providers.provider_named("file").current_version() == version
    monkeypatch.setattr(providers, "env", env.model_copy(update=settings))
    providers.provider_named.cache_clear()
    with pytest.raises(RootKeyError):
        providers.provider_named("file")


def test_workspace_rotation_leaves_no_key_under_the_old_one(workspace_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "KEY_BATCH", 7)
    contacts = keyring.create_contact_keys(workspace_id, 20)
    secrets = {key: keyring.usable(key).secret for key in contacts}
    old = VaultKey.objects.get(workspace_id=workspace_id, kind=KeyKind.WORKSPACE)
    assert rotation.rotate_workspace(workspace_id, progress=quiet) == 22
    new = VaultKey.objects.get(workspace_id=workspace_id, kind=KeyKind.WORKSPACE, destroyed_at=None)
    assert (new.generation, new.id != old.id) == (2, True)
    old.refresh_from_db()
    assert bytes(old.wrapped) == b""
    wrapped_by = VaultKey.objects.filter(workspace_id=workspace_id).exclude(kind=KeyKind.WORKSPACE)
    assert set(wrapped_by.values_list("wrapped_by", flat=True)) == {new.id}
    keyring.forget_all()
    assert {key: keyring.usable(key).secret for key in contacts} == secrets


@pytest.mark.parametrize("at", [1, 2, 3])
def test_killed_workspace_rotation_goes_on(workspace_id: UUID, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    monkeypatch.setattr(rotation, "KEY_BATCH", 7)
    contacts = keyring.create_contact_keys(workspace_id, 20)
    with pytest.raises(Killed):
        rotation.rotate_workspace(workspace_id, progress=killed_after(at))
    keyring.forget_all()
    keyring.load(contacts)
    late = keyring.create_contact_key(workspace_id)
    assert rotation.rotate_workspace(workspace_id, progress=quiet) == 22 - 7 * at
    assert VaultKey.objects.filter(workspace_id=workspace_id, kind=KeyKind.WORKSPACE, destroyed_at=None).count() == 1
    assert VaultKey.objects.filter(workspace_id=workspace_id, kind=KeyKind.WORKSPACE).count() == 2
    keyring.forget_all()
    assert all(keyring.usable(key) for key in [*contacts, late])


def test_destroyed_keys_stay_destroyed(workspace_id: UUID) -> None:
    key_id = keyring.create_contact_key(workspace_id)
    keyring.destroy(key_id)
    rotation.rotate_workspace(workspace_id, progress=quiet)
    keyring.forget_all()
    assert keyring.is_destroyed(key_id)


def test_data_rotation_moves_rows_and_files(workspace_id: UUID, files: str) -> None:
    contact_key = keyring.create_contact_key(workspace_id)
    old_key = keyring.data_key_id(workspace_id)
    notes = [make_note(workspace_id, title=f"t{n}", body=f"b{n}") for n in range(5)]
    mine = make_note(workspace_id, body="contact's", key_id=contact_key)
    stored = storage.store([b"file"], workspace_id=workspace_id, file_id=storage.file_id(notes[0].pk), key_id=old_key)
    Note.objects.filter(pk=notes[0].pk).update(file=stored.name)
    bytes_before = raw(mine, "body")
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        make_note(workspace_id, body="late", key_id=old_key)  # by a process that did not know the new key yet

    assert reencryption.rotate_data(workspace_id, progress=quiet, wait=wait) == 6
    assert 60 < waited[0] <= 65
    new_key = keyring.data_key_id(workspace_id)
    assert new_key != old_key
    found = Note.objects.exclude(pk=mine.pk)
    assert {note.key_id for note in found} == {new_key}
    assert {note.title + note.body for note in found} == {"late", *(f"t{n}b{n}" for n in range(5))}
    first = Note.objects.get(pk=notes[0].pk)
    pieces = storage.open_stream(first.file, workspace_id=workspace_id, file_id=storage.file_id(first.pk), key_id=new_key)
    assert (b"".join(pieces), first.file != stored.name) == (b"file", True)
    assert raw(mine, "body") == bytes_before


def test_killed_data_rotation_goes_on_under_the_same_key(workspace_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reencryption, "ROW_BATCH", 4)
    for n in range(10):
        make_note(workspace_id, body=f"b{n}")
    with pytest.raises(Killed):
        reencryption.rotate_data(workspace_id, progress=killed_after(2), wait=lambda seconds: None)
    keyring.forget_all()
    assert reencryption.rows_left(workspace_id) == {"core.Note": 2}
    assert {note.body for note in Note.objects.all()} == {f"b{n}" for n in range(10)}
    assert reencryption.rotate_data(workspace_id, progress=quiet, wait=lambda seconds: None) == 2
    assert VaultKey.objects.filter(workspace_id=workspace_id, kind=KeyKind.DATA).count() == 2
    assert {note.body for note in Note.objects.all()} == {f"b{n}" for n in range(10)}


def test_old_data_key_is_destroyed_only_when_nothing_uses_it(workspace_id: UUID) -> None:
    old_key = keyring.data_key_id(workspace_id)
    note = make_note(workspace_id, body="x")
    with pytest.raises(Killed):
        reencryption.rotate_data(workspace_id, progress=killed_after(0), wait=_die)
    make_note(workspace_id, body="late", key_id=old_key)
    with pytest.raises(VaultError, match="still use"):
        reencryption.destroy_retired(workspace_id)
    reencryption.rotate_data(workspace_id, progress=quiet, wait=lambda seconds: None)
    assert reencryption.destroy_retired(workspace_id) == 1
    assert keyring.is_destroyed(old_key)
    assert Note.objects.get(pk=note.pk).body == "x"


def _die(seconds: float) -> None:
    raise Killed


def test_rotation_of_an_unknown_workspace_is_an_error(note_table: None) -> None:
    for rotate in (rotation.rotate_workspace, reencryption.rotate_data):
        with pytest.raises(KeyMissingError):
            rotate(uuid4(), progress=quiet)
    with pytest.raises(CommandError):
        call_command("vault_rotate", "workspace", workspace=uuid4(), stdout=StringIO())


def test_commands_rotate_and_report(workspace_id: UUID) -> None:
    note = make_note(workspace_id, body="text")
    out = StringIO()
    call_command("vault_rotate", "workspace", workspace=workspace_id, stdout=out)
    call_command("vault_rotate", "root", stdout=out)
    call_command("vault_status", stdout=out)
    text = out.getvalue()
    assert f"{workspace_id}: 2 keys wrapped by a new workspace key." in text
    assert "wraps 1 workspace keys" in text
    keyring.forget_all()
    assert Note.objects.get(pk=note.pk).body == "text"


def test_status_names_what_is_left_to_do(workspace_id: UUID, root_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.vault.management.commands.vault_status.workspace_ids", lambda: [workspace_id])
    make_note(workspace_id, body="text")
    with transaction.atomic(using="keys"):
        VaultKey.objects.filter(workspace_id=workspace_id, kind=KeyKind.DATA).update(retired_at="2026-01-01T00:00Z")
    providers.root_provider().add_version()  # type: ignore[attr-defined]  # the file provider's
    out = StringIO()
    call_command("vault_status", stdout=out)
    assert "1 workspace keys are under an older root key: run `vault_rotate root`." in out.getvalue()
    assert f"{workspace_id}: 1 rows of core.Note are under a retired data key." in out.getvalue()


@pytest.mark.drill
def test_process_killed_while_rotating_is_taken_up_by_the_next(workspace_id: UUID, root_file: Path) -> None:
    """With real processes and a real kill, at a moment that the clock chooses."""
    contacts = keyring.create_contact_keys(workspace_id, 6000)
    command = [sys.executable, "manage.py", "vault_rotate", "workspace", "--workspace", str(workspace_id)]
    environment = {**os.environ, "CHATZEE_ROOT_KEY": str(root_file), "DJANGO_SETTINGS_MODULE": "chatzee.settings"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # ours
        assert process.stdout is not None
        assert process.stdout.readline() == "  keys: 1000\n"
        process.kill()
    alive = VaultKey.objects.filter(workspace_id=workspace_id, kind=KeyKind.WORKSPACE, destroyed_at=None)
    assert alive.count() == 2
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603  # ours
    assert done.stdout.endswith(" keys wrapped by a new workspace key.\n")
    assert alive.count() == 1
    left = VaultKey.objects.filter(workspace_id=workspace_id).exclude(kind=KeyKind.WORKSPACE)
    assert set(left.values_list("wrapped_by", flat=True)) == {alive.get().id}
    keyring.forget_all()
    keyring.load(contacts)
    assert all(keyring.cached(key_id) for key_id in contacts)
