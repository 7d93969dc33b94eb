"""Vectors of the knowledge: passages and unanswered questions that have none yet, read by the AI worker."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from ai.engine.answers.sentences import split
from ai.engine.embedders import Embedder
from ai.gate import ClosedError, Opened, Purpose, Subject, enter
from core.events.models import Event
from core.tenancy import crossing, scope
from core.wakeup import wake_up
from knowledge.models import Passage, UnansweredQuestion
from knowledge.services import gaps
from knowledge.services.indexing import passages_to_embed, store_vectors

TASK = "ai.tasks.embed_knowledge"
#: Passages of one transaction: about a second's work, so that a switch or a stop is soon obeyed.
BATCH = 8
#: What knowledge is read for: it is read while any of them is open.
_PURPOSES = (Purpose.ANSWER, Purpose.SUGGEST, Purpose.ANALYSE)
#: Vectors of more sentences are not kept: no passage has them but tables gone wrong.
_MOST_SENTENCES = 64

type Vectors = NDArray[np.float32]


def embed_waiting(workspace_id: UUID) -> int:
    """Embed what waits in a workspace, batch by batch, as long as its AI is on; how many passages and questions were.

    Safe to run twice at once: each takes rows that nobody else has.
    """
    done = 0
    while batch := _embed_batch(workspace_id):
        done += batch
    return done


def workspaces_waiting() -> list[UUID]:
    """Where something waits to be embedded."""
    with crossing("find knowledge without vectors"):
        passages = Passage.objects.filter(embedded_at=None).values_list("workspace_id", flat=True).distinct()
        questions = UnansweredQuestion.objects.filter(is_embedded=False).values_list("workspace_id", flat=True).distinct()
        return sorted({*passages, *questions})


def wake_embedding(event: Event) -> None:
    """Consume `knowledge.changed`: the AI worker looks for passages without vectors."""
    transaction.on_commit(partial(wake_up, TASK, str(event.workspace_id)), robust=True)


def _embed_batch(workspace_id: UUID) -> int:
    with scope(workspace_id):
        opened = _opened(workspace_id)
        if opened is None:
            return 0
        passages = passages_to_embed(BATCH)
        if passages:
            _embed_passages(opened, passages)
        questions = gaps.questions_to_embed(BATCH)
        for question in questions:
            gaps.place_question(question, _multilingual(opened, question.text))
        return len(passages) + len(questions)


def _opened(workspace_id: UUID) -> Opened | None:
    for purpose in _PURPOSES:
        try:
            return enter(purpose, Subject(workspace_id))
        except ClosedError:
            continue
    return None


def _embed_passages(opened: Opened, passages: Sequence[Passage]) -> None:
    embedders = opened.engine.embedders
    vectors: dict[UUID, dict[str, Vectors]] = {one.pk: {} for one in passages}
    sentences: dict[UUID, NDArray[np.float16]] = {}
    for is_english, embedder in ((True, embedders.english), (False, embedders.multilingual)):
        chosen = [one for one in passages if one.language == "en"] if is_english else list(passages)
        for passage, vector in zip(chosen, embedder.embed([searched(one) for one in chosen]), strict=True):
            vectors[passage.pk][embedder.name] = vector
        for passage in chosen:
            if (passage.language == "en") == is_english:
                sentences[passage.pk] = close_rows(passage, embedder)
    store_vectors(vectors, sentences)


def searched(passage: Passage) -> str:
    """What of a passage is read for its meaning: its text under its title and headings."""
    return "\n".join(part for part in (passage.document.title, passage.heading, passage.text) if part)


def close_rows(passage: Passage, embedder: Embedder) -> NDArray[np.float16]:
    """The vectors of a passage's title and heading, then of its sentences, in their order: what a closer look compares."""
    sentences = [one.text for one in split(passage.text)[:_MOST_SENTENCES]]
    return embedder.embed([*heads(passage.document.title, passage.heading), *sentences]).astype(np.float16)


def heads(title: str, heading: str) -> list[str]:
    """What stands above a passage, from the top."""
    return [part for part in (title, heading) if part.strip()]


def _multilingual(opened: Opened, text: str) -> Vectors:
    vector: Vectors = opened.engine.embedders.multilingual.embed([text])[0]
    return vector
