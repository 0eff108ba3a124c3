"""When a market closes that closes with its match's start, some time before or after it. Asks nothing, writes nothing."""

from datetime import datetime, timedelta
from typing import Any

from toteboard.ledger.tournaments.market_rows import LockedMarket
from toteboard.rules.market import LIVE, MOVABLE
from toteboard.rules.refusals import Refusal, Refused, invalid
from toteboard.words import within


def given_closing(market: LockedMarket, given: dict[str, Any]) -> dict[str, Any]:
    """What is given, with the closing as a time and as what it is: a time of its own, or one that goes with the start."""
    if given.get("closes_offset_s") is not None:
        closes_at = with_start(given.get("closes_at"), market.starts_at, given["closes_offset_s"])
        return given | {"closes_at": closes_at}
    if "closes_at" in given:
        return given | {"closes_offset_s": None}
    return given


def with_start(said: datetime | None, starts_at: datetime | None, offset_s: int) -> datetime | None:
    """The start with its offset. Raises Refused (INVALID) where another time is said beside it, or the calendar ends."""
    try:
        closes_at = None if starts_at is None else starts_at + timedelta(seconds=offset_s)
    except OverflowError:
        raise invalid("closes_offset_s", "is outside the calendar") from None
    if said is not None and said != closes_at:
        raise invalid("closes_at", "it closes with the start of its match; leave one of the two out")
    return closes_at


def closing_with(market: LockedMarket, starts_at: datetime | None) -> datetime | None:
    """When a market closes whose match begins then: it follows while bets may still come, unless it has a time of its own.

    Raises Refused (STATE) where that would be past, or before its first bet.
    """
    if market.closes_offset_s is None or market.status not in MOVABLE or starts_at is None:
        return market.closes_at if market.closes_offset_s is None or market.status not in MOVABLE else None
    closes_at = starts_at + timedelta(seconds=market.closes_offset_s)
    if closes_at <= market.now and market.status in LIVE:
        raise Refused(
            Refusal.STATE,
            f"The market {market.name!r} closes with the start, and that is past. Close it first, "
            f"or enter the {within('started_at')}.",
            field="starts_at",
        )
    if market.opens_at is not None and market.opens_at >= closes_at:
        raise Refused(
            Refusal.STATE,
            f"The market {market.name!r} opens only after that. Change its {within('opens_at')} first.",
            field="starts_at",
        )
    return closes_at
