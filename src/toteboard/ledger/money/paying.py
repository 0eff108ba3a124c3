"""Pays settlements that were decided, chunk by chunk, wherever the last payer was interrupted. Decides nothing.

Every process runs this; the settlement's row lets one of them pay at a time, and a chunk is one transaction.
"""

import asyncio
import logging

from toteboard.ledger.connection import fetch_one
from toteboard.ledger.ledger import Actor, Ledger, Outage
from toteboard.ledger.money.settlement_rows import settlement_of
from toteboard.ledger.money.settlements import progress
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments import markets
from toteboard.rules.events import EventKind

log = logging.getLogger(__name__)

_SQL = statements("settlements")
# How often settlements to pay are looked for.
POLL_S = 0.25
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
            settlement = settlement_of(await fetch_one(change.conn, _SQL["one"], settlement_id))
            await change.audit(
                "settlement.paid",
                f"market:{settlement.market_id}",
                settlement.tournament_id,
                settlement=settlement_id,
                version=settlement.version,
                takeout=settlement.takeout,
                breakage=settlement.breakage,
                house_added=settlement.house_added,
                house_won=settlement.house_won,
            )
            await markets.announce(change, settlement.market_id)
            if settlement.carried_to is not None:
                await markets.announce(change, settlement.carried_to)
            change.event(settlement.tournament_id, EventKind.SETTLEMENT, progress(settlement))


async def _pay_chunk(ledger: Ledger, settlement_id: int, chunk: int) -> bool:
    async with ledger.change(PROGRAM) as change:
        done, _, paid = await fetch_one(change.conn, _SQL["pay_chunk"], settlement_id, chunk)
        if paid is not None and paid != "[]":
            settlement = settlement_of(await fetch_one(change.conn, _SQL["one"], settlement_id))
            change.event(settlement.tournament_id, EventKind.SETTLEMENT, progress(settlement, paid))
    return bool(done)


class Payer:
    """Finds settlements to pay and pays them. What is left half-way at a start goes on at once."""

    def __init__(self, ledger: Ledger, chunk: int):
        self._ledger = ledger
        self._chunk = chunk
        # Settlements that could not be paid, and until when, in seconds of the event loop's clock, they are left alone.
        self._resting: dict[int, float] = {}

    async def step(self) -> None:
        """Pays whatever waits. One that cannot be paid does not hold up the others. Raises Outage."""
        async with self._ledger.read() as conn:
            waiting = [row["id"] for row in await conn.fetch(_SQL["unfinished"])]
        now = asyncio.get_running_loop().time
        self._resting = {key: until for key, until in self._resting.items() if until > now()}
        for settlement_id in waiting:
            if settlement_id in self._resting:
                continue
            try:
                await pay(self._ledger, settlement_id, chunk=self._chunk)
            except Outage:
                raise
            except Exception:
                log.exception("settlement %s could not be paid now", settlement_id)
                self._resting[settlement_id] = now() + ERROR_WAIT_S
