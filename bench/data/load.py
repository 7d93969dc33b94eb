"""Loading a set with two processes. What is in stays in: a run that was stopped goes on where it ended."""

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from uuid import UUID

import django
import psycopg

from bench.data import manifest
from bench.data.sizes import WORKSPACES, Part, Size

PROCESSES = 2
#: Seconds between two lines of progress.
SHOW_EVERY = 3.0
_parent = 0


def load(connection: manifest.Connection, size: Size) -> None:
    """Bring the set of this size into the database, unless it is there already."""
    manifest.begin(connection, manifest.fingerprint(connection, size))
    if manifest.is_complete(connection):
        return
    workspaces = _cast()
    manifest.set_indexes_aside(connection)
    done = manifest.finished_parts(connection)
    parts = [part for part in size.parts() if (part.workspace, part.start) not in done]
    print(f"bench: loading {size.name}: {sum(part.end - part.start for part in parts):,} conversations to go", file=sys.stderr)
    _load_parts(parts, size, workspaces)
    print("bench: building indexes", file=sys.stderr)
    _set_counters(connection, size, workspaces)
    manifest.finish(connection)


def _cast() -> list[UUID]:
    from bench.data.cast import bench_workspaces, make_cast

    known = bench_workspaces()
    return known + [make_cast(number) for number in range(len(known), WORKSPACES)]


def _load_parts(parts: list[Part], size: Size, workspaces: list[UUID]) -> None:
    total, loaded, start, shown = sum(part.end - part.start for part in parts), 0, time.monotonic(), 0.0
    pool = ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"), initializer=_begin_process)
    with pool:
        for part in _each_done(pool, parts, size, workspaces):
            loaded += part.end - part.start
            now = time.monotonic()
            if now > shown + SHOW_EVERY or loaded == total:
                shown, rate = now, loaded / (now - start)
                left = (total - loaded) / rate
                print(f"bench: {loaded:,} of {total:,}, {rate:,.0f}/s, {left:,.0f} s left", file=sys.stderr, flush=True)


def _each_done(pool: ProcessPoolExecutor, parts: list[Part], size: Size, workspaces: list[UUID]) -> Iterator[Part]:
    waiting: dict[Future[None], Part] = {}
    for part in parts:
        waiting[pool.submit(load_part, part, size.messages, workspaces[part.workspace])] = part
        if len(waiting) >= 3 * PROCESSES:
            yield from _settled(waiting)
    while waiting:
        yield from _settled(waiting)


def _settled(waiting: dict[Future[None], Part]) -> Iterator[Part]:
    finished, _open = wait(waiting, return_when=FIRST_COMPLETED)
    for future in finished:
        future.result()
        yield waiting.pop(future)


def _begin_process() -> None:
    global _parent  # noqa: PLW0603  # a process of the pool is told once who started it
    _parent = os.getppid()
    django.setup()


def load_part(part: Part, messages: int, workspace: UUID) -> None:
    """Make and copy one part. Runs in a process of the pool."""
    if os.getppid() != _parent:
        os._exit(1)  # the run was killed: its pool must not go on alone
    from bench.data.cast import read_cast
    from bench.data.copying import copy_part
    from bench.data.rows import Maker

    tables = Maker(read_cast(workspace), part, messages).make()
    with psycopg.connect(os.environ["BENCH_SUPERUSER_URL"], autocommit=True) as connection:
        # The rows refer to each other rightly; checking each reference would cost more than the load itself.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        copy_part(connection, part, tables)


def _set_counters(connection: manifest.Connection, size: Size, workspaces: list[UUID]) -> None:
    from core.ids import new_id

    for number, workspace in enumerate(workspaces):
        connection.execute("DELETE FROM conversations_conversationcounter WHERE workspace_id = %s", [workspace])
        connection.execute(
            "INSERT INTO conversations_conversationcounter (id, workspace_id, last_number) VALUES (%s, %s, %s)",
            [new_id(), workspace, size.of_workspace(number)],
        )
