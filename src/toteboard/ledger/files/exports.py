"""Reads a tournament's sheets page by page out of one snapshot. Knows no file format and no HTTP.

The connection is in `Ledger.long_snapshot`: whatever is written meanwhile, all pages are of one moment.
"""

from collections.abc import AsyncIterator

from toteboard.ledger.connection import Conn, Row, fetch_one
from toteboard.ledger.statements import statements

_SQL = statements("exports")

# What there is a statement for.
SHEETS = ("bets", "matches", "results", "versions", "people", "transfers", "audit", "feedback")


async def subject(conn: Conn, tournament_id: int) -> Row:
    """The tournament a sheet is of: id, slug, name, currency, exponent."""
    return await fetch_one(conn, _SQL["subject"], tournament_id)


async def counts(conn: Conn, tournament_id: int) -> Row:
    """How many rows each of SHEETS has, and what an import of the matches sheet would not recognise."""
    return await fetch_one(conn, _SQL["counts"], tournament_id)


async def pages(conn: Conn, sheet: str, tournament_id: int, *, rows: int) -> AsyncIterator[list[Row]]:
    """The rows of a sheet, at most `rows` at a time."""
    assert sheet in SHEETS
    await conn.execute(_SQL["by_key"])
    statement = await conn.prepare(_SQL[sheet])
    key = (0, 0)
    while found := await statement.fetch(tournament_id, *key, rows):
        yield found
        if len(found) < rows:
            return
        key = (found[-1]["key_a"], found[-1]["key_b"])
