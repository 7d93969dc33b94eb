"""Words and stems of a text: what lexical features, BM25 and the guard agree on."""

import re
import unicodedata
from collections.abc import Sequence
from threading import local

import Stemmer

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
#: Scripts written without spaces: each character is a word of its own, as search engines without a dictionary do.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")

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
_cache = local()


def normalise(text: str) -> str:
    """Compatibility form, lower case, straight apostrophes."""
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


def words(text: str) -> list[str]:
    """The words of a text in order, normalised; characters of unspaced scripts stand alone."""
    found: list[str] = []
    for word in _WORD.findall(normalise(text)):
        if _UNSPACED.search(word):
            found.extend(_split_unspaced(word))
        else:
            found.append(word)
    return found


def stems(text: str, language: str) -> list[str]:
    """The stemmed words of a text; words as they are for a language without a stemmer."""
    return stem_words(words(text), language)


def stem_words(found: Sequence[str], language: str) -> list[str]:
    stemmer = _stemmer(_STEMMERS.get(language, ""))
    elided = _ELIDED.get(language)
    bare = [elided.sub("", word) if elided else word.removesuffix("'s") for word in found]
    return stemmer.stemWords(bare) if stemmer is not None else bare


def _split_unspaced(word: str) -> list[str]:
    return [part for part in re.split(f"({_UNSPACED.pattern})", word) if part]


def _stemmer(name: str) -> "Stemmer.Stemmer | None":
    # A stemmer keeps state while it works, so each thread has its own.
    if not name:
        return None
    kept: dict[str, Stemmer.Stemmer] = _cache.__dict__.setdefault("stemmers", {})
    if name not in kept:
        kept[name] = Stemmer.Stemmer(name)
    return kept[name]
