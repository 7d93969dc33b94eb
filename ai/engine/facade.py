"""The engine: everything this process knows about texts, loaded once and lazily, behind one object."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ai.engine.embedders import Embedder, Embedders
from ai.engine.embedders.base import Vectors
from ai.engine.intents import Artefact, IntentModel, Prediction, load
from ai.engine.language import DEFAULT_LANGUAGES, Language, detect, take
from ai.engine.minors import MinorSign, find_minor_sign
from ai.engine.mood_model import MoodEmbedders, vectors_for
from ai.engine.placeholders import Masked, Masker
from ai.engine.sentiment import Sentiment, score


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message says. ``vectors``: shape ``[1, size]`` by embedder's name, of the masked text, so that what is kept of
    them later holds no personal data."""

    language: Language
    minor_sign: MinorSign | None
    masked: Masked
    sentiment: Sentiment
    vectors: Mapping[str, Vectors]


class Engine:
    """Safe to share between the threads of a process. Needs no network, no database, no key."""

    def __init__(self) -> None:
        self.embedders = Embedders()

    def read(
        self,
        text: str,
        *,
        today: date,
        masker: Masker,
        languages: Collection[str] = DEFAULT_LANGUAGES,
        earlier_language: str = "",
        own_languages: Sequence[str] = (),
        hinted_languages: Sequence[str] = (),
    ) -> Reading:
        """Everything but the workspace's own labels. ``masker`` is the conversation's; ``languages`` those the workspace expects;
        ``earlier_language`` the conversation's so far, which short messages take; where there is none, the workspace's own
        languages and those of a word in the text help (``ai.engine.language.take``)."""
        language = (
            detect(text, among=languages, earlier=earlier_language)
            if earlier_language
            else take(text, among=languages, own=own_languages, hinted=hinted_languages)
        )
        masked = masker.mask(text)
        return Reading(
            language=language,
            minor_sign=find_minor_sign(text, today=today),
            masked=masked,
            sentiment=score(masked.text),
            vectors=self.vectors(masked.text, language.code),
        )

    def language_of(self, text: str, *, own: Sequence[str], hinted: Sequence[str] = ()) -> Language:
        """The language that the company wrote a text of its own in."""
        return take(text, among=DEFAULT_LANGUAGES | frozenset(own), own=own, hinted=hinted)

    def vectors(self, text: str, language: str) -> dict[str, Vectors]:
        """A text in the multilingual space, and in the English one when it is English."""
        used = [self.embedders.multilingual, *([self.embedders.english] if language == "en" else [])]
        return {one.name: one.embed([text]) for one in used}

    def classify(self, model: IntentModel, reading: Reading) -> Prediction:
        """Which of the model's labels a message has, and whether it has any."""
        vectors = vectors_for(model.heads, reading.masked.text, reading.vectors)
        return model.predict(reading.masked.text, vectors, reading.language.code)

    def load_model(self, artefact: Artefact) -> IntentModel:
        """Raises :class:`~ai.engine.intents.ArtefactError` for a model that was changed or made for other embedders."""
        return load(artefact, known_embedders(self.embedders))

    def warm_up(self) -> None:
        """Load everything now, about 2 seconds, so that no message has to wait for it."""
        self.read("Hello, where is my order?", today=date(2000, 1, 1), masker=Masker())


def known_embedders(embedders: Embedders) -> dict[str, Embedder]:
    """Every embedder that a stored model may name, by its name."""
    moody = MoodEmbedders(embedders)
    return {one.name: one for one in (embedders.english, embedders.multilingual, moody.english, moody.multilingual)}


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The process's engine."""
    return Engine()
