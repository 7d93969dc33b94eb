"""How much a message matters, by the words in it, and whether its writer is angry. English, Portuguese, Spanish and French."""

import re
from dataclasses import dataclass
from functools import cache

from conversations.words import fold

LOW, MEDIUM, HIGH, URGENT = 1, 2, 3, 4

#: Words by what they are about; the highest level of what is found counts.
_CUES: dict[str, tuple[int, str]] = {
    "danger": (URGENT, r"injur\w*|burn(?:ed|t|s)|on fire|electric shock|allergic reaction|poison\w*|ambulance|hospital|emergency|suicid\w*|kill myself|ferid[oa]s?|queimad\w*|pegou fogo|choque eletrico|alergi\w*|emergencia|herid[oa]s?|quemad\w*|incendi\w*|intoxica\w*|bless(?:e|ee|ure)\w*|brul(?:e|ee|ure)\w*|urgence|prend feu"),
    "fraud": (URGENT, r"fraud\w*|hacked|stolen card|unauthori[sz]ed (?:charge|payment|transaction)|phishing|identity theft|someone (?:else )?used my|fraude\w*|cartao roubado|cobranca nao autorizada|invadiram|clonad\w*|estafa\w*|tarjeta robada|cargo no autorizado|hackead\w*|escroquerie|carte volee|pirate\w*|prelevement non autorise"),
    "legal": (HIGH, r"lawyer\w*|attorney|legal action|sue|lawsuit|court|police|consumer protection|gdpr|data protection|chargeback|advogad\w*|processar|justica|procon|policia|lgpd|abogad\w*|demanda\w*|juzgado|consumo|avocat\w*|porter plainte|tribunal|police|rgpd|cnil"),
    "urgent": (HIGH, r"urgent\w*|asap|immediately|right now|today only|wedding tomorrow|as soon as possible|urgente\w*|imediatamente|o quanto antes|agora mesmo|inmediatamente|cuanto antes|ahora mismo|lo antes posible|immediatement|au plus vite|tout de suite|des que possible"),
    "money": (HIGH, r"charged twice|double charged|charged me twice|overcharged|cobrad[oa] duas vezes|cobranca duplicada|cobrado dos veces|cargo doble|preleve deux fois|debite deux fois"),
}  # fmt: skip
_ANGER = (
    r"\b(?:furious|outrageous|unacceptable|disgusting|disgraceful|scam\w*|rip[- ]?off|worst|ridiculous|pathetic|incompetent|fed up|sick of|useless|liars?|bullshit|wtf|terrible service|inaceitavel|absurdo|palhacada|golpe|pior|ridiculo|vergonha|incompetentes?|cansad[oa] de|uma merda|mentiros\w*|indignad\w*|"
    r"inaceptable|vergonzos\w*|estafadores|peor|ridiculo|incompetentes?|hart[oa] de|una mierda|mentiros\w*|indignad\w*|"
    r"inacceptable|honteux|honteuse|arnaque\w*|pire|ridicule|incompetents?|marre|scandaleux|scandaleuse|de merde|menteurs?)\b"
)  # fmt: skip
#: From this mood down (-1 to 1) words of anger are anger, and this far down without any.
_UNHAPPY, _VERY_UNHAPPY = -0.2, -0.75
#: Moods are known in English alone; elsewhere words of anger speak for themselves.
_HAS_MOOD = "en"


@dataclass(frozen=True, slots=True)
class Urgency:
    """A priority as in `Conversation.Priority`, with the cues (topic and word) that led to it."""

    priority: int
    cues: tuple[tuple[str, str], ...]


def urgency_of(text: str) -> Urgency:
    """What the words of a message say; 0 where they say nothing."""
    plain = fold(text[:4_000])
    cues = tuple((topic, found[0]) for topic, form in _forms().items() if (found := form.search(plain)))
    return Urgency(max((_CUES[topic][0] for topic, _word in cues), default=0), cues)


def anger_in(text: str, mood: float, language: str) -> str:
    """The word (or `mood`) by which a message is angry; empty for one that is not. `mood` runs from -1 to 1."""
    found = re.search(_ANGER, fold(text[:4_000]))
    is_loud = sum(char.isupper() for char in text) > 15 and text.upper() == text and text.count("!") > 1
    if found and (language != _HAS_MOOD or mood <= _UNHAPPY or is_loud):
        return found[0]
    return "mood" if language == _HAS_MOOD and mood <= _VERY_UNHAPPY else ""


@cache
def _forms() -> dict[str, re.Pattern[str]]:
    return {topic: re.compile(rf"\b(?:{words})\b") for topic, (_level, words) in _CUES.items()}
