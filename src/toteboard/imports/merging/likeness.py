"""How a planned match and one that stands compare: sides, days, names, fields. Knows no order of steps.

`Asked` and `There` are the two with what they are compared by, folded once.
"""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from difflib import SequenceMatcher
from functools import lru_cache

from toteboard.imports.existing import ExistingMatch, Names, sides_of
from toteboard.imports.plan import PlannedMatch
from toteboard.rules.names import folded_name
from toteboard.rules.undecided import FIRST, SECOND, is_undecided

# How alike two names are at least, that one may be the other renamed: 0 to 1, as difflib counts.
ALIKE_MIN = 0.6

# A round with a number is the same whatever its language calls it: "Matchday 4", "4. Spieltag", "Jornada 4".
_ROUND_WORDS = re.compile(
    r"\b(?:matchday|match day|game ?week|week|round|rd|day|runde|spieltag|spielrunde|jornada|fecha|ronda|journée|tour"
    r"|giornata|turno|rodada|speelronde|ronde|kolejka|runda)\b"
)
_WORD = re.compile(r"\w+")
_NUMBERS = re.compile(r"\d+")
# What sides are called of which nothing is known: it says nothing.
FIRST_AND_SECOND = frozenset((FIRST.casefold(), SECOND.casefold()))


class Asked:
    """A planned match, with what it is compared by."""

    def __init__(self, no: int, match: PlannedMatch, zone: tzinfo):
        self.no, self.match = no, match
        self.round, self.name = round_key(match.round), folded_name(match.name)
        self.at, self.day = match.starts_at, day_of(match.starts_at, zone)
        self.sides: tuple[Names, Names] | None = None
        if match.sides:
            self.sides = frozenset({folded_name(match.sides[0])}), frozenset({folded_name(match.sides[1])})


class There:
    """An existing match, with what it is compared by."""

    def __init__(self, match: ExistingMatch, zone: tzinfo):
        self.match = match
        self.round, self.name = round_key(match.round), folded_name(match.name)
        self.at, self.day = match.starts_at, day_of(match.starts_at, zone)
        self.sides = sides_of(match)


Either = Asked | There


# Comparing two ------------------------------------------------------------------------------------------------------


def round_key(text: str) -> str:
    """What two rounds have in common that are the same: "matchday 4" and "4. Spieltag" are "4"."""
    folded = folded_name(text)
    numbers = _NUMBERS.findall(folded)
    if len(numbers) != 1 or not _ROUND_WORDS.search(folded):
        return folded
    rest = re.sub(r"[^\w]+", " ", _NUMBERS.sub(" ", _ROUND_WORDS.sub(" ", folded)))
    return " ".join([*rest.split(), str(int(numbers[0]))])


def day_of(at: datetime | None, zone: tzinfo) -> str | None:
    return at.astimezone(zone).date().isoformat() if at else None


def is_same(one: object, other: object) -> bool:
    return one is not None and one == other


def may_be_same(one: object, other: object) -> bool:
    return one is None or other is None or one == other


def orientation(planned: Asked, there: There) -> int | None:
    """0: both sides agree; 1: they agree the other way round; None: they do not."""
    if planned.sides is None or there.sides is None:
        return None
    (one, two), (first, second) = planned.sides, there.sides
    if one & first and two & second:
        return 0
    return 1 if one & second and two & first else None


def has_turned(planned: Asked, there: There) -> bool:
    """Whether the file has the sides the other way round, as far as a side agrees."""
    if planned.sides is None or there.sides is None:
        return False
    (one, two), (first, second) = planned.sides, there.sides
    return not (one & first or two & second) and bool(one & second or two & first)


def other_sides(planned: Asked, there: There) -> tuple[Names, Names] | None:
    """Where exactly one known side agrees, the names of the other one: planned, and as it stands."""
    if planned.sides is None or there.sides is None:
        return None
    for mine in (0, 1):
        for theirs in (mine, 1 - mine):
            shared = planned.sides[mine] & there.sides[theirs]
            if shared and not are_undecided(shared):
                other, others = planned.sides[1 - mine], there.sides[1 - theirs]
                return None if other & others else (other, others)
    return None


@lru_cache(maxsize=8192)
def are_undecided(names: Names) -> bool:
    return all(_is_undecided(name) for name in names)


_is_undecided = lru_cache(maxsize=8192)(is_undecided)


def all_undecided(one: Either) -> bool:
    return one.sides is not None and all(are_undecided(side) for side in one.sides)


def is_open(one: Either) -> bool:
    """Whether a side is not known yet."""
    return one.sides is not None and any(are_undecided(side) for side in one.sides)


def all_names(one: Either) -> Names:
    return frozenset[str]() if one.sides is None else one.sides[0] | one.sides[1]


