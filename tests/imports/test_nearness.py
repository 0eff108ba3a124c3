"""Thousands of matches on both sides: each is compared with the few that share something with it, and none is missed."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from toteboard.imports.existing import ExistingMarket, ExistingMatch, ExistingOutcome
from toteboard.imports.merging import identity
from toteboard.imports.merging.identity import identified
from toteboard.imports.merging.likeness import Asked, There
from toteboard.imports.merging.nearness import ALIKE_MAX, NEAR_MAX, BothSides, Near, OneSide
from toteboard.imports.plan import PlannedMarket, PlannedMatch

DAY = datetime(2027, 5, 1, 12, tzinfo=UTC)
SIDES = ("Ajax", "Ajax FC", "Brest", "Celtic", "Celtic Glasgow", "Dynamo", "TBD", "Winner M1", "1A", "First", "Second")
RUNNERS = ("Ash", "Birch", "Cedar", "Dogwood", "Elm")


def planned(*sides: str, **said: Any) -> PlannedMatch:
    market = PlannedMarket(key="winner", name="Winner", kind="pool", outcomes=tuple((side, None) for side in sides))
    return PlannedMatch(**{"name": " v ".join(sides), "sides": sides, "markets": (market,)} | said)


def there(id_: int, *sides: str, bets: int = 0, status: str = "open", **said: Any) -> ExistingMatch:
    outcomes = tuple(
        ExistingOutcome(id=id_ * 100 + no, name=side, lane_no=no, odds_milli=None) for no, side in enumerate(sides, 1)
    )
    times = dict.fromkeys(("opens_at", "closes_at", "closes_offset_s", "result"))
    market = ExistingMarket(
        id=id_, key="winner", name="Winner", kind="pool", status=status, bets=bets, outcomes=outcomes, **times
    )
    unsaid: dict[str, Any] = {
        "round": "",
        "venue": "",
        "starts_at": None,
        "score": None,
        "number": None,
        "not_played": None,
    }
    return ExistingMatch(
        **unsaid | {"id": id_, "name": " v ".join(sides), "is_imported": True, "markets": (market,)} | said
    )


def some(chance: random.Random, make: Callable[..., Any]) -> Any:
    said: dict[str, Any] = {
        "round": chance.choice(("", "R1", "Round 2", "Matchday 2")),
        "starts_at": chance.choice((None, *(DAY + timedelta(hours=hours) for hours in (0, 0, 3, 24, 48)))),
        "number": chance.choice((None, None, "1", "2", "3")),
    }
    if chance.random() < 0.3:
        said |= {"name": chance.choice(("Race", "Race 1"))} | ({"sides": None} if make is planned else {})
        return make(*chance.sample(RUNNERS, chance.randint(2, 4)), **said)
    return make(*chance.sample(SIDES, 2), **said)


def brought(seed: int) -> tuple[list[PlannedMatch], list[ExistingMatch]]:
    chance = random.Random(seed)
    file = [some(chance, planned) for _ in range(chance.randint(1, 9))]
    return file, [
        some(chance, lambda *sides, no=no, **said: there(no, *sides, bets=chance.choice((0, 3)), **said))
        for no in range(1, chance.randint(2, 10))
    ]


def test_what_is_near_is_all_that_could_be_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [brought(seed) for seed in range(400)]
    near = [identified(*file) for file in files]

    class Everything(Near):
        def __init__(self, nearness: Any, there: Any, **more: Any):
            super().__init__(nearness, there, **more)
            self.all = list(there) if isinstance(nearness, BothSides | OneSide) else None

        def to(self, planned: Asked) -> tuple[list[There], bool]:
            return super().to(planned) if self.all is None else (self.all, False)

    monkeypatch.setattr(identity, "Near", Everything)
    assert near == [identified(*file) for file in files]
    assert sum(len(found.recognised) for found in near) > 100
    assert sum(len(found.doubts) for found in near) > 100


def test_of_more_than_can_be_looked_at_none_is_taken_for_the_same() -> None:
    standing = [there(no, "Ajax", "Brest", round=f"R{no}", starts_at=DAY + timedelta(days=no)) for no in range(1, 600)]
    assert len(standing) > NEAR_MAX
    file = [planned("Ajax", "Brest", round="Round 3 of 7", starts_at=DAY + timedelta(days=1))]
    found = identified(file, standing)
    assert not found.recognised
    assert found.doubts[0].why == "more than one match may be it"
    few = identified(file, standing[:NEAR_MAX])
    assert few.recognised or few.doubts[0].why != found.doubts[0].why


def test_many_of_a_round_and_a_day_are_not_compared_letter_by_letter() -> None:
    """Two thousand beside five thousand would keep the processor for minutes; they stay drafts beside what is missing."""

    def renamed(many: int) -> Any:
        return identified(
            [planned(f"Alphabeta{no:04}", f"Opponnent{no:04}", round="R1", starts_at=DAY) for no in range(many)],
            [there(no + 1, f"Alphabetb{no:04}y", f"Opponent{no:04}z", round="R1", starts_at=DAY) for no in range(many)],
        )

    few, many = renamed(ALIKE_MAX), renamed(ALIKE_MAX + 1)
    assert len(few.doubts) + len(few.recognised) == ALIKE_MAX
    assert not many.recognised
    assert many.beside == frozenset(range(ALIKE_MAX + 1)) - set(many.doubts)
