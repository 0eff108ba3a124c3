"""Stops betting in a tournament whose books do not balance, and takes it up again when an admin says so. Sums nothing up."""

import json
import logging
from typing import Any

from toteboard.ledger.ledger import Change
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments import markets, tournaments
from toteboard.rules.market import MarketAction
from toteboard.rules.refusals import Refusal, Refused

_SQL = statements("books")
log = logging.getLogger(__name__)

# [{"what": "wallet", "off": "-1"}]: minor units, as text since a sum may be larger than JSON's numbers.
Differs = list[dict[str, str]]


async def stop(change: Change, tournament_id: int, differs: Differs) -> bool:
    """Suspends every open market and takes no more bets; False where that, or the same difference lifted, is known.

    Raises Refused: NOT_FOUND, STATE (archived).
    """
    known = await tournaments.lock(change, tournament_id)
    if known["stopped_at"] is not None or _same(known["differs"], differs):
        return False
    suspended = [row["id"] for row in await change.conn.fetch(_SQL["open_markets"], tournament_id)]
    for market_id in suspended:
        await markets.move(change, market_id, MarketAction.SUSPEND)
    await change.conn.execute(_SQL["stop"], tournament_id, json.dumps(differs), suspended)
    await change.audit(
        "books.stopped", f"tournament:{tournament_id}", tournament_id, differs=differs, markets=suspended
    )
    log.error("the books of tournament %d differ: betting there is stopped: %s", tournament_id, json.dumps(differs))
    return True


async def lift(change: Change, tournament_id: int, *, reason: str) -> None:
    """Takes bets again, and opens what the stop suspended and still may be open. By an admin, who the caller has looked for.

    Raises Refused: NOT_FOUND, STATE where nothing is stopped.
    """
    known = await tournaments.lock(change, tournament_id)
    if known["stopped_at"] is None:
        raise Refused(Refusal.STATE, "Betting is not stopped in this tournament.")
    await change.conn.execute(_SQL["lift"], tournament_id)
    await change.audit(
        "books.lifted",
        f"tournament:{tournament_id}",
        tournament_id,
        reason=reason,
        differs=json.loads(known["differs"]),
    )
    for market_id in known["stopped_markets"]:
        try:
            await markets.move(change, market_id, MarketAction.OPEN)
        except Refused as refused:
            # Closed since, or gone, or something is missing that an organizer sees to.
            log.info("market %d stays as it is: %s", market_id, refused)


async def forget(change: Change, tournament_id: int) -> None:
    """What differed does so no more: the next difference is a new one."""
    await change.conn.execute(_SQL["forget"], tournament_id)
    await change.audit("books.balanced", f"tournament:{tournament_id}", tournament_id)


def _same(known: str | None, differs: Differs) -> bool:
    return known is not None and json.loads(known) == differs


async def shown(conn: Any, *, limit: int) -> list[dict[str, Any]]:
    """Tournaments whose books differ, or did when betting was stopped."""
    rows = await conn.fetch(_SQL["shown"], limit)
    return [dict(row) | {"differs": json.loads(row["differs"])} for row in rows]
