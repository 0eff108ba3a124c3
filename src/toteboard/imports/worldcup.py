"""Reads the JSON family of openfootball: a World Cup, a league, any tournament of two sides. Knows no table.

Each match gets one market, decided by the score after 90 minutes and stoppage time (`ft`): extra time and penalties do
not count.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal

from toteboard.imports.not_played import not_played_of
from toteboard.imports.plan import MATCHES_MAX, Plan, PlannedMarket, PlannedMatch, match_name
from toteboard.rules.names import folded_name
from toteboard.rules.undecided import Sides, Slots, sides_of_file
from toteboard.spreadsheets.reading import FileRefused, Refusals, RowRefused, decoded, named
from toteboard.spreadsheets.times import NOON, DateOrder, clock, day, moment, order_of

MARKET_KEY = "ft"
MARKET_NAME = "Result after 90 minutes"
DRAW = "Draw"
NUM_MAX = 10_000
GOALS_MAX = 200

_SPANS = ("ht", "ft", "et", "p")
_OLD_SPANS = {
    "ft": ("score1", "score2"),
    "ht": ("score1i", "score2i"),
    "et": ("score1et", "score2et"),
    "p": ("score1p", "score2p"),
}


@dataclass(frozen=True, slots=True)
class _Twice:
    """Stands where an object has a key twice, until the row it belongs to is known."""

    key: str


class _NotANumber:
    """Stands where the file says NaN or Infinity."""


@dataclass(slots=True)
class _Reader:
    zone: tzinfo
    kind: Literal["pool", "fixed"]
    sides: Sides
    dates: DateOrder | None
    nums: dict[int, str] = field(default_factory=dict)
    without_zone: int = 0
    without_time: int = 0
    without_date: int = 0

    def match(self, row: dict[str, Any], where: str, round_name: str) -> PlannedMatch:
        """One match of the file. Raises RowRefused."""
        first, second = self._side(row, "team1", first=True), self._side(row, "team2", first=False)
        if folded_name(first) == folded_name(second):
            raise RowRefused(f"{first!r} plays against itself")
        if folded_name(DRAW) in (folded_name(first), folded_name(second)):
            raise RowRefused(f"a side is called {DRAW!r}, as the outcome between them is")
        score, not_played = _score(row), not_played_of(row.get("status"))
        if not_played:
            # It decides nothing.
            score = None
        winner = None
        if score and "ft" in score:
            goals, against = score["ft"]
            winner = first if goals > against else second if goals < against else DRAW
        return PlannedMatch(
            name=match_name(first, second),
            sides=(first, second),
            number=self._number(row, where),
            not_played=not_played,
            round=round_name or _optional(row, "group"),
            venue=_optional(row, "ground", "stadium"),
            starts_at=self._starts_at(row),
            score=score,
            markets=(
                PlannedMarket(
                    key=MARKET_KEY,
                    name=MARKET_NAME,
                    kind=self.kind,
                    outcomes=((first, None), (DRAW, None), (second, None)),
                    winner=winner,
                ),
            ),
        )

    def _side(self, row: dict[str, Any], side: str, *, first: bool) -> str:
        value = _team(row, side)
        if value is not None and not isinstance(value, str):
            raise RowRefused(f"{side} is not a team's name")
        return self.sides.name(value, first=first) or named(value, side)

    def _number(self, row: dict[str, Any], where: str) -> str | None:
        num = row.get("num")
        if num is None:
            return None
        if type(num) is not int or not 0 < num <= NUM_MAX:
            raise RowRefused(f"num {num!r} is not a number from 1 to {NUM_MAX}")
        if num in self.nums:
            raise RowRefused(f"num {num} is also {self.nums[num]}'s")
        self.nums[num] = where
        return str(num)

    def _starts_at(self, row: dict[str, Any]) -> datetime | None:
        if row.get("date") is None:
            self.without_date += 1
            return None
        if not isinstance(row["date"], str):
            raise RowRefused("the date is not text; use 2026-06-11")
        on = day(row["date"].strip(), self.dates)
        value = row.get("time")
        if value is None or value == "":
            self.without_time += 1
            return moment(on, NOON, self.zone)
        if not isinstance(value, str):
            raise RowRefused("time is not text like 13:00 UTC-6")
        at, zone = clock(value)
        if zone is None:
            self.without_zone += 1
        return moment(on, at, zone or self.zone)

    def warnings(self) -> list[str]:
        counted = (
            (self.without_zone, f"without a time zone: read as {self.zone} time"),
            (self.without_time, f"without a time: read as 12:00 {self.zone} time"),
            (self.without_date, "without a date: they have no start, and their markets close by hand"),
        )
        return [f"{many} {'match' if many == 1 else 'matches'} {what}" for many, what in counted if many]


def read_worldcup(
    content: bytes,
    *,
    zone: tzinfo = UTC,
    kind: Literal["pool", "fixed"] = "pool",
    slots: Slots = Slots.AUTO,
    dates: DateOrder | None = None,
) -> Plan:
    """The plan in a file's bytes. `zone` is for times that name none. Raises FileRefused, each line with its match."""
    text, warning = decoded(content)
    document = _parsed(text)
    rows = _rows(document)
    if not rows:
        raise FileRefused("the file has no matches")
    if len(rows) > MATCHES_MAX:
        raise FileRefused(f"the file has {len(rows):,} matches; at most {MATCHES_MAX:,} are taken")
    refusals, matches = Refusals(), []
    try:
        reader = _Reader(zone, kind, _sides(rows, slots), dates or _order(rows))
        name = named(document.get("name", "Tournament"), "the tournament's name")
    except RowRefused as refused:
        raise FileRefused(str(refused)) from None
    for no, (round_name, row) in enumerate(rows, start=1):
        where = f"match {no}"
        try:
            _refuse_marks(row)
            if not isinstance(row, dict):
                raise RowRefused("is not an object")
            matches.append(reader.match(row, where, _optional(row, "round") or _round(round_name)))
        except RowRefused as refused:
            refusals.add(where, refused)
    refusals.raise_any()
    warnings = ([warning] if warning else []) + reader.warnings()
    return Plan(name=name, matches=tuple(matches), warnings=tuple(warnings))


