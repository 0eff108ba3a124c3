"""Amounts as integers of a currency's minor unit. Knows no rate of exchange: a tournament has one currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NewType

Minor = NewType("Minor", int)
"""An amount in minor units: 1250 is 12.50 EUR, 1250 JPY, 1.250 KWD."""


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 code and its exponent: how many decimals the minor unit stands for."""

    code: str
    exponent: int


# Source: ISO 4217, list one; ours are PTS, points for play, and PTC, the same with two decimals. The table `currencies` says
# the same.
_EXPONENTS = {
    2: ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "CAD", "AUD", "NZD", "PTC"),
    0: ("JPY", "KRW", "PTS"),
    3: ("KWD", "BHD"),
}
CURRENCIES: Mapping[str, Currency] = MappingProxyType(
    {code: Currency(code, exponent) for exponent, codes in _EXPONENTS.items() for code in codes}
)

# Of these nobody is paid anything.
POINTS = frozenset({"PTS", "PTC"})


def format_minor(amount: int, code: str) -> str:
    """Minor units as decimal text: 125000 EUR is "1250.00". No separators of thousands, no symbol.

    Raises KeyError if the currency is not on the list: by here it has been checked.
    """
    exponent = CURRENCIES[code].exponent
    sign = "-" if amount < 0 else ""
    digits = str(abs(amount)).rjust(exponent + 1, "0")
    if exponent == 0:
        return sign + digits
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"
