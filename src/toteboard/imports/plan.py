"""What a file wants a tournament to be: matches, markets, outcomes, times and results. Knows no file and no table.

A plan is compared with what is there by its keys, so the same file read twice has the same keys.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from toteboard.rules.bounds import OUTCOMES_MIN

MATCHES_MAX = 2000
WARNINGS_MAX = 20

# A side nobody knows yet, as `placeholder_name` words it.
_PLACEHOLDER = re.compile(
    r"^((Winner|Loser) of match \d+|(Winner|Second|Third|Fourth) of group [A-Z](/[A-Z])*"
    r"|(First|Second) side to be decided)$"
)
_SLOT = re.compile(r"^(?:(?P<which>[WL])(?P<match>\d{1,4})|(?P<rank>[1-4])(?P<groups>[A-Z](?:/[A-Z])*))$")
_RANKS = {"1": "Winner", "2": "Second", "3": "Third", "4": "Fourth"}


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
            not is_placeholder(name) and (self.kind == "pool" or odds is not None) for name, odds in self.outcomes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMatch:
    """One match; `score` is what is shown of it ({"ft": [2, 1], …}), None before it is over.

    `keeps` names what the file has no word for: where the match is there already, that stays as it stands.
    """

    key: str
    name: str
    markets: tuple[PlannedMarket, ...]
    round: str = ""
    venue: str = ""
    starts_at: datetime | None = None
    score: dict[str, list[int]] | None = None
    keeps: tuple[Literal["venue", "score", "starts_at"], ...] = ()


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


def placeholder_name(slot: str | None, *, first: bool) -> str | None:
    """The words for a side that is not known yet ("W74", "3A/B/C", "TBD", None); None for a real team."""
    if slot is None or slot.strip().upper() in ("", "TBD", "TBA", "?", "-"):
        return "First side to be decided" if first else "Second side to be decided"
    found = _SLOT.match(slot.strip())
    if found is None:
        return None
    if found["which"]:
        return f"{'Winner' if found['which'] == 'W' else 'Loser'} of match {found['match']}"
    return f"{_RANKS[found['rank']]} of group {found['groups']}"


def is_placeholder(name: str) -> bool:
    """Whether it is no name yet, as in "Winner of match 74"."""
    return _PLACEHOLDER.match(name) is not None


def new_schedule(plan: Plan, *, first_at: datetime | None, every: timedelta | None) -> Schedule:
    """The schedule that lets the plan's first match begin at `first_at` (or where it stands)."""
    stands = plan.first_at
    if stands is None:
        return Schedule()
    return Schedule(shift=(first_at or stands) - stands, first_at=first_at or stands, every=every)


def scheduled(plan: Plan, schedule: Schedule) -> Plan:
    """The plan with its times moved. Matches without a time stay without."""
    timed = [match for match in plan.matches if match.starts_at]
    if schedule.every is None:
        moved = {match.key: match.starts_at + schedule.shift for match in timed if match.starts_at}
    else:
        assert schedule.first_at is not None, "a spacing needs a first match"
        # Sorted is stable: matches of the same minute keep the file's order.
        in_order = sorted(timed, key=lambda match: match.starts_at or schedule.first_at)  # type: ignore[arg-type,return-value]
        moved = {match.key: schedule.first_at + i * schedule.every for i, match in enumerate(in_order)}
    return replace(plan, matches=tuple(replace(m, starts_at=moved.get(m.key)) for m in plan.matches))
