"""What a file wants a tournament to be: matches, markets, outcomes, times and results. Knows no file and no table.

Which match of a plan is which of a tournament, imports/merging/identity.py says.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from toteboard.rules.bounds import NAME_LENGTH_MAX, OUTCOMES_MIN
from toteboard.rules.match import NotPlayed
from toteboard.rules.names import clean_name, folded_name
from toteboard.rules.undecided import is_undecided

MATCHES_MAX = 2000
WARNINGS_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMarket:
    """`outcomes` are (name, odds in thousandths or None), in order; `winner` is the name of the one that won."""

    key: str
    name: str
    kind: Literal["pool", "fixed"]
    outcomes: tuple[tuple[str, int | None], ...]
    winner: str | None = None

    @property
    def can_open(self) -> bool:
        """Whether everybody in it is known and, where the organizer sets the odds, priced."""
        return len(self.outcomes) >= OUTCOMES_MIN and all(
            not is_undecided(name) and (self.kind == "pool" or odds is not None) for name, odds in self.outcomes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMatch:
    """One match; `score` is what is shown of it ({"ft": [2, 1], …}), None before it is over.

    `sides` are the names of the two that meet, None of a race. `number` is the file's own for the match.
    `not_played` says that it was not, or not to its end: then it has neither score nor winner.
    """

    name: str
    markets: tuple[PlannedMarket, ...]
    sides: tuple[str, str] | None = None
    number: str | None = None
    round: str = ""
    venue: str = ""
    starts_at: datetime | None = None
    score: dict[str, list[int]] | None = None
    not_played: NotPlayed | None = None
    # Where it stands in a sheet.
    rows: tuple[int, ...] = ()

    @property
    def outcome_names(self) -> frozenset[str]:
        """The folded names of all that can be bet on."""
        return frozenset(folded_name(name) for market in self.markets for name, _ in market.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a file says, whatever its format: a tournament's name and its matches."""

    name: str
    matches: tuple[PlannedMatch, ...]
    warnings: tuple[str, ...] = ()

    @property
    def outcomes(self) -> int:
        """How many there are in all."""
        return sum(len(market.outcomes) for match in self.matches for market in match.markets)

    @property
    def first_at(self) -> datetime | None:
        """When the first match begins, in UTC; None where none says."""
        return min((match.starts_at for match in self.matches if match.starts_at), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How a file's times are moved: all by `shift`; or, with `every`, one match after the other from `first_at`."""

    shift: timedelta = timedelta()
    first_at: datetime | None = None
    every: timedelta | None = None


def match_name(first: str, second: str) -> str:
    """What a match of two sides is called that has no name of its own."""
    return clean_name(f"{first} v {second}"[:NAME_LENGTH_MAX])


def new_schedule(plan: Plan, *, first_at: datetime | None, every: timedelta | None) -> Schedule:
    """The schedule that lets the plan's first match begin at `first_at` (or where it stands)."""
    stands = plan.first_at
    if stands is None:
        return Schedule()
    return Schedule(shift=(first_at or stands) - stands, first_at=first_at or stands, every=every)


def scheduled(plan: Plan, schedule: Schedule) -> Plan:
    """The plan with its times moved. Matches without a time stay without."""
    timed = [no for no, match in enumerate(plan.matches) if match.starts_at]
    starts = [match.starts_at for match in plan.matches]
    if schedule.every is None:
        moved = {no: at + schedule.shift for no in timed if (at := starts[no])}
    else:
        assert schedule.first_at is not None, "a spacing needs a first match"
        # Sorted is stable: matches of the same minute keep the file's order.
        in_order = sorted(timed, key=lambda no: starts[no] or schedule.first_at)  # type: ignore[arg-type,return-value]
        moved = {no: schedule.first_at + i * schedule.every for i, no in enumerate(in_order)}
    return replace(plan, matches=tuple(replace(m, starts_at=moved.get(no)) for no, m in enumerate(plan.matches)))
