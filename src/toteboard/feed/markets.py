"""A market and its outcomes as the board shows them, with the odds of now. Knows no event and no order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from toteboard.feed.messages import MarketOnBoard, OutcomeOnBoard
from toteboard.rules.market import MarketKind, MarketState
from toteboard.rules.market_terms import TERMS
from toteboard.rules.pools import pool_odds, rules_of
from toteboard.rules.undecided import is_undecided

_TIMES = frozenset(term.name for term in TERMS if term.is_on_board and term.type is datetime)
_FIELDS = tuple(name for name in MarketOnBoard.__struct_fields__ if name not in ("outcomes", "waits_for_sides"))


def milli(at: datetime) -> int:
    """A time as the feed says it: milliseconds since 1970."""
    return round(at.timestamp() * 1000)


def milli_of_text(at: str | None) -> int | None:
    """The same for a time as the events have it: ISO text, or none."""
    return None if at is None else milli(datetime.fromisoformat(at))


@dataclass(slots=True)
class OutcomeShown:
    """An outcome on the board; `stakes` in minor units, `odds_set` in thousandths."""

    id: int
    market_id: int
    name: str
    lane_no: int
    # Fixed markets: what the organizer set.
    odds_set: int | None
    withdrawn: bool
    deduction_bps: int
    stakes: int
    bets: int


class MarketShown:
    """A market on the board. An event replaces it as a whole; only stakes and bets are counted on."""

    __slots__ = (
        "_fields",
        "_odds",
        "_places",
        "_rules",
        "id",
        "is_pool",
        "kind",
        "match_id",
        "name",
        "outcomes",
        "waits_for_sides",
    )

    def __init__(self, payload: Mapping[str, Any], *, before: Mapping[int, OutcomeShown]):
        """`payload` as in the event 'market'; stakes that it does not have are those of the outcome `before`."""
        self._fields = {name: milli_of_text(payload.get(name)) if name in _TIMES else payload[name] for name in _FIELDS}
        self.id: int = payload["id"]
        self.match_id: int = payload["match_id"]
        self.name: str = payload["name"]
        self.kind = MarketKind(payload["kind"])
        self.is_pool = self.kind is MarketKind.POOL
        self._rules = rules_of(payload)
        self._places: int = payload["places"]
        self.outcomes = {row["id"]: self._outcome(row, before.get(row["id"])) for row in payload["outcomes"]}
        self.waits_for_sides = payload["status"] == MarketState.DRAFT and any(
            is_undecided(outcome.name) for outcome in self.outcomes.values()
        )
        self._odds: dict[int, int | None] | None = None

    def _outcome(self, row: Mapping[str, Any], before: OutcomeShown | None) -> OutcomeShown:
        return OutcomeShown(
            id=row["id"],
            market_id=self.id,
            name=row["name"],
            lane_no=row["lane_no"],
            odds_set=row["odds_milli"],
            withdrawn=row["withdrawn"],
            deduction_bps=row.get("deduction_bps", 0),
            stakes=row.get("stakes", 0) if before is None else before.stakes,
            bets=row.get("bets", 0) if before is None else before.bets,
        )

    def odds_changed(self) -> None:
        """Stakes were counted: odds worked out before no longer hold."""
        self._odds = None

    def odds(self) -> dict[int, int | None]:
        """Thousandths by outcome: as set, or what the pool would pay now. None where there are none, or withdrawn."""
        if self._odds is None:
            running = [outcome for outcome in self.outcomes.values() if not outcome.withdrawn]
            self._odds = dict.fromkeys(self.outcomes)
            for outcome in running:
                self._odds[outcome.id] = self._pool_odds(outcome, running) if self.is_pool else outcome.odds_set
        return self._odds

    def _pool_odds(self, outcome: OutcomeShown, running: list[OutcomeShown]) -> int | None:
        # What stands on a withdrawn outcome is refunded: it is no part of the pool.
        others = [other.stakes for other in running if other is not outcome]
        return pool_odds(on_outcome=outcome.stakes, others=others, rules=self._rules, places=self._places)

    def shown(self) -> Any:
        """The MarketOnBoard of now."""
        odds = self.odds()
        outcomes = [
            OutcomeOnBoard(
                id=outcome.id,
                name=outcome.name,
                lane_no=outcome.lane_no,
                stakes=outcome.stakes,
                bets=outcome.bets,
                odds_milli=odds[outcome.id],
                withdrawn=outcome.withdrawn,
                deduction_bps=outcome.deduction_bps,
            )
            for outcome in self.outcomes.values()
        ]
        return MarketOnBoard(**self._fields, outcomes=outcomes, waits_for_sides=self.waits_for_sides)
