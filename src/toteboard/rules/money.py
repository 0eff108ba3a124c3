"""Amounts as integers of a currency's minor unit. Knows no rate of exchange: a tournament has one currency."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NewType

Minor = NewType("Minor", int)
"""An amount in minor units: 1250 is 12.50 EUR, 1250 JPY, 1.250 KWD."""

# One stake or payment. Times the highest odds it stays well inside a bigint.
AMOUNT_MAX = Minor(10**11)

# [0-9], not \d, which takes every script's digits. Eighteen of them are enough for a bigint.
_DECIMAL = re.compile(r"(-?)(0|[1-9][0-9]{0,17})(?:\.([0-9]{1,4}))?")


class AmountRefused(ValueError):
    """The text is not an amount of this currency; the message is for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 code and its exponent: how many decimals the minor unit stands for."""

    code: str
    exponent: int


# Source: ISO 4217, list one; PTS is ours, points for play. The table `currencies` says the same.
_EXPONENTS = {
    2: ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "CAD", "AUD", "NZD"),
    0: ("JPY", "KRW", "PTS"),
    3: ("KWD", "BHD"),
}
CURRENCIES: Mapping[str, Currency] = MappingProxyType(
    {code: Currency(code, exponent) for exponent, codes in _EXPONENTS.items() for code in codes}
)


def parse_minor(text: str, code: str, *, signed: bool = False, most: int = AMOUNT_MAX) -> Minor:
    """Reads decimal text ("12.50") as minor units of the currency, exactly.

    A minus is read only if `signed`; neither sign may go past `most` minor units. Raises AmountRefused for all else:
    another currency, a float, an exponent, digits of other scripts, separators, more decimals than the currency has.
    """
    currency = CURRENCIES.get(code)
    if currency is None:
        raise AmountRefused(f"{code!r} is not a currency of the list")
    match = _DECIMAL.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise AmountRefused(f"an amount is written in digits, as in {format_minor(125_000, code)}")
    sign, whole, decimals = match[1], match[2], match[3] or ""
    if sign and not signed:
        raise AmountRefused("an amount has no sign here")
    if len(decimals) > currency.exponent:
        raise AmountRefused(f"{code} has {currency.exponent or 'no'} decimals")
    amount = int(whole + decimals.ljust(currency.exponent, "0"))
    if amount > most:
        raise AmountRefused(f"an amount goes to {format_minor(most, code)}")
    return Minor(-amount if sign else amount)


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
