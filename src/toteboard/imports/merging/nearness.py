"""Which matches are compared at all: what two have in common for a step to find them the same. Compares nothing itself.

Of thousands on both sides each is compared with the few that share a key with it. A key is part of what the step asks for, so
that none is missed: `of_there` says under which keys a match stands, `of_planned` under which one is looked for.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from itertools import product
from typing import Protocol

from toteboard.imports.merging.likeness import (
    FIRST_AND_SECOND,
    Asked,
    Either,
    There,
    all_names,
    are_undecided,
    is_open,
    words_of,
)

# How many under one key are looked at: nobody meets more in a round. Where there are more, no single one is found by it.
NEAR_MAX = 500
# How many of a round and a day are compared letter by letter.
ALIKE_MAX = 60

Keys = Iterator[Hashable]
_ANY = "any"


class Nearness(Protocol):
    """What a step looks by."""

    def of_there(self, there: There) -> Keys: ...

    def of_planned(self, planned: Asked) -> Keys: ...


class BothSides:
    """Who meets whom, either way round."""

    def of_there(self, there: There) -> Keys:
        return pairs_of(there)

    def of_planned(self, planned: Asked) -> Keys:
        return pairs_of(planned)


class OneSide:
    """A side that is known, in the same round, and the same day. Where the other side is open, a day may be missing."""

    def of_there(self, there: There) -> Keys:
        for name in _known(there):
            for day in (there.day, _ANY):
                yield there.round, name, day, is_open(there)

    def of_planned(self, planned: Asked) -> Keys:
        days = (_ANY,) if planned.day is None else (planned.day, None)
        for name in _known(planned):
            for day in days:
                yield planned.round, name, day, True
                if is_open(planned) or day == planned.day:
                    yield planned.round, name, day, False


class Name:
    """What it is called, in the same round or in none; and who takes part in races of the same round and day."""

    def of_there(self, there: There) -> Keys:
        yield there.name, there.round
        yield there.name, _ANY
        for name in _takes_part(there):
            yield name, there.round, there.day, there.sides is None

    def of_planned(self, planned: Asked) -> Keys:
        if planned.round:
            yield planned.name, planned.round
            yield planned.name, ""
        else:
            yield planned.name, _ANY
        if planned.day is None:
            return
        for name in _takes_part(planned):
            yield name, planned.round, planned.day, True
            if planned.sides is None:
                yield name, planned.round, planned.day, False


class Words:
    """A word of a side's name, in the same round on the same day."""

    def of_there(self, there: There) -> Keys:
        return _words(there)

    def of_planned(self, planned: Asked) -> Keys:
        return _words(planned)


class RoundAndDay:
    """The same round on the same day."""

    def of_there(self, there: There) -> Keys:
        return _round_and_day(there)

    def of_planned(self, planned: Asked) -> Keys:
        return _round_and_day(planned)


class Near:
    """Matches that stand, by what a step looks by."""

    def __init__(self, nearness: Nearness, there: Iterable[There], *, most: int = NEAR_MAX):
        self._nearness, self._most = nearness, most
        self._by_key: dict[Hashable, list[There]] = defaultdict(list)
        for one in there:
            for key in set(nearness.of_there(one)):
                self._by_key[key].append(one)

    def to(self, planned: Asked) -> tuple[list[There], bool]:
        """What stands near a planned match, in order, and whether there was more of it than is looked at."""
        groups = [self._by_key.get(key, []) for key in set(self._nearness.of_planned(planned))]
        close = {one.match.id: one for group in groups for one in group[: self._most]}
        return [close[id_] for id_ in sorted(close)], any(len(group) > self._most for group in groups)


def pairs_of(one: Either) -> Keys:
    """The two that meet, by each of their names, in an order that says nothing of the sides."""
    return (tuple(sorted(pair)) for pair in product(*one.sides)) if one.sides else iter(())


def _words(one: Either) -> Keys:
    if one.day is not None:
        for name in all_names(one):
            for word in words_of(name):
                yield one.round, one.day, word


def _round_and_day(one: Either) -> Keys:
    if one.day is not None and one.sides:
        yield one.round, one.day


def _known(one: Either) -> Iterator[str]:
    return (name for name in all_names(one) if not are_undecided(frozenset((name,))))


def _takes_part(one: Either) -> frozenset[str]:
    return one.match.outcome_names if one.sides is None else all_names(one) - FIRST_AND_SECOND
