"""Answers from passages: is the right one found, are the right sentences quoted, is it known when there is no answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ai.engine.answers import Quote, extract
from ai.engine.embedders import Embedders
from ai.engine.retrieval import Evidence, EvidenceGate, Hit, Index, Passage
from ai.engine.retrieval.index import Part
from ai.evaluation import measures
from ai.evaluation.datasets import Question
from ai.evaluation.files import DatasetError
from ai.evaluation.reading import languages_of
from ai.evaluation.report import Report, embed, tell

_DEPTH = 10
_FOLDS = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question went. ``rank`` of its passage from 0 (``_DEPTH`` for not found); ``removed``: the search without
    that passage; quotes from the best hit and from the right passage."""

    question: Question
    rank: int
    evidence: Evidence
    removed: Evidence
    quotes: tuple[Quote, ...]
    quotes_of_right: tuple[Quote, ...]
    best: Hit


def run(
    questions: Sequence[Question], *, embedders: Embedders, training: Sequence[Question] = (), is_default_fair: bool = True
) -> Report:
    """Search all passages with every question. The gate is fitted on ``training``, or by ten folds where there is none.

    ``is_default_fair``: whether the engine's own gate may be judged here: not on the set that it was fitted on.
    """
    if sum(one.is_answerable for one in questions) < 2:
        raise DatasetError("Fewer than two questions have an answer. Add lines whose output has one.")
    if training and not any(one.is_answerable for one in training):
        raise DatasetError("No training question has an answer. Add lines whose output has one, or leave --train out.")
    outcomes = _outcomes(questions, embedders)
    answerable = [one for one in outcomes if one.question.is_answerable]
    report = Report()
    _report_search(report, answerable, questions)
    _report_quotes(report, answerable)
    topical = [one for one in outcomes if not one.question.is_answerable]
    _report_abstention(
        report, answerable, topical, _outcomes(training, embedders) if training else [], is_default_fair=is_default_fair
    )
    return report


def _sides(outcomes: Sequence[Outcome]) -> tuple[list[Evidence], list[Evidence]]:
    answerable = [one for one in outcomes if one.question.is_answerable]
    without = [one.removed for one in answerable] + [one.evidence for one in outcomes if not one.question.is_answerable]
    return [one.evidence for one in answerable], without


def _outcomes(questions: Sequence[Question], embedders: Embedders) -> list[Outcome]:
    texts = list(dict.fromkeys((one.title, one.passage) for one in questions))
    languages = languages_of([text for _title, text in texts])
    passages = [Passage(str(number), *text, languages[number]) for number, text in enumerate(texts)]
    tell(f"indexing {len(passages):,} passages")
    index = Index(passages, embedders)
    asked_in = languages_of([one.question for one in questions])
    found: dict[int, Outcome] = {}
    for language in sorted(set(asked_in)):
        part = index.part(language)
        numbers = {(passage.title, passage.text): number for number, passage in enumerate(part.passages)}
        rows = [row for row, one in enumerate(asked_in) if one == language]
        vectors = embed(part.embedder, [questions[row].question for row in rows])
        tell(f"searching for {len(rows):,} questions in {language}")
        for row, vector in zip(rows, vectors, strict=True):
            one = questions[row]
            found[row] = _outcome(one, part, numbers.get((one.title, one.passage)), vector, language)
    return [found[row] for row in range(len(questions))]


def _outcome(one: Question, part: Part, right: int | None, vector: np.ndarray, language: str) -> Outcome:
    left_out = frozenset({right}) if right is not None else frozenset[int]()
    found = part.rank(one.question, language, vector, limit=_DEPTH)
    without = part.rank(one.question, language, vector, limit=1, without=left_out)
    ids = [hit.passage for hit in found.hits]
    rank = ids.index(part.passages[right]) if right is not None and part.passages[right] in ids else _DEPTH
    assert found.evidence is not None
    of_right = extract(one.question, part.hit(right, 0.0, 0.0, vector), language=language) if right is not None else ()
    return Outcome(
        question=one,
        rank=rank,
        evidence=found.evidence,
        removed=without.evidence or found.evidence,
        quotes=extract(one.question, found.hits[0], language=language),
        quotes_of_right=of_right,
        best=found.hits[0],
    )


def _report_search(report: Report, answerable: Sequence[Outcome], questions: Sequence[Question]) -> None:
    ranks = [one.rank for one in answerable]
    first = measures.bootstrap([rank == 0 for rank in ranks])
    figures = {
        "hit_at_1": first.mean,
        "hit_at_1_low": first.low,
        "hit_at_1_high": first.high,
        "recall_at_5": measures.hit_at(ranks, 5),
        "recall_at_10": measures.hit_at(ranks, 10),
        "ndcg_at_10": measures.ndcg_at(ranks, 10),
    }
    passages = len({one.passage for one in questions})
    report.add(
        f"{len(ranks):,} answerable questions, {passages:,} passages: hit@1 {first.as_percent()}, recall@5 "
        f"{100 * figures['recall_at_5']:.1f} %, @10 {100 * figures['recall_at_10']:.1f} %, nDCG@10 {figures['ndcg_at_10']:.3f}",
        questions=len(questions),
        answerable=len(ranks),
        passages=passages,
        **figures,
    )


