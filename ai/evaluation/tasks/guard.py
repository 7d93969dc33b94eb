"""The guard: how many faults it finds in people's answers, and how many of these it takes for faults."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ai.engine.answers import Guard
from ai.engine.answers.sentences import split
from ai.engine.retrieval.bm25 import MemoryStore
from ai.engine.text import stems
from ai.evaluation import measures, mutations
from ai.evaluation.datasets import Question
from ai.evaluation.files import DatasetError
from ai.evaluation.reading import languages_of
from ai.evaluation.report import Report

_SEED = 20261123


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer that people wrote from the question's passage."""

    sentence: str
    question: Question
    language: str

    @property
    def known(self) -> str:
        return f"{self.question.title} {self.question.question}"


def run(questions: Sequence[Question]) -> Report:
    """Check the sentences of the answers, as they are and with faults."""
    languages = dict(zip(questions, languages_of([question.passage for question in questions]), strict=True))
    claims = [
        Claim(sentence.text, question, languages[question])
        for question in questions
        for answer in question.answers[:1]
        for sentence in split(answer)
    ]
    if not claims:
        raise DatasetError("None of the questions has an answer, so there is nothing to check. Add lines whose output has one.")
    passages = sorted({(question.passage, language) for question, language in languages.items()})
    statistics = MemoryStore([stems(passage, language) for passage, language in passages]).statistics([])
    guard = Guard(statistics.idf)
    report = Report()
    alarms = [
        not guard.check(claim.sentence, claim.question.passage, language=claim.language, known=claim.known).is_supported
        for claim in claims
    ]
    interval = measures.bootstrap(alarms)
    report.add(
        f"{len(claims):,} sentences of answers: false alarms {interval.as_percent()}",
        language=Counter(claim.language for claim in claims).most_common(1)[0][0],
        sentences=len(claims),
        false_alarms=interval.mean,
        false_alarms_low=interval.low,
        false_alarms_high=interval.high,
    )
    quoted = [(sentence, question) for question in questions if question.is_answerable for sentence in question.selected]
    if quoted:
        wrong = [not guard.check(sentence, one.passage, language=languages[one]).is_supported for sentence, one in quoted]
        report.add(
            f"{len(quoted):,} sentences of passages word for word: false alarms {100 * sum(wrong) / len(wrong):.2f} %",
            false_alarms_verbatim=sum(wrong) / len(wrong),
        )
    for fault, changed in _faults(claims).items():
        caught = [
            not guard.check(sentence, claim.question.passage, language=claim.language, known=claim.known).is_supported
            for sentence, claim in changed
        ]
        if caught:
            share = sum(caught) / len(caught)
            report.add(
                f"{fault.replace('_', ' ')}: {100 * share:.1f} % of {len(caught):,} caught",
                **{f"caught_{fault}": share, f"tried_{fault}": len(caught)},
            )
    return report


def _faults(claims: Sequence[Claim]) -> dict[str, list[tuple[str, Claim]]]:
    """Sentences with one fault each, beside the claim whose passage does not support them."""
    random = Random(_SEED)  # noqa: S311  # faults that are the same at every run
    names = sorted({name for claim in claims for name in mutations.names_in(claim.question.passage)})
    found: dict[str, list[tuple[str, Claim]]] = {}
    for number, claim in enumerate(claims):
        sentence, passage = claim.sentence, claim.question.passage
        other = claims[(number + len(claims) // 2) % len(claims)]
        changed = {
            "number_changed": mutations.with_changed_number(sentence, passage, random),
            "number_swapped_within_passage": mutations.with_swapped_number(sentence, passage, random),
            "name_changed": mutations.with_changed_name(sentence, passage, names, random),
            "negation_added": mutations.with_negation(sentence, claim.language),
            "negation_removed": mutations.without_negation(sentence, claim.language),
            "other_article": other.sentence if other.question.passage != passage else None,
        }
        for fault, text in changed.items():
            if text is not None:
                found.setdefault(fault, []).append((text, claim))
    return found
