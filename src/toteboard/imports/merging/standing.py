"""Reads what stands in a tournament, as an import compares it. Decides nothing."""

import json
from collections import defaultdict

from toteboard.imports.existing import ExistingMarket, ExistingMatch, ExistingOutcome
from toteboard.ledger.connection import Conn
from toteboard.ledger.statements import statements

_SQL = statements("imports")


async def standing(conn: Conn, tournament_id: int | None) -> list[ExistingMatch]:
    """Every match of the tournament with its markets, in the order they were added; none where there is no tournament."""
    if tournament_id is None:
        return []
    matches = await conn.fetch(_SQL["matches"], tournament_id)
    markets = await conn.fetch(_SQL["markets"], tournament_id)
    outcomes_of: dict[int, list[ExistingOutcome]] = defaultdict(list)
    bets_of: dict[int, int] = defaultdict(int)
    for row in await conn.fetch(_SQL["outcomes"], [market["id"] for market in markets]):
        outcomes_of[row["market_id"]].append(
            ExistingOutcome(id=row["id"], name=row["name"], lane_no=row["lane_no"], odds_milli=row["odds_milli"])
        )
        bets_of[row["market_id"]] += row["bets"]
    markets_of = defaultdict(list)
    for row in markets:
        columns = {name: row[name] for name in _MARKET}
        columns["result"] = json.loads(row["result"]) if row["result"] else None
        outcomes = tuple(outcomes_of[row["id"]])
        markets_of[row["match_id"]].append(
            ExistingMarket(**columns, key=row["import_key"], bets=bets_of[row["id"]], outcomes=outcomes)
        )
    return [
        ExistingMatch(
            **(dict(row) | {"score": json.loads(row["score"]) if row["score"] else None}),
            markets=tuple(markets_of[row["id"]]),
        )
        for row in matches
    ]


_MARKET = ("id", "name", "kind", "status", "opens_at", "closes_at", "closes_offset_s", "result")
