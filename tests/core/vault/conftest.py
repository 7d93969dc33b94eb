"""A model with every kind of encrypted column, on a table of its own, and workspaces with keys."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps
from pytest_django import DjangoDbBlocker

from chatzee.env import env
from core.ids import new_id
from core.vault import blobs, keyring
from core.vault.fields import BlindIndexField, EncryptedJSONField, EncryptedModel, EncryptedTextField

with isolate_apps("core"):

    class Note(EncryptedModel):
        """Outside Django's registry, so that no list of the product's models shows it."""

        id = models.UUIDField(primary_key=True, default=new_id)
        workspace_id = models.UUIDField()
        title = EncryptedTextField(max_length=20, blank=True)
        body = EncryptedTextField()
        data = EncryptedJSONField(blank=True)
        tags = EncryptedJSONField(default=list, blank=True)
        who = BlindIndexField(unique=True)
        file = models.CharField(max_length=40, blank=True)
        number = models.IntegerField(default=0)

        objects: ClassVar[models.Manager["Note"]] = models.Manager()

        vault_files: ClassVar[Mapping[str, str]] = {"file": ""}

        class Meta:
            app_label = "core"
            db_table = "vault_test_note"


@pytest.fixture(scope="session")
def note_table(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        with connection.schema_editor(collect_sql=True, atomic=False) as editor:
            editor.create_model(Note)
        connection.close()
    from tests.harness import servers

    with servers.cluster().connect(servers.database_names()[0]) as superuser:
        for statement in editor.collected_sql:
            superuser.execute(statement)
        superuser.execute("GRANT ALL ON vault_test_note TO chatzee_app, chatzee_crossing")


@pytest.fixture
def workspace_id(db: None, note_table: None) -> UUID:
    found = uuid4()
    keyring.create_workspace_keys(found)
    return found


@pytest.fixture
def other_workspace_id(db: None) -> UUID:
    found = uuid4()
    keyring.create_workspace_keys(found)
    return found


@pytest.fixture
def files(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Files in a folder of this test's."""
    folder = str(tmp_path_factory.mktemp("files"))
    monkeypatch.setattr(blobs, "env", env.model_copy(update={"files": folder}))
    blobs.blobs.cache_clear()
    yield folder
    blobs.blobs.cache_clear()


def make_note(workspace_id: UUID, **fields: Any) -> Note:
    return Note.objects.create(workspace_id=workspace_id, **fields)


def raw(note: Note, column: str) -> bytes | None:
    """The column's bytes as they lie in the table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM vault_test_note WHERE id = %s", [note.pk])  # noqa: S608  # ours
        found = cursor.fetchone()[0]
    return None if found is None else bytes(found)


def write_raw(note: Note, column: str, value: bytes | UUID | None) -> None:
    """Change a row behind Django's back."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE vault_test_note SET {column} = %s WHERE id = %s", [value, note.pk])  # noqa: S608  # ours
