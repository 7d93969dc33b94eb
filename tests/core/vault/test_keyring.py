"""Keys: made, kept in memory, destroyed; what the keys database holds of them."""

import asyncio
import os
import threading
import time
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connections, transaction
from django.test.utils import CaptureQueriesContext

from core.vault import keyring
from core.vault.blind import blind_index
from core.vault.cache import TimedCache
from core.vault.errors import DecryptionError, KeyDestroyedError, KeyMissingError, RootKeyError
from core.vault.fields import encrypt_value
from core.vault.models import KeyKind, VaultKey
from core.vault.providers import root_provider


def test_workspace_gets_one_active_key_of_each_kind_however_often_asked(workspace_id: UUID) -> None:
    keyring.create_workspace_keys(workspace_id)
    kinds = VaultKey.objects.filter(workspace_id=workspace_id).order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["data", "index", "workspace"]


def test_second_active_data_key_is_refused_by_the_database(workspace_id: UUID) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(using="keys"):
        keyring.create_key(workspace_id, KeyKind.DATA)


def test_workspace_without_keys_is_an_error(db: None) -> None:
    with pytest.raises(KeyMissingError):
        keyring.data_key_id(uuid4())
    with pytest.raises(KeyMissingError):
        keyring.create_contact_key(uuid4())


def test_platform_gets_its_keys_on_first_use(db: None) -> None:
    first = keyring.data_key_id(keyring.PLATFORM)
    keyring.forget_all()
    assert keyring.data_key_id(keyring.PLATFORM) == first


def test_keys_rest_wrapped(workspace_id: UUID) -> None:
    key_id = keyring.create_contact_key(workspace_id)
    secret = keyring.usable(key_id).secret
    stored = b"".join(bytes(found) for found in VaultKey.objects.values_list("wrapped", flat=True))
    assert len(secret) == 32
    assert secret not in stored


def test_many_contact_keys_are_one_insert(workspace_id: UUID) -> None:
    with CaptureQueriesContext(connections["keys"]) as queries:
        ids = keyring.create_contact_keys(workspace_id, 100)
    assert len(set(ids)) == 100
    assert sum(query["sql"].startswith("INSERT") for query in queries) == 1


def test_load_asks_once_and_only_for_what_is_missing(workspace_id: UUID) -> None:
    ids = keyring.create_contact_keys(workspace_id, 20)
    keyring.forget_all()
    with CaptureQueriesContext(connections["keys"]) as queries:
        keyring.load(ids)
        keyring.load(ids)
        assert all(keyring.cached(key_id) is not None for key_id in ids)
    assert len(queries) == 1


