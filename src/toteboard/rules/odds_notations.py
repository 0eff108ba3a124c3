"""Odds in the notations people write them in, as integer thousandths. Knows no market and no file.

Decimal ("2.28", "1,80"), fractional ("4/1", "evens"), American ("+150", "-170") and per cent ("45%").
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from toteboard.rules.odds import ODDS_MAX, ODDS_MIN, OddsMilli, OddsRefused, format_odds

_DECIMAL = re.compile(r"([0-9]{1,4})(?:[.,]([0-9]{1,15}))?")
_FRACTION = re.compile(r"([0-9]{1,4}) ?[/⁄:-] ?([0-9]{1,4})")
_AMERICAN = re.compile(r"([+\-−])([0-9]{3,6})")
_PER_CENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,6}))? ?%")
_EVENS = frozenset(("evens", "even", "evs", "ev", "evn", "even money", "pk", "pick"))


@dataclass(frozen=True, slots=True)
class ReadOdds:
    """Odds in thousandths; `is_rounded` where what was written has more decimals than are kept."""

    milli: OddsMilli
    is_rounded: bool


def read_odds(text: str) -> ReadOdds:
    """The odds in a text of any notation, the stake included, rounded to the nearest thousandth.

    Raises OddsRefused unless it is one, from 1.00 to 1000.00.
    """
    odds = _exactly(text.strip().casefold())
    milli = (odds.numerator * 2000 + odds.denominator) // (2 * odds.denominator)
    if not ODDS_MIN <= milli <= ODDS_MAX:
        raise OddsRefused(f"odds go from {format_odds(ODDS_MIN)} to {format_odds(ODDS_MAX)}")
    return ReadOdds(OddsMilli(milli), odds * 1000 != milli)


def _exactly(text: str) -> Fraction:
    if text in _EVENS:
        return Fraction(2)
    if found := _DECIMAL.fullmatch(text):
        return _decimal(found[1], found[2])
    if (found := _FRACTION.fullmatch(text)) and int(found[2]):
        return 1 + Fraction(int(found[1]), int(found[2]))
    if (found := _AMERICAN.fullmatch(text)) and int(found[2]):
        line = int(found[2])
        return 1 + (Fraction(line, 100) if found[1] == "+" else Fraction(100, line))
    if (found := _PER_CENT.fullmatch(text)) and (share := _decimal(found[1], found[2])):
        return 100 / share
    raise OddsRefused("odds are written as in 2.28, 5/4, +125 or evens")


def _decimal(whole: str, decimals: str | None) -> Fraction:
    decimals = decimals or ""
    return Fraction(int(whole + decimals), 10 ** len(decimals))
