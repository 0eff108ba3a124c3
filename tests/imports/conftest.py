"""A ledger that files are written into."""

from collections.abc import AsyncIterator

import pytest_asyncio

from toteboard.ledger.ledger import Ledger


@pytest_asyncio.fixture(loop_scope="session")
async def ledger(database: str) -> AsyncIterator[Ledger]:
    async with Ledger.opened(database, pool_max=4) as ledger:
        yield ledger
