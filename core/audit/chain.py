"""Sealing the audit trail into a chain, and verifying that nobody has touched it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.utils import timezone

from core.audit.models import AuditEntry, AuditSeal
from core.tenancy import scope

GENESIS = bytes(32)
BATCH = 1000
#: An entry without a seal for longer than this is a finding: the sealer runs every few seconds.
UNSEALED_GRACE = timedelta(minutes=10)


def entry_hash(entry: AuditEntry, sequence: int, previous: bytes) -> bytes:
    """SHA-256 over the hash before, the sequence and every column of the entry."""
    columns = {
        "id": entry.id,
        "workspace": entry.workspace_id,
        "at": entry.at.isoformat(),
        "action": entry.action,
        "actor_kind": entry.actor_kind,
        "actor_id": entry.actor_id,
        "target_type": entry.target_type,
        "target_id": entry.target_id,
        "data": entry.data,
        "request_id": entry.request_id,
    }
    body = orjson.dumps(columns, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(previous + sequence.to_bytes(8, "big") + body).digest()


def seal(workspace_id: UUID) -> int:
    """Chain every committed entry that has no seal yet; return how many. Concurrent sealers wait for each other."""
    with scope(workspace_id), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit:{workspace_id}"])
        last = AuditSeal.objects.order_by("-sequence").first()
        sequence, previous = (last.sequence, bytes(last.hash)) if last else (0, GENESIS)
        sealed = AuditSeal.objects.values("entry_id")
        entries = list(AuditEntry.objects.exclude(id__in=sealed).order_by("id")[:BATCH])
        seals = []
        for entry in entries:
            sequence += 1
            digest = entry_hash(entry, sequence, previous)
            seals.append(
                AuditSeal(workspace_id=workspace_id, sequence=sequence, entry_id=entry.id, previous_hash=previous, hash=digest)
            )
            previous = digest
        AuditSeal.objects.bulk_create(seals)
    return len(entries)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be: which place in the chain, and what is wrong with it."""

    sequence: int | None
    problem: str


def verify(workspace_id: UUID) -> Iterator[Finding]:
    """Walk the chain of a workspace and yield what is wrong; nothing means that the trail is whole."""
    with scope(workspace_id):
        expected, previous = 1, GENESIS
        for batch in _batches():
            entries = {entry.id: entry for entry in AuditEntry.objects.filter(id__in=[s.entry_id for s in batch])}
            for one in batch:
                if one.sequence != expected:
                    yield Finding(expected, "A seal is missing here.")
                    expected = one.sequence
                entry = entries.get(one.entry_id)
                if entry is None:
                    yield Finding(one.sequence, "The entry behind this seal has been removed.")
                elif bytes(one.previous_hash) != previous:
                    yield Finding(one.sequence, "The chain is broken before this seal.")
                elif entry_hash(entry, one.sequence, previous) != bytes(one.hash):
                    yield Finding(one.sequence, "The entry has been changed after it was sealed.")
                previous, expected = bytes(one.hash), expected + 1
        late = AuditEntry.objects.exclude(id__in=AuditSeal.objects.values("entry_id"))
        unsealed = late.filter(at__lt=timezone.now() - UNSEALED_GRACE).count()
        if unsealed:
            yield Finding(None, f"{unsealed} entries have waited too long for a seal.")


def _batches() -> Iterator[list[AuditSeal]]:
    after = 0
    while batch := list(AuditSeal.objects.filter(sequence__gt=after).order_by("sequence")[:BATCH]):
        yield batch
        after = batch[-1].sequence
