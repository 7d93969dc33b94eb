"""Encrypted files: whole, in ranges, and tampered with in every way the construction is there to notice."""

import io
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from hypothesis import HealthCheck, given, settings, strategies as st
from moto import mock_aws

from chatzee.env import env
from core.tenancy import scope
from core.vault import blobs, keyring, storage
from core.vault.errors import DecryptionError, KeyDestroyedError
from core.vault.fields import rekey
from core.vault.storage import StoredFile
from core.vault.streams import HEADER, SEGMENT, TAG
from tests.core.vault.conftest import Note, make_note

BLOCK = SEGMENT + TAG
FILE_ID = UUID("01900000-0000-7000-8000-000000000001")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Files in a bucket of moto's."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        monkeypatch.setattr(blobs, "env", env.model_copy(update={"files": "s3://files/some/prefix"}))
        blobs.blobs.cache_clear()
        yield "files"
        blobs.blobs.cache_clear()


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("files" if request.param == "folder" else "bucket"))


def store(content: bytes, workspace_id: UUID, *, file_id: UUID = FILE_ID, key_id: UUID | None = None) -> StoredFile:
    key_id = key_id or keyring.data_key_id(workspace_id)
    return storage.store(io.BytesIO(content), workspace_id=workspace_id, file_id=file_id, key_id=key_id)


def read(
    name: str,
    workspace_id: UUID,
    *,
    file_id: UUID = FILE_ID,
    key_id: UUID | None = None,
    start: int = 0,
    end: int | None = None,
) -> bytes:
    key_id = key_id or keyring.data_key_id(workspace_id)
    pieces = storage.open_stream(name, workspace_id=workspace_id, file_id=file_id, key_id=key_id, start=start, end=end)
    return b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 3 * SEGMENT + 7, 9_000_000])
def test_file_comes_back(place: str, workspace_id: UUID, size: int) -> None:
    content = os.urandom(size)
    stored = store(content, workspace_id)
    assert (stored.size, storage.size_of(stored.name)) == (size, size)
    assert read(stored.name, workspace_id) == content


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_range_comes_back(files: str, workspace_id: UUID, data: st.DataObject) -> None:
    near = st.sampled_from([0, 1, SEGMENT, 2 * SEGMENT]).flatmap(lambda at: st.integers(max(0, at - 2), at + 2))
    size = data.draw(near | st.integers(0, 3 * SEGMENT))
    start = data.draw(st.integers(0, size))
    end = data.draw(st.integers(start, size))
    content = os.urandom(size)
    assert read(store(content, workspace_id).name, workspace_id, start=start, end=end) == content[start:end]


def test_range_in_a_bucket(bucket: str, workspace_id: UUID) -> None:
    content = os.urandom(4 * SEGMENT)
    name = store(content, workspace_id).name
    assert read(name, workspace_id, start=SEGMENT + 5, end=2 * SEGMENT + 9) == content[SEGMENT + 5 : 2 * SEGMENT + 9]


@pytest.mark.parametrize(("start", "end"), [(-1, None), (11, None), (0, 11), (5, 4)])
def test_range_outside_the_file_is_refused(files: str, workspace_id: UUID, start: int, end: int | None) -> None:
    name = store(b"0123456789", workspace_id).name
    with pytest.raises(ValueError, match="has 10 bytes"):
        read(name, workspace_id, start=start, end=end)


def test_chunks_of_any_size_are_taken(files: str, workspace_id: UUID) -> None:
    chunks = [b"a" * 10, b"", b"b" * 200_000, b"c"]
    key_id = keyring.data_key_id(workspace_id)
    stored = storage.store(chunks, workspace_id=workspace_id, file_id=FILE_ID, key_id=key_id)
    assert read(stored.name, workspace_id) == b"".join(chunks)


