"""A real and weak language model writes the replies: whatever it makes up, customers read what the articles say, or nothing.

Server, guard and the product's path are the real ones. Left alone, so small a model says that it cannot answer; the shape that it
is held to here leaves it no such way out, so that the guard has something to stop.
"""

import re
from dataclasses import replace
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from ai.engine.answers.sentences import split
from ai.models import Proposal
from ai.providers import Request
from ai.replies import answers, prompting
from ai.replies.answers import Answer
from tests.ai.providers.fixtures import set_up
from tests.ai.replies.desk import ARTICLES, Desk

pytestmark = pytest.mark.drill

QUESTIONS = (
    "How long does a refund take?",
    "How much does standard shipping cost?",
    "Do you ship to a post office box?",
    "When is the studio in Lisbon open?",
)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_NAME = re.compile(r"(?<=[\w,] )[A-Z]\w+")
_DENIAL = re.compile(r"\b(?:no|not|never|without|nothing|cannot|none)\b|n't\b", re.IGNORECASE)


class Sentence(BaseModel):
    """Words, not a mark, said of the best article."""

    text: str = Field(min_length=30, max_length=200, pattern="^[A-Z][a-z]+ [A-Za-z0-9 ,]+[.]$")
    source: Literal[0]


class Eager(prompting.Drafted):
    """A draft that must say something."""

    can_answer: Literal[True]
    sentences: list[Sentence] = Field(min_length=1, max_length=2)  # type: ignore[assignment]  # the same fields, narrower


@pytest.fixture
def drafts(desk: Desk, reachable_model: str, monkeypatch: pytest.MonkeyPatch) -> list[Answer]:
    """What the guard is given and makes of it, from a model that always writes something and has time to."""
    found: list[Answer] = []
    ask, judge = prompting.answer_request, answers.judged

    def patient(*given: Any, **others: Any) -> Request:
        request = ask(*given, **others)
        return replace(request, schema=Eager, temperature=0.0, max_tokens=160, first_token=90.0, total=150.0)

    def heard(*given: Any, **others: Any) -> Answer:
        found.append(judge(*given, **others))
        return found[-1]

    monkeypatch.setattr(prompting, "answer_request", patient)
    monkeypatch.setattr(answers, "judged", heard)
    set_up(desk.workspace, reachable_model, key="")
    return found


def is_covered(sentence: str, article: str) -> bool:
    """Whether an article says so, counted without the guard: its words; or its numbers and names, a "not" where one of its own
    sentences has one, and most of the longer words."""
    if sentence in article:
        return True
    held, longer = set(re.findall(r"\w+", article.casefold())), re.findall(r"\w{4,}", sentence.casefold())
    return (
        set(_NUMBER.findall(sentence)) <= set(_NUMBER.findall(article))
        and all(name.casefold() in held for name in _NAME.findall(sentence))
        and (not _DENIAL.search(sentence) or bool(_DENIAL.search(article)))
        and sum(word in held for word in longer) * 2 > len(longer)
    )


def faults(proposal: Proposal) -> list[str]:
    """Sentences that none of the articles that a reply cites covers."""
    cited = [ARTICLES[one["title"]] for one in proposal.sources]
    return [one.text for one in split(proposal.text) if not any(is_covered(one.text, article) for article in cited)]


def test_what_a_weak_model_makes_up_is_stopped_and_nothing_unsound_goes_out(desk: Desk, drafts: list[Answer]) -> None:
    conversations = [desk.writes(question, visitor=f"visitor-{number}") for number, question in enumerate(QUESTIONS)]
    proposals = [one for conversation in conversations for one in desk.proposals(conversation)]
    stopped = [draft for draft in drafts if not draft.is_sound]
    assert [one.text for one in proposals if faults(one)] == []
    assert all(one.sources for one in proposals if one.text)
    # Every draft that was stopped left its mark, and gave way to the article's own words.
    assert sum("guard_stopped" in one.steps for one in proposals) == len(stopped)
    assert all(one.model == "extract" for one in proposals if "guard_stopped" in one.steps)
    read = [said for conversation in conversations for said in desk.said(conversation)]
    assert not any(one.text in said for draft in stopped for one in draft.said for said in read)
    # The model is as weak as it has to be: it did make things up, by this file's own count too.
    article = " ".join(ARTICLES.values())
    assert any(not is_covered(one.text, article) for draft in stopped for one in draft.said)
