"""Texts and names: a vocabulary by Zipf's law, of real words of four languages at the top and made-up ones below."""

from functools import cache
from itertools import accumulate
from random import Random

VOCABULARY = 20_000
#: The word of each class of frequency that the search bench looks for, by its rank.
COMMONEST, COMMON, RARE = 0, 40, 15_000

_REAL = """
the order to please my is not you and for have with delivery when can this thank hello day help need card back money
o pedido de por favor meu não você entrega quando pode obrigado olá dia ajuda preciso cartão devolução dinheiro ainda
el pedido por favor mi no entrega cuando puede gracias hola día ayuda necesito tarjeta devolución dinero todavía
la commande merci bonjour livraison quand peut jour aide besoin carte retour argent encore colis adresse facture
invoice address parcel refund size shoes jacket broken late account password email phone number return exchange shop
fatura endereço encomenda reembolso tamanho sapatos casaco partido atraso conta senha telefone número troca loja
factura dirección paquete reembolso talla zapatos chaqueta roto tarde cuenta contraseña teléfono cambio tienda
""".split()  # noqa: SIM905  # a list of words reads better than a list of quotes
_SYLLABLES = """
ba be bi bo bu ca ce co da de di do fa fe fi ga go la le li lo ma me mi mo na ne no pa pe po ra re ri ro sa se so ta te
to va ve
""".split()  # noqa: SIM905  # a list of words reads better than a list of quotes
_FIRST = """
Ana Kwame Yuki Olga Amina João Chloé Diego Fatima Ivan Mei Noah Priya Samuel Sofía Tomás Zoë Björn Łukasz Nguyễn
""".split()  # noqa: SIM905  # a list of words reads better than a list of quotes
_LAST = """
Souza Mensah Tanaka Petrova Okafor Silva Dubois García Haddad Novák Chen Müller Sharma Cohen López Almeida Øberg
Kowalski Trần
""".split()  # noqa: SIM905  # a list of words reads better than a list of quotes


@cache
def vocabulary() -> list[str]:
    """The words, the commonest first; always the same."""
    random = Random(11)
    words = dict.fromkeys(_REAL)
    while len(words) < VOCABULARY:
        words["".join(random.choices(_SYLLABLES, k=random.randint(2, 5)))] = None
    return list(words)


class Writer:
    """Writes texts and names out of one source of chance."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._words = vocabulary()
        self._weights = _weights()

    def text(self) -> list[str]:
        """The words of a message: twelve on average, some short, some long."""
        length = min(60, max(2, int(self._random.expovariate(1 / 12)) + 1))
        return self._random.choices(self._words, cum_weights=self._weights, k=length)

    def name(self, number: int) -> str:
        """A person's name; `number` makes some of them findable by one word."""
        first, last = self._random.choice(_FIRST), self._random.choice(_LAST)
        return f"{first} {last} {self._words[200 + number % 15_000].capitalize()}"


@cache
def _weights() -> list[float]:
    return list(accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))
