"""What reports ask of the ledger: sums of bets by time, outcome and bettor, and what settlements came to. Reckons nothing."""

from collections.abc import Iterable

from toteboard.ledger.connection import Conn, Row
from toteboard.ledger.statements import statements

_SQL = statements("reports")
PEOPLE_MAX = 5000


async def subject(conn: Conn, tournament_id: int) -> Row | None:
    """The tournament, and when its first and last bet were taken."""
    return await conn.fetchrow(_SQL["subject"], tournament_id)


async def markets(conn: Conn, tournament_id: int) -> list[Row]:
    """Its markets in the order of their matches, with their last settlement and how many bets they have."""
    return list(await conn.fetch(_SQL["markets"], tournament_id))


async def outcomes(conn: Conn, tournament_id: int) -> list[Row]:
    """Its outcomes, by market and lane."""
    return list(await conn.fetch(_SQL["outcomes"], tournament_id))


async def bets(conn: Conn, market_ids: list[int], *, bucket_s: int, timezone: str) -> list[Row]:
    """The bets of some markets, summed up by bucket and outcome, by minute, and by bettor and day: one kind a row."""
    return list(await conn.fetch(_SQL["bets"], market_ids, bucket_s, timezone))


async def refusals(conn: Conn, tournament_id: int) -> list[Row]:
    """Refused bets by verdict, most first."""
    return list(await conn.fetch(_SQL["refusals"], tournament_id))


async def people(conn: Conn, user_ids: Iterable[int]) -> dict[int, str]:
    """What they are called."""
    wanted, named = sorted(user_ids), dict[int, str]()
    for start in range(0, len(wanted), PEOPLE_MAX):
        found = await conn.fetch(_SQL["people"], wanted[start : start + PEOPLE_MAX])
        named |= {row["id"]: row["name"] for row in found}
    return named
