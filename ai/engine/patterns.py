"""Personal data that has a form: addresses, numbers, links, and names that people introduce.

Numbers with a check digit must pass it. A row of digits without one is a telephone number only when it is written as
one (a plus, brackets, groups) or announced as one; references, amounts and dates stay. Streets and names nobody
announces are not found: a contact's own are masked from the profile (:mod:`ai.engine.placeholders`).
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` of a text are personal data of a kind (``EMAIL``, ``PHONE``, …)."""

    start: int
    end: int
    kind: str


def find(text: str) -> list[Span]:
    """Spans in order, none overlapping; where two rules meet, the one named first in the table below wins."""
    taken: list[Span] = []
    for kind, pattern, is_valid in _RULES:
        for match in pattern.finditer(text):
            start, end = match.span("value") if "value" in pattern.groupindex else match.span()
            free = all(end <= span.start or start >= span.end for span in taken)
            if free and end > start and is_valid(text, start, end):
                taken.append(Span(start, end, kind))
    return sorted(taken, key=lambda span: span.start)


def digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def passes_luhn(number: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    total = 0
    for place, character in enumerate(reversed(number)):
        doubled = int(character) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def passes_mod97(iban: str) -> bool:
    """ISO 13616: the first four characters moved to the end, letters as numbers, modulo 97 is 1."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def _always(text: str, start: int, end: int) -> bool:
    return True


def _is_card(text: str, start: int, end: int) -> bool:
    number = digits(text[start:end])
    return 12 <= len(number) <= 19 and len(set(number)) > 1 and passes_luhn(number)


def _is_iban(text: str, start: int, end: int) -> bool:
    found = re.sub(r"[\s-]", "", text[start:end]).upper()
    return 15 <= len(found) <= 34 and found.isascii() and passes_mod97(found)


def _is_address(text: str, start: int, end: int) -> bool:
    try:
        ipaddress.ip_address(text[start:end])
    except ValueError:
        return False
    return True


def _is_ssn(text: str, start: int, end: int) -> bool:
    area, group, serial = digits(text[start:end])[:3], digits(text[start:end])[3:5], digits(text[start:end])[5:]
    return area not in ("000", "666") and group != "00" and serial != "0000"


def _is_cpf(text: str, start: int, end: int) -> bool:
    number = digits(text[start:end])
    return len(set(number)) > 1 and all(
        sum(int(digit) * (size + 1 - place) for place, digit in enumerate(number[:size])) * 10 % 11 % 10 == int(number[size])
        for size in (9, 10)
    )


def _is_spanish_id(text: str, start: int, end: int) -> bool:
    found = re.sub(r"[\s.-]", "", text[start:end]).upper()
    number = found[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == found[-1]


def _is_french_id(text: str, start: int, end: int) -> bool:
    number = digits(text[start:end])
    return 97 - int(number[:13]) % 97 == int(number[13:])


_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:\s+\d{1,2}(?::\d\d)*)?")
_AMOUNT = re.compile(r"[1-9]\d{0,2}(?:[ .]\d{3})+")
_NOT_A_CALL = re.compile(
    r"(?:order|reference|ref|invoice|tracking|ticket|transaction|account|booking|case|id|code|serial|model|version|pedido|factura|fatura|"
    r"commande|facture|nota|protocolo|[$€£])(?:\s+(?:number|no|nr|num|is|é|es|est|numéro|número))*\s*[.:#°º]*\s*$",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"(?:phone|telephone|tel|call|cell|mobile|whatsapp|sms|text|fax|contact|reach|ring|dial|"
    r"telefone|telemóvel|celular|fone|zap|liga\w*|teléfono|móvil|llam\w+|téléphone|portable|appel\w*|numéro|telefon|handy|nummer)\b[^.!?\d]{0,30}$",
    re.IGNORECASE,
)


def _is_phone(text: str, start: int, end: int) -> bool:
    """Written as a telephone number, or announced as one; ITU-T E.164 allows at most 15 digits."""
    found, before = text[start:end].strip(), text[max(0, start - 40) : start]
    bare = re.split(r"\s*(?:x|ext)", found, flags=re.IGNORECASE)[0]
    number = digits(bare)
    if not 7 <= len(number) <= 15 or _DATE.fullmatch(bare):
        return False
    if bare.startswith(("+", "(", "00")) or _CALL.search(before):
        return True
    if _NOT_A_CALL.search(before):
        return False
    groups = re.findall(r"\d+", bare)
    if len(groups) == 1:
        return _is_plain_phone(number)
    if _AMOUNT.fullmatch(bare):
        return bare[0] in "679" and len(number) == 9 and " " in bare
    return len(number) >= 9 or bool(re.fullmatch(r"\d{3}[-.]\d{4}", bare))


def _is_plain_phone(number: str) -> bool:
    """Digits in one row: ten of them, as in North America and India, or a number that begins with its trunk zero."""
    ten = re.fullmatch(r"1?[2-9]\d{9}", number)
    return bool(ten) or (number[0] == "0" and 10 <= len(number) <= 12)


_I = re.IGNORECASE
_TLD = (
    "com|org|net|edu|gov|mil|int|info|biz|io|co|ai|app|dev|me|tv|xyz|online|shop|store|site|tech|cloud|eu|uk|us|ca|au|nz|ie|de|at|ch|fr|"
    "be|nl|lu|es|pt|it|gr|pl|cz|sk|hu|ro|bg|hr|si|rs|ua|ru|by|lt|lv|ee|fi|se|no|dk|is|br|mx|ar|cl|pe|uy|py|bo|ec|ve|cr|pa|do|cu|cn|jp|kr|"
    "tw|hk|sg|my|th|vn|id|ph|in|pk|bd|lk|ae|sa|il|ir|iq|tr|eg|ma|dz|tn|za|ng|ke|gh"
)
_NAME = r"(?:[A-ZÀ-ÖØ-ÞŁŚŻ][\w'’-]+)(?:\s+(?:(?:de|da|do|dos|das|del|la|van|von|der|den|bin|al|du|le)\s+)*[A-ZÀ-ÖØ-ÞŁŚŻ][\w'’-]+){0,3}"
_DAY = r"(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}(?:st|nd|rd|th|\.|º|er)?\s+(?:de\s+)?[^\W\d]{3,10}\.?,?\s+(?:de\s+)?\d{4}|[^\W\d]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})"
_BORN = (
    r"(?:(?:date of birth|birth ?date|birthday|d\.?o\.?b\.?|data de nascimento|nascimento|fecha de nacimiento|date de naissance)"
    r"(?:\s+(?:is|é|es|est))?|born(?:\s+on)?|nasci(?:\s+em|\s+no dia)?|nací(?:\s+el)?|née?\s+le)\s*[:=]?\s*"
)
_INTRODUCED = (
    r"(?:my (?:full |first |last |sur)?name is|my name's|name:|i am called|this is (?:mr|mrs|ms|dr)\.?|(?:mr|mrs|ms|dr|sra?|mme|m)\.|"
    r"meu nome (?:completo )?é|me chamo|chamo-me|mi nombre (?:completo )?es|me llamo|mon nom est|je m['’]appelle)\s+"
)

#: In order of precedence: kind, form, check. A group ``value`` narrows the span to what it matched.
_RULES: tuple[tuple[str, re.Pattern[str], Callable[[str, int, int], bool]], ...] = (
    ("EMAIL", re.compile(r"(?<![\w.+-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,62}(?![\w@])", _I), _always),
    ("URL", re.compile(r"\b(?:https?|ftp)://[^\s<>\"']{2,2000}[^\s<>\"'.,;:!?)\]}]|\bwww\.[^\s<>\"']{2,2000}[^\s<>\"'.,;:!?)\]}]", _I), _always),
    ("URL", re.compile(rf"(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.){{1,5}}(?:{_TLD})(?![\w-]|\.\w)(?:/[^\s<>\"']*[^\s<>\"'.,;:!?)])?", _I), _always),
    ("IBAN", re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b"), _is_iban),
    ("IBAN", re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b", _I), _is_iban),
    # Groups as printed on the card, whatever numbers stand around them (its end, its security code).
    ("CARD", re.compile(r"(?<![\w.])(?=(?P<value>\d{4}([ -])\d{4}\2\d{4}\2\d{4}|\d{4}([ -])\d{6}\3\d{5})(?!\w))"), _is_card),
    ("CARD", re.compile(r"(?<![\w.])\d(?:[ -]?\d){11,18}(?![\w]|\.\d)"), _is_card),
    ("IP", re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)"), _is_address),
    ("IP", re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", _I), _is_address),
    ("MAC", re.compile(r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])", _I), _always),
    ("WALLET", re.compile(r"\b(?:0x[0-9a-fA-F]{40}|bc1[02-9ac-hj-np-z]{25,60}|[13][1-9A-HJ-NP-Za-km-z]{25,34})\b"), _always),
    ("DATE_OF_BIRTH", re.compile(_BORN + rf"(?P<value>{_DAY})", _I), _always),
    ("ID", re.compile(r"(?<![\w-])\d{3}[- ]\d{2}[- ]\d{4}(?![\w-])"), _is_ssn),
    ("ID", re.compile(r"(?:ssn|social security(?: number| no\.?)?)\W{0,4}(?:is\s+)?(?P<value>\d{9})\b", _I), _is_ssn),
    ("ID", re.compile(r"(?<!\w)(?:\d{3}\.\d{3}\.\d{3}-\d{2}|(?<=cpf )\d{11}|(?<=cpf: )\d{11}|(?<=CPF )\d{11}|(?<=CPF: )\d{11})(?!\w)"), _is_cpf),
    ("ID", re.compile(r"(?<!\w)\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}(?!\w)"), _always),
    ("ID", re.compile(r"\b(?:\d{8}|[XYZ]\d{7})[ -]?[A-HJ-NP-TV-Z]\b", _I), _is_spanish_id),
    ("ID", re.compile(r"(?<!\w)[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?\d{2} ?\d{3} ?\d{3} ?\d{2}(?!\w)"), _is_french_id),
    ("ID", re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"), _always),
    ("ID", re.compile(r"\b(?:passport|passaporte|pasaporte|passeport|driver'?s licen[sc]e|nif|nhs|bsn|curp|rfc|pps)\b(?:\s+(?:number|no|nr|is|é|es|est))*\W{0,4}(?P<value>(?=[A-Z0-9 -]*\d{3})[A-Z0-9]{5,20})\b", _I), _always),
    ("PHONE", re.compile(r"(?<![\w.,/$€£#-])(?:\+|\(\+?)?\d(?:[ \t().\-/]{0,3}\d){6,17}(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\w]|[.,/-]\d|[%€£$])", _I), _is_phone),
    ("PERSON", re.compile(rf"(?i:\b{_INTRODUCED})(?P<value>{_NAME})"), _always),
)  # fmt: skip


def kinds() -> Iterator[str]:
    """Every kind there is, once."""
    return iter(dict.fromkeys(kind for kind, _pattern, _check in _RULES))
