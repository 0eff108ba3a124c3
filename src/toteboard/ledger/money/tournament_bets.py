"""Every bet of a tournament, newest first, page by page. Knows neither HTTP nor who may ask.

Without a filter they are read out of the feed's events, which are in the order of the commits; a market's and a
bettor's own are found by the indexes that placing and settling need anyway.
"""

from dataclasses import dataclass
from typing import Any

from toteboard.ledger.connection import Conn
from toteboard.ledger.money.bets import Placed
from toteboard.ledger.statements import statements

_SQL = statements("tournament_bets")

Row = dict[str, Any]
# Behind every bet of an event.
WHOLE_EVENT = 2**62


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the event, and the bet in it (0: before its first)."""

    seq: int
    position: int


async def page(
    conn: Conn, tournament_id: int, *, status: str | None, after: Cursor | None, limit: int, look_back: int
) -> tuple[list[Row], Cursor | None]:
    """The rows, each with its `seq` and `position`, and from where to look on.

    Fewer rows than `limit` are not the end while there is a cursor to look on from: a rare status takes several pages.
    """
    if after is None:
        after = Cursor(await conn.fetchval(_SQL["head"], tournament_id) or 0, WHOLE_EVENT)
    floor = max(after.seq - look_back, 0)
    rows = await conn.fetch(_SQL["page"], tournament_id, after.seq, after.position, floor, status, limit + 1)
    shown = [dict(row) for row in rows[:limit]]
    if len(rows) > limit:
        return shown, Cursor(shown[-1]["seq"], shown[-1]["position"])
    return shown, Cursor(floor, WHOLE_EVENT) if floor else None


async def filtered(
    conn: Conn,
    tournament_id: int,
    *,
    market_id: int | None,
    outcome_id: int | None,
    user_id: int | None,
    status: str | None,
    before: Placed | None,
    limit: int,
) -> list[Row]:
    """Bets on a market or outcome, of a bettor, or both, newest first, from behind the bet that was placed then."""
    if market_id is None and outcome_id is not None:
        market_id = await conn.fetchval(_SQL["market_of"], outcome_id)
    at, no = before or (None, None)
    if market_id is not None:
        rows = await conn.fetch(_SQL["of_market"], tournament_id, market_id, outcome_id, user_id, status, at, no, limit)
    elif user_id is not None:
        rows = await conn.fetch(_SQL["of_bettor"], tournament_id, user_id, status, at, no, limit)
    else:
        # An outcome that nobody knows.
        rows = []
    return [dict(row) for row in rows]