def test_disk_shows_neither_content_nor_origin(files: str, workspace_id: UUID) -> None:
    store(b"Passport of Zo\xc3\xab" * 10_000, workspace_id)
    paths = [path for path in Path(files).rglob("*") if path.is_file()]
    assert len(paths) == 1
    assert b"Passport" not in paths[0].read_bytes()
    assert str(FILE_ID) not in str(paths[0])
    assert workspace_id.hex not in str(paths[0])
    assert (paths[0].stat().st_mode & 0o777, paths[0].parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_missing_file_is_an_error(place: str, workspace_id: UUID) -> None:
    stored = store(b"x", workspace_id)
    storage.delete(stored.name)
    storage.delete(stored.name)
    with pytest.raises(FileNotFoundError):
        read(stored.name, workspace_id)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a/../../b"])
def test_name_outside_the_folder_is_refused(files: str, workspace_id: UUID, name: str) -> None:
    with pytest.raises(ValueError, match="inside its folder"):
        read(name, workspace_id)


def test_file_opens_only_for_its_workspace_id_and_key(files: str, workspace_id: UUID, other_workspace_id: UUID) -> None:
    key_id = keyring.data_key_id(workspace_id)
    name = store(b"x", workspace_id).name
    with pytest.raises(DecryptionError):
        read(name, workspace_id, file_id=uuid4())
    with pytest.raises(DecryptionError):
        read(name, workspace_id, key_id=keyring.create_contact_key(workspace_id))
    with pytest.raises(DecryptionError):
        read(name, other_workspace_id, key_id=key_id)
    with pytest.raises(DecryptionError):
        read(name, other_workspace_id)


def test_file_under_a_destroyed_key_does_not_open(files: str, workspace_id: UUID) -> None:
    key_id = keyring.create_contact_key(workspace_id)
    name = store(b"x", workspace_id, key_id=key_id).name
    keyring.destroy(key_id)
    with pytest.raises(KeyDestroyedError):
        read(name, workspace_id, key_id=key_id)


def segments(stored: bytes) -> list[bytes]:
    return [stored[at : at + BLOCK] for at in range(HEADER, len(stored), BLOCK)]


@pytest.mark.parametrize(
    "tamper",
    [
        lambda raw, other: raw[:-1],
        lambda raw, other: raw[:-BLOCK],
        lambda raw, other: raw[: HEADER + BLOCK],
        lambda raw, other: raw[: HEADER + 2 * BLOCK],
        lambda raw, other: raw[:HEADER],
        lambda raw, other: raw[: HEADER - 1],
        lambda raw, other: b"",
        lambda raw, other: raw + b"x",
        lambda raw, other: raw + segments(raw)[-1],
        lambda raw, other: raw[:HEADER] + segments(raw)[1] + segments(raw)[0] + b"".join(segments(raw)[2:]),
        lambda raw, other: raw[:HEADER] + b"".join(segments(raw)[1:]),
        lambda raw, other: raw[:HEADER] + segments(other)[0] + b"".join(segments(raw)[1:]),
        lambda raw, other: other[:HEADER] + raw[HEADER:],
        lambda raw, other: raw[:HEADER] + other[HEADER:],
        lambda raw, other: b"X" + raw[1:],
        lambda raw, other: raw[:4] + b"\x02" + raw[5:],
        lambda raw, other: raw[:5] + b"\x02" + raw[6:],
        lambda raw, other: raw[:6] + b"\x01" + raw[7:],
        lambda raw, other: raw[:24] + bytes(16) + raw[40:],
        lambda raw, other: raw[:100] + bytes([raw[100] ^ 1]) + raw[101:],
        lambda raw, other: raw[:-1] + bytes([raw[-1] ^ 1]),
    ],
)
def test_tampering_is_noticed(files: str, workspace_id: UUID, tamper: object) -> None:
    content = os.urandom(3 * SEGMENT + 100)
    name, other = store(content, workspace_id).name, store(content, workspace_id).name
    path = Path(files) / name
    changed = tamper(path.read_bytes(), (Path(files) / other).read_bytes())  # type: ignore[operator]
    path.write_bytes(changed)
    with pytest.raises(DecryptionError):
        read(name, workspace_id)


def test_every_flipped_bit_of_the_header_is_noticed(files: str, workspace_id: UUID) -> None:
    name = store(b"x", workspace_id).name
    path = Path(files) / name
    good = path.read_bytes()
    for position in range(HEADER * 8):
        changed = bytearray(good)
        changed[position // 8] ^= 1 << position % 8
        path.write_bytes(bytes(changed))
        with pytest.raises(DecryptionError):
            read(name, workspace_id)


def test_failed_upload_leaves_nothing(files: str, workspace_id: UUID) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 200_000
        raise ConnectionResetError

    key_id = keyring.data_key_id(workspace_id)
    with pytest.raises(ConnectionResetError):
        storage.store(broken(), workspace_id=workspace_id, file_id=FILE_ID, key_id=key_id)
    assert [path for path in Path(files).rglob("*") if path.is_file()] == []


def test_memory_stays_flat(files: str, workspace_id: UUID) -> None:
    chunk = os.urandom(SEGMENT)
    key_id = keyring.data_key_id(workspace_id)
    tracemalloc.start()
    stored = storage.store((chunk for _ in range(640)), workspace_id=workspace_id, file_id=FILE_ID, key_id=key_id)
    pieces = storage.open_stream(stored.name, workspace_id=workspace_id, file_id=FILE_ID, key_id=key_id)
    total = sum(len(piece) for piece in pieces)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (stored.size, total) == (640 * SEGMENT, 640 * SEGMENT)
    assert peak < 8 * 1024 * 1024


def test_move_gives_a_new_name_under_the_new_key(place: str, workspace_id: UUID) -> None:
    old_key, new_key = keyring.create_contact_keys(workspace_id, 2)
    old = store(b"content", workspace_id, key_id=old_key)
    new = storage.move(old.name, workspace_id=workspace_id, file_id=FILE_ID, key_id=old_key, new_key_id=new_key)
    keyring.destroy(old_key)
    assert new.name != old.name
    assert read(new.name, workspace_id, key_id=new_key) == b"content"


@pytest.mark.django_db(transaction=True)
def test_rekey_takes_a_rows_files_along(files: str, workspace_id: UUID) -> None:
    note = make_note(workspace_id, body="x")
    old = storage.store([b"content"], workspace_id=workspace_id, file_id=storage.file_id(note.pk), key_id=note.key_id).name
    note.file = old
    note.save(update_fields=["file"])
    key_id = keyring.create_contact_key(workspace_id)
    rekey(note, key_id)
    found = Note.objects.get(pk=note.pk)
    pieces = storage.open_stream(found.file, workspace_id=workspace_id, file_id=storage.file_id(note.pk), key_id=key_id)
    assert b"".join(pieces) == b"content"
    with pytest.raises(FileNotFoundError):
        storage.size_of(old)


def test_djangos_storage_keeps_files_of_the_workspace_in_scope(files: str, workspace_id: UUID, other_workspace_id: UUID) -> None:
    with scope(workspace_id):
        name = default_storage.save("invoice of Ana.pdf", ContentFile(b"%PDF" + b"x" * 100_000))
        assert "Ana" not in name
        with default_storage.open(name) as file:
            assert file.read(4) == b"%PDF"
            file.seek(-1, io.SEEK_END)
            assert file.read() == b"x"
        assert (default_storage.size(name), default_storage.exists(name)) == (100_004, True)
    with scope(other_workspace_id), pytest.raises(DecryptionError):
        default_storage.open(name).read()
    default_storage.delete(name)
    assert default_storage.exists(name) is False
