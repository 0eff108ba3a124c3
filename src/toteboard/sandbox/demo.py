"""The demo tournament as a plan, read from riverside.json. Knows no clock but the one it is given."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from toteboard.imports.plan import Plan, PlannedMarket, PlannedMatch
from toteboard.rules.odds import parse_odds
from toteboard.spreadsheets.reading import FileRefused

SLUG = "riverside-open-2026"


@dataclass(frozen=True, slots=True)
class Demo:
    """The tournament that the sandbox shows."""

    slug: str
    subtitle: str
    plan: Plan


def demo(now: datetime) -> Demo:
    """The demo tournament with its first matches a few minutes after `now`."""
    evening = json.loads(files("toteboard.sandbox").joinpath("riverside.json").read_text(encoding="utf-8"))
    matches = tuple(_match(row, now) for row in evening["matches"])
    return Demo(SLUG, evening["subtitle"], Plan(name=evening["name"], matches=matches))


def results_of(plan: Plan) -> dict[str, dict[str, Any]]:
    """Who really won and how, by `result_key`, as far as the plan's file knows."""
    return {
        result_key(match.round, match.name): {"winner": market.winner, "score": match.score}
        for match in plan.matches
        for market in match.markets
        if market.winner is not None
    }


def result_key(round_name: str, match: str) -> str:
    """A round that is played again is another one: what happens in it nobody knows."""
    return f"{round_name}|{match}"


def _match(row: dict[str, Any], now: datetime) -> PlannedMatch:
    return PlannedMatch(
        name=row["name"],
        round="Round 1",
        venue=row["venue"],
        starts_at=now + timedelta(minutes=row["starts_min"]),
        markets=tuple(_market(market) for market in row["markets"]),
    )


def _market(row: dict[str, Any]) -> PlannedMarket:
    outcomes = tuple(
        (outcome, None) if isinstance(outcome, str) else (outcome[0], int(parse_odds(outcome[1])))
        for outcome in row["outcomes"]
    )
    return PlannedMarket(key=row["name"].casefold(), name=row["name"], kind=row["kind"], outcomes=outcomes)


def need_matches(plan: Plan) -> None:
    """Raises FileRefused where nobody could bet on anything."""
    if not any(market.can_open for match in plan.matches for market in match.markets):
        raise FileRefused("no match of the file has two known sides yet")
