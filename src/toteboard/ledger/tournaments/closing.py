"""Closes markets whose time has come. Betting refuses by the clock itself; this makes it visible. Knows no HTTP."""

from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments.markets import announce_markets

_SQL = statements("closing")

# Markets closed in one transaction.
CLOSED_MAX = 100


async def close_due(ledger: Ledger) -> int:
    """Closes what is open past its closes_at, at most CLOSED_MAX markets; how many. Raises Outage."""
    async with ledger.read() as conn:
        due = [row["id"] for row in await conn.fetch(_SQL["due"], CLOSED_MAX)]
    if not due:
        return 0
    async with ledger.change(Actor()) as change:
        await change.conn.execute(_SQL["lock"], due)
        rows = await change.conn.fetch(_SQL["close"], due)
        await announce_markets(change, [row["id"] for row in rows])
    return len(rows)
