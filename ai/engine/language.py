"""Which language a message is in."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

from ai.engine.text import words

#: Languages told apart when a workspace names none: those most people write in.
DEFAULT_LANGUAGES = frozenset({
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "id", "it", "ja",
    "kk", "ko", "lt", "lv", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "ta", "th", "tl", "tr", "uk", "ur",
    "vi", "zh",
})  # fmt: skip
#: Below this many letters a message takes the conversation's language: single words are right only 75 times in 100
#: (measured), sentences 99.7.
_SHORT = 12
_LIMIT = 1_000
#: A guess that is less sure than this is none: of first messages of one word, such as "Hello" and "Refund?", it is 0.04 to 0.3.
SURE = 0.6

#: Codes other than ISO 639-1's two letters that data and browsers use.
_ALIASES = {
    "ara": "ar", "bul": "bg", "ben": "bn", "cat": "ca", "ces": "cs", "cze": "cs", "dan": "da", "deu": "de", "ger": "de",
    "ell": "el", "gre": "el", "eng": "en", "spa": "es", "est": "et", "fas": "fa", "per": "fa", "pes": "fa", "fin": "fi",
    "fra": "fr", "fre": "fr", "heb": "he", "hin": "hi", "hrv": "hr", "hun": "hu", "ind": "id", "ita": "it", "jpn": "ja",
    "kaz": "kk", "kor": "ko", "lit": "lt", "lav": "lv", "msa": "ms", "zsm": "ms", "nld": "nl", "dut": "nl", "nor": "no",
    "nob": "no", "nb": "no", "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru", "slk": "sk", "slv": "sl",
    "srp": "sr", "swe": "sv", "tam": "ta", "tha": "th", "fil": "tl", "tgl": "tl", "tur": "tr", "ukr": "uk", "urd": "ur",
    "vie": "vi", "zho": "zh", "chi": "zh", "cmn": "zh", "iw": "he", "in": "id", "jp": "ja", "cn": "zh", "kr": "ko", "gr":
    "el", "ua": "uk", "cz": "cs", "dk": "da",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Language:
    """An ISO 639-1 code, and how sure it is (0 to 1). ``is_assumed``: taken from the conversation, not from the text."""

    code: str
    confidence: float
    is_assumed: bool = False


def normalise_code(code: str) -> str:
    """The two-letter code of ``pt-BR``, ``por`` or ``PT``; what is not known stays as it is, in lower case."""
    short = code.strip().lower().replace("_", "-").split("-")[0]
    return _ALIASES.get(short, short)


def detect(text: str, *, among: Collection[str] = DEFAULT_LANGUAGES, earlier: str = "") -> Language:
    """The likeliest of the languages ``among``.

    ``earlier`` is the language of the conversation so far: a message of fewer than 12 letters takes it. A text without
    a letter (or in no known language) is English, with confidence 0. Unknown codes in ``among`` are passed over.
    """
    # A character of Chinese or Japanese says as much as three letters.
    letters = sum(3 if len(word) == 1 and not word.isascii() else len(word) for word in words(text[:_LIMIT]))
    if earlier and letters < _SHORT:
        return Language(earlier, 0.0, is_assumed=True)
    if not any(character.isalpha() for character in text[:_LIMIT]):
        return Language(earlier or "en", 0.0, is_assumed=bool(earlier))
    identifier = _identifier(frozenset(map(normalise_code, among)))
    if identifier is None:
        return Language(earlier or "en", 0.0, is_assumed=bool(earlier))
    code, confidence = identifier.classify(text[:_LIMIT])
    return Language(code, float(confidence))


def take(text: str, *, among: Collection[str], own: Sequence[str] = (), hinted: Sequence[str] = ()) -> Language:
    """The language to take a message for whose writer nothing is known of; ``confidence`` is that among all the languages.

    A guess that is not sure gives way: to a language that a word of it is of (``hinted``), else to the likeliest of the
    workspace's ``own``, else to the first of these. Few letters are never taken for another language than these. Other scripts
    than the Latin one speak for themselves.
    """
    found = detect(text, among=among)
    is_sure = found.confidence >= SURE
    if not _is_latin(text):
        return found
    if hinted and not is_sure:
        best = next((one for one in own if one in hinted), found.code if found.code in hinted else hinted[0])
        return Language(best, SURE if len(hinted) == 1 else found.confidence, is_assumed=True)
    if not own or (is_sure and not _is_short(text)):
        return found
    # Among few languages a guess seems sure that is not: it tells which one is meant, and counts as it does among all.
    narrowed = detect(text, among=own)
    code = narrowed.code if narrowed.confidence >= SURE else own[0]
    return found if found.code == code else Language(code, 0.0, is_assumed=True)


def _is_short(text: str) -> bool:
    return text.isascii() and sum(one.isalpha() for one in text[:_LIMIT]) < _SHORT


def _is_latin(text: str) -> bool:
    """Whether its letters are Latin; also where it has none."""
    return all(unicodedata.name(one, "").startswith("LATIN") for one in text[:_LIMIT] if one.isalpha())


def known_languages() -> frozenset[str]:
    """Every code the model can tell."""
    model = _model()
    return frozenset() if model is None else frozenset(model.labels)


def most_common(texts: Iterable[str], *, among: Collection[str] = DEFAULT_LANGUAGES) -> str:
    """The language that most of the texts are in; English for none."""
    counts: dict[str, int] = {}
    for text in texts:
        code = detect(text, among=among).code
        counts[code] = counts.get(code, 0) + 1
    return max(counts, key=lambda code: counts[code], default="en")


_lock = Lock()


@lru_cache(maxsize=64)
def _identifier(among: frozenset[str]) -> Any:
    """The model restricted to some languages; None without the package or when it knows none of them."""
    model = _model()
    if model is None:
        return None
    from py3langid.langid import LanguageIdentifier

    known = among & set(model.labels)
    if not known:
        return None
    # A restricted model shares the tables of the whole one: 100 MB that are there once.
    restricted = LanguageIdentifier(
        model.nb_ptc, model.nb_pc, model.nb_classes, model.tk_nextmove, model.tk_output, norm_probs=True, tk_row=model.tk_row
    )
    restricted.set_languages(sorted(known))
    return restricted


def _model() -> Any:
    with _lock:
        return _load()


@lru_cache(maxsize=1)
def _load() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError:
        return None
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
