"""What a report of a large tournament costs those who bet meanwhile: both on one database, the worst that may happen.

python -m bench --only reports

Bets come at a steady pace, first alone, then while reports are made one after the other, from the same primary.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from bench import http
from toteboard.ledger.ledger import Ledger
from toteboard.ledger.replica import PrimaryReader
from toteboard.reports.making import made
from toteboard.settings import Settings

CONNECTIONS = 64
PER_SECOND = 1000.0


async def measure(dsn: str, postmaster: int, *, seconds: float) -> dict[str, Any]:
    """Bets at their pace without and with reports, and how long a report took."""
    async with http.server(dsn) as pid:
        paced = {"connections": CONNECTIONS, "seconds": seconds, "per_second": PER_SECOND}
        await http.measure(pid, postmaster, connections=CONNECTIONS, seconds=seconds / 2)
        alone = await http.measure(pid, postmaster, **paced)  # type: ignore[arg-type]
        async with _reporting(dsn) as took:
            beside = await http.measure(pid, postmaster, **paced)  # type: ignore[arg-type]
        again = await http.measure(pid, postmaster, **paced)  # type: ignore[arg-type]
    return {"alone": alone, "beside_reports": beside, "alone_again": again, "report_s": [round(one, 2) for one in took]}


@asynccontextmanager
async def _reporting(dsn: str) -> AsyncIterator[list[float]]:
    """Reports one after the other while the block runs; the seconds each took."""
    conn = await asyncpg.connect(dsn)
    tournament_id = await conn.fetchval("SELECT id FROM tournaments ORDER BY id LIMIT 1")
    await conn.close()
    took: list[float] = []

    async def report() -> None:
        async with Ledger.opened(dsn) as ledger:
            while True:
                began = time.perf_counter()
                await made(PrimaryReader(ledger), tournament_id, Settings())
                took.append(time.perf_counter() - began)

    task = asyncio.create_task(report())
    try:
        yield took
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
