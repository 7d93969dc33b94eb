"""Words as the search over knowledge sees them: stemmed by language, folded, and kept as keyed tokens. Pure but for the keys."""

import re
from collections import Counter
from collections.abc import Iterable
from threading import local
from unicodedata import normalize
from uuid import UUID

import Stemmer

from conversations.words import fold, words_of
from core.vault.blind import search_tokens

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
#: Scripts written without spaces: cut into overlapping pairs, as the search over conversations does.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
#: Tells these tokens from those of the words of conversations, so that neither names the other.
_KIND = "k"
MAX_WORD = 40

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "nl": "dutch", "no": "norwegian", "nb": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
#: What is joined to the next word by an apostrophe: "l'antivol", "dell'ordine".
_ELIDED = {
    "fr": re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'"),
    "it": re.compile(r"^(?:[cdlmnstv]|un|[adns]ell|[ads]ull|all|dall|coll|quest|quell)'"),
    "ca": re.compile(r"^[dlmnst]'"),
}
_kept = local()


def asked_stems(text: str, language: str) -> list[str]:
    """The stems of a question, in order, with repetitions."""
    return [stem for _word, stem in _stemmed(text, language)]


def held_stems(text: str, language: str) -> tuple[Counter[str], int]:
    """How often a text holds each stem, and how many words it has.

    A word with accents also counts under the stem it has without them: many people leave them out when they ask.
    """
    found: Counter[str] = Counter()
    pairs = _stemmed(text, language)
    found.update(stem for _word, stem in pairs)
    accented = [word for word, _stem in pairs if not word.isascii() and fold(word) != word]
    bare = _stems([fold(word) for word in accented], language)
    found.update(second for word, second in zip(accented, bare, strict=True) if second != _one(word, language))
    return found, len(pairs)


def tokens(stems: Iterable[str], *, workspace_id: UUID) -> list[int]:
    """The keyed tokens of stems, in the order given. Raises KeyMissingError."""
    return search_tokens((_KIND + stem for stem in stems), workspace_id=workspace_id)


def _stemmed(text: str, language: str) -> list[tuple[str, str]]:
    """Each word, and its folded stem."""
    found: list[str] = []
    elided = _ELIDED.get(language)
    for word in _WORD.findall(normalize("NFKC", text).casefold().replace("’", "'")):
        if _UNSPACED.search(word):
            found.extend(words_of(word))
        else:
            found.append((elided.sub("", word) if elided else word.removesuffix("'s"))[:MAX_WORD])
    return list(zip(found, _stems(found, language), strict=True))


def _stems(words: list[str], language: str) -> list[str]:
    stemmer = _stemmer(_STEMMERS.get(language, ""))
    return [fold(stem) for stem in (stemmer.stemWords(words) if stemmer is not None else words)]


def _one(word: str, language: str) -> str:
    return _stems([word], language)[0]


def _stemmer(name: str) -> "Stemmer.Stemmer | None":
    # A stemmer keeps state while it works, so each thread has its own.
    if not name:
        return None
    kept: dict[str, Stemmer.Stemmer] = _kept.__dict__.setdefault("stemmers", {})
    if name not in kept:
        kept[name] = Stemmer.Stemmer(name)
    return kept[name]
