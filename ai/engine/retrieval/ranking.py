"""A closer look at the few passages that a search brings up first: their titles and sentences count too.

Measured on 80 short questions in Portuguese, Spanish and French to small help centres: the right passage is first for 89 % of
them, for 84 % by words and whole passages alone; on CLAPNQ, whose questions are long, for 97.0 instead of 98.0 %.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai.engine.retrieval.evidence import Evidence
from ai.engine.retrieval.fusion import stretch

#: So many passages are looked at closely: reading more costs time and changes hardly any first place.
DEPTH = 8
#: Shares of BM25, the best sentence and the best of title and headings; the rest is the whole passage's.
_WORDS, _SENTENCE, _TITLE = 0.3, 0.15, 0.3


@dataclass(frozen=True, slots=True)
class Look:
    """One passage: ``words`` is BM25's score, the others are cosines with the question: of the whole passage, of its best title
    or heading, of its best sentence."""

    words: float
    similarity: float
    title: float
    sentence: float

    @property
    def nearest(self) -> float:
        return max(self.similarity, self.title, self.sentence)

    def evidence(self, *, rival: float | None, coverage: float) -> Evidence:
        """``rival``: the greatest similarity of a passage of another article, None where there is none."""
        return Evidence(
            similarity=self.similarity,
            best_sentence=self.sentence,
            nearest=self.nearest,
            margin=self.similarity - (rival or 0.0),
            coverage=coverage,
        )


def weigh(looks: Sequence[Look]) -> NDArray[np.float32]:
    """A score for each (0 to 1), relative to the others."""
    sides = np.array([(one.words, one.sentence, one.title, one.similarity) for one in looks], dtype=np.float32)
    shares = (_WORDS, _SENTENCE, _TITLE, 1 - _WORDS - _SENTENCE - _TITLE)
    weighed: NDArray[np.float32] = sum(
        (share * stretch(sides[:, column]) for column, share in enumerate(shares)), np.zeros(len(looks), dtype=np.float32)
    )
    return weighed
