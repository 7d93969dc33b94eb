"""The last look at what would leave: no links but the sources' own, no promises, no personal data or secrets, no mask.

The engine's guard compares words, numbers and names with the cited source; this is what it cannot know.
"""

import re
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from ai.human import asks_what_it_is
from ai.replies.injection import is_attack
from conversations.words import fold

_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"')\]]+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|co|ru|xyz|info|biz|app|dev|example|test|evil|me|site|top|link|click)\b(?:/[^\s<>\"')\]]*)?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LONG_NUMBER = re.compile(r"\+?\d(?:[\s().-]?\d){6,}")
_MARKUP = re.compile(r"!\[|\]\(|<\s*/?\s*[a-z][^>]*>|javascript:|data:", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]{1,20}_\d{1,6}>")
_I_AM_HUMAN = re.compile(
    r"\b(?:i am|i'm|im) (?:not (?:an? )?(?:ai|bot|robot|machine|chatbot)|(?:a |an )?(?:real |actual |living )?(?:human|person|man|woman|human being|employee))\b"
    r"|\b(?:eu )?sou (?:um |uma )?(?:humano|humana|pessoa|ser humano|funcionari[oa])\b|\b(?:eu )?nao sou (?:um |uma )?(?:ia|robo|bot|maquina)\b"
    r"|\b(?:yo )?soy (?:un |una )?(?:humano|humana|persona|ser humano|emplead[oa])\b|\bno soy (?:un |una )?(?:ia|robot|bot|maquina)\b"
    r"|\bje suis (?:un |une )?(?:humaine?|vraie? personne|personne|etre humain|employee?)\b|\bje ne suis pas (?:un |une )?(?:ia|robot|bot|machine)\b"
)  # fmt: skip
#: What costs the company something; it may only be said where the source says it too.
_COSTLY = re.compile(
    r"\b(?:refund\w*|reimburs\w*|money back|free|discount\w*|voucher\w*|coupon\w*|guarantee\w*|promis\w*|compensat\w*|credit\w*|waive\w*|cancel\w* (?:the|your) (?:fee|charge)\w*|approved?|gift\w*|legally|liab\w*|"
    r"reembols\w*|gratis|gratuit\w*|descontos?|cupo(?:m|ns|n|nes)|garanti\w*|promet\w*|indeniz\w*|aprovad\w*|brinde\w*|devolvemos|"
    r"gratuitamente|descuentos?|garantiz\w*|indemniz\w*|aprobad\w*|regal\w*|vale de|"
    r"rembours\w*|remises?|reductions?|bons? d'achat|indemnis\w*|cadeaux?|offert\w*|approuv\w*)\b"
)  # fmt: skip


def faults_of(sentence: str, source: str, *, own_hosts: Collection[str] = (), secrets: Sequence[str] = ()) -> list[str]:
    """Why a sentence must not leave, as codes; empty where it may. `own_hosts`: web addresses that are the company's own.

    `secrets`: texts of which nothing longer than a few words may leave, such as the instructions.
    """
    plain, held = fold(sentence).replace("’", "'"), fold(source)
    checks = {
        "link": not all(_is_allowed(link, source, own_hosts) for link in _LINK.findall(_ADDRESS.sub(" ", sentence))),
        "address": any(found not in source for found in _ADDRESS.findall(sentence)),
        "number": any(_digits(found) not in _digits(source) for found in _LONG_NUMBER.findall(sentence)),
        "markup": bool(_MARKUP.search(_PLACEHOLDER.sub("", sentence))),
        "posing": bool(_I_AM_HUMAN.search(plain)),
        "promise": any(_stem(word) not in held for word in _COSTLY.findall(plain)),
        "leak": any(_shares(plain, fold(secret)) for secret in secrets),
        "command": is_attack(sentence) or asks_what_it_is(sentence),
    }
    return [name for name, is_wrong in checks.items() if is_wrong]


def _is_allowed(link: str, source: str, own_hosts: Collection[str]) -> bool:
    bare = link.rstrip(".,;:!?")
    if bare in source:
        return True
    host = (urlsplit(bare if "//" in bare else f"https://{bare}").hostname or "").removeprefix("www.")
    return host in own_hosts


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _stem(word: str) -> str:
    """The beginning of a word that its forms share."""
    first = word.partition(" ")[0]
    return first[: max(4, len(first) - 3)]


#: So many words in a row of a secret are no accident.
_RUN = 6


def _shares(plain: str, secret: str) -> bool:
    words, held = re.findall(r"\w+", plain), " ".join(re.findall(r"\w+", secret))
    return any(" ".join(words[start : start + _RUN]) in held for start in range(max(0, len(words) - _RUN + 1)))
