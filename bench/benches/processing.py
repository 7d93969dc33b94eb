"""Processing: stored events become contacts, conversations, messages, words and live events; one worker, real batches.

The limit is the same finished rows, put into twins of the tables (same indexes) by one INSERT per table and batch.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID, uuid4

import orjson
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from bench.data.cast import ORIGIN
from bench.figures import Figure, middle
from bench.stage import Stage
from channels_app.adapters.website.adapter import ADAPTER
from channels_app.adapters.website.tokens import Visitor
from channels_app.contract import InboxConfig
from channels_app.models import InboundEvent
from channels_app.registry import config_of
from channels_app.services import drain
from channels_app.services.rows import sealed_row
from conversations.models import Inbox
from core.tenancy import scope

ROUNDS = 5
EVENTS = 240
BATCH = 80
#: Each visitor writes so many messages of a round; half of the visitors have written before.
EACH = 4
#: Tables whose finished rows the limit inserts, with the columns by which a round's rows are found.
_TABLES = (
    "conversations_contact",
    "conversations_contactidentity",
    "conversations_conversation",
    "conversations_message",
    "conversations_searchentry",
    "core_event",
    "channels_app_inboundevent",
)


@dataclass(slots=True)
class Round:
    """Events per second of the drain and of the limit, and the drain's processor time per event in milliseconds."""

    product: float
    limit: float
    cpu: float


def run(stage: Stage) -> Iterator[Figure]:
    inbox = _inbox(stage)
    with psycopg.connect(os.environ["BENCH_SUPERUSER_URL"], autocommit=True) as connection:
        # What a run that was stopped has left would be drained, and counted, with ours.
        connection.execute("DELETE FROM channels_app_inboundevent WHERE state = 'waiting'")
        _make_twins(connection)
        rounds = [_round(connection, stage.workspace, inbox, number) for number in range(ROUNDS + 1)]
        connection.execute("DROP SCHEMA bench_twins CASCADE")
    rounds = rounds[1:]
    beside = f"the limit's {middle([one.limit for one in rounds]):,.0f}/s; {EVENTS} events a round, {EACH} of each visitor"
    yield Figure("process.ratio", middle([one.product / one.limit for one in rounds]), 0.2, "×", at_most=False, beside=beside)
    beside = f"{middle([one.cpu for one in rounds]):.2f} ms of CPU in the worker for each"
    rate = middle([one.product for one in rounds])
    yield Figure("process.rate", rate, 300, " messages/s", at_most=False, ambition=800, beside=beside)


def _round(connection: psycopg.Connection[tuple[object, ...]], workspace: UUID, inbox: InboxConfig, number: int) -> Round:
    ids = _store(connection, inbox, number)
    used, start = time.process_time(), time.perf_counter()
    settled = drain.drain()
    product = time.perf_counter() - start
    cpu = time.process_time() - used
    with scope(workspace):
        applied = InboundEvent.objects.filter(id__in=ids, state="applied").count()
    if applied != len(ids) or settled != len(ids):
        raise RuntimeError(f"Of {len(ids)} events {applied} were applied and {settled} settled.")
    return Round(EVENTS / product, EVENTS / _insert_finished(connection, inbox.id), cpu / EVENTS * 1000)


def _store(connection: psycopg.Connection[tuple[object, ...]], inbox: InboxConfig, number: int) -> list[UUID]:
    """Stored events as the intake leaves them, of old and new visitors in turn."""
    visitors = [f"{number - (index % 2)}-{index}" for index in range(EVENTS // EACH)]
    rows = []
    for step in range(EACH):
        for visitor in visitors:
            event = {"t": "message", "id": str(uuid4()), "lang": "en"}
            event["text"] = f"Hello, message {step} of {visitor}: where is my parcel, please? I have waited since Tuesday."
            known = Visitor(id=visitor, origin=ORIGIN)
            rows.append(sealed_row(inbox, ADAPTER.envelope(known, ADAPTER.checked(orjson.dumps(event)), inbox)))
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO channels_app_inboundevent (id, workspace_id, key_id, inbox_id, key_hash, sender_hash, body, state, "
            "attempts, next_attempt_at, error_code, error_detail, received_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, 'waiting', 0, %s, '', '', %s)",
            [(r.id, r.workspace_id, r.key_id, r.inbox_id, r.key_hash, r.sender_hash, r.body, r.at, r.at) for r in rows],
        )
    return [row.id for row in rows]


def _make_twins(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    connection.execute("DROP SCHEMA IF EXISTS bench_twins CASCADE")
    connection.execute("CREATE SCHEMA bench_twins")
    for table in _TABLES:
        name = sql.Identifier(table)
        connection.execute(sql.SQL("CREATE TABLE bench_twins.{0} (LIKE public.{0} INCLUDING ALL)").format(name))


def _insert_finished(connection: psycopg.Connection[tuple[object, ...]], inbox: UUID) -> float:
    """Insert what the round has made, in batches of one commit each; return the seconds it took."""
    found = {table: _new_rows(connection, table, inbox) for table in _TABLES}
    start = time.perf_counter()
    steps = EVENTS // BATCH
    for step in range(steps):
        with connection.transaction(), connection.cursor() as cursor:
            for table, (columns, rows) in found.items():
                part = rows[len(rows) * step // steps : len(rows) * (step + 1) // steps]
                if part:
                    cursor.execute(_insert(table, columns, len(part)), [value for row in part for value in row])
    return time.perf_counter() - start


def _insert(table: str, columns: list[str], count: int) -> sql.Composed:
    row = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(columns)))
    return sql.SQL("INSERT INTO bench_twins.{} ({}) VALUES {}").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join([row] * count)
    )


def _new_rows(
    connection: psycopg.Connection[tuple[object, ...]], table: str, inbox: UUID
) -> tuple[list[str], list[tuple[object, ...]]]:
    """The rows of this inbox that are not in the twin yet, as their bytes and texts."""
    special: dict[str, LiteralString] = {
        "conversations_contact": "id IN (SELECT contact_id FROM conversations_contactidentity WHERE inbox_id = %(inbox)s)",
        "conversations_searchentry": "conversation_id IN (SELECT id FROM conversations_conversation WHERE inbox_id = %(inbox)s)",
    }
    of_inbox = special.get(table, "inbox_id = %(inbox)s")
    cursor = connection.execute(
        sql.SQL("SELECT * FROM public.{0} o WHERE {1} AND NOT EXISTS (SELECT 1 FROM bench_twins.{0} t WHERE t.id = o.id)").format(
            sql.Identifier(table), sql.SQL(of_inbox)
        ),
        {"inbox": inbox},
    )
    columns = [column.name for column in cursor.description or ()]
    rows = [tuple(Jsonb(one) if isinstance(one, dict) else one for one in row) for row in cursor.fetchall()]
    return columns, rows


def _inbox(stage: Stage) -> InboxConfig:
    with scope(stage.workspace):
        inbox = Inbox(name="Bench processing", channel="website", settings={"allowed_origins": [ORIGIN]})
        inbox.save(force_insert=True)
        return config_of(inbox)
