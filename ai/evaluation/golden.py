"""Whether an answer to a golden question is right, the curve of risk over coverage, and whether a change makes it worse. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

#: Below so many questions a share says too little.
FEWEST = 20


class Verdict(StrEnum):
    """What became of a question; the values are those of `EvaluationResult.Outcome`."""

    RIGHT = "right"
    WRONG = "wrong"
    RIGHTLY_LEFT = "left"
    WRONGLY_LEFT = "missed"

    @property
    def is_good(self) -> bool:
        return self in (Verdict.RIGHT, Verdict.RIGHTLY_LEFT)


@dataclass(frozen=True, slots=True)
class Given[K]:
    """What came of asking: the answer ("" where none was given) and the documents that it cites."""

    answer: str
    cited: Collection[K]

    @property
    def is_answer(self) -> bool:
        return bool(self.answer)


def judge[K](
    given: Given[K], *, right: Collection[K], must_say: Sequence[str], is_answerable: bool, is_left_out: bool = False
) -> Verdict:
    """Right is an answer that cites a right document and says what it must; or none, where there is nothing to answer from.

    `is_left_out`: its sources were left out on purpose. Then an answer is right only if it says all that it must: another
    document says it too.
    """
    if not given.is_answer:
        return Verdict.WRONGLY_LEFT if is_answerable and not is_left_out else Verdict.RIGHTLY_LEFT
    if not is_answerable:
        return Verdict.WRONG
    says_all = all(_plain(one) in _plain(given.answer) for one in must_say)
    is_from_right = bool(must_say) if is_left_out else bool(set(given.cited) & set(right))
    return Verdict.RIGHT if says_all and is_from_right else Verdict.WRONG


@dataclass(frozen=True, slots=True)
class Point:
    """So far down in evidence: the share of questions answered, and the share of those that is wrong (0 to 1)."""

    coverage: float
    risk: float
    evidence: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Risk over coverage, and the area under it (0: never wrong first): Geifman and El-Yaniv, arXiv 1705.08500."""

    points: list[Point]
    area: float


def curve_of(rows: Sequence[tuple[float, bool]]) -> Curve:
    """`rows`: evidence of each question, and whether its answer is or would be right. Equal evidence is one step."""
    ordered = sorted(rows, key=lambda row: -row[0])
    points, area, seen, wrong = [], 0.0, 0, 0
    for evidence, group in groupby(ordered, key=lambda row: row[0]):
        rights = [is_right for _evidence, is_right in group]
        seen += len(rights)
        wrong += rights.count(False)
        points.append(Point(seen / len(ordered), wrong / seen, evidence))
        area += len(rights) / len(ordered) * wrong / seen
    return Curve(points, area)


@dataclass(frozen=True, slots=True)
class Comparison[K]:
    """The same questions without and with a change."""

    paired: int
    better: list[K]
    worse: list[K]
    wrong_before: int
    wrong_after: int

    @property
    def is_worse(self) -> bool:
        """More questions went from good to bad than the other way, or more are answered wrongly."""
        return len(self.worse) > len(self.better) or self.wrong_after > self.wrong_before


def compare[K](before: Mapping[K, Verdict], after: Mapping[K, Verdict]) -> Comparison[K]:
    """Question by question, those that were asked both ways."""
    paired = [one for one in before if one in after]
    return Comparison(
        paired=len(paired),
        better=[one for one in paired if after[one].is_good and not before[one].is_good],
        worse=[one for one in paired if before[one].is_good and not after[one].is_good],
        wrong_before=sum(before[one] is Verdict.WRONG for one in paired),
        wrong_after=sum(after[one] is Verdict.WRONG for one in paired),
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
