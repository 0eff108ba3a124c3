"""What an operator asks of the ledger at every look: does it answer, do the books sum to zero, what is being paid."""

import time
from dataclasses import dataclass
from typing import Any

from toteboard.ledger.ledger import Ledger
from toteboard.ledger.statements import statements

_SQL = statements("ops")
SHOWN_MAX = 20


@dataclass(frozen=True, slots=True)
class Look:
    """One look. `answer_ms` is until the first answer, a wait for a connection included."""

    answer_ms: int
    tournaments: int
    unbalanced: list[dict[str, Any]]
    paying: list[dict[str, Any]]
    paying_found: int


async def is_writable(ledger: Ledger) -> bool:
    """Whether a bet could be written: a replica, or a database made read-only, only reads. Raises Outage."""
    async with ledger.read() as conn:
        return bool(await conn.fetchval(_SQL["is_writable"]))


async def look(ledger: Ledger) -> Look:
    """Raises Outage."""
    began = time.perf_counter()
    async with ledger.snapshot() as conn:
        tournaments = await conn.fetchval(_SQL["tournaments"])
        answer_ms = int((time.perf_counter() - began) * 1000)
        unbalanced = [dict(row) for row in await conn.fetch(_SQL["unbalanced"], SHOWN_MAX)]
        paying = [dict(row) for row in await conn.fetch(_SQL["paying"], SHOWN_MAX)]
    found = paying[0]["found"] if paying else 0
    return Look(answer_ms, tournaments, unbalanced, paying, found)
