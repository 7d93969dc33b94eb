"""Intake: a signed webhook becomes a durable row before its 200, against an endpoint that inserts a row per request."""

import itertools
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

from bench import machine
from bench.data.cast import ORIGIN
from bench.figures import Figure, middle, percentile
from bench.load.http import NextRequest, Outcome, run_load
from bench.stage import Stage
from channels_app.adapters.website.tokens import Visitor, make_token
from conversations.models import Inbox
from core.tenancy import scope

ROUNDS = 5
SECONDS = 3.0
CONNECTIONS = 32
CROWD = 2600
_TEXT = "Hello, my parcel has not come yet. Could you please look where it is? The order is from last Tuesday. Thank you."


@dataclass(slots=True)
class Server:
    """A server under load: its process, its port, its requests, and what the rounds gave."""

    process: subprocess.Popen[bytes]
    port: int
    next_request: NextRequest
    outcomes: list[Outcome]
    micros: list[float]

    def round(self) -> None:
        before = machine.cpu_seconds(self.process.pid)
        outcome = run_load(self.port, self.next_request, connections=CONNECTIONS, seconds=SECONDS)
        used = machine.cpu_seconds(self.process.pid) - before
        self.outcomes.append(outcome)
        self.micros.append(used / max(1, sum(outcome.statuses.values())) * 1e6)


def run(stage: Stage) -> Iterator[Figure]:
    with stage.ground.superuser() as connection:
        connection.execute("DROP TABLE IF EXISTS bench.intake")
        connection.execute("CREATE TABLE bench.intake (id uuid PRIMARY KEY, key bytea UNIQUE, body bytea)")
    inbox = _inbox(stage)
    with (
        stage.product("edge") as product,
        stage.limit("asgi", "insert_asgi") as (asgi, asgi_port),
        stage.limit("wsgi", "bare_wsgi") as (wsgi, wsgi_port),
    ):
        edge = Server(product["edge"], stage.ground.edge_port, hook_requests(inbox, stage.ground.edge_port), [], [])
        insert = Server(asgi, asgi_port, _plain("POST", asgi_port), [], [])
        bare = Server(wsgi, wsgi_port, _plain("GET", wsgi_port), [], [])
        for number in range(ROUNDS + 1):
            for server in (edge, insert, bare):
                server.round()
            if number == 0:  # the first round opens connections and reads keys
                for server in (edge, insert, bare):
                    server.outcomes.clear()
                    server.micros.clear()
        with _stalled(stage):
            crowd = run_load(edge.port, edge.next_request, connections=CROWD, seconds=SECONDS)
    yield from _figures(edge, insert, bare)
    yield from _kept(stage, inbox, edge, crowd)


@contextmanager
def _stalled(stage: Stage) -> Iterator[None]:
    """Hold commits up for half of the crowd's time: what comes in is several times what goes through."""

    def hold() -> None:
        with stage.ground.superuser() as connection, connection.transaction():
            connection.execute("LOCK TABLE channels_app_inboundevent IN SHARE MODE")
            time.sleep(SECONDS / 2)

    holder = threading.Thread(target=hold)
    holder.start()
    yield
    holder.join()


def _figures(edge: Server, insert: Server, bare: Server) -> Iterator[Figure]:
    rates = [one.per_second / limit.per_second for one, limit in zip(edge.outcomes, insert.outcomes, strict=True)]
    ours, limits = (middle([one.per_second for one in server.outcomes]) for server in (edge, insert))
    absolute = f"{ours:,.0f}/s, limit {limits:,.0f}/s"
    yield Figure("intake.rate", middle(rates), 1.0, "×", at_most=False, ambition=2.0, beside=absolute)
    shares = [one / limit for one, limit in zip(edge.micros, bare.micros, strict=True)]
    costs = [f"{middle(server.micros):.0f} µs" for server in (edge, bare, insert)]
    absolute = f"{costs[0]}, a bare Django view {costs[1]}, the inserting endpoint {costs[2]}"
    yield Figure("intake.cpu", middle(shares), 1.3, "×", ambition=0.8, beside=absolute)
    for name, share, bar, ambition in (("p50", 0.5, 25, 10), ("p99", 0.99, 100, 40)):
        found = [percentile(one.times, share) for one in edge.outcomes]
        limit = middle([percentile(one.times, share) for one in insert.outcomes])
        yield Figure(f"intake.{name}", middle(found), bar, " ms", ambition=ambition, beside=f"limit's {limit:.1f} ms")


def _kept(stage: Stage, inbox: Inbox, edge: Server, crowd: Outcome) -> Iterator[Figure]:
    """Every 200 must have its row, the ones of the overload too."""
    accepted = {key for outcome in (*edge.outcomes, crowd) for key in outcome.accepted}
    rows = _stored(stage, inbox)
    lost = max(0, len(accepted) - rows)
    told = ", ".join(f"{count:,} × {status}" for status, count in sorted(crowd.statuses.items()))
    yield Figure("intake.lost", lost, 0, is_steady=True, beside=f"{len(accepted):,} answered 200, {rows:,} rows")
    refused = crowd.statuses[503] / max(1, sum(crowd.statuses.values()))
    odd = crowd.silent + sum(count for status, count in crowd.statuses.items() if status not in (200, 503))
    beside = f"{CROWD:,} connections: {told}; {refused:.0%} refused, {crowd.silent} without an answer"
    yield Figure("intake.overload", odd + (0 if crowd.statuses[503] else 1), 0, beside=beside)


def _stored(stage: Stage, inbox: Inbox) -> int:
    with stage.ground.superuser() as connection:
        row = connection.execute("SELECT count(*) FROM channels_app_inboundevent WHERE inbox_id = %s", [inbox.pk]).fetchone()
        # What was taken in only to be counted must not be found by the benches that follow.
        connection.execute("DELETE FROM channels_app_inboundevent WHERE inbox_id = %s", [inbox.pk])
    assert row is not None
    return int(str(row[0]))


def _inbox(stage: Stage) -> Inbox:
    with scope(stage.workspace):
        inbox = Inbox(name="Bench intake", channel="website", settings={"allowed_origins": [ORIGIN]})
        inbox.save(force_insert=True)
        return inbox


def hook_requests(inbox: Inbox, port: int, *, visitors: int = 300, text: str = _TEXT) -> NextRequest:
    """Signed webhooks of many visitors, each request another message."""
    heads = []
    for number in range(visitors):
        token = make_token(inbox.key, Visitor(id=str(UUID(int=number + 1)), origin=ORIGIN))
        heads.append(
            f"POST /hooks/website/{inbox.key} HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        )
    turns = itertools.cycle(heads)

    def next_request() -> tuple[bytes, str]:
        key = str(uuid4())
        body = f'{{"t":"message","id":"{key}","text":"{text}","lang":"en"}}'
        return f"{next(turns)}{len(body)}\r\n\r\n{body}".encode(), key

    return next_request


def _plain(method: str, port: int) -> NextRequest:
    head = f"{method} / HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\nContent-Length: "

    def next_request() -> tuple[bytes, str]:
        key = str(uuid4())
        body = f'{{"t":"message","id":"{key}","text":"{_TEXT}","lang":"en"}}' if method == "POST" else ""
        return f"{head}{len(body)}\r\n\r\n{body}".encode(), key

    return next_request
