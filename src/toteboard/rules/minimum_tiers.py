"""Minimum dividends by tiers, as a market keeps them in one text: "1.01:1.04, 1.08:1.10". Knows no pool.

Each tier is a dividend that was worked out, and the least that is paid from there on.
"""

from functools import lru_cache
from typing import NewType

from toteboard.rules.bounds import MINIMUM_MILLI_MAX, MINIMUM_TIERS_MAX
from toteboard.rules.odds import OddsRefused, format_odds, parse_odds

Tiers = NewType("Tiers", str)
"""The text of a market's tiers, checked and written in one way; empty for none."""


def read_tiers(text: str) -> Tiers:
    """Checks what somebody typed. Raises ValueError, which says what is wrong."""
    tiers = [_tier(part.strip()) for part in text.split(",") if part.strip()]
    starts, least = [start for start, _ in tiers], [most for _, most in tiers]
    if len(tiers) > MINIMUM_TIERS_MAX:
        raise ValueError(f"there are at most {MINIMUM_TIERS_MAX} tiers")
    if starts != sorted(set(starts)) or least != sorted(set(least)):
        raise ValueError("each tier begins higher and pays more than the one before")
    return Tiers(", ".join(f"{format_odds(start)}:{format_odds(pays)}" for start, pays in tiers))


def _tier(text: str) -> tuple[int, int]:
    start, _, pays = text.partition(":")
    try:
        tier = parse_odds(start.strip()), parse_odds(pays.strip())
    except OddsRefused:
        raise ValueError(f"{text[:20]!r} is no tier; write it as 1.01:1.04") from None
    if tier[1] > MINIMUM_MILLI_MAX:
        raise ValueError(f"a minimum is at most {format_odds(MINIMUM_MILLI_MAX)}")
    return tier


@lru_cache(maxsize=1024)
def tiers_of(text: str) -> tuple[tuple[int, int], ...]:
    """The tiers of a text that was checked: (worked out from, pays at least), in thousandths, ascending."""
    return tuple(_tier(part.strip()) for part in text.split(",") if part.strip())
