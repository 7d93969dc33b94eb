"""Words that turn a sentence into its opposite."""

import re

from ai.engine.text import normalise

_WORDS = {
    "en": "not|no|never|cannot|none|nobody|nothing|neither|nor|without|unable|\\w+n't",
    "pt": "não|nunca|jamais|nem|sem|nenhum|nenhuma|ninguém|nada|tampouco",
    "es": "no|nunca|jamás|ni|sin|ningún|ninguna|ninguno|nadie|nada|tampoco",
    "fr": "ne|n'\\w+|pas|jamais|sans|aucun|aucune|personne|rien|ni",
    "de": "nicht|kein|keine|keinen|keinem|keiner|keines|nie|niemals|niemand|nichts|ohne|weder",
    "it": "non|mai|senza|nessun|nessuno|nessuna|niente|nulla|né",
    "nl": "niet|geen|nooit|niemand|niets|zonder|noch",
}  # fmt: skip
_FORMS = {language: re.compile(rf"(?<![\w'])(?:{words})(?!\w)") for language, words in _WORDS.items()}
_ANY = re.compile(r"(?<![\w'])(?:" + "|".join(_WORDS.values()) + r")(?!\w)")


def is_negated(sentence: str, language: str) -> bool:
    """Whether a sentence says no; for languages without a list, whether it does in any of the others."""
    return bool(_FORMS.get(language, _ANY).search(normalise(sentence)))


def count(sentence: str, language: str) -> int:
    """How many words of a sentence say no."""
    return len(_FORMS.get(language, _ANY).findall(normalise(sentence)))
