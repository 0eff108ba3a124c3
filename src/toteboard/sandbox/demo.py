"""The demo tournament as a plan, read from riverside.json. Knows no clock but the one it is given."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from toteboard.rules.odds import parse_odds
from toteboard.rules.plan import Plan, PlannedMarket, PlannedMatch
from toteboard.spreadsheets.reading import FileRefused

SLUG = "riverside-open-2026"


@dataclass(frozen=True, slots=True)
class Demo:
    slug: str
    subtitle: str
    plan: Plan


def demo(now: datetime) -> Demo:
    """The demo tournament with its first matches a few minutes after `now`."""
    said = json.loads(files("toteboard.sandbox").joinpath("riverside.json").read_text(encoding="utf-8"))
    matches = tuple(_match(row, now) for row in said["matches"])
    return Demo(SLUG, said["subtitle"], Plan(name=said["name"], matches=matches))


def results_of(plan: Plan) -> dict[str, str]:
    """Who really won, by the match's name, as far as the plan's file knows; a name that stands twice is left out."""
    names = [match.name for match in plan.matches]
    return {
        match.name: market.winner
        for match in plan.matches
        for market in match.markets
        if market.winner is not None and names.count(match.name) == 1
    }


def _match(row: dict[str, Any], now: datetime) -> PlannedMatch:
    return PlannedMatch(
        key=f"demo:{row['name']}".casefold(),
        name=row["name"],
        round="Round 1",
        place=row["place"],
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
