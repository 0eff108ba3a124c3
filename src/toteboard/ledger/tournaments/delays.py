"""Moves a match and everything after it by the same time, markets that close with their matches' starts too.

Knows neither HTTP nor who may ask. A market with a closing time of its own, and one that is closed already, stay as they
are and are told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from toteboard.ledger.ledger import Change
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments.markets import follow
from toteboard.ledger.tournaments.matches import announce_matches
from toteboard.rules.bounds import YEAR_MAX
from toteboard.rules.market import MOVABLE, MarketState
from toteboard.rules.refusals import Refusal, Refused, invalid

_SQL = statements("delays")


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayedMatch:
    """`starts_at` is its new start; `markets` are those that close with it and move."""

    id: int
    name: str
    starts_at: datetime
    markets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMarket:
    """A market that stays: `closes_at` is a time of its own, or it is closed already."""

    id: int
    name: str
    match: str
    closes_at: datetime | None
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """What was moved, or would be."""

    matches: tuple[DelayedMatch, ...]
    kept: tuple[KeptMarket, ...]


async def delay(change: Change, match_id: int, minutes: int, *, dry_run: bool) -> Delay:
    """Moves the match and all of its tournament that begin then or later. `minutes` above zero.

    Raises Refused: NOT_FOUND, STATE (archived), INVALID where the match has no start or the years end.
    """
    conn, by = change.conn, timedelta(minutes=minutes)
    match_ids = [row["id"] for row in await conn.fetch(_SQL["from_here"], match_id)]
    market_ids = [row["id"] for row in await conn.fetch(_SQL["markets_of"], match_ids)]
    if not dry_run:
        # Markets before matches, as everybody locks them; what is decided on is read afterwards.
        await conn.execute(_SQL["lock_markets"], market_ids)
        await conn.execute(_SQL["lock_matches"], match_ids)
    first = await conn.fetchrow(_SQL["first"], match_id)
    if first is None:
        raise Refused(Refusal.NOT_FOUND, "There is no such match.")
    if first["archived_at"] is not None:
        raise Refused(Refusal.STATE, "The tournament is archived.")
    if first["starts_at"] is None:
        raise invalid("minutes", "the match has no start to move")
    matches = await conn.fetch(_SQL["matches"], match_ids)
    if any(row["starts_at"].year >= YEAR_MAX for row in matches):
        raise invalid("minutes", "is outside the calendar")
    markets = await conn.fetch(_SQL["markets"], market_ids)
    following = [row for row in markets if row["closes_offset_s"] is not None and row["status"] in MOVABLE]
    kept = [row for row in markets if _is_kept(row["status"], row["closes_offset_s"], row["closes_at"])]
    if not dry_run:
        actor = change.actor
        await conn.execute(_SQL["move_matches"], match_ids, by, actor.user_id, actor.ip)
        await announce_matches(change, match_ids)
        await follow(change, {row["id"]: row["closes_at"] + by for row in following})
    return Delay(
        matches=tuple(
            DelayedMatch(
                id=row["id"],
                name=row["name"],
                starts_at=row["starts_at"] + by,
                markets=sum(market["match_id"] == row["id"] for market in following),
            )
            for row in matches
        ),
        kept=tuple(
            KeptMarket(
                id=row["id"],
                name=row["name"],
                match=row["match"],
                closes_at=row["closes_at"],
                is_closed=row["status"] == MarketState.CLOSED,
            )
            for row in kept
        ),
    )


def _is_kept(status: str, closes_offset_s: int | None, closes_at: datetime | None) -> bool:
    has_own_time = status in MOVABLE and closes_offset_s is None and closes_at is not None
    return has_own_time or status == MarketState.CLOSED
