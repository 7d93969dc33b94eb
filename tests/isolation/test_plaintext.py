"""Nothing that a person wrote lies anywhere in plain text: database, its raw files, broker, stored files, logs."""

import base64
import io
import json
import logging
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from django.apps import apps
from structlog.stdlib import ProcessorFormatter

from accounts.models import User
from chatzee.embedded.folders import is_root
from conversations.models import Attachment, MessageOriginal
from conversations.services import attachments, originals
from core.tenancy import crossing
from core.valkey import valkey
from tests.harness import servers
from tests.isolation.busy import Busy, make_busy

pytestmark = pytest.mark.django_db(transaction=True)

CHUNK = 1 << 24


@pytest.fixture
def busy() -> Busy:
    return make_busy()


def forms_of(word: str) -> list[bytes]:
    """The ways in which a word may be written down: as it is, in other cases, base64 at each offset, hex, UTF-16."""
    plain = word.encode()
    shifted = [base64.b64encode(b"x" * shift + plain)[4 if shift else 0 : -4] for shift in range(3)]
    return [plain, plain.upper(), plain.title(), *shifted, plain.hex().encode(), word.encode("utf-16-le")]


def hits(busy: Busy, content: bytes) -> set[str]:
    """The places whose canaries are in some bytes."""
    return {place for place, word in busy.canaries.items() if any(form in content for form in forms_of(word))}


def in_files(busy: Busy, files: Iterator[Path]) -> tuple[set[str], int]:
    """The places found in files, and how many bytes were looked at."""
    found: set[str] = set()
    size = 0
    for path in files:
        tail = b""
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                found |= hits(busy, tail + chunk)
                tail, size = chunk[-400:], size + len(chunk)
    return found, size


def below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def test_net_catches_what_it_is_meant_to(busy: Busy) -> None:
    word = busy.canaries["message"]
    for form in (word, word.upper(), base64.b64encode(f"ab{word}cd".encode()).decode(), word.encode().hex()):
        assert hits(busy, f"…{form}…".encode()) == {"message"}


def test_dump_of_the_database_holds_no_plaintext(busy: Busy) -> None:
    cluster = servers.cluster()
    for database in servers.database_names():
        done = subprocess.run(  # noqa: S603  # the cluster's own program
            [cluster.program("pg_dump"), "--inserts", cluster.url(database)], capture_output=True, check=True
        )
        assert done.stdout.count(b"INSERT INTO public.") > 10, database
        assert hits(busy, done.stdout) == set()


def test_every_row_as_json_holds_no_plaintext(busy: Busy, superuser: psycopg.Connection[Any]) -> None:
    """Binary columns are decoded here, which a dump shows in hex."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label == "vault" or not model._meta.managed:
            continue
        for row in superuser.execute(f'SELECT * FROM "{model._meta.db_table}"').fetchall():
            content = b"\n".join(value if isinstance(value, bytes) else json.dumps(value, default=str).encode() for value in row)
            assert hits(busy, content) == set(), model._meta.label


def test_raw_files_of_the_cluster_hold_no_plaintext(busy: Busy, superuser: psycopg.Connection[Any]) -> None:
    """Heap, indexes and the write-ahead log, after everything was written to the disk."""
    superuser.execute("CHECKPOINT")
    wal = superuser.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
    folder = servers.cluster().data
    oids = superuser.execute("SELECT oid::text FROM pg_database WHERE datname = ANY(%s)", [list(servers.database_names())])
    assert wal is not None
    if not is_root() and folder.stat().st_uid != os.geteuid():
        pytest.fail("The cluster's files cannot be read.")
    folders = [folder / "base" / oid for (oid,) in oids.fetchall()]
    paths = [path for one in folders for path in below(one)] + [
        path for path in below(folder / "pg_wal") if path.name <= str(wal[0])
    ]
    found, size = in_files(busy, iter(paths))
    assert size > 1_000_000
    assert found == set()


def test_broker_holds_no_plaintext(busy: Busy) -> None:
    with redis.Redis.from_url(os.environ["CHATZEE_VALKEY_URL"]) as client:
        databases = [int(name.removeprefix("db")) for name in client.info("keyspace")]
    assert databases
    client = valkey()
    for number in databases:
        with redis.Redis.from_url(f"{os.environ['CHATZEE_VALKEY_URL']}/{number}") as client:
            for key in client.scan_iter():
                assert hits(busy, key + (client.dump(key) or b"") + _listed(client, key)) == set()


def _listed(client: "redis.Redis", key: bytes) -> bytes:
    """The elements of a list as they are: a dump may compress them."""
    found: Any = client.lrange(key, 0, -1) if client.type(key) == b"list" else []
    return b"\n".join(found)


def test_stored_files_hold_no_plaintext(busy: Busy) -> None:
    found, size = in_files(busy, below(Path(os.environ["CHATZEE_FILES"])))
    assert size > 1000
    assert found == set()


def test_logs_hold_no_plaintext(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    own = next(one for one in logging.getLogger().handlers if isinstance(one.formatter, ProcessorFormatter))
    assert isinstance(own, logging.StreamHandler)
    written = io.StringIO()
    monkeypatch.setattr(own, "stream", written)
    with caplog.at_level("DEBUG"):
        busy = make_busy()
    said = written.getvalue()
    assert "scope.crossing" in said
    assert hits(busy, said.encode()) == set()


def test_product_finds_every_canary(busy: Busy) -> None:
    """The other half of the proof: what is hidden is there, and the product can read all of it."""
    found = hits(busy, "\n".join(readable(busy)).encode())
    stripped = {"picture metadata"}  # the preview is made without it; the original keeps it
    assert set(busy.canaries) - found == set()
    with crossing("read previews"):
        for attachment in Attachment.objects.exclude(preview_name=""):
            preview = b"".join(attachments.read(attachment, preview=True))
            assert preview
            assert hits(busy, preview) & stripped == set()


def readable(busy: Busy) -> Iterator[str]:
    """Everything that the product decrypts: every row of every model through the ORM, and every file."""
    with crossing("read everything back"):
        for model in apps.get_models():
            if model._meta.app_label == "vault" or not model._meta.managed:
                continue
            for row in model._default_manager.all():
                yield "\n".join(str(getattr(row, field.attname)) for field in model._meta.concrete_fields)
        for attachment in Attachment.objects.exclude(storage_name=""):
            yield b"".join(attachments.read(attachment)).decode("latin-1")
        for kept in MessageOriginal.objects.exclude(storage_name=""):
            yield b"".join(originals.read(kept)).decode("latin-1")
    yield from (user.email for user in User.objects.all())
