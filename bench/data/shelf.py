"""A help centre of 2,000 articles in the largest workspace, made by the product's services once and kept with the data."""

import json
from random import Random
from uuid import UUID

import numpy as np
from django.db.models import QuerySet

from accounts.models import User
from ai.engine.answers.sentences import split
from ai.services.embedding import heads
from bench.data.words import vocabulary
from core.audit import Actor
from core.tenancy import scope
from knowledge.models import HelpCentre, Passage
from knowledge.services.articles import create_article, publish_article
from knowledge.services.centres import ensure_centre, open_to_public
from knowledge.services.indexing import store_vectors

ARTICLES = 2_000
_AT_ONCE = 50
_SPACES = {"minilm-l6-int8": 384, "use-multilingual-v3": 512}
#: What the suggested reply is about; the other articles are made of the vocabulary.
QUESTION = "How long does a refund take to arrive on my card?"
_TEXT = (
    "<p>A refund arrives on your card within five to seven working days after we have received the parcel.</p>"
    "<p>You get a mail as soon as it leaves us. Some banks show it two days later.</p>"
)
ANSWER = ("Refunds and your card", _TEXT)


def fill_shelf(workspace: UUID, author: User) -> HelpCentre:
    """The open help centre, with its articles and their vectors (at random: a search compares all of them, whatever they say)."""
    # The same articles every time.
    random = Random(23)
    with scope(workspace):
        there = _made().count()
    for start in range(there, ARTICLES, _AT_ONCE):
        with scope(workspace):
            for number in range(start, min(start + _AT_ONCE, ARTICLES)):
                title, body = ANSWER if number == 0 else _article(random)
                publish_article(create_article(language="en", by=author, title=title, body=body), by=author)
    with scope(workspace):
        for row in Passage.objects.filter(sentences=None).exclude(document__article__number=1).select_related("document"):
            store_vectors({row.pk: {name: _vector(size) for name, size in _SPACES.items()}}, {row.pk: _rows(row)})
        centre = ensure_centre()
        if not centre.is_published:
            open_to_public(centre, is_open=True, actor=Actor.system())
    return centre


def vector(size: int = 512) -> str:
    """A question's vector at random, as Postgres reads it."""
    return json.dumps(_vector(size).tolist())


def _made() -> "QuerySet[Passage]":
    return Passage.objects.filter(document__article__isnull=False).order_by("document").distinct("document")


def _article(random: Random) -> tuple[str, str]:
    """A title, and two parts of some eighty words each, by the words' own frequencies."""
    words = vocabulary()

    def said(count: int) -> str:
        return " ".join(words[int(len(words) ** random.random()) - 1] for _word in range(count))

    parts = (f"<h2>{said(4)}</h2><p>{'. '.join(said(16) for _sentence in range(5))}.</p>" for _part in range(2))
    return said(6), "".join(parts)


def _rows(passage: Passage) -> np.ndarray:
    """As many as its title, its heading and its sentences have."""
    count = len(heads(passage.document.title, passage.heading)) + len(split(passage.text))
    return np.stack([_vector(_SPACES["minilm-l6-int8"]) for _row in range(count)]).astype(np.float16)


def _vector(size: int) -> np.ndarray:
    drawn = _DRAWN.standard_normal(size).astype(np.float32)
    made: np.ndarray = drawn / np.linalg.norm(drawn)
    return made


_DRAWN = np.random.default_rng(23)
