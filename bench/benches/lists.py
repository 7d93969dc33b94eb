"""The list of conversations: buffers of its pages, first and deep; queries and time of the fragment a browser asks for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from bench.explain import buffers_of, recorded
from bench.figures import Figure, percentile
from bench.load.pages import Browser
from bench.stage import Stage
from conversations.models import Conversation
from conversations.selectors.lists import PAGE, ListFilter, cursor_of, list_page
from core.tenancy import scope
from dashboard.filters import filter_query

DEPTH = 10_000
ROUNDS = 15


@dataclass(frozen=True, slots=True)
class Case:
    """A list that agents look at."""

    name: str
    membership: Membership
    chosen: ListFilter


def run(stage: Stage) -> Iterator[Figure]:
    """Buffers of the page's statement over all lists, then the fragment as it is served."""
    cases = _cases(stage)
    first, deep = {}, {}
    with scope(stage.workspace):
        for case in cases:
            first[case.name] = _page_buffers(case, "")
            cursor, depth = _cursor_at(case, DEPTH)
            if cursor:
                deep[f"{case.name} @{depth:,}"] = _page_buffers(case, cursor)
    yield _worst("list.buffers.first", first)
    yield _worst("list.buffers.deep", deep)
    yield from _served(stage, cases)


def _cases(stage: Stage) -> list[Case]:
    cast, owner, agent = stage.cast, stage.owner, stage.member(3)
    usual = ListFilter()
    chosen = {
        "all open": usual,
        "mine": replace(usual, tab="mine"),
        "unassigned": replace(usual, tab="unassigned"),
        "any status": replace(usual, status=""),
        "mine, any status": replace(usual, tab="mine", status=""),
        "unassigned, any status": replace(usual, tab="unassigned", status=""),
        **{status: replace(usual, status=status) for status in Conversation.Status.values if status != "open"},
        "inbox": replace(usual, inbox=cast.inboxes[2]),
        "team": replace(usual, team=cast.teams[0]),
        "common label": replace(usual, label=cast.labels[0]),
        "rare label": replace(usual, label=cast.labels[-1]),
        "label, any status": replace(usual, label=cast.labels[-1], status=""),
        "unread": replace(usual, is_unread=True),
        "mine unread": replace(usual, tab="mine", is_unread=True),
        **{sort: replace(usual, sort=sort) for sort in ("oldest", "priority", "waiting")},
    }
    return [
        *(Case(name, owner, one) for name, one in chosen.items()),
        Case("agent's inboxes", agent, usual),
        Case("agent's unassigned", agent, replace(usual, tab="unassigned")),
    ]


def _page_buffers(case: Case, cursor: str) -> int:
    with recorded() as recorder:
        list_page(case.membership, case.chosen, cursor)
    return sum(buffers_of(one) for one in recorder.statements if one[0] == "default")


def _cursor_at(case: Case, depth: int) -> tuple[str, int]:
    """The cursor after so many rows, or near the end of a shorter list; empty for a list of one page."""
    rows = list_page(case.membership, case.chosen, size=depth + PAGE + 1).rows
    at = min(depth, len(rows) - PAGE - 1)
    return (cursor_of(rows[at - 1], case.chosen.sort), at) if at >= PAGE else ("", 0)


def _worst(name: str, found: dict[str, int]) -> Figure:
    worst = max(found, key=lambda one: found[one])
    listed = ", ".join(f"{one} {count}" for one, count in sorted(found.items(), key=lambda pair: -pair[1]))
    return Figure(name, found[worst], 150, " buffers", ambition=70, is_steady=True, beside=listed)


def _served(stage: Stage, cases: list[Case]) -> Iterator[Figure]:
    urls = {case.name: _url(stage.workspace, case.chosen) for case in cases if case.membership is stage.owner}
    few, many = (
        _queries(stage, urls["rare label"] + "&status=snoozed"),
        {name: _queries(stage, url) for name, url in urls.items()},
    )
    most = max(many, key=lambda one: many[one])
    yield Figure("list.queries", many[most], 8, is_steady=True, beside=f"most: {most}; a short list {few}")
    with stage.product("web"):
        browser = Browser(stage.ground.web_port, stage.cookies)
        times = {name: [browser.get(url, htmx=True)[0] for _round in range(ROUNDS)][3:] for name, url in urls.items()}
    slowest = max(times, key=lambda one: percentile(times[one], 0.95))
    everything = [one for values in times.values() for one in values]
    beside = f"slowest: {slowest} {percentile(times[slowest], 0.95):.1f}; median of all {percentile(everything, 0.5):.1f} ms"
    yield Figure("list.p95", percentile(everything, 0.95), 50, " ms", beside=beside)


def _url(workspace: UUID, chosen: ListFilter) -> str:
    return f"{reverse('dashboard:list', args=[workspace])}?{filter_query(chosen)}"


def _queries(stage: Stage, url: str) -> int:
    """Statements of one request with the vault's keys in memory, those that steer the transaction left out."""
    client = Client(SERVER_NAME="localhost", headers={"cookie": stage.cookies})
    for _attempt in range(2):
        with recorded() as recorder:
            response = client.get(url)
        assert response.status_code == 200, response.status_code
    return len(recorder)
