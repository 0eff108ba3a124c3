"""Tries of passwords and codes, counted across all processes on this database. Knows neither route nor person."""

from datetime import timedelta

from toteboard.ledger.connection import Conn
from toteboard.ledger.statements import statements

_SQL = statements("tries")
# A wait that the clock has used up meanwhile is still one.
LEAST_WAIT_S = 0.01


async def take(conn: Conn, key: bytes, *, step: timedelta, window: timedelta) -> float:
    """Counts a try and answers 0.0, or does not count it and answers the seconds to wait: api/throttle.py says how."""
    if await conn.fetchval(_SQL["take"], key, step, window):
        return 0.0
    wait_s: float | None = await conn.fetchval(_SQL["wait"], key, step, window)
    return max(wait_s or 0.0, LEAST_WAIT_S)


async def give_back(conn: Conn, key: bytes, *, step: timedelta) -> None:
    """The last try was a good one and does not count."""
    await conn.execute(_SQL["give_back"], key, step)


async def forget(conn: Conn) -> None:
    """Takes away the rows of tries that are forgotten."""
    await conn.execute(_SQL["forget"])
