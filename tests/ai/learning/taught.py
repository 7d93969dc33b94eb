"""Lessons as training reads them, made up: answers that people liked or not for reasons of their own, and moods in Portuguese."""

from itertools import product

import numpy as np

from ai.learning.lessons import Lesson

#: Articles whose answers people nearly always use, mostly do, and reject.
TRUSTED, MIXED, STALE = "doc-trusted", "doc-mixed", "doc-stale"
_LIKED = {TRUSTED: 0.97, MIXED: 0.8, STALE: 0.08}


def replies(count: int, *, seed: int = 1, liked: dict[str, float] | None = None) -> list[Lesson]:
    """What agents made of suggestions: it depends on the article that they came from, hardly on how the search went."""
    rng, shares = np.random.default_rng(seed), liked or _LIKED
    found = []
    for number in range(count):
        document = str(rng.choice(list(shares)))
        evidence = float(rng.uniform(0.12, 0.9))
        is_used = rng.random() < shares[document]
        facts = {
            "evidence": evidence, "words": int(rng.integers(3, 20)), "sentences": 2, "lead": 0.3, "intent_chance": 0.0,
            "is_generated": False, "intent": "", "language": "en", "document": document, "is_answerable": evidence >= 0.3,
            "is_known": False, "is_enough": evidence >= 0.5,
        }  # fmt: skip
        text = f"question {number} about matter {seed * 100_000 + number}"
        label = "used" if is_used else "refused"
        found.append(Lesson(text, label, "en", f"agent {number % 9}", f"day {number // 200}", facts=facts))
    return found


_THINGS = (
    "o vaso",
    "a caneca",
    "o prato",
    "a tigela",
    "a luminária",
    "o pacote",
    "o site",
    "o suporte",
    "a loja",
    "o bule",
    "a jarra",
    "o cesto",
    "a entrega",
)
_SAID = {
    "positive": (
        "Adorei {}, ficou lindo!", "Muito feliz com {}, recomendo.", "{} chegou perfeito, parabéns!",
        "Que maravilha {}, muito obrigada", "Estou encantada com {}", "{} superou tudo o que eu esperava",
        "Excelente, {} é uma beleza", "Amei {} de verdade", "{} ficou ótimo na minha casa",
    ),
    "neutral": (
        "Qual é o preço com {}?", "Gostaria de saber onde fica {}", "Vocês têm {} em azul?", "Quando posso retirar {}?",
        "Quero mudar o endereço por causa de {}", "Preciso da nota fiscal com {}", "Como se lava {}?", "{} vem com manual?",
        "Que tamanho tem {}?",
    ),
    "negative": (
        "Que decepção, {} veio quebrado", "Estou muito chateada com {}", "{} é horrível, quero meu dinheiro",
        "Péssimo, {} não funciona", "Nunca mais compro, {} estragou logo", "{} chegou com defeito outra vez, que raiva",
        "Detestei {}, que perda de tempo", "Tristeza: {} rachou", "Ninguém me ajuda e {} continua com problema",
    ),
}  # fmt: skip


def moods(*, wrong: float = 0.0, seed: int = 1) -> list[Lesson]:
    """350 sentences in Portuguese, in three moods; `wrong` of their labels are slips. The rules find all of them neutral."""
    rng, found = np.random.default_rng(seed), []
    sentences = [(form.format(thing), mood) for mood, forms in _SAID.items() for form, thing in product(forms, _THINGS)]
    for number in rng.permutation(len(sentences)):
        text, mood = sentences[number]
        told = str(rng.choice(list(_SAID))) if rng.random() < wrong else mood
        found.append(Lesson(text, told, "pt", f"agent {number % 9}", "day", rule="neutral", floor="positive"))
    return found
