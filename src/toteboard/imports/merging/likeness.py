"""How a planned match and one that stands compare: sides, days, names, fields. Knows no order of steps.

`Asked` and `There` are the two with what they are compared by, folded once.
"""

import re
from collections.abc import Sequence
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
_SAY_NOTHING = frozenset((FIRST.casefold(), SECOND.casefold()))


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


def names_near(one: Either) -> Names:
    """What two that are the same have some of in common: sides, the name, and of a race who takes part."""
    takes_part = one.match.outcome_names if one.sides is None else frozenset[str]()
    return (all_names(one) | takes_part | {one.name}) - _SAY_NOTHING


def all_undecided(one: Either) -> bool:
    return one.sides is not None and all(are_undecided(side) for side in one.sides)


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


def _is_part(one: str, other: str) -> bool:
    words, more = set(_WORD.findall(one)), set(_WORD.findall(other))
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


def is_beside(planned: Asked, missing: There) -> bool:
    """Whether the new match may be what a missing one became: then it is not opened beside it."""
    if missing.match.is_decided:
        return False
    if all_names(planned) & all_names(missing) and not all_undecided(planned):
        return True
    return planned.round == missing.round and (planned.round != "" or is_same(planned.day, missing.day))


# Pairing several --------------------------------------------------------------------------------------------------


def _on_same_day(planned: Asked, there: There) -> bool:
    return is_same(planned.day, there.day)


def _any(_planned: Asked, _there: There) -> bool:
    return True


def in_turn(planned: Sequence[Asked], there: Sequence[There]) -> list[tuple[Asked, There]]:
    """Pairs of the same day first, then what is left in the order of time and place."""
    pairs = at_same_time(planned, there)
    for same in (_on_same_day, _any):
        mine = [one for one in planned if all(one is not pair[0] for pair in pairs)]
        theirs = [one for one in there if all(one is not pair[1] for pair in pairs)]
        theirs.sort(key=lambda one: (one.at is None, one.at or datetime.min.replace(tzinfo=UTC), one.match.id))
        for one in sorted(mine, key=lambda one: (one.at is None, one.at or datetime.min.replace(tzinfo=UTC), one.no)):
            other = next((other for other in theirs if same(one, other)), None)
            if other is not None:
                theirs.remove(other)
                pairs.append((one, other))
    return pairs


def at_same_time(planned: Sequence[Asked], there: Sequence[There]) -> list[tuple[Asked, There]]:
    """Pairs that begin at the same moment; of several at one moment those at the same venue first."""
    pairs: list[tuple[Asked, There]] = []
    for with_venue in (True, False):
        mine = [one for one in planned if all(one is not pair[0] for pair in pairs)]
        theirs = [one for one in there if all(one is not pair[1] for pair in pairs)]
        for one in mine:
            for other in theirs:
                has_place = not with_venue or (
                    one.match.venue and folded_name(one.match.venue) == folded_name(other.match.venue)
                )
                if is_same(one.at, other.at) and has_place:
                    pairs.append((one, other))
                    theirs.remove(other)
                    break
    return pairs
