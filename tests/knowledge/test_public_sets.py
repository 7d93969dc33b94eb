"""Retrieval out of Postgres on CLAPNQ, where its files are (CHATZEE_AI_DATA): as good as in memory."""

import os
from pathlib import Path

import pytest

from accounts.models import Workspace
from ai.evaluation.datasets import Question, read_questions
from ai.gate import Purpose, Subject, enter
from ai.services.embedding import embed_waiting
from ai.services.retrieving import retrieve
from core.tenancy import scope
from knowledge.models import Passage
from tests.knowledge.making import make_document

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(not os.environ.get("CHATZEE_AI_DATA"), reason="CHATZEE_AI_DATA names no folder with clapnq/"),
]


def load() -> tuple[list[Question], dict[str, str]]:
    """The questions, and the document of each passage; all of it indexed in the workspace in scope."""
    folder = Path(os.environ["CHATZEE_AI_DATA"]) / "clapnq"
    questions = [one for file in sorted(folder.glob("dev_*.jsonl")) for one in read_questions(file)]
    documents: dict[str, str] = {}
    for one in questions:
        if one.passage not in documents:
            documents[one.passage] = str(make_document(one.title, one.passage).pk)
    return questions, documents


def test_clapnq_is_found_in_postgres(company: Workspace) -> None:
    with scope(company.pk):
        questions, documents = load()
        count = Passage.objects.count()
    assert embed_waiting(company.pk) == count
    with scope(company.pk):
        opened = enter(Purpose.ANSWER, Subject(company.pk))
        answerable = [one for one in questions if one.answers]
        hits = 0
        for one in answerable:
            found = retrieve(opened, [one.question], language="en")
            hits += str(found.passages[0].candidate.document_id) == documents[one.passage]
    assert hits / len(answerable) >= 0.95
