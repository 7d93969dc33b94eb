"""How an SMS is cut and billed: characters of the GSM alphabet, or UTF-16 units where one is not of it."""

from typing import NamedTuple

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Characters that take two places.
_EXTENDED = frozenset("^{}\\[~]|€\f")


class Segments(NamedTuple):
    """The encoding, the number of segments, and the units that the last one still takes."""

    encoding: str
    number: int
    left: int


def segments(text: str) -> Segments:
    """How a text is cut. No character is cut in two, so a segment may end a unit early."""
    is_gsm = all(one in _BASIC or one in _EXTENDED for one in text)
    units = [(2 if one in _EXTENDED else 1) if is_gsm else (2 if ord(one) > 0xFFFF else 1) for one in text]
    single, part = (160, 153) if is_gsm else (70, 67)
    name, total = "GSM-7" if is_gsm else "UCS-2", sum(units)
    if total <= single:
        return Segments(name, 1, single - total)
    count, used = 1, 0
    for one in units:
        if used + one > part:
            count, used = count + 1, 0
        used += one
    return Segments(name, count, part - used)
