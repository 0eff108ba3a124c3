"""What is found of a file's matches: which is which and by what, what is doubtful, and what people answer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from toteboard.imports.existing import ExistingMatch

Choice = Literal["same", "other", "skip"]
_ANSWER = re.compile(r"(?P<no>[1-9][0-9]{0,4}):(?P<choice>same|other|skip)(?::(?P<id>[1-9][0-9]{0,18}))?", re.ASCII)


class MatchedBy(StrEnum):
    """What a match was recognised by."""

    NUMBER = "number"
    SIDES = "sides"
    TURNED = "turned"
    SIDES_AND_DAY = "sides_and_day"
    DECIDED = "decided"
    RENAMED = "renamed"
    PLACE = "place"
    NAME = "name"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Recognised:
    """`is_turned`: the file has its sides the other way round."""

    match: ExistingMatch
    by: MatchedBy
    is_turned: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """The planned match may be this one: a person says."""

    match: ExistingMatch
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says of a doubt. `match_id`: which match it is the same as."""

    choice: Choice
    match_id: int | None = None


def answers_of(texts: Iterable[str]) -> dict[int, Answer]:
    """Answers as they are asked for, "3:same:42", by the place of the planned match from 0. Raises ValueError."""
    answers: dict[int, Answer] = {}
    for text in texts:
        found = _ANSWER.fullmatch(text)
        if found is None or (found["choice"] == "same" and not found["id"]):
            raise ValueError(f"{text[:40]!r} is not an answer like 3:same:42, 3:other or 3:skip")
        choice: Choice = "same" if found["choice"] == "same" else "other" if found["choice"] == "other" else "skip"
        answers[int(found["no"]) - 1] = Answer(choice, int(found["id"]) if found["id"] else None)
    return answers


@dataclass(frozen=True, slots=True)
class Identity:
    """By the place of a planned match in its plan; who is nowhere in it is new. `missing` was in an earlier file."""

    recognised: dict[int, Recognised]
    doubts: dict[int, Doubt]
    skipped: frozenset[int]
    missing: tuple[ExistingMatch, ...]
    # New matches that a missing one may be: nothing is opened beside it.
    beside: frozenset[int]
