"""Searching a help centre of 2,000 articles: by words and by meaning as the AI does, and by words as its readers do.

The limit is the comparison of every vector alone, by a role that no policy binds: no words, no fusion, no texts.
"""

import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

import numpy as np

from bench.data.shelf import ARTICLES, fill_shelf, vector
from bench.data.words import COMMON, COMMONEST, RARE, vocabulary
from bench.figures import Figure, middle, percentile
from bench.load.pages import Browser
from bench.stage import Stage
from core.tenancy import scope
from knowledge.models import Passage
from knowledge.retrieval import Audience, load, scores, sentence_vectors

ROUNDS = 6
READ = 8
_LIMIT = """
SELECT id FROM knowledge_passage WHERE workspace_id = %s ORDER BY multilingual <=> %s::vector LIMIT 50
"""


def run(stage: Stage) -> Iterator[Figure]:
    centre = fill_shelf(stage.workspace, stage.owner.user)
    asked = _asked()
    with scope(stage.workspace):
        passages = Passage.objects.count()
    with stage.ground.superuser() as connection:
        connection.execute("ANALYZE knowledge_passage, knowledge_posting")
        limit = _times(asked, lambda _one: connection.execute(_LIMIT, [stage.workspace, vector()]).fetchall())
    both = _times(asked, lambda one: _search(stage, one, is_meant=True))
    words = _times(asked, lambda one: _search(stage, one, is_meant=False))
    beside = (
        f"median {middle(both):.1f} ms, the vectors alone {middle(limit):.1f} ms; {ARTICLES:,} articles, {passages:,} passages"
    )
    yield Figure("knowledge.ratio", middle(both) / middle(limit), 8, "×", ambition=4, beside=beside)
    yield Figure("knowledge.p95", percentile(both, 0.95), 60, " ms", beside=f"words alone p95 {percentile(words, 0.95):.1f} ms")
    with stage.product("web"):
        browser = Browser(stage.ground.web_port, "")
        address = f"/help/{centre.slug}/en/search/?q="
        pages = _times(asked, lambda one: browser.get(f"{address}{quote(one)}", htmx=True))
    yield Figure(
        "knowledge.page", percentile(pages, 0.95), 150, " ms", beside=f"median {middle(pages):.1f} ms, a reader's search"
    )


def _asked() -> list[str]:
    """Questions of a few words, from the commonest to the rarest."""
    words = vocabulary()
    return [f"{words[COMMONEST + step]} {words[COMMON + step * 7]} {words[RARE + step * 37]}" for step in range(10)]


def _search(stage: Stage, question: str, *, is_meant: bool) -> None:
    """What a reply reads: scores of all, texts and sentences of the best."""
    drawn = {name: np.array(_numbers(size), dtype=np.float32) for name, size in (("use-multilingual-v3", 512),)}
    with scope(stage.workspace):
        found = scores(question, language="en", audience=Audience.PUBLIC, vectors=drawn if is_meant else None)
        best = found[:READ]
        assert load(best)
        sentence_vectors([one.passage_id for one in best])


def _numbers(size: int) -> list[float]:
    return [float(one) for one in vector(size).strip("[]").split(",")]


def _times(asked: list[str], search: Callable[[str], object]) -> list[float]:
    """Milliseconds of each search, the first round left out."""
    found = []
    for number in range(ROUNDS + 1):
        for one in asked:
            start = time.perf_counter()
            search(one)
            if number:
                found.append((time.perf_counter() - start) * 1000)
    return found
