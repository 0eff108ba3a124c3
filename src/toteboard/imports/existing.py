"""What stands in a tournament when a file comes: matches, markets and outcomes as an import compares them. Asks nothing."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from toteboard.rules.match import NotPlayed
from toteboard.rules.names import folded_name

# Decided: what happened is known, or does not matter any more.
DECIDED = ("resulted", "settling", "settled", "voiding", "void")

# Folded names of one side: what the match is called and what its outcome is called can differ.
Names = frozenset[str]

_BETWEEN = re.compile(r" (?:v|vs|vs\.|-|–|—|:|gegen|contra|contre|contro|tegen) ", re.IGNORECASE)
_DRAWS = frozenset(
    ("draw", "tie", "x", "unentschieden", "remis", "empate", "match nul", "nul", "pareggio", "gelijkspel", "gelijk")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingOutcome:
    """An outcome that is there already; odds in thousandths."""

    id: int
    name: str
    lane_no: int
    odds_milli: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingMarket:
    """A market that is there already; `bets` is how many are on it, `key` None where people made it.

    `closes_offset_s`: it closes so many seconds after its match's start; None at a time of its own.
    """

    id: int
    key: str | None
    name: str
    kind: str
    status: str
    opens_at: datetime | None
    closes_at: datetime | None
    closes_offset_s: int | None
    result: dict[str, Any] | None
    bets: int
    outcomes: tuple[ExistingOutcome, ...]

    @property
    def outcome_names(self) -> Names:
        """Their folded names."""
        return frozenset(folded_name(outcome.name) for outcome in self.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingMatch:
    """A match that is there already; `number` is what a file called it, `is_imported` whether one has had it."""

    id: int
    name: str
    round: str
    venue: str
    starts_at: datetime | None
    score: dict[str, list[int]] | None
    number: str | None
    is_imported: bool
    not_played: NotPlayed | None
    markets: tuple[ExistingMarket, ...]

    @property
    def bets(self) -> int:
        """How many bets are on it in all."""
        return sum(market.bets for market in self.markets)

    @property
    def is_decided(self) -> bool:
        """Whether what happened stands in every market of it."""
        return bool(self.markets) and all(market.status in DECIDED for market in self.markets)

    @property
    def outcome_names(self) -> Names:
        """The folded names of all that can be bet on."""
        return frozenset(name for market in self.markets for name in market.outcome_names)


def is_draw(name: str) -> bool:
    """Whether an outcome is neither side's."""
    return folded_name(name) in _DRAWS


def two_sides(names: list[str]) -> tuple[str, str] | None:
    """The two that meet, of two outcomes or of two with a draw between or after them; None of a race."""
    sides = [name for name in names if not is_draw(name)] if len(names) == 3 else names
    return (sides[0], sides[1]) if len(sides) == 2 else None


def sides_in_name(name: str) -> tuple[str, str] | None:
    """The two that a match's name names, as in "Ada v Bo"; None of a race."""
    parts = _BETWEEN.split(name)
    return (parts[0], parts[1]) if len(parts) == 2 else None


def side_names(match: ExistingMatch) -> tuple[str, str] | None:
    """How the two sides are called in the match's name; else in its market. None of a race."""
    return sides_in_name(match.name) or next(iter(_sides_in_markets(match)), None)


def sides_of(match: ExistingMatch) -> tuple[Names, Names] | None:
    """The two sides in the order of the match's name, each with every name it goes by; None of a race."""
    sides = sides_in_name(match.name)
    named = (folded_name(sides[0]), folded_name(sides[1])) if sides else None
    first, second = ({named[0]}, {named[1]}) if named else (set[str](), set[str]())
    for one, two in _sides_in_markets(match):
        folded = folded_name(one), folded_name(two)
        if named and (folded[0] == named[1] or folded[1] == named[0]):
            folded = folded[1], folded[0]
        elif named and folded[0] != named[0] and folded[1] != named[1] and not _is_imported(match, one):
            # A market of something else, "Over" and "Under".
            continue
        first.add(folded[0])
        second.add(folded[1])
    return (frozenset(first), frozenset(second)) if first else None


def _sides_in_markets(match: ExistingMatch) -> list[tuple[str, str]]:
    found = (two_sides([outcome.name for outcome in market.outcomes]) for market in match.markets)
    return [sides for sides in found if sides]


def _is_imported(match: ExistingMatch, side: str) -> bool:
    return any(market.key is not None and folded_name(side) in market.outcome_names for market in match.markets)
