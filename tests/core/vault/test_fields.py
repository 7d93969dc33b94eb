"""Encrypted columns, as models and querysets use them."""

import copy
import pickle
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from django.core import checks, serializers
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connections, models, transaction
from django.db.models.fetch_modes import FETCH_PEERS
from django.forms import ModelForm, modelform_factory
from django.test.utils import CaptureQueriesContext, isolate_apps
from hypothesis import HealthCheck, given, settings, strategies as st

from accounts.models import User
from core.vault import keyring
from core.vault.blind import blind_index
from core.vault.errors import (
    DecryptionError,
    EncryptedFieldError,
    KeyDestroyedError,
    KeyMissingError,
    StaleKeyError,
)
from core.vault.fields import EncryptedTextField, encrypt_value, prefetch_keys, rekey
from core.vault.sealing import OVERHEAD, Sealed, place
from core.vault.unsealing import unsealed
from tests.core.vault.conftest import Note, make_note, raw, write_raw
from tests.factories import make_user

PLAIN = "Zoë Ωmega 張偉 🌊 lives at 7 Rua Augusta"

_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


def reload(note: Note) -> Note:
    return Note.objects.get(pk=note.pk)


def test_values_come_back(workspace_id: UUID) -> None:
    note = make_note(workspace_id, title="t", body=PLAIN, data={"a": [1, None, {"b": "ç"}]}, tags=["x"])
    found = reload(note)
    assert (found.title, found.body, found.data, found.tags) == ("t", PLAIN, {"a": [1, None, {"b": "ç"}]}, ["x"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"])), data=_json)
def test_any_value_comes_back(workspace_id: UUID, text: str, data: object) -> None:
    note = make_note(workspace_id, body=text, data=data)
    found = reload(note)
    assert found.body == text
    assert found.data == ({} if data is None else data)


def test_database_holds_no_plaintext(workspace_id: UUID) -> None:
    note = make_note(workspace_id, body=PLAIN, data={"street": "Rua Augusta"})
    body, data = raw(note, "body"), raw(note, "data")
    assert body is not None
    assert data is not None
    assert b"Augusta" not in body + data
    assert len(body) == len(PLAIN.encode()) + OVERHEAD


def test_same_text_is_never_stored_twice_alike(workspace_id: UUID) -> None:
    assert raw(make_note(workspace_id, body=PLAIN), "body") != raw(make_note(workspace_id, body=PLAIN), "body")


def test_empty_values_are_null(workspace_id: UUID) -> None:
    note = make_note(workspace_id, body="", data={}, tags=[])
    assert [raw(note, column) for column in ("title", "body", "data", "tags")] == [None] * 4
    found = reload(note)
    assert (found.title, found.body, found.data, found.tags) == ("", "", {}, [])
    assert Note.objects.filter(body__isnull=True).get() == note


def test_none_is_the_empty_value(workspace_id: UUID) -> None:
    note = Note(workspace_id=workspace_id, body=None, data=None)
    assert (note.body, note.data) == ("", {})


def test_lone_surrogate_does_not_cost_the_message(workspace_id: UUID) -> None:
    assert reload(make_note(workspace_id, body="ok \ud800!")).body == "ok ?!"


# What does not belong does not open.


def test_value_moved_to_another_row_does_not_open(workspace_id: UUID) -> None:
    one, two = make_note(workspace_id, body="one"), make_note(workspace_id, body="two")
    write_raw(two, "body", raw(one, "body"))
    with pytest.raises(DecryptionError):
        _ = reload(two).body


def test_value_moved_to_another_column_does_not_open(workspace_id: UUID) -> None:
    note = make_note(workspace_id, body="body", title="title")
    write_raw(note, "body", raw(note, "title"))
    with pytest.raises(DecryptionError):
        _ = reload(note).body


def test_value_of_another_table_does_not_open(workspace_id: UUID) -> None:
    note = make_note(workspace_id, body="body")
    foreign = encrypt_value(workspace_id, "other_table", "body", note.pk, note.key_id, b"foreign")
    write_raw(note, "body", foreign)
    with pytest.raises(DecryptionError):
        _ = reload(note).body


def test_row_moved_to_another_workspace_does_not_open(workspace_id: UUID, other_workspace_id: UUID) -> None:
    note = make_note(workspace_id, body="body")
    write_raw(note, "workspace_id", other_workspace_id)
    with pytest.raises(DecryptionError):
        _ = reload(note).body


def test_row_under_another_key_does_not_open(workspace_id: UUID) -> None:
    note = make_note(workspace_id, body="body")
    write_raw(note, "key_id", keyring.create_contact_key(workspace_id))
    with pytest.raises(DecryptionError):
        _ = reload(note).body


def test_row_under_a_key_of_another_workspace_is_refused(workspace_id: UUID, other_workspace_id: UUID) -> None:
    with pytest.raises(DecryptionError):
        make_note(workspace_id, body="body", key_id=keyring.data_key_id(other_workspace_id))


def test_every_flipped_bit_is_noticed(workspace_id: UUID) -> None:
    note = make_note(workspace_id, body="x")
    good = raw(note, "body")
    assert good is not None
    for position in range(len(good) * 8):
        changed = bytearray(good)
        changed[position // 8] ^= 1 << position % 8
        write_raw(note, "body", bytes(changed))
        with pytest.raises(DecryptionError):
            _ = reload(note).body


@pytest.mark.parametrize("length", [0, 1, 2, 13, 14, 29, 30])
def test_value_cut_short_is_noticed(workspace_id: UUID, length: int) -> None:
    note = make_note(workspace_id, body="xy")
    write_raw(note, "body", (raw(note, "body") or b"")[:length])
    with pytest.raises(DecryptionError):
        _ = reload(note).body


def test_errors_and_representations_show_no_plaintext(workspace_id: UUID) -> None:
    note = make_note(workspace_id, body=PLAIN)
    sealed = reload(note).__dict__["body"]
    assert (type(sealed), repr(sealed), f"{sealed}") == (Sealed, "<sealed>", "<sealed>")
    with pytest.raises(EncryptedFieldError) as error:
        Note.objects.update(body=PLAIN)
    assert PLAIN not in str(error.value)
    key = keyring.usable(note.key_id)
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)


# Keys: one query, destroyed, missing.


def test_page_of_fifty_rows_takes_one_key_query(workspace_id: UUID) -> None:
    keys = keyring.create_contact_keys(workspace_id, 50)
    Note.objects.bulk_create([Note(workspace_id=workspace_id, key_id=key, title="t", body=f"b{n}") for n, key in enumerate(keys)])
    for count in (1, 3, 50):
        keyring.forget_all()
        with CaptureQueriesContext(connections["keys"]) as queries:
            rows = list(Note.objects.all().fetch_mode(FETCH_PEERS).order_by("-id")[:count])
            texts = [row.title + row.body for row in reversed(rows)]
        assert (len(texts), len(queries)) == (count, 1)


def test_prefetch_keys_takes_one_query_for_rows_loaded_apart(workspace_id: UUID) -> None:
    notes = [make_note(workspace_id, body="x", key_id=key) for key in keyring.create_contact_keys(workspace_id, 3)]
    apart = [reload(note) for note in notes]
    keyring.forget_all()
    with CaptureQueriesContext(connections["keys"]) as queries:
        prefetch_keys(apart)
        assert [note.body for note in apart] == ["x"] * 3
    assert len(queries) == 1


def test_more_peers_than_memory_are_unlocked_block_by_block(workspace_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.vault.encrypted_field.PEERS", 10)
    keys = keyring.create_contact_keys(workspace_id, 25)
    Note.objects.bulk_create([Note(workspace_id=workspace_id, key_id=key, body="x") for key in keys])
    keyring.forget_all()
    with CaptureQueriesContext(connections["keys"]) as queries:
        assert {note.body for note in Note.objects.all().fetch_mode(FETCH_PEERS)} == {"x"}
    assert len(queries) == 3


def test_destroyed_key_leaves_empty_values(workspace_id: UUID) -> None:
    key = keyring.create_contact_key(workspace_id)
    note = make_note(workspace_id, key_id=key, body=PLAIN, data={"a": 1}, tags=["x"], number=1)
    assert reload(note).is_erased is False
    keyring.destroy(key)
    found = reload(note)
    assert (found.title, found.body, found.data, found.tags, found.is_erased) == ("", "", {}, [], True)
    before = raw(note, "body")
    found.number = 2
    found.save()
    assert (raw(note, "body"), reload(note).number) == (before, 2)


def test_nothing_is_written_under_a_destroyed_key(workspace_id: UUID) -> None:
    key = keyring.create_contact_key(workspace_id)
    note = make_note(workspace_id, key_id=key, body=PLAIN)
    keyring.destroy(key)
    note.body = "new"
    with pytest.raises(KeyDestroyedError), transaction.atomic():
        note.save(update_fields=["body"])
    with pytest.raises(KeyDestroyedError):
        rekey(reload(note), keyring.data_key_id(workspace_id))


def test_unknown_key_is_an_error(workspace_id: UUID) -> None:
    with pytest.raises(KeyMissingError):
        make_note(workspace_id, body="x", key_id=uuid4())


def test_new_row_gets_the_workspaces_data_key(workspace_id: UUID) -> None:
    assert make_note(workspace_id, body="x").key_id == keyring.data_key_id(workspace_id)


# Saving.


def test_save_of_chosen_fields(workspace_id: UUID) -> None:
    note = make_note(workspace_id, title="t", body="old")
    title = raw(note, "title")
    note.body = "new"
    note.save(update_fields=["body"])
    assert (reload(note).body, reload(note).title, raw(note, "title")) == ("new", "t", title)


def test_save_keeps_the_bytes_of_values_never_opened(workspace_id: UUID) -> None:
    note = make_note(workspace_id, body="x")
    before = raw(note, "body")
    found = reload(note)
    found.number = 5
    found.save()
    assert raw(note, "body") == before


def test_change_inside_a_json_value_is_saved(workspace_id: UUID) -> None:
    note = make_note(workspace_id, data={"a": 1})
    found = reload(note)
    found.data["b"] = 2
    found.save(update_fields=["data"])
    assert reload(note).data == {"a": 1, "b": 2}


def test_bulk_create_and_bulk_update(workspace_id: UUID) -> None:
    notes = Note.objects.bulk_create([Note(workspace_id=workspace_id, body=f"b{n}", tags=[n]) for n in range(3)])
    found = list(Note.objects.filter(pk__in=[note.pk for note in notes]))
    for note in found:
        note.body += "!"
        note.number = 1
    found[0].tags = []
    Note.objects.bulk_update(found, ["body", "tags", "number"])
    assert [note.body for note in found] == [reload(note).body for note in found]
    assert {note.body for note in found} == {"b0!", "b1!", "b2!"}
    assert reload(found[0]).tags == []
    assert all(reload(note).number == 1 for note in found)


def test_bulk_update_cannot_change_the_key(workspace_id: UUID) -> None:
    note = reload(make_note(workspace_id, body="x"))
    note.key_id = keyring.create_contact_key(workspace_id)
    with pytest.raises(EncryptedFieldError):
        Note.objects.bulk_update([note], ["body"])


def test_text_over_max_length_is_refused(workspace_id: UUID) -> None:
    with pytest.raises(ValueError, match="at most 20 characters"):
        make_note(workspace_id, title="x" * 21)
    with pytest.raises(ValidationError) as error:
        Note(workspace_id=workspace_id, title="x" * 21, body="b").clean_fields()
    assert list(error.value.message_dict) == ["title"]


def test_copied_row_under_a_new_id_opens(workspace_id: UUID) -> None:
    note = reload(make_note(workspace_id, body=PLAIN))
    old = note.pk
    note.pk = uuid4()
    note._state.adding = True
    note.save()
    assert (Note.objects.get(pk=note.pk).body, Note.objects.get(pk=old).body) == (PLAIN, PLAIN)


def test_rekey_moves_every_field(workspace_id: UUID) -> None:
    note = make_note(workspace_id, title="t", body=PLAIN, tags=["x"])
    key = keyring.create_contact_key(workspace_id)
    rekey(reload(note), key)
    found = reload(note)
    assert (found.key_id, found.title, found.body, found.tags) == (key, "t", PLAIN, ["x"])


def test_row_that_moved_under_another_key_meanwhile_is_not_overwritten(workspace_id: UUID) -> None:
    note = make_note(workspace_id, title="t", body="old")
    stale = reload(note)
    rekey(reload(note), keyring.create_contact_key(workspace_id))
    stale.body = "lost update"
    with pytest.raises(StaleKeyError), transaction.atomic():
        stale.save(update_fields=["body"])
    with pytest.raises(StaleKeyError), transaction.atomic():
        stale.save()
    stale.refresh_from_db(fields=["body"])
    stale.body += " and new"
    stale.save(update_fields=["body"])
    assert (reload(note).title, reload(note).body) == ("t", "old and new")


def test_row_deleted_meanwhile_is_not_called_stale(workspace_id: UUID) -> None:
    note = make_note(workspace_id, body="x")
    Note.objects.filter(pk=note.pk).delete()
    note.body = "y"
    with pytest.raises(Note.NotUpdated):
        note.save(update_fields=["body"])


def test_raw_sql_writer_and_reader_agree_with_the_fields(workspace_id: UUID) -> None:
    note = make_note(workspace_id, body="x")
    sealed = encrypt_value(workspace_id, "vault_test_note", "body", note.pk, note.key_id, PLAIN.encode())
    write_raw(note, "body", sealed)
    assert reload(note).body == PLAIN
    assert unsealed(workspace_id, place("vault_test_note", "body"), note.pk, note.key_id, sealed) == PLAIN.encode()


# Reading in other ways.


def test_deferred_fields_and_only(workspace_id: UUID) -> None:
    note = make_note(workspace_id, title="t", body=PLAIN)
    assert Note.objects.only("body").get(pk=note.pk).body == PLAIN
    assert Note.objects.defer("key_id", "workspace_id").get(pk=note.pk).body == PLAIN
    partial = Note.objects.defer("body").get(pk=note.pk)
    partial.number = 3
    partial.save()
    assert (partial.body, reload(note).title, reload(note).number) == (PLAIN, "t", 3)


def test_deferred_field_is_fetched_once_for_all_peers(workspace_id: UUID) -> None:
    for n in range(3):
        make_note(workspace_id, body=f"b{n}")
    rows = list(Note.objects.all().fetch_mode(FETCH_PEERS).defer("body"))
    with CaptureQueriesContext(connections["default"]) as queries:
        assert {row.body for row in rows} == {"b0", "b1", "b2"}
    assert len(queries) == 1


def test_refresh_brings_the_stored_value_and_its_key(workspace_id: UUID) -> None:
    note = reload(make_note(workspace_id, title="t", body="old"))
    key = keyring.create_contact_key(workspace_id)
    other = reload(note)
    other.body = "new"
    other.key_id = key
    other.save(update_fields=["body"])
    note.refresh_from_db()
    assert (note.body, note.title, note.key_id) == ("new", "t", key)


def test_values_gives_sealed_bytes(workspace_id: UUID) -> None:
    make_note(workspace_id, body=PLAIN)
    assert repr(list(Note.objects.values_list("body"))) == "[(<sealed>,)]"


@pytest.mark.parametrize("lookup", ["body", "body__exact", "body__icontains", "body__in", "body__gt", "data__a"])
def test_look_up_by_value_is_refused(workspace_id: UUID, lookup: str) -> None:
    with pytest.raises(FieldError):
        Note.objects.filter(**{lookup: "x"})


@pytest.mark.parametrize("change", [{"body": "x"}, {"data": {"a": 1}}, {"body": b"x"}])
def test_update_with_a_value_is_refused(workspace_id: UUID, change: dict[str, object]) -> None:
    with pytest.raises(EncryptedFieldError):
        Note.objects.update(**change)


def test_update_may_clear(workspace_id: UUID) -> None:
    note = make_note(workspace_id, body="x", tags=["x"])
    Note.objects.update(body="", tags=None)
    assert (reload(note).body, reload(note).tags) == ("", [])


def test_blind_index_finds_and_is_unique(workspace_id: UUID) -> None:
    index = blind_index("note.who", "ana@example.com", workspace_id=workspace_id)
    note = make_note(workspace_id, who=index)
    assert Note.objects.get(who=index) == note
    assert Note.objects.get(who__in=[index]).who == index
    with pytest.raises(IntegrityError):
        make_note(workspace_id, who=index)


@pytest.mark.parametrize("value", ["ana@example.com", b"short", b"x" * 17])
def test_blind_index_takes_nothing_else(workspace_id: UUID, value: object) -> None:
    with pytest.raises(EncryptedFieldError):
        make_note(workspace_id, who=value)


# Copies, pickles, forms, serialisation.


def test_copies_are_whole(workspace_id: UUID) -> None:
    note = reload(make_note(workspace_id, body=PLAIN, data={"a": [1]}))
    assert note.data == {"a": [1]}
    deep = copy.deepcopy(note)
    deep.data["a"].append(2)
    assert (copy.copy(note).body, deep.body, note.data) == (PLAIN, PLAIN, {"a": [1]})
    assert copy.deepcopy(Note(body=PLAIN)).body == PLAIN


@pytest.mark.django_db
def test_pickle_holds_no_plaintext_and_opens() -> None:
    user = make_user(name=PLAIN)
    assert user.name == PLAIN
    data = pickle.dumps(user)
    assert PLAIN.encode() not in data
    assert pickle.loads(data).name == PLAIN  # noqa: S301  # our own
    with pytest.raises(pickle.PicklingError):
        pickle.dumps(User(name=PLAIN))


@pytest.mark.django_db
def test_serialised_rows_hold_no_plaintext_and_load() -> None:
    user = make_user(name=PLAIN)
    data = serializers.serialize("json", [User.objects.get(pk=user.pk)])
    assert PLAIN not in data
    assert user.email not in data
    User.objects.filter(pk=user.pk).delete()
    for loaded in serializers.deserialize("json", data):
        loaded.save()
    found = User.objects.get(pk=user.pk)
    assert (found.name, found.email, found.email_index) == (PLAIN, user.email, user.email_index)


def test_model_form_shows_checks_and_saves(workspace_id: UUID) -> None:
    form_class: type[ModelForm[Note]] = modelform_factory(Note, fields=["title", "body", "data"])
    note = reload(make_note(workspace_id, title="old", body="text", data={"a": 1}))
    assert 'value="old"' in form_class(instance=note).as_p()
    assert form_class({"title": "x" * 21, "body": "b"}, instance=note).errors.keys() == {"title"}
    assert form_class({"title": "t", "body": ""}, instance=reload(note)).errors.keys() == {"body"}
    form = form_class({"title": "new", "body": "sealed:AAAA", "data": '{"b": 2}'}, instance=reload(note))
    assert form.is_valid(), form.errors
    form.save()
    found = reload(note)
    assert (found.title, found.body, found.data) == ("new", "sealed:AAAA", {"b": 2})


def test_unchanged_form_has_not_changed(workspace_id: UUID) -> None:
    form_class = modelform_factory(Note, fields=["title", "body", "data"])
    note = reload(make_note(workspace_id, title="t", body="b", data={"a": 1}))
    assert form_class({"title": "t", "body": "b", "data": '{"a": 1}'}, instance=note).has_changed() is False


@isolate_apps("core")
def test_wrong_use_fails_the_system_check() -> None:
    class Plain(models.Model):
        text = EncryptedTextField(unique=True)

        class Meta:
            app_label = "core"

    assert [found.id for found in Plain.check() if isinstance(found, checks.Error)] == ["vault.E001", "vault.E002"]


def test_migrations_name_the_public_fields() -> None:
    found = [
        cast("models.Field[Any, Any]", Note._meta.get_field(name)).deconstruct()[1:]
        for name in ("key_id", "title", "tags", "who")
    ]
    assert found == [
        ("core.vault.fields.KeyIdField", [], {}),
        ("core.vault.fields.EncryptedTextField", [], {"blank": True, "default": "", "max_length": 20}),
        ("core.vault.fields.EncryptedJSONField", [], {"blank": True, "default": list}),
        ("core.vault.fields.BlindIndexField", [], {"unique": True}),
    ]
