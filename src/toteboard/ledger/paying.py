"""Pays settlements that were decided, chunk by chunk, wherever the last payer was interrupted. Decides nothing.

Every process runs this; the settlement's row lets one of them pay at a time, and a chunk is one transaction.
"""

import asyncio
import logging

from toteboard.ledger import markets
from toteboard.ledger.ledger import Actor, Ledger, Outage
from toteboard.ledger.settlements import progress
from toteboard.ledger.statements import statements
from toteboard.settings import Settings

log = logging.getLogger(__name__)

_SQL = statements("settlements")
POLL_S = 0.25
OUTAGE_WAIT_S = 1.0
# After an error nobody expected: tried again, but not at every turn.
ERROR_WAIT_S = 30.0
PROGRAM = Actor()


async def pay(ledger: Ledger, settlement_id: int, *, chunk: int) -> None:
    """Pays a settlement to its end. Asked twice, or by two, it pays once. Raises Outage."""
    done = False
    while not done:
        done = await _pay_chunk(ledger, settlement_id, chunk)
        # Bets elsewhere go first.
        await asyncio.sleep(0)
    async with ledger.change(PROGRAM) as change:
        if await change.conn.fetchval(_SQL["finish"], settlement_id):
            settlement = dict(await change.conn.fetchrow(_SQL["one"], settlement_id))
            await change.audit(
                "settlement.paid",
                f"market:{settlement['market_id']}",
                settlement["tournament_id"],
                settlement=settlement_id,
                version=settlement["version"],
                takeout=settlement["takeout"],
                breakage=settlement["breakage"],
                house_added=settlement["house_added"],
                house_won=settlement["house_won"],
            )
            await markets.announce(change, settlement["market_id"])
            change.event(settlement["tournament_id"], "settlement", progress(settlement))


async def _pay_chunk(ledger: Ledger, settlement_id: int, chunk: int) -> bool:
    async with ledger.change(PROGRAM) as change:
        done, _, paid = await change.conn.fetchrow(_SQL["pay_chunk"], settlement_id, chunk)
        if paid is not None and paid != "[]":
            settlement = dict(await change.conn.fetchrow(_SQL["one"], settlement_id))
            change.event(settlement["tournament_id"], "settlement", progress(settlement, paid))
    return bool(done)


async def run(ledger: Ledger, settings: Settings) -> None:
    """Looks for settlements to pay, until cancelled. What is left half-way at a start goes on at once."""
    resting: dict[int, float] = {}
    while True:
        try:
            async with ledger.read() as conn:
                waiting = [row["id"] for row in await conn.fetch(_SQL["unfinished"])]
            for settlement_id in waiting:
                if resting.get(settlement_id, 0) <= asyncio.get_running_loop().time():
                    await _pay_or_rest(ledger, settlement_id, settings, resting)
            await asyncio.sleep(POLL_S)
        except Outage:
            await asyncio.sleep(OUTAGE_WAIT_S)


async def _pay_or_rest(ledger: Ledger, settlement_id: int, settings: Settings, resting: dict[int, float]) -> None:
    """One settlement that cannot be paid must not hold up the others."""
    try:
        await pay(ledger, settlement_id, chunk=settings.settle_chunk)
    except Outage:
        raise
    except Exception:
        log.exception("settlement %s could not be paid now", settlement_id)
        resting[settlement_id] = asyncio.get_running_loop().time() + ERROR_WAIT_S
