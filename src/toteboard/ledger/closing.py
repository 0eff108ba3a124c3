"""Closes markets whose time has come. Betting refuses by the clock itself; this makes it visible. Knows no HTTP."""

import asyncio
import logging

import asyncpg

from toteboard.ledger.ledger import Actor, Ledger, Outage
from toteboard.ledger.markets import announce_markets
from toteboard.ledger.statements import statements

log = logging.getLogger(__name__)

_SQL = statements("closing")

# Markets closed in one transaction.
CLOSED_MAX = 100
# A market in a rush of bets is locked most of the time: it is tried again soon, until a gap is met.
AGAIN_S = 0.02


async def close_due(ledger: Ledger) -> int:
    """Closes what is open past its closes_at, at most CLOSED_MAX markets; how many. Raises Outage."""
    async with ledger.change(Actor()) as change:
        rows = await change.conn.fetch(_SQL["close_due"], CLOSED_MAX)
        await announce_markets(change, [row["id"] for row in rows])
    return len(rows)


async def is_due(ledger: Ledger) -> bool:
    """Whether something is still open past its closes_at. Raises Outage."""
    async with ledger.read() as conn:
        return bool(await conn.fetchval(_SQL["is_due"]))


async def run(ledger: Ledger, poll_ms: int) -> None:
    """Looks every `poll_ms` until cancelled. An outage is waited out."""
    while True:
        pause_s = poll_ms / 1000
        try:
            if await is_due(ledger):
                await close_due(ledger)
                pause_s = min(pause_s, AGAIN_S)
        except (Outage, asyncpg.PostgresError) as lost:
            log.warning("could not close what is due, trying again: %s", lost)
        await asyncio.sleep(pause_s)
