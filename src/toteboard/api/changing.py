"""Opens a change for a route: what the ledger refuses becomes a problem. Knows neither routes nor rules."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from toteboard.api.house import House
from toteboard.api.problems import Problem
from toteboard.ledger.ledger import Actor, Change
from toteboard.ledger.refused import Refused


@asynccontextmanager
async def changing(house: House, by: Actor) -> AsyncIterator[Change]:
    """One transaction, committed when the block ends. A refusal inside it leaves nothing behind."""
    try:
        async with house.ledger.change(by) as change:
            yield change
    except Refused as refused:
        raise Problem(refused.refusal, refused.detail, **refused.extra) from None
