"""Retrieval out of Postgres on CLAPNQ, where its files are (CHATZEE_AI_DATA): as good as in memory, within its time."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from django.db import connection

from accounts.models import Workspace
from ai.evaluation.datasets import Question, read_questions
from ai.gate import Purpose, Subject, enter
from ai.services.embedding import embed_waiting
from ai.services.retrieving import retrieve
from core.tenancy import scope
from knowledge.models import Passage
from knowledge.retrieval import Audience, _scores
from tests.knowledge.making import make_document

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(not os.environ.get("CHATZEE_AI_DATA"), reason="CHATZEE_AI_DATA names no folder with clapnq/"),
]


def load() -> tuple[list[Question], dict[str, str]]:
    folder = Path(os.environ["CHATZEE_AI_DATA"]) / "clapnq"
    questions = [one for file in sorted(folder.glob("dev_*.jsonl")) for one in read_questions(file)]
    documents: dict[str, str] = {}
    for one in questions:
        if one.passage not in documents:
            documents[one.passage] = str(make_document(one.title, one.passage).pk)
    return questions, documents


def timed(questions: Sequence[Question], workspace: Workspace) -> float:
    """Milliseconds of the one statement, in the middle: words and vectors."""
    vector = {"minilm-l6-int8": np.ones(384, dtype=np.float32) / 384**0.5, "use-multilingual-v3": np.ones(512, dtype=np.float32)}
    took = []
    for one in questions[:100]:
        started = time.perf_counter()
        _scores(one.question, "en", Audience.PUBLIC, vector, 50)
        took.append((time.perf_counter() - started) * 1000)
    return float(np.median(took))


def test_clapnq_is_found_in_postgres(company: Workspace) -> None:
    with scope(company.pk):
        questions, documents = load()
    print(embed_waiting(company.pk))
    with scope(company.pk):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM knowledge_passage")
            print(cursor.fetchone(), Passage.objects.count())
        opened = enter(Purpose.ANSWER, Subject(company.pk))
        answerable = [one for one in questions if one.answers]
        hits = 0
        for one in answerable:
            found = retrieve(opened, [one.question], language="en")
            hits += str(found.passages[0].candidate.document_id) == documents[one.passage]
        print("hit@1", hits / len(answerable), "ms", timed(answerable, company))
    assert hits / len(answerable) >= 0.95