def _parsed(text: str) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> Any:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                return _Twice(key)
            found[key] = value
        return found

    try:
        document = json.loads(text, object_pairs_hook=unique, parse_constant=lambda _: _NotANumber())
    except json.JSONDecodeError as bad:
        raise FileRefused(f"row {bad.lineno}, column {bad.colno}: not JSON: {bad.msg}") from None
    except RecursionError:
        raise FileRefused("the file is nested too deeply") from None
    except ValueError:
        # Python reads no integer of more than 4,300 digits.
        raise FileRefused("the file has a number of thousands of digits") from None
    if isinstance(document, _Twice):
        raise FileRefused(f"the file's outermost object has the key {document.key[:40]!r} twice")
    if not isinstance(document, dict):
        raise FileRefused('the file is not an object with "name" and "matches"')
    return document


def _rows(document: dict[str, Any]) -> list[tuple[Any, Any]]:
    """(round's name, match) in the file's order, of the newer shape or the older one with rounds."""
    if isinstance(document.get("matches"), list):
        return [("", row) for row in document["matches"]]
    rounds = document.get("rounds")
    if not isinstance(rounds, list):
        raise FileRefused('the file has neither "matches" nor "rounds"')
    rows: list[tuple[Any, Any]] = []
    for no, part in enumerate(rounds, start=1):
        if isinstance(part, _Twice):
            raise FileRefused(f"round {no}: the key {part.key[:40]!r} stands twice")
        if not isinstance(part, dict) or not isinstance(part.get("matches"), list):
            raise FileRefused(f'round {no}: is not an object with "name" and "matches"')
        rows.extend((part.get("name", ""), row) for row in part["matches"])
    return rows


def _refuse_marks(value: Any) -> None:
    if isinstance(value, _Twice):
        raise RowRefused(f"the key {value.key[:40]!r} stands twice")
    if isinstance(value, _NotANumber):
        raise RowRefused("NaN and Infinity are not numbers")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_marks(inner)


def _sides(rows: list[tuple[Any, Any]], slots: Slots) -> Sides:
    """How sides are read: in this family of files 1A is the first of a group, unless somebody says otherwise."""
    slots = Slots.YES if slots is Slots.AUTO else slots
    rounds = [round_name for round_name, _ in rows]
    rounds += [row.get(key) for _, row in rows if isinstance(row, dict) for key in ("group", "round")]
    return sides_of_file(slots, [text for text in rounds if isinstance(text, str)])


def _order(rows: list[tuple[Any, Any]]) -> DateOrder | None:
    dates = [row.get("date") for _, row in rows if isinstance(row, dict)]
    return order_of(text for text in dates if isinstance(text, str))


def _round(text: Any) -> str:
    return named(text, "round") if text else ""


def _optional(row: dict[str, Any], *keys: str) -> str:
    for key in keys:
        if row.get(key) not in (None, ""):
            value = row[key]
            return named(value["name"] if isinstance(value, dict) and "name" in value else value, key)
    return ""


def _team(row: dict[str, Any], side: str) -> Any:
    team = row.get(side)
    return team.get("name", team.get("code")) if isinstance(team, dict) else team


def _score(row: dict[str, Any]) -> dict[str, list[int]] | None:
    """{"ht", "ft", "et", "p"}, as many as are known, or None. [2, 1] alone is the full time's."""
    value = row.get("score")
    if value is None:
        value = {
            span: [row[one], row[two]]
            for span, (one, two) in _OLD_SPANS.items()
            if row.get(one) is not None and row.get(two) is not None
        }
    elif isinstance(value, list):
        value = {"ft": value}
    if not isinstance(value, dict):
        raise RowRefused("score is neither [2, 1] nor an object with ft")
    score = {span: _goals(value[span], span) for span in _SPANS if value.get(span) not in (None, [], [None, None])}
    return score or None


def _goals(pair: Any, span: str) -> list[int]:
    if not isinstance(pair, list) or len(pair) != 2 or any(type(n) is not int or not 0 <= n <= GOALS_MAX for n in pair):
        raise RowRefused(f"score {span} {str(pair)[:40]} is not two numbers of goals")
    return pair
