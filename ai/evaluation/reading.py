"""Labelled texts as examples: which language each is in, and its vectors."""

from collections.abc import Mapping, Sequence

from ai.engine.embedders import EmbedderSet, Vectors
from ai.engine.intents import Examples
from ai.engine.intents.examples import is_english_worth_it
from ai.engine.language import detect, most_common
from ai.evaluation.report import embed

#: A text is believed to be in another language than the rest only above this confidence.
_SURE = 0.95
_SAMPLE = 400


def languages_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Each text's language. A text that is short or unclear is in the language of most: in a product it would be in its
    conversation's, which a set of single texts does not have."""
    main = most_common(texts[:: max(1, len(texts) // _SAMPLE)])
    found = [detect(text, earlier=main) for text in texts]
    return tuple(one.code if one.confidence >= _SURE else main for one in found)


def read(embedders: EmbedderSet, texts: Sequence[str], labels: Sequence[str], *, has_english: bool | None = None) -> Examples:
    """``has_english``: whether English vectors are needed; by the texts themselves when None."""
    languages = languages_of(texts)
    if has_english is None:
        has_english = is_english_worth_it(languages)
    return Examples(tuple(texts), tuple(labels), languages, vectors_of(embedders, texts, has_english=has_english))


def vectors_of(embedders: EmbedderSet, texts: Sequence[str], *, has_english: bool) -> Mapping[str, Vectors]:
    used = [embedders.english, embedders.multilingual] if has_english else [embedders.multilingual]
    return {one.name: embed(one, texts) for one in used}