def number_fits(planned: Asked, there: There) -> bool:
    """Whether a number that is the same can be trusted: nothing that is known contradicts it."""
    if planned.sides is None or there.sides is None:
        return share_most(planned, there)
    if all_names(planned) & all_names(there):
        return True
    return all_undecided(planned) or all_undecided(there)


def are_alike(mine: Names, theirs: Names) -> bool:
    """Whether a side may be the same under another name: "Port Vale" and "Port Vale FC", "Mezőkövesd" and "Mezőkövesdi"."""
    return any(_is_part(one, other) or _is_near(one, other) for one in mine for other in theirs)


def are_parts(mine: Names, theirs: Names) -> bool:
    """Whether a name is the other one with words left out: surer than being alike."""
    return any(_is_part(one, other) for one in mine for other in theirs)


def words_of(name: str) -> Names:
    return frozenset(_WORD.findall(name))


def _is_part(one: str, other: str) -> bool:
    words, more = words_of(one), words_of(other)
    return bool(words) and bool(more) and (words <= more or more <= words)


def _is_near(one: str, other: str) -> bool:
    pair = SequenceMatcher(None, one, other)
    # What the two could come to at best is known at once.
    return all(ratio() >= ALIKE_MIN for ratio in (pair.real_quick_ratio, pair.quick_ratio, pair.ratio))


def is_race(planned: Asked, there: There) -> bool:
    return planned.sides is None or there.sides is None


def share_most(planned: Asked, there: There) -> bool:
    """Whether at least half of the smaller field takes part in both; or one has nobody to compare yet."""
    mine, theirs = planned.match.outcome_names, there.match.outcome_names
    if not theirs or (planned.sides and all_undecided(planned)) or (there.sides and all_undecided(there)):
        return True
    return 2 * len(mine & theirs) >= min(len(mine), len(theirs))


def beside(planned: Iterable[Asked], missing: Iterable[There]) -> frozenset[int]:
    """Which new matches may be what a missing one became: a side, the round or the day is the same. Those stay drafts."""
    waiting = [one for one in missing if not one.match.is_decided]
    names = {name for one in waiting for name in all_names(one)}
    rounds = {one.round for one in waiting if one.round}
    days = {one.day for one in waiting if one.day and not one.round}
    return frozenset(
        one.no
        for one in planned
        if one.round in rounds
        or (not one.round and one.day in days)
        or (not all_undecided(one) and not names.isdisjoint(all_names(one)))
    )


# Pairing several --------------------------------------------------------------------------------------------------


def _its_time_and_venue(one: Either) -> Hashable | None:
    return (one.at, folded_name(one.match.venue)) if one.at and one.match.venue else None


def _its_time(one: Either) -> Hashable | None:
    return one.at


def _its_day(one: Either) -> Hashable | None:
    return one.day


def _anything(_one: Either) -> Hashable:
    return True


def in_turn(planned: Sequence[Asked], there: Sequence[There]) -> list[tuple[Asked, There]]:
    """Pairs of the same day first, then what is left in the order of time and place."""
    pairs = at_same_time(planned, there)
    for what in (_its_day, _anything):
        mine, theirs = _unpaired(planned, there, pairs)
        mine.sort(key=lambda one: (one.at is None, one.at or datetime.min.replace(tzinfo=UTC), one.no))
        theirs.sort(key=lambda one: (one.at is None, one.at or datetime.min.replace(tzinfo=UTC), one.match.id))
        pairs += _paired(mine, theirs, what)
    return pairs


def at_same_time(planned: Sequence[Asked], there: Sequence[There]) -> list[tuple[Asked, There]]:
    """Pairs that begin at the same moment; of several at one moment those at the same venue first."""
    pairs: list[tuple[Asked, There]] = []
    for what in (_its_time_and_venue, _its_time):
        pairs += _paired(*_unpaired(planned, there, pairs), what)
    return pairs


def _unpaired(
    planned: Sequence[Asked], there: Sequence[There], pairs: Sequence[tuple[Asked, There]]
) -> tuple[list[Asked], list[There]]:
    nos, ids = {one.no for one, _ in pairs}, {other.match.id for _, other in pairs}
    return [one for one in planned if one.no not in nos], [one for one in there if one.match.id not in ids]


def _paired(
    planned: Iterable[Asked], there: Iterable[There], what: Callable[[Either], Hashable | None]
) -> Iterator[tuple[Asked, There]]:
    """Each with the first that has the same of it, and is nobody else's; None is the same as nothing."""
    waiting: dict[Hashable, deque[There]] = defaultdict(deque)
    for other in there:
        waiting[what(other)].append(other)
    for one in planned:
        its = what(one)
        if its is not None and waiting[its]:
            yield one, waiting[its].popleft()
