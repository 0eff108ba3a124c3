"""What an operator asks of the ledger at every look: does it answer, do the books sum to zero, what is being paid."""

import time
from dataclasses import dataclass
from typing import Any

import asyncpg

from toteboard.ledger.ledger import Ledger, Outage, is_undone
from toteboard.ledger.operating import backups
from toteboard.ledger.operating.backups import Remembered, Stream
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments import stopping

_SQL = statements("ops")
SHOWN_MAX = 20


@dataclass(frozen=True, slots=True)
class Look:
    """One look. `answer_ms` is until the first answer, a wait for a connection included."""

    answer_ms: int
    tournaments: int
    unbalanced: list[dict[str, Any]]
    differing: list[dict[str, Any]]
    paying: list[dict[str, Any]]
    paying_found: int
    # PostgreSQL's own, "18.6".
    version: str
    backups: list[Remembered]
    streams: list[Stream]


async def why_not_writable(ledger: Ledger, *, is_tried: bool) -> str:
    """Why a bet could not be written, empty where it could: a replica only reads. Raises Outage.

    `is_tried`: something is written, and thrown away, as a full disk is known by nothing else.
    """
    try:
        async with ledger.read() as conn:
            if not await conn.fetchval(_SQL["is_writable"]):
                return "the database only reads: it is a replica, or was made read-only"
            if is_tried:
                async with conn.transaction():
                    await conn.execute(_SQL["take_room"])
    except asyncpg.InsufficientPrivilegeError:
        # Temporary tables are forbidden here: nothing is known by it.
        return ""
    except Outage as failed:
        if not is_undone(failed.__cause__):
            raise
        return f"the database cannot write: {failed}"
    return ""


async def look(ledger: Ledger) -> Look:
    """Raises Outage."""
    began = time.perf_counter()
    async with ledger.snapshot() as conn:
        tournaments = await conn.fetchval(_SQL["tournaments"])
        answer_ms = int((time.perf_counter() - began) * 1000)
        unbalanced = [dict(row) for row in await conn.fetch(_SQL["unbalanced"], SHOWN_MAX)]
        differing = await stopping.shown(conn, limit=SHOWN_MAX)
        paying = [dict(row) for row in await conn.fetch(_SQL["paying"], SHOWN_MAX)]
        last, streams = await backups.last(conn), await backups.streams(conn)
        version = await conn.fetchval(_SQL["version"])
    found = paying[0]["found"] if paying else 0
    return Look(answer_ms, tournaments, unbalanced, differing, paying, found, version, last, streams)
