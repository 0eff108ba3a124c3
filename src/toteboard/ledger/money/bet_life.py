"""One bet and what became of it, for staff who hold a receipt. Knows neither HTTP nor who may ask."""

from typing import Any
from uuid import UUID

from toteboard.ledger.connection import Conn
from toteboard.ledger.operating import audit_log
from toteboard.ledger.operating.audit_log import Rows, Wanted
from toteboard.ledger.statements import statements

_SQL = statements("bet_life")

Row = dict[str, Any]
# A bet is of one outcome of one market of one match: what was decided of each, the newest.
DECISIONS_MAX = 100
FOUND_MAX = 20


async def find(conn: Conn, tournament_id: int, *, ending: str | None, bet_id: UUID | None) -> list[UUID]:
    """The bets of a tournament with this id, or whose id ends in these eight letters, the last first."""
    return [row["id"] for row in await conn.fetch(_SQL["find"], tournament_id, ending, bet_id, FOUND_MAX)]


async def movements(conn: Conn, bet_id: UUID) -> list[Row]:
    """What went between wallet and bet since the stake, oldest first: `amount` is positive into the wallet."""
    return [dict(row) for row in await conn.fetch(_SQL["movements"], bet_id)]


async def decisions(conn: Conn, bet: Row, *, up_to: int) -> list[tuple[Row, Rows]]:
    """What is logged of the bet, its outcome, market and match since it was placed, oldest first, each with its names.

    Of other outcomes: that they were withdrawn.
    """
    found: list[tuple[Row, Rows]] = []
    beside = [row["id"] for row in await conn.fetch(_SQL["withdrawn_beside"], bet["market_id"], bet["outcome_id"])]
    for subject in (
        *(f"outcome:{outcome_id}" for outcome_id in beside),
        f"bet:{bet['id']}",
        f"outcome:{bet['outcome_id']}",
        f"market:{bet['market_id']}",
        f"match:{bet['match_id']}",
    ):
        wanted = Wanted(tournament_id=bet["tournament_id"], subject=subject, since=bet["placed_at"])
        rows = await audit_log.read(conn, wanted, up_to=up_to, before=None, limit=DECISIONS_MAX)
        found += [(row, rows) for row in rows.rows if not _is_beside(row, beside) or "withdrawn" in row["details"]]
    return sorted(found, key=lambda one: int(one[0]["id"]))


def _is_beside(row: Row, beside: list[int]) -> bool:
    return any(row["subject"] == f"outcome:{outcome_id}" for outcome_id in beside)
