"""A tournament in a real database, and bets written to it as intake writes them: totals first, the event last."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from databases import by_hand
from toteboard.ledger.ledger import Actor, Ledger


@dataclass(frozen=True)
class Seeded:
    tournament_id: int
    slug: str
    match_id: int
    market_id: int
    outcomes: list[int]
    users: list[int]


async def seed(dsn: str, slug: str = "cup", *, outcomes: int = 3, users: int = 3) -> Seeded:
    """One pool market of a match, as the owner of the database."""
    conn = await by_hand(dsn)
    try:
        tournament_id = await conn.fetchval(
            "INSERT INTO tournaments (slug, name, currency) VALUES ($1, 'Cup', 'EUR') RETURNING id", slug
        )
        match_id = await conn.fetchval(
            "INSERT INTO matches (tournament_id, name, starts_at, score)"
            " VALUES ($1, 'A v B', '2026-11-23 20:00+00', '{\"ft\": [1, 0]}') RETURNING id",
            tournament_id,
        )
        market_id = await conn.fetchval(
            "INSERT INTO markets (tournament_id, match_id, name, kind, status)"
            " VALUES ($1, $2, 'Winner', 'pool', 'open') RETURNING id",
            tournament_id,
            match_id,
        )
        ids = []
        for lane_no in range(1, outcomes + 1):
            ids.append(
                await conn.fetchval(
                    "INSERT INTO outcomes (tournament_id, market_id, name, lane_no) VALUES ($1, $2, $3, $4) RETURNING id",
                    tournament_id,
                    market_id,
                    f"Outcome {lane_no}",
                    lane_no,
                )
            )
        people = [
            await conn.fetchval(
                "INSERT INTO users (email, name, password_hash) VALUES ($1, $2, 'x') RETURNING id",
                f"{slug}-{number}@example.org",
                f"Bettor {number}",
            )
            for number in range(users)
        ]
    finally:
        await conn.close()
    return Seeded(tournament_id, slug, match_id, market_id, ids, people)


async def place(ledger: Ledger, seeded: Seeded, *bets: tuple[int, int, int]) -> list[str]:
    """Commits one batch of (user, outcome, stake); returns the bets' ids."""
    async with ledger.change(Actor()) as change:
        totals: dict[int, Any] = {}
        # Totals without bets: the program writes none.
        await change.conn.execute("SET LOCAL ROLE toteboard_break_glass")
        for outcome_id in sorted({outcome_id for _, outcome_id, _ in bets}):
            stakes = [stake for _, picked, stake in bets if picked == outcome_id]
            totals[outcome_id] = await change.conn.fetchrow(
                "UPDATE outcome_totals SET stakes = stakes + $2, bets = bets + $3 WHERE outcome_id = $1"
                " RETURNING outcome_id, stakes, bets, returns",
                outcome_id,
                sum(stakes),
                len(stakes),
            )
        await change.conn.execute("SET LOCAL ROLE toteboard_app")
        rows = [[str(uuid4()), user_id, outcome_id, stake, 2000] for user_id, outcome_id, stake in bets]
        change.event(seeded.tournament_id, "bets", {"o": [list(row) for row in totals.values()], "b": rows})
    return [str(row[0]) for row in rows]