def test_root_provider_is_asked_once_an_hour_for_a_workspace(workspace_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = keyring.create_contact_keys(workspace_id, 3)
    keyring.forget_all()
    provider, calls = root_provider(), []
    real = provider.unwrap

    def counted(wrapped: bytes, *, version: str, context: dict[str, str]) -> bytes:
        calls.append(context)
        return real(wrapped, version=version, context=context)

    monkeypatch.setattr(provider, "unwrap", counted)
    for key_id in ids:
        keyring.unlocked(key_id)
    keyring.data_key_id(workspace_id)
    assert len(calls) == 1


def test_keys_leave_the_memory_by_themselves_within_their_time() -> None:
    cache = TimedCache[int, int](size=3, seconds=1.2)
    begin = time.monotonic()
    cache.put(1, 1)
    time.sleep(0.5)
    cache.put(2, 2)
    assert cache.held == {1: 1, 2: 2}
    while 1 in cache.held:
        time.sleep(0.001)
    assert 1.1 <= time.monotonic() - begin <= 4
    while cache.held:
        time.sleep(0.001)
    assert 1.6 <= time.monotonic() - begin <= 4


def test_memory_that_was_emptied_by_time_is_swept_again() -> None:
    cache = TimedCache[int, int](size=3, seconds=0.5)
    for _turn in range(2):
        cache.put(1, 1)
        assert cache.get(1) == 1
        deadline = time.monotonic() + 10
        while cache.held and time.monotonic() < deadline:
            time.sleep(0.001)
        assert cache.held == {}


def test_keys_end_within_their_minute_and_sweeping_them_wakes_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now, wakes = [0.0], []
    is_filled = threading.Event()

    def is_ours() -> bool:
        """The process has other caches, whose threads live by the clock on the wall."""
        return threading.current_thread() in (cache._sweeper, threading.main_thread())

    def pass_time(seconds: float) -> None:
        if not is_ours():
            return time.sleep(seconds)
        is_filled.wait()
        wakes.append(seconds)
        now[0] += seconds
        return None

    cache = TimedCache[int, int](size=2000, seconds=keyring.KEY_SECONDS)
    monkeypatch.setattr("core.vault.cache.monotonic", lambda: now[0] if is_ours() else time.monotonic())
    monkeypatch.setattr("core.vault.cache.sleep", pass_time)
    step = 1 / 128  # adds up without rounding, so the bounds below hold to the instant
    for number in range(1000):
        cache.put(number, number)
        now[0] += step
    is_filled.set()
    while cache.held:
        time.sleep(0.001)
    assert 59 <= now[0] - 999 * step <= 60
    assert min(wakes) >= 1
    assert len(wakes) <= 12


def test_memory_is_bounded_and_keeps_what_was_put_last() -> None:
    cache = TimedCache[int, int](size=3, seconds=60)
    for key in (1, 2, 3, 1, 4):
        cache.put(key, key)
    assert [cache.get(key) for key in (1, 2, 3, 4)] == [1, None, 3, 4]


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_forked_process_begins_without_keys(workspace_id: UUID) -> None:
    key_id = keyring.create_contact_key(workspace_id)
    keyring.load([key_id])
    assert keyring.cached(key_id) is not None
    child = os.fork()
    if not child:
        os._exit(len(keyring.HELD) + (keyring.cached(key_id) is not None))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert keyring.cached(key_id) is not None


def test_memory_survives_threads() -> None:
    cache = TimedCache[int, int](size=50, seconds=60)
    wrong: list[object] = []

    def work(start: int) -> None:
        for turn in range(5000):
            key = (start + turn) % 100
            cache.put(key, key)
            if cache.get(key) not in {key, None}:
                wrong.append(key)
            if turn % 7 == 0:
                cache.drop(key)

    threads = [threading.Thread(target=work, args=(start,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_destroyed_key_leaves_a_tombstone_without_bytes(workspace_id: UUID) -> None:
    key_id = keyring.create_contact_key(workspace_id)
    assert keyring.destroy(key_id) is True
    assert keyring.destroy(key_id) is False
    row = VaultKey.objects.get(id=key_id)
    assert (bytes(row.wrapped), row.destroyed_at is not None) == (b"", True)
    assert keyring.is_destroyed(key_id) is True
    with pytest.raises(KeyDestroyedError):
        keyring.usable(key_id)


def test_destroyed_row_cannot_keep_bytes(workspace_id: UUID) -> None:
    key_id = keyring.create_contact_key(workspace_id)
    with pytest.raises(IntegrityError), transaction.atomic(using="keys"):
        VaultKey.objects.filter(id=key_id).update(destroyed_at="2026-01-01T00:00Z")


def test_destroyed_workspace_can_neither_read_nor_write(workspace_id: UUID) -> None:
    key_id = keyring.data_key_id(workspace_id)
    contact_key_id = keyring.create_contact_key(workspace_id)
    assert keyring.destroy_workspace(workspace_id) == 4
    with pytest.raises(KeyDestroyedError):
        encrypt_value(workspace_id, "t", "c", uuid4(), key_id, b"x")
    assert keyring.is_destroyed(contact_key_id)
    with pytest.raises(KeyMissingError):
        keyring.data_key_id(workspace_id)
    with pytest.raises(KeyMissingError):
        blind_index("n", "v", workspace_id=workspace_id)
    with pytest.raises(KeyMissingError):
        keyring.create_contact_key(workspace_id)


def test_wrapped_keys_of_two_contacts_cannot_be_swapped(workspace_id: UUID) -> None:
    one, two = keyring.create_contact_keys(workspace_id, 2)
    wrapped = {key: bytes(VaultKey.objects.get(id=key).wrapped) for key in (one, two)}
    VaultKey.objects.filter(id=one).update(wrapped=wrapped[two])
    keyring.forget_all()
    with pytest.raises(DecryptionError):
        keyring.unlocked(one)


def test_key_cannot_be_handed_to_another_workspace(workspace_id: UUID, other_workspace_id: UUID) -> None:
    key_id = keyring.create_contact_key(workspace_id)
    VaultKey.objects.filter(id=key_id).update(workspace_id=other_workspace_id)
    keyring.forget_all()
    with pytest.raises(RootKeyError):  # the root provider is told another workspace than it wrapped for
        keyring.unlocked(key_id)
    keyring.load([keyring.data_key_id(workspace_id)])
    with pytest.raises(DecryptionError):  # nor with the workspace's key in memory
        keyring.unlocked(key_id)


def test_key_of_a_rolled_back_transaction_is_not_remembered(workspace_id: UUID) -> None:
    with transaction.atomic(using="keys"):
        key_id = keyring.create_contact_key(workspace_id)
        transaction.set_rollback(True, using="keys")
    with pytest.raises(KeyMissingError):
        keyring.unlocked(key_id)


@pytest.mark.django_db(transaction=True)
def test_event_loop_loads_keys_and_then_works_from_memory() -> None:
    workspace_id = uuid4()
    keyring.create_workspace_keys(workspace_id)
    keyring.forget_all()

    async def run() -> bytes:
        await keyring.aload(workspace_ids=[workspace_id])
        key_id = keyring.data_key_id(workspace_id)
        return encrypt_value(workspace_id, "t", "c", uuid4(), key_id, b"x")

    assert len(asyncio.run(run())) == 31


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_make_a_workspaces_keys_at_once_make_them_once() -> None:
    workspace_id = uuid4()
    ready = threading.Barrier(4)
    errors: list[Exception] = []

    def make() -> None:
        try:
            ready.wait()
            keyring.create_workspace_keys(workspace_id)
        except Exception as error:  # noqa: BLE001  # shown below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert VaultKey.objects.filter(workspace_id=workspace_id).count() == 3


def test_tombstone_is_known_without_a_root_key(workspace_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    key_id = keyring.create_contact_key(workspace_id)
    keyring.destroy_workspace(workspace_id)
    keyring.forget_all()
    monkeypatch.setattr(root_provider(), "unwrap", None)
    assert keyring.is_destroyed(key_id) is True
