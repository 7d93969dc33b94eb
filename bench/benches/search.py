"""Searching the whole history: each class of words, as typed into the search page, and in the selector alone."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import quote

from django.urls import reverse

from bench.data.words import COMMON, COMMONEST, RARE, vocabulary
from bench.figures import Figure, percentile
from bench.load.pages import Browser
from bench.stage import Stage
from conversations.selectors.search import parsed, search_contacts, search_messages
from core.tenancy import scope

ROUNDS = 6


def run(stage: Stage) -> Iterator[Figure]:
    classes = _typed()
    selected = {name: _times([partial(_search, stage, one) for one in typed]) for name, typed in classes.items()}
    address = reverse("dashboard:search", args=[stage.workspace])
    with stage.product("web"):
        browser = Browser(stage.ground.web_port, stage.cookies)
        served = {
            name: _times([partial(browser.get, f"{address}?q={quote(one)}", htmx=True) for one in typed])
            for name, typed in classes.items()
        }
    bar, ambition = (250, 50) if stage.size.name == "1m" else (100, None)
    everything = [one for values in served.values() for one in values]
    yield Figure("search.p95", percentile(everything, 0.95), bar, " ms", ambition=ambition, beside="the page, all classes")
    for name, values in selected.items():
        page = f"page p95 {percentile(served[name], 0.95):.1f} ms"
        yield Figure(f"search.{name}", percentile(values, 0.95), bar, " ms", ambition=ambition, beside=page)


def _typed() -> dict[str, list[str]]:
    """What is typed, by class; several words each, so that one lucky page does not decide."""
    words = vocabulary()
    return {
        "rare": [f"{words[RARE + step * 37]} " for step in range(8)],
        "common": [f"{words[COMMON + step]} " for step in range(8)],
        "commonest": [f"{words[COMMONEST + step]} " for step in range(4)],
        "two words": [f"{words[COMMONEST + step]} {words[2000 + step * 11]} " for step in range(8)],
        "rare and commonest": [f"{words[RARE + step]} {words[COMMONEST]} " for step in range(8)],
        "prefix": [words[COMMON + 300 + step * 41][:4] for step in range(8)],
        "person": [f"{words[200 + step * 97]} " for step in range(8)],
        "address": [f"person{step * 7 + 3}@customers-0.example" for step in range(8)],
        "nothing": ["qqxqqx "],
    }


def _search(stage: Stage, typed: str) -> None:
    """One search as the page does it: messages and people, opened."""
    with scope(stage.workspace):
        query = parsed(typed)
        for message in search_messages(stage.owner, query).messages:
            assert message.body is not None
        for person in search_contacts(stage.owner, query, typed):
            assert person.name is not None


def _times(searches: list[Callable[[], object]]) -> list[float]:
    """Milliseconds of each search, the first round left out."""
    found = []
    for number in range(ROUNDS + 1):
        for search in searches:
            start = time.perf_counter()
            search()
            if number:
                found.append((time.perf_counter() - start) * 1000)
    return found
