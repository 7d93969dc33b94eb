"""Searches of the small help centres, and of the public set: what the evidence gate is fitted and judged on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from ai.engine.embedders import Embedders
from ai.engine.retrieval import Evidence, Passage
from ai.engine.retrieval.index import Found, Part
from ai.evaluation.datasets import Question
from dashboard.demo.articles import ARTICLES
from tests.ai.small_centres.shape import Asked, articles_of, passages_of, questions

CENTRES = ("pots", "bikes", "ledger")
#: Articles of a small centre cut out of the public set, fewest and most.
_SIZES = (5, 30)


@dataclass(frozen=True, slots=True)
class Searched:
    """A question, whether the passage that came first answers it, and what the search showed. ``is_removed``: its article was
    taken away."""

    asked: Asked
    evidence: Evidence
    is_right: bool
    is_removed: bool = False


@cache
def _passages(centre: str) -> list[Passage]:
    """The demo's help centre is the third."""
    demo = [(key, language, title, body) for key, _category, language, title, body in ARTICLES]
    return passages_of(demo if centre == "pots" else articles_of(centre))


def searches(embedders: Embedders, *, is_english: bool) -> Iterator[Searched]:
    """Every question in English, or every other one, with and without its article."""
    for centre in CENTRES:
        passages = [one for one in _passages(centre) if one.language == "en" or not is_english]
        part = Part(passages, embedders.english if is_english else embedders.multilingual)
        for asked in questions():
            if asked.centre == centre and (asked.language == "en") == is_english:
                yield from _search(part, asked)


def _search(part: Part, asked: Asked) -> Iterator[Searched]:
    yield _searched(part.search(asked.text, asked.language, limit=1), asked)
    if asked.article:
        key = asked.article.split("/")[0]
        held = frozenset(number for number, one in enumerate(part.passages) if one.article.split("/")[0] == key)
        yield _searched(part.search(asked.text, asked.language, limit=1, without=held), asked, is_removed=True)


def _searched(found: Found, asked: Asked, *, is_removed: bool = False) -> Searched:
    assert found.evidence is not None
    key, _language, place = found.hits[0].passage.id.split("/")
    return Searched(asked, found.evidence, asked.article in {key, f"{key}/{place}"}, is_removed)


def public(asked: Sequence[Question], embedders: Embedders, *, is_english: bool) -> tuple[list[Evidence], list[Evidence]]:
    """Searches of the public set that find the answer, and that cannot; each question in all of it and in a small part of it."""
    texts = list(dict.fromkeys((one.title, one.passage) for one in asked))
    numbers = {text: number for number, text in enumerate(texts)}
    part = Part(
        [Passage(str(number), *text, "en") for number, text in enumerate(texts)],
        embedders.english if is_english else embedders.multilingual,
    )
    random = Random(7)  # noqa: S311  # the same small parts every time
    answered, missed = list[Evidence](), list[Evidence]()
    for one in asked:
        right = numbers[(one.title, one.passage)]
        others = [number for number in range(len(texts)) if number != right]
        small = frozenset(random.sample(others, len(others) - random.randint(*_SIZES)))
        vector = part.embedder.embed([one.question])[0]
        for left_out in (frozenset[int](), small):
            found = part.rank(one.question, "en", vector, limit=1, without=left_out)
            assert found.evidence is not None
            is_found = one.is_answerable and found.hits[0].passage.id == str(right)
            (answered if is_found else missed).append(found.evidence)
            if one.is_answerable:
                without = part.rank(one.question, "en", vector, limit=1, without=left_out | {right})
                assert without.evidence is not None
                missed.append(without.evidence)
    return answered, missed
