"""What stands in the tables before and after an import."""

from typing import Any

from toteboard.ledger.ledger import Ledger


async def rows(ledger: Ledger, sql: str, *given: Any) -> list[Any]:
    async with ledger.read() as conn:
        return [tuple(row) for row in await conn.fetch(sql, *given)]


async def everything(ledger: Ledger) -> list[Any]:
    """Every row that an import may write."""
    tables = (
        "tournaments",
        "matches",
        "markets",
        "outcomes",
        "outcome_totals",
        "accounts",
        "events",
        "audit_log",
        "imports",
    )
    return [await rows(ledger, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]
