"""Refunds and archives tournaments that are thrown away (`tournaments.discard`), step by step. Knows no HTTP."""

from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.money import settlements
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments import tournaments
from toteboard.rules.refusals import Refusal, Refused

_SQL = statements("discarding")

POLL_S = 1.0
# Tournaments looked at in one step, and markets of each that are voided in it.
TOURNAMENTS_MAX = 10
MARKETS_MAX = 50
REASON = "the tournament is thrown away"


async def step(ledger: Ledger) -> None:
    """Voids what is undecided; archives where everybody has been refunded. Raises Outage."""
    async with ledger.read() as conn:
        due = [row["id"] for row in await conn.fetch(_SQL["due"], TOURNAMENTS_MAX)]
    for tournament_id in due:
        await _discard(ledger, tournament_id)


async def _discard(ledger: Ledger, tournament_id: int) -> None:
    async with ledger.read() as conn:
        undecided = [row["id"] for row in await conn.fetch(_SQL["undecided"], tournament_id, MARKETS_MAX)]
        is_paying = await conn.fetchval(_SQL["is_paying"], tournament_id)
    try:
        for market_id in undecided:
            async with ledger.change(Actor()) as change:
                await settlements.settle(change, market_id, result=None, void=True, digest=None, reason=REASON)
        if not undecided and not is_paying:
            async with ledger.change(Actor()) as change:
                await tournaments.archive(change, tournament_id)
    except Refused as refused:
        # Somebody at the desk was quicker: looked at again in the next step.
        if refused.refusal is not Refusal.STATE:
            raise
