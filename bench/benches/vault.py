"""The vault: its functions against the bare cipher, and what encryption adds to a message."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from bench.explain import recorded
from bench.figures import Figure, middle
from bench.stage import Stage
from conversations.models import Conversation, Message
from conversations.services.messages import Draft, add_message
from core.ids import new_id
from core.tenancy import scope
from core.vault import keyring
from core.vault.encrypted_field import EncryptedField
from core.vault.fields import encrypt_value
from core.vault.sealing import Sealed, place
from core.vault.unsealing import unsealed

ROUNDS = 7
CALLS = 20_000
CREATES = 60
DATA = b"Hello, my parcel has not come yet. Could you please look where it is? " * 3


def run(stage: Stage) -> Iterator[Figure]:
    key_id, row = keyring.data_key_id(stage.workspace), new_id()
    workspace, table, column = stage.workspace, "conversations_message", place("conversations_message", "body")
    sealed = encrypt_value(workspace, table, "body", row, key_id, DATA)
    assert unsealed(workspace, column, row, key_id, sealed) == DATA
    yield _against_bare("vault.encrypt", _bare_encrypt(), lambda: encrypt_value(workspace, table, "body", row, key_id, DATA))
    yield _against_bare("vault.decrypt", _bare_decrypt(), lambda: unsealed(workspace, column, row, key_id, sealed))
    yield from _page(stage)
    yield _create(stage)


def _bare_encrypt() -> Callable[[], object]:
    cipher = AESGCM(AESGCM.generate_key(256))
    return lambda: cipher.encrypt(os.urandom(12), DATA, b"workspace|table|column|row")


def _bare_decrypt() -> Callable[[], object]:
    cipher, nonce = AESGCM(AESGCM.generate_key(256)), os.urandom(12)
    sealed = cipher.encrypt(nonce, DATA, b"workspace|table|column|row")
    return lambda: cipher.decrypt(nonce, sealed, b"workspace|table|column|row")


def _against_bare(name: str, bare: Callable[[], object], ours: Callable[[], object]) -> Figure:
    pairs = [(_micros(bare, CALLS), _micros(ours, CALLS)) for _round in range(ROUNDS)]
    limit, found = (middle(values) for values in zip(*pairs, strict=True))
    beside = f"{found:.2f} µs, the bare cipher {limit:.2f} µs, {len(DATA)} bytes"
    return Figure(name, middle([bare_one / one for bare_one, one in pairs]), 0.5, "×", at_most=False, beside=beside)


def _page(stage: Stage) -> Iterator[Figure]:
    """Opening the bodies of 50 messages: processor time of decryption alone, and the queries for keys."""
    with scope(stage.workspace):
        ids = list(Message.objects.order_by("-id").values_list("id", flat=True)[:50])
        keyring.forget_all()
        with recorded() as recorder:
            for message in Message.objects.filter(id__in=ids):
                assert message.body
        queries = sum(1 for alias, _sql, _params in recorder.statements if alias == "keys")
        times = []
        for _round in range(ROUNDS * 3):
            messages = list(Message.objects.filter(id__in=ids))
            start = time.process_time()
            for message in messages:
                assert message.body
            times.append((time.process_time() - start) * 1000)
    yield Figure("vault.page", middle(times), 1.5, " ms", beside="50 messages of 50 people, keys in memory")
    yield Figure("vault.page-key-queries", queries, 1, is_steady=True, beside="the same page with no key in memory")


def _create(stage: Stage) -> Figure:
    """Adding a message by the product's service, with and without sealing; rolled back each time. CPU of our process."""
    with scope(stage.workspace):
        conversation = Conversation.objects.select_related("contact").order_by("-number")[400]
    ratios, absolute = [], []
    for _round in range(ROUNDS + 1):
        sealed = _creates(stage.workspace, conversation)
        with _unsealed():
            plain = _creates(stage.workspace, conversation)
        ratios.append(sealed / plain)
        absolute.append((sealed, plain))
    found, without = (middle(values) for values in zip(*absolute[1:], strict=True))
    beside = f"{found:.2f} ms of CPU, {without:.2f} ms without"
    return Figure("vault.create", middle(ratios[1:]), 1.10, "×", ambition=1.05, beside=beside)


def _creates(workspace: UUID, conversation: Conversation) -> float:
    with scope(workspace):
        start = time.process_time()
        for _number in range(CREATES):
            add_message(conversation, Draft(kind=Message.Kind.OUTBOUND, body=DATA.decode()))
        used = time.process_time() - start
        transaction.set_rollback(True)
    return used / CREATES * 1000


@contextmanager
def _unsealed() -> Iterator[None]:
    """Let encrypted columns take the plain bytes: what a message costs without its encryption. Only rolled-back rows."""
    real = EncryptedField.sealed_for

    def plain(field: EncryptedField[object], instance: object, seat: object) -> Sealed | None:
        value = getattr(instance, field.attname)
        return None if value is None or value == field.empty() else Sealed(field.encode(value))

    EncryptedField.sealed_for = plain  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        EncryptedField.sealed_for = real  # type: ignore[method-assign]


def _micros(call: Callable[[], object], count: int) -> float:
    start = time.process_time()
    for _number in range(count):
        call()
    return (time.process_time() - start) / count * 1e6
