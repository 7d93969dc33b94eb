"""The light embedder for machines without the model packages: hashed words and parts of words."""

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from ai.engine.embedders.base import Vectors, unit
from ai.engine.text import stem_words, words

_RULES = "stems and character 3-5-grams of words, log counts, signed crc32, 1024"


class Hashed:
    """1,024 numbers a text; texts are near when they share words or parts of words, in any language, never by meaning."""

    name = "hashed-ngrams"
    #: There is no file: the rules are what vectors depend on.
    sha256 = hashlib.sha256(_RULES.encode()).hexdigest()
    size = 1024

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.size), dtype=np.float32)
        for row, text in enumerate(texts):
            for gram, count in _grams(text).items():
                key = crc32(gram.encode())
                vectors[row, key % self.size] += (1 + math.log(count)) * (1 if key & 0x8000_0000 else -1)
        return unit(vectors)


def _grams(text: str) -> Counter[str]:
    found = words(text)
    grams = Counter({f"w{stem}": 2 * count for stem, count in Counter(stem_words(found, "en")).items()})
    for word in found:
        padded = f"<{word}>"
        grams.update(padded[start : start + size] for size in (3, 4, 5) for start in range(len(padded) - size + 1))
    return grams
