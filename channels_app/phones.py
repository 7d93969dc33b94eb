"""Phone numbers in the forms under which networks know them.

Brazil put a 9 before its mobile numbers, Argentina's carry a 9 after the country's code when called from abroad, Mexico's
carried a 1 there until 2020: platforms and carriers still use both forms of one number.
"""

import re

_BRAZIL = re.compile(r"\+55([1-9][0-9])(9?)([6-9][0-9]{7})")
_ARGENTINA = re.compile(r"\+54(9?)([0-9]{10})")
_MEXICO = re.compile(r"\+52(1?)([0-9]{10})")


def other_forms(number: str) -> tuple[str, ...]:
    """The other forms of a number in E.164; none for most of the world."""
    if found := _BRAZIL.fullmatch(number):
        area, nine, rest = found.groups()
        return (f"+55{area}{'' if nine else '9'}{rest}",)
    if found := _ARGENTINA.fullmatch(number):
        return (f"+54{'' if found[1] else '9'}{found[2]}",)
    if found := _MEXICO.fullmatch(number):
        return (f"+52{'' if found[1] else '1'}{found[2]}",)
    return ()
