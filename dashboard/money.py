"""Money as people read and write it; in the database it is millionths of a currency."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

MILLION = 1_000_000
CURRENCIES = ("USD", "EUR", "BRL", "GBP", "CAD", "CHF", "MXN")
_SIGNS = {"USD": "$", "EUR": "€", "BRL": "R$", "GBP": "£"}


def money(micros: int | None, currency: str) -> str:
    """An amount with its currency; small ones with as many places as they need. "Unknown" where there is none."""
    if micros is None:
        return _("unknown")
    value = Decimal(micros) / MILLION
    places = 2 if value >= 1 or not value else 4 if value >= Decimal("0.0001") else 6
    return f"{_SIGNS.get(currency, currency + ' ')}{number_format(value, places, use_l10n=True, force_grouping=True)}"


def micros_of(value: Decimal | None) -> int | None:
    """An amount as it is stored."""
    return None if value is None else int((value * MILLION).to_integral_value())


def amount_of(micros: int | None) -> Decimal | None:
    """A stored amount for a field, without needless zeros."""
    if micros is None:
        return None
    value = Decimal(micros) / MILLION
    return value.quantize(Decimal("0.01")) if value == value.quantize(Decimal("0.01")) else value.normalize()
