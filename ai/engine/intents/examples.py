"""Labelled messages as training reads them."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai.engine.embedders.base import EmbedderSet, Vectors
from ai.engine.text import words

#: Share of the examples that a language needs to count as one the model was trained in.
_NATIVE_SHARE = 0.02
#: Share of English examples from which the English embedder is worth its time.
_ENGLISH_SHARE = 0.1
_MEANINGLESS = re.compile(r"(?:label|class|intent|category|topic|tag|id|x|y)?\s*\d*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts, their labels and languages (all of one length ``n``), and vectors ``[n, size]`` by embedder's name."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    languages: tuple[str, ...]
    vectors: Mapping[str, Vectors]

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: Sequence[int] | NDArray[np.integer]) -> "Examples":
        chosen = [int(row) for row in rows]
        return Examples(
            tuple(self.texts[row] for row in chosen),
            tuple(self.labels[row] for row in chosen),
            tuple(self.languages[row] for row in chosen),
            {name: found[chosen] for name, found in self.vectors.items()},
        )

    def with_others(self, others: "Examples") -> "Examples":
        return Examples(
            self.texts + others.texts,
            self.labels + others.labels,
            self.languages + others.languages,
            {name: np.concatenate([found, others.vectors[name]]) for name, found in self.vectors.items()},
        )

    def native_languages(self) -> tuple[str, ...]:
        """Languages that at least one text in fifty is in, most common first; of a text or more there is always one."""
        counts = {code: self.languages.count(code) for code in set(self.languages)}
        ordered = sorted(counts, key=lambda code: (-counts[code], code))
        return tuple(code for code in ordered if counts[code] >= _NATIVE_SHARE * len(self) or code == ordered[0])


def embed(embedders: EmbedderSet, texts: Sequence[str], *, has_english: bool) -> dict[str, Vectors]:
    """Vectors of the multilingual embedder, and of the English one where English is among the model's languages."""
    used = [embedders.english, embedders.multilingual] if has_english else [embedders.multilingual]
    return {one.name: one.embed(texts) for one in used}


def read_examples(embedders: EmbedderSet, texts: Sequence[str], labels: Sequence[str], languages: Sequence[str]) -> Examples:
    """Embed labelled texts: with the English embedder too when a tenth of them are English."""
    has_english = is_english_worth_it(languages)
    return Examples(tuple(texts), tuple(labels), tuple(languages), embed(embedders, texts, has_english=has_english))


def is_english_worth_it(languages: Sequence[str]) -> bool:
    """Whether enough of the texts are English to embed them with the English embedder too."""
    return languages.count("en") >= _ENGLISH_SHARE * len(languages)


def examples_from_names(embedders: EmbedderSet, labels: Sequence[str], *, language: str, has_english: bool) -> Examples:
    """The names of labels as one example each: a new workspace's first model. Names that say nothing are left out."""
    named = [(name, label) for label in labels if (name := readable(label))]
    vectors = embed(embedders, [name for name, _label in named], has_english=has_english)
    return Examples(
        tuple(name for name, _label in named), tuple(label for _name, label in named), (language,) * len(named), vectors
    )


def readable(label: str) -> str:
    """``card_arrival`` and ``CardArrival`` as words; empty for names such as ``7`` and ``label_7``."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"[_\-./]+", " ", label)).strip()
    return "" if _MEANINGLESS.fullmatch(spaced) else spaced


def is_held_out(text: str) -> bool:
    """One text in five, the same one always, by its words whatever their order: near-doubles fall on the same side."""
    key = " ".join(sorted(words(text)))
    return hashlib.sha256(key.encode()).digest()[0] % 5 == 0
