"""A market and its outcomes as the board shows them, with the odds of now. Knows no event and no order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from toteboard.rules.market import MarketKind
from toteboard.rules.odds import pool_odds

MARKET_FIELDS = (
    "id",
    "match_id",
    "name",
    "kind",
    "status",
    "closes_at",
    "takeout_bps",
    "break_to_milli",
    "minimum_milli",
    "stake_min",
    "stake_max",
    "result",
    "version",
)


def milli(at: datetime) -> int:
    """A time as the feed says it: milliseconds since 1970."""
    return round(at.timestamp() * 1000)


def milli_of_text(at: str | None) -> int | None:
    """The same for a time as the events tell it: ISO text, or none."""
    return None if at is None else milli(datetime.fromisoformat(at))


@dataclass(slots=True)
class OutcomeShown:
    id: int
    market_id: int
    name: str
    lane_no: int
    # Fixed markets: what the organizer set.
    odds_set: int | None
    withdrawn: bool
    stakes: int
    bets: int


class MarketShown:
    """A market on the board. What is told of it is replaced as a whole; only stakes and bets are counted on."""

    __slots__ = ("_odds", "_told", "id", "is_pool", "outcomes")

    def __init__(self, told: dict[str, Any], *, before: dict[int, OutcomeShown]):
        """`told` as in the event 'market', times in ms; stakes it does not tell are those of the outcome `before`."""
        self._told = {name: told[name] for name in MARKET_FIELDS}
        self.id: int = told["id"]
        self.is_pool: bool = told["kind"] == MarketKind.POOL
        self.outcomes = {row["id"]: self._outcome(row, before.get(row["id"])) for row in told["outcomes"]}
        self._odds: dict[int, int | None] | None = None

    def _outcome(self, row: dict[str, Any], before: OutcomeShown | None) -> OutcomeShown:
        return OutcomeShown(
            id=row["id"],
            market_id=self.id,
            name=row["name"],
            lane_no=row["lane_no"],
            odds_set=row["odds_milli"],
            withdrawn=row["withdrawn"],
            stakes=row.get("stakes", 0) if before is None else before.stakes,
            bets=row.get("bets", 0) if before is None else before.bets,
        )

    @property
    def match_id(self) -> int:
        return int(self._told["match_id"])

    @property
    def name(self) -> str:
        return str(self._told["name"])

    @property
    def kind(self) -> str:
        return str(self._told["kind"])

    def odds_changed(self) -> None:
        """Stakes were counted: odds worked out before no longer hold."""
        self._odds = None

    def odds(self) -> dict[int, int | None]:
        """Thousandths by outcome: as set, or what the pool would pay now. None where there are none, or withdrawn."""
        if self._odds is None:
            running = [outcome for outcome in self.outcomes.values() if not outcome.withdrawn]
            # What stands on a withdrawn outcome is refunded: it is no part of the pool.
            pool = sum(outcome.stakes for outcome in running)
            self._odds = dict.fromkeys(self.outcomes)
            for outcome in running:
                self._odds[outcome.id] = self._pool_odds(pool, outcome.stakes) if self.is_pool else outcome.odds_set
        return self._odds

    def _pool_odds(self, pool: int, on_outcome: int) -> int | None:
        return pool_odds(
            pool=pool,
            on_outcome=on_outcome,
            takeout_bps=self._told["takeout_bps"],
            break_to_milli=self._told["break_to_milli"],
            minimum_milli=self._told["minimum_milli"],
        )

    def shown(self) -> dict[str, Any]:
        """The MarketOnBoard of docs/api.md."""
        odds = self.odds()
        outcomes = [
            {
                "id": outcome.id,
                "name": outcome.name,
                "lane_no": outcome.lane_no,
                "stakes": outcome.stakes,
                "bets": outcome.bets,
                "odds_milli": odds[outcome.id],
                "withdrawn": outcome.withdrawn,
            }
            for outcome in self.outcomes.values()
        ]
        return self._told | {"outcomes": outcomes}
