"""Which match of a file is which match of a tournament. Knows no table, no file and no money.

Never by its place in the file, where a side is known: a newer file has another order, renamed sides, sides the other way
round, other numbers. From the surest to the least sure (docs/import.md):

  1. the file's own number, where both sides agree; 2. the round and both sides; 3. the number, where a side agrees;
  4. the sides the other way round, where there is no second leg; 5. both sides and the day, under another round;
  6. one side, the round and the day: the other side was decided or renamed; 7. the round and the day, and both sides
  renamed alike; 8. neither side was known: round, day and place; 9. a race: its round and name, or most of its runners.

What only may be the same is a doubt: a person answers it, nothing is guessed.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from itertools import product
from typing import TypeVar

from toteboard.imports.existing import ExistingMatch, Names
from toteboard.imports.merging.likeness import (
    Asked,
    Either,
    There,
    all_names,
    all_undecided,
    are_alike,
    are_parts,
    are_undecided,
    at_same_time,
    beside,
    has_turned,
    in_turn,
    is_race,
    is_same,
    may_be_same,
    number_fits,
    orientation,
    other_sides,
    share_most,
)
from toteboard.imports.merging.nearness import (
    ALIKE_MAX,
    NEAR_MAX,
    BothSides,
    Name,
    Near,
    Nearness,
    OneSide,
    RoundAndDay,
    Words,
)
from toteboard.imports.merging.recognised import Answer, Doubt, Identity, MatchedBy, Recognised
from toteboard.imports.plan import PlannedMatch

One = TypeVar("One", Asked, There)


def identified(
    planned: Sequence[PlannedMatch],
    existing: Sequence[ExistingMatch],
    *,
    zone: tzinfo = UTC,
    answers: Mapping[int, Answer] | None = None,
) -> Identity:
    """Every planned match beside what stands. `zone` says where a day ends. Answers that fit no match are left out."""
    search = _Search([Asked(no, match, zone) for no, match in enumerate(planned)], [There(m, zone) for m in existing])
    skipped = search.answer(answers or {})
    search.by_number_and_sides()
    search.by_sides()
    search.by_number()
    search.turned()
    search.by_sides_and_day()
    search.by_one_side()
    search.by_both_renamed()
    search.by_place()
    search.by_name()
    missing = [there for there in search.free_there() if there.match.is_imported]
    new = [planned for planned in search.free_planned() if planned.no not in skipped]
    return Identity(
        search.found, search.doubts, frozenset(skipped), tuple(one.match for one in missing), beside(new, missing)
    )


@dataclass
class _Search:
    planned: list[Asked]
    there: list[There]
    found: dict[int, Recognised] = field(default_factory=dict)
    doubts: dict[int, Doubt] = field(default_factory=dict)
    # Ids that are spoken for, and planned matches of which a person said that they are none of these.
    taken: set[int] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._legs_planned = {(one.round, one.sides) for one in self.planned}
        self._legs_there = {(one.round, *pair) for one in self.there if one.sides for pair in product(*one.sides)}

    def free_planned(self) -> list[Asked]:
        return [
            one
            for one in self.planned
            if one.no not in self.found and one.no not in self.doubts and one.no not in self.settled
        ]

    def free_there(self) -> list[There]:
        return [one for one in self.there if one.match.id not in self.taken]

    def same(self, planned: Asked, there: There, by: MatchedBy, *, is_turned: bool = False) -> None:
        self.found[planned.no] = Recognised(there.match, by, is_turned)
        self.taken.add(there.match.id)

    def doubt(self, planned: Asked, there: There, why: str) -> None:
        self.doubts[planned.no] = Doubt(there.match, why)
        self.taken.add(there.match.id)

    # The steps, from the surest to the least sure ------------------------------------------------------------------

    def answer(self, answers: Mapping[int, Answer]) -> set[int]:
        """What people said; which planned matches are skipped."""
        by_id = {there.match.id: there for there in self.there}
        for planned in self.planned:
            answer = answers.get(planned.no)
            if answer is None:
                continue
            same = by_id.get(answer.match_id or 0)
            if answer.choice == "same" and same is not None and same.match.id not in self.taken:
                self.same(planned, same, MatchedBy.ANSWER, is_turned=has_turned(planned, same))
            elif answer.choice != "same":
                self.settled.add(planned.no)
                # Skipped: what it may be is neither missing nor another's.
                if answer.choice == "skip" and same is not None:
                    self.taken.add(same.match.id)
        return {no for no in self.settled if answers[no].choice == "skip"}

    def by_number_and_sides(self) -> None:
        for planned, there in self._one_to_one(lambda one: one.match.number):
            if orientation(planned, there) is not None and not all_undecided(planned):
                self.same(planned, there, MatchedBy.NUMBER, is_turned=has_turned(planned, there))

    def by_sides(self) -> None:
        """Round and both sides. Who meets more than once in a round is told apart by the day, then by order."""
        standing: dict[Hashable, list[There]] = defaultdict(list)
        for there in self.free_there():
            for one, two in product(*(there.sides or ((), ()))):
                standing[there.round, one, two].append(there)
        asked: dict[Hashable, list[Asked]] = defaultdict(list)
        for planned in self.free_planned():
            for one, two in product(*(planned.sides or ((), ()))):
                asked[planned.round, one, two].append(planned)
        for key, group in asked.items():
            free = [there for there in standing[key] if there.match.id not in self.taken]
            for planned, there in in_turn(group, free):
                if there.match.is_decided and planned.day and there.day and planned.day > there.day:
                    self.doubt(planned, there, "it was decided already, and the file has a later day")
                else:
                    self.same(planned, there, MatchedBy.PLACE if all_undecided(planned) else MatchedBy.SIDES)

    def by_number(self) -> None:
        for planned, there in self._one_to_one(lambda one: one.match.number):
            if number_fits(planned, there):
                self.same(planned, there, MatchedBy.NUMBER, is_turned=has_turned(planned, there))
            else:
                self.doubt(planned, there, "the number is the same, the sides are not")

    def turned(self) -> None:
        for planned, there in self._unique(BothSides(), lambda p, t: p.round == t.round and orientation(p, t) == 1):
            if self._has_both_legs(planned):
                continue
            if planned.day and there.day and planned.day != there.day:
                self.doubt(planned, there, "the sides stand the other way round, and on another day")
            else:
                self.same(planned, there, MatchedBy.TURNED, is_turned=True)

    def by_sides_and_day(self) -> None:
        def agree(planned: Asked, there: There) -> bool:
            if orientation(planned, there) is None or all_undecided(planned):
                return False
            return is_same(planned.day, there.day) or (
                "" in (planned.round, there.round) and None in (planned.day, there.day)
            )

        for planned, there in self._unique(BothSides(), agree):
            if is_same(planned.at, there.at) or planned.round in there.round or there.round in planned.round:
                self.same(planned, there, MatchedBy.SIDES_AND_DAY, is_turned=has_turned(planned, there))
            else:
                self.doubt(planned, there, "the sides and the day are the same, the round is not")

    def by_one_side(self) -> None:
        """The other side was decided, or is called otherwise now. Sides that only play somebody else are not renamed."""
        playing: dict[str, set[str]] = defaultdict(set)
        stood: dict[str, set[str]] = defaultdict(set)
        for planned in self.planned:
            playing[planned.round] |= all_names(planned)
        for there in self.there:
            stood[there.round] |= all_names(there)

        def agree(planned: Asked, there: There) -> bool:
            if planned.round != there.round or not may_be_same(planned.day, there.day):
                return False
            sides = other_sides(planned, there)
            if sides is None:
                return False
            mine, theirs = sides
            if are_undecided(mine) or are_undecided(theirs):
                return True
            return (
                is_same(planned.day, there.day)
                and not theirs & playing[planned.round]
                and not mine & stood[planned.round]
            )

        for planned, there in self._unique(OneSide(), agree):
            mine, theirs = other_sides(planned, there) or (frozenset(), frozenset())
            turned = has_turned(planned, there)
            if are_undecided(mine) or are_undecided(theirs):
                self.same(planned, there, MatchedBy.DECIDED, is_turned=turned)
            elif are_alike(mine, theirs) or not there.match.bets:
                self.same(planned, there, MatchedBy.RENAMED, is_turned=turned)
            else:
                self.doubt(
                    planned, there, "one side, the round and the day are the same; there are bets on the other side"
                )

    def by_both_renamed(self) -> None:
        """Both sides are called otherwise, on the same day of the same round, as where a file writes "FC" behind each."""

        def is_like(planned: Asked, there: There, alike: Callable[[Names, Names], bool]) -> bool:
            if planned.sides is None or there.sides is None or all_undecided(planned) or all_undecided(there):
                return False
            return all(alike(mine, theirs) for mine, theirs in zip(planned.sides, there.sides, strict=True))

        for alike, nearness, most in ((are_parts, Words(), NEAR_MAX), (are_alike, RoundAndDay(), ALIKE_MAX)):
            near = Near(nearness, self.free_there(), most=most)
            fits: dict[int, list[There]] = {}
            crowded: set[int] = set()
            for planned in self.free_planned():
                close, is_crowded = near.to(planned)
                if is_crowded:
                    crowded.add(planned.no)
                fits[planned.no] = [there for there in close if is_like(planned, there, alike)]
            claims = Counter(there.match.id for those in fits.values() for there in those)
            for planned in self.free_planned():
                those = [there for there in fits[planned.no] if there.match.id not in self.taken]
                if not those:
                    continue
                if (
                    len(fits[planned.no]) == 1
                    and planned.no not in crowded
                    and claims[those[0].match.id] == 1
                    and (alike is are_parts or not those[0].match.bets)
                ):
                    self.same(planned, those[0], MatchedBy.RENAMED)
                else:
                    self.doubt(planned, those[0], "the round and the day are the same, and both sides are called alike")

    def by_place(self) -> None:
        """Neither side was known: as many as there are of a round, by time and place."""
        for round_ in dict.fromkeys(one.round for one in self.free_planned()):
            planned = [one for one in self.free_planned() if one.round == round_ and one.sides]
            there = [one for one in self.free_there() if one.round == round_ and one.sides]
            for mine, theirs in (
                (planned, [one for one in there if all_undecided(one)]),
                # An older file does not know yet who it was.
                ([one for one in planned if all_undecided(one)], there),
            ):
                mine = [one for one in mine if one.no not in self.found and one.no not in self.doubts]
                theirs = [one for one in theirs if one.match.id not in self.taken]
                is_sure = len(mine) == len(theirs)
                for one, other in in_turn(mine, theirs) if is_sure else at_same_time(mine, theirs):
                    if not may_be_same(one.day, other.day) and not all_undecided(one):
                        continue
                    if other.match.bets and not is_same(one.at, other.at):
                        self.doubt(one, other, "neither side was known, and there are bets on it")
                    else:
                        self.same(one, other, MatchedBy.PLACE)

    def by_name(self) -> None:
        """Races, and what is called by a name of its own."""

        def agree(planned: Asked, there: There) -> bool:
            has_name = planned.name == there.name and (
                planned.round == there.round
                or ("" in (planned.round, there.round) and may_be_same(planned.day, there.day))
            )
            return has_name or (
                is_race(planned, there)
                and planned.round == there.round
                and share_most(planned, there)
                and is_same(planned.day, there.day)
            )

        for planned, there in self._unique(Name(), agree):
            if share_most(planned, there) or (
                not there.match.bets and not there.match.is_decided and is_race(planned, there)
            ):
                self.same(planned, there, MatchedBy.NAME)
            else:
                self.doubt(planned, there, "it is called the same; others take part")

    # How the free ones are looked through ----------------------------------------------------------------------------

    def _one_to_one(self, key: Callable[[Either], str | None]) -> Iterator[tuple[Asked, There]]:
        mine, theirs = _by_key(self.free_planned(), key), _by_key(self.free_there(), key)
        for one, planned in mine.items():
            if len(planned) == 1 and len(theirs.get(one, ())) == 1:
                yield planned[0], theirs[one][0]

    def _unique(self, nearness: Nearness, agree: Callable[[Asked, There], bool]) -> Iterator[tuple[Asked, There]]:
        """Pairs that are near and agree. Of several the time tells, and then the day; else it is a doubt."""
        mine: dict[int, list[There]] = {}
        theirs: dict[int, list[Asked]] = defaultdict(list)
        near = Near(nearness, self.free_there())
        crowded: set[int] = set()
        for planned in self.free_planned():
            close, is_crowded = near.to(planned)
            if is_crowded:
                crowded.add(planned.no)
            fits = [there for there in close if agree(planned, there)]
            if len(fits) > 1:
                fits = (
                    [t for t in fits if is_same(planned.at, t.at)]
                    or [t for t in fits if is_same(planned.day, t.day)]
                    or fits
                )
            mine[planned.no] = fits
            for there in fits:
                theirs[there.match.id].append(planned)
        by_no = {planned.no: planned for planned in self.planned}
        for no, fits in mine.items():
            if not fits or fits[0].match.id in self.taken:
                continue
            rivals = [one for one in theirs[fits[0].match.id] if one.no != no and one.no not in self.found]
            is_told_apart = is_same(by_no[no].at, fits[0].at) and not any(is_same(one.at, fits[0].at) for one in rivals)
            if len(fits) > 1 or no in crowded or (rivals and not is_told_apart):
                for one in (by_no[no], *rivals):
                    self.doubt(one, fits[0], "more than one match may be it")
            else:
                yield by_no[no], fits[0]

    def _has_both_legs(self, planned: Asked) -> bool:
        """Whether the file, or what stands, has the two meet both ways round."""
        assert planned.sides is not None
        turned = planned.sides[1], planned.sides[0]
        if (planned.round, turned) in self._legs_planned:
            return True
        return all(
            any((planned.round, *pair) in self._legs_there for pair in product(*sides))
            for sides in (planned.sides, turned)
        )


def _by_key(ones: Iterable[One], key: Callable[[Either], str | None]) -> dict[str, list[One]]:
    groups: dict[str, list[One]] = defaultdict(list)
    for one in ones:
        if (its := key(one)) is not None:
            groups[its].append(one)
    return groups
