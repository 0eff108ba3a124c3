"""Decimal odds as integer thousandths, and what a pool would pay now. Knows no market and no bet."""

import re
from typing import NewType

from toteboard.rules.bounds import ODDS_MAX_MILLI, ODDS_MIN_MILLI

OddsMilli = NewType("OddsMilli", int)
"""Decimal odds or a dividend in thousandths: 2280 is 2.28, the stake included."""

ODDS_MIN = OddsMilli(ODDS_MIN_MILLI)
ODDS_MAX = OddsMilli(ODDS_MAX_MILLI)

BPS = 10_000

# [0-9], not \d, which takes every script's digits.
_ODDS = re.compile(r"(0|[1-9][0-9]{0,3})(?:\.([0-9]{1,3}))?")


class OddsRefused(ValueError):
    """The text is not decimal odds; the message is for the person who typed it."""


def parse_odds(text: str) -> OddsMilli:
    """Reads decimal odds ("2.28") as thousandths (2280).

    Raises OddsRefused unless it is text of ASCII digits with at most three decimals, from 1.00 to 1000.00.
    """
    match = _ODDS.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise OddsRefused("odds are written as in 2.28, with at most three decimals")
    odds = int(match[1] + (match[2] or "").ljust(3, "0"))
    if not ODDS_MIN <= odds <= ODDS_MAX:
        raise OddsRefused(f"odds go from {format_odds(ODDS_MIN)} to {format_odds(ODDS_MAX)}")
    return OddsMilli(odds)


def format_odds(odds_milli: int) -> str:
    """Thousandths as decimal text with two decimals, three where the third is not zero: "2.28", "1.875".

    Dividends are written the same way, also those below ODDS_MIN or above ODDS_MAX. Raises ValueError below zero.
    """
    if odds_milli < 0:
        raise ValueError(f"odds of {odds_milli} thousandths")
    whole, thousandths = divmod(odds_milli, 1000)
    if thousandths % 10:
        return f"{whole}.{thousandths:03}"
    return f"{whole}.{thousandths // 10:02}"


def takeout_of(gross: int, *, takeout_bps: int) -> int:
    """The house's share of a pool, in minor units, floored: the odd cent stays with the bettors."""
    return gross * takeout_bps // BPS


def dividend(*, net: int, winning: int, break_to_milli: int, minimum_milli: int) -> OddsMilli:
    """What one unit on the winner is paid, in thousandths, the stake included.

    `net` (the pool after takeout) over `winning` (what was staked on it), floored to a multiple of `break_to_milli`
    and never under `minimum_milli`. `winning` is above zero. Source: the parimutuel rule of every tote; flooring the
    dividend is its breakage.
    """
    assert winning > 0
    assert break_to_milli > 0
    floored = net * 1000 // (winning * break_to_milli) * break_to_milli
    return OddsMilli(max(floored, minimum_milli))
