"""The demo's golden questions, in the words of its customers: what its articles answer, and what belongs to a person."""

from collections.abc import Mapping

from accounts.models import User
from ai.services.evaluating import start_evaluation
from ai.services.golden import Expected, Wanted, add_case
from knowledge.models import Article

#: Question, language, the key of the article that answers it ("": a person does), and what the answer must say.
GOLDEN: tuple[tuple[str, str, str, str], ...] = (
    ("How long does a parcel to Germany take?", "en", "where", "4 to 6"),
    ("Can you wrap my order as a gift?", "en", "gift", "€3.50"),
    ("How many days do I have to return a bowl?", "en", "return", "30 days"),
    ("My parcel arrived broken. Do I have to send it back?", "en", "broken", ""),
    ("Can I put the plates into the dishwasher?", "en", "dishwasher", ""),
    ("There are fine lines in the glaze. Is it still safe with food?", "en", "crazing", "safe with food"),
    ("What does a place in a workshop cost?", "en", "workshop", "€65"),
    ("Quantos dias tenho para devolver uma peça?", "pt", "return", "30 dias"),
    ("O grés pode ir à máquina de lavar?", "pt", "dishwasher", ""),
    ("Do you ship to Japan?", "en", "", ""),
    ("Can I pay in three instalments?", "en", "", ""),
    ("¿Tienen tarjetas de regalo?", "es", "", ""),
    ("Posso pagar com MB Way?", "pt", "", ""),
)


def add_golden(articles: Mapping[str, Article], *, by: User) -> None:
    """Keep the questions in the demo workspace, which is in scope, and have them measured once a worker is there."""
    for question, language, key, must_say in GOLDEN:
        answered_by = [articles[key]] if key else []
        expected = Expected.ANSWER if key else Expected.PERSON
        add_case(Wanted(question, language, expected, [must_say] if must_say else [], answered_by), by=by)
    start_evaluation(by=by)