def _report_quotes(report: Report, answerable: Sequence[Outcome]) -> None:
    marked = [one for one in answerable if one.question.selected]
    verbatim = all(one.best.passage.text[quote.start : quote.end] == quote.text for one in answerable for quote in one.quotes)
    report.add(
        f"quotes are the passages' own words, to the character: {'all' if verbatim else 'NOT ALL'}", verbatim=float(verbatim)
    )
    if not marked:
        return
    scores = [_sentence_scores(one) for one in marked]
    holds, precision, recall = (float(np.mean([score[place] for score in scores])) for place in range(3))
    report.add(
        f"from the right passage: {100 * holds:.1f} % hold a sentence that people chose, "
        f"precision {100 * precision:.0f} %, recall {100 * recall:.0f} %",
        quotes_hold_gold=holds,
        quote_precision=precision,
        quote_recall=recall,
    )


def _sentence_scores(one: Outcome) -> tuple[bool, float, float]:
    """Whether any quote is one of the chosen sentences; share of quotes that are; share of chosen sentences that are quoted."""
    bounds = []
    for sentence in one.question.selected:
        start = one.question.passage.find(sentence)
        if start >= 0:
            bounds.append((start, start + len(sentence)))
    if not bounds or not one.quotes_of_right:
        return False, 0.0, 0.0
    hits = [any(_is_same(quote, *bound) for bound in bounds) for quote in one.quotes_of_right]
    reached = [any(_is_same(quote, *bound) for quote in one.quotes_of_right) for bound in bounds]
    return any(hits), sum(hits) / len(hits), sum(reached) / len(reached)


def _is_same(quote: Quote, start: int, end: int) -> bool:
    """Half of the shorter one lies in the other: people's sentences and ours are not cut by one rule."""
    shared = min(quote.end, end) - max(quote.start, start)
    return shared * 2 >= min(quote.end - quote.start, end - start)


def _report_abstention(
    report: Report,
    answerable: Sequence[Outcome],
    topical: Sequence[Outcome],
    training: Sequence[Outcome],
    *,
    is_default_fair: bool,
) -> None:
    judged: dict[str, list[float]] = {}
    if training:
        gate = EvidenceGate.fit(_sides(training))
        judged = _judge(lambda _row: gate, answerable, topical)
    elif len(answerable) >= 2 * _FOLDS:
        judged = _judge(_folds(answerable, topical), answerable, topical)
    similar = {
        "answerable": [one.evidence.similarity for one in answerable],
        "removed": [one.removed.similarity for one in answerable],
        "topical": [one.evidence.similarity for one in topical],
    }
    _report_sides(report, "similarity alone", "similarity", similar)
    if judged:
        how = "the training file" if training else f"{_FOLDS} folds"
        _report_sides(report, f"gate learned from {how}", "gate", judged)
        right = [one.rank == 0 for one in answerable] + [False] * (len(answerable) + len(topical))
        area, share = measures.risk_coverage([*judged["answerable"], *judged["removed"], *judged["topical"]], right)
        report.add(
            f"of all questions, with and without an answer, {100 * share:.1f} % are answered with at most 5 % wrongly; "
            f"area under risk and coverage {area:.3f}",
            aurc=area,
            coverage_at_5_percent_wrong=share,
        )
    if is_default_fair:
        _report_sides(
            report, "the engine's own gate", "default_gate", _judge(lambda _row: EvidenceGate.default(), answerable, topical)
        )


def _judge(
    gate_of: Callable[[int], EvidenceGate], answerable: Sequence[Outcome], topical: Sequence[Outcome]
) -> dict[str, list[float]]:
    return {
        "answerable": [gate_of(row).chance(one.evidence) for row, one in enumerate(answerable)],
        "removed": [gate_of(row).chance(one.removed) for row, one in enumerate(answerable)],
        "topical": [gate_of(row).chance(one.evidence) for row, one in enumerate(topical)],
    }


def _folds(answerable: Sequence[Outcome], topical: Sequence[Outcome]) -> Callable[[int], EvidenceGate]:
    """Ten gates; each judges the rows that it was not fitted on."""
    gates = []
    for fold in range(_FOLDS):
        kept = [one for row, one in enumerate(answerable) if row % _FOLDS != fold]
        gates.append(EvidenceGate.fit(_sides([*kept, *(one for row, one in enumerate(topical) if row % _FOLDS != fold)])))
    return lambda row: gates[row % _FOLDS]


def _report_sides(report: Report, how: str, key: str, judged: Mapping[str, Sequence[float]]) -> None:
    removed = measures.auroc(judged["answerable"], judged["removed"])
    topical = measures.auroc(judged["answerable"], judged["topical"])
    shown = f", topical but unanswerable {topical:.3f}" if judged["topical"] else ""
    figures = {f"{key}_auroc_removed": removed} | ({f"{key}_auroc_topical": topical} if judged["topical"] else {})
    report.add(f"abstention by {how}, AUROC: article removed {removed:.3f}{shown}", **figures)
