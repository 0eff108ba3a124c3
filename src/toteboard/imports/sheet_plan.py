"""Makes a plan of a table: a row for each outcome, or a row for each match. Knows no format of files and no table of SQL.

Rows of the same match and round belong together. With odds a match gets a fixed market, without a pool. A match is
recognised again by its round and name, an outcome by its name.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, tzinfo

from toteboard.imports.columns import Columns, Meaning
from toteboard.imports.existing import two_sides
from toteboard.imports.plan import (
    MATCHES_MAX,
    Plan,
    PlannedMarket,
    PlannedMatch,
    match_name,
)
from toteboard.imports.undecided import Sides, Slots, sides_of_file
from toteboard.rules.bounds import OUTCOMES_MAX, OUTCOMES_MIN
from toteboard.rules.names import folded_name
from toteboard.rules.odds import parse_odds
from toteboard.spreadsheets.reading import FileRefused, Refusals, RowRefused, Wrong, clock, day, moment, named
from toteboard.spreadsheets.table import Table

MARKET_KEY = "winner"
MARKET_NAME = "Winner"
NOON = time(12)

_STARTS_AT = re.compile(r"^(?P<date>\S+?)(?:(?:[ T]\s*)(?P<time>\d{1,2}:\d{2}.*))?$")
Priced = tuple[str, int | None]


def plan_of(
    table: Table, columns: Columns, *, name: str, zone: tzinfo = UTC, draw: str | None = None, slots: Slots = Slots.AUTO
) -> Plan:
    """The plan in a table. `draw` is an outcome of every match whose two sides stand in a row. Raises FileRefused."""
    columns.check(draw=draw)
    refusals, reader = Refusals(), _Reader(columns, zone, draw, _sides(table, columns, slots))
    for no, cells in table.rows:
        where = f"row {no}"
        try:
            if any(cells[len(table.header) :]):
                raise RowRefused(f"has {len(cells)} cells; the header has {len(table.header)}")
            reader.take(cells, where)
        except RowRefused as refused:
            refusals.add(where, refused)
    matches = reader.matches(refusals)
    refusals.raise_any()
    warnings = ([table.warning] if table.warning else []) + reader.warnings()
    return Plan(name=named(name, "the tournament's name"), matches=tuple(matches), warnings=tuple(warnings))


def _sides(table: Table, columns: Columns, slots: Slots) -> Sides:
    at = columns.position(Meaning.ROUND)
    return sides_of_file(slots, () if at is None else (cells[at] for _, cells in table.rows if at < len(cells)))


@dataclass(slots=True)
class _Draft:
    """A match while its rows are gathered. `outcomes` by folded name."""

    name: str
    round: str
    where: str
    starts_at: datetime | None = None
    outcomes: dict[str, Priced] = field(default_factory=dict)


@dataclass(slots=True)
class _Reader:
    columns: Columns
    zone: tzinfo
    draw: str | None
    sides: Sides
    drafts: dict[tuple[str, str], _Draft] = field(default_factory=dict)
    without_zone: set[str] = field(default_factory=set)
    without_time: set[str] = field(default_factory=set)

    def take(self, cells: list[str], where: str) -> None:
        """One row. Raises RowRefused, and FileRefused where there are too many matches."""
        outcomes = self._outcomes(cells)
        name = self._name(cells, outcomes)
        round_text = self._cell(cells, Meaning.ROUND)
        round_name = named(round_text, "round") if round_text else ""
        key = (folded_name(round_name), folded_name(name))
        if self.columns.row_is_match and key in self.drafts:
            raise RowRefused(f"{name!r} stands in {self.drafts[key].where} already")
        draft = self.drafts.setdefault(key, _Draft(name, round_name, where))
        if len(self.drafts) > MATCHES_MAX:
            raise FileRefused(Wrong(where, f"more than {MATCHES_MAX:,} matches"))
        for outcome, odds in outcomes:
            if len(draft.outcomes) >= OUTCOMES_MAX:
                raise RowRefused(f"{name!r} has more than {OUTCOMES_MAX} outcomes")
            if folded_name(outcome) in draft.outcomes:
                raise RowRefused(f"{name!r} has the outcome {outcome!r} already")
            draft.outcomes[folded_name(outcome)] = (outcome, odds)
        starts_at = self._starts_at(cells, name)
        if starts_at and draft.starts_at and starts_at != draft.starts_at:
            raise RowRefused(f"{name!r} has another starts_at in {draft.where}")
        draft.starts_at = draft.starts_at or starts_at

    def _cell(self, cells: list[str], meaning: Meaning) -> str:
        position = self.columns.position(meaning)
        return cells[position] if position is not None and position < len(cells) else ""

    def _name(self, cells: list[str], outcomes: list[Priced]) -> str:
        position = self.columns.position(Meaning.MATCH)
        if position is None:
            first, second = outcomes[0][0], outcomes[-1][0]
            return match_name(first, second)
        if position >= len(cells):
            raise RowRefused("has no match")
        return named(cells[position], "match")

    def _outcomes(self, cells: list[str]) -> list[Priced]:
        positions = self.columns.positions(Meaning.OUTCOME)
        odds = [
            _odds(cells[position]) if position < len(cells) else None
            for position in self.columns.positions(Meaning.ODDS)
        ]
        if not self.columns.row_is_match:
            if positions[0] >= len(cells):
                raise RowRefused("has no outcome")
            return [(named(cells[positions[0]], "outcome"), odds[0] if odds else None)]
        names = [cells[position] if position < len(cells) else "" for position in positions]
        if len(names) == 2:
            names = [self.sides.name(text, first=i == 0) or named(text, "outcome") for i, text in enumerate(names)]
        if self.draw:
            names.insert(1, self.draw)
        priced = zip(names, odds or [None] * len(names), strict=True)
        # A race of fewer runners leaves its last columns empty.
        given = [(named(text, "outcome"), milli) for text, milli in priced if text or milli]
        if len(given) < OUTCOMES_MIN:
            raise RowRefused(f"has too few outcomes: {len(given)}; a match has at least {OUTCOMES_MIN}")
        return given

    def _starts_at(self, cells: list[str], match: str) -> datetime | None:
        if self.columns.position(Meaning.DATE) is None:
            text = self._cell(cells, Meaning.STARTS_AT)
            found = _STARTS_AT.match(text) if text else None
            if text and found is None:
                raise RowRefused(f"{text[:40]!r} is no start time; use 2026-06-11 13:00")
            date_text, time_text = (found["date"], found["time"]) if found else ("", None)
        else:
            date_text, time_text = self._cell(cells, Meaning.DATE), self._cell(cells, Meaning.TIME)
        if not date_text:
            if time_text:
                raise RowRefused(f"has the time {time_text[:40]!r} and no date")
            return None
        on = day(date_text)
        if not time_text:
            self.without_time.add(match)
            return moment(on, NOON, self.zone)
        at, zone = clock(time_text)
        if zone is None:
            self.without_zone.add(match)
        return moment(on, at, zone or self.zone)

    def matches(self, refusals: Refusals) -> list[PlannedMatch]:
        planned = []
        for draft in self.drafts.values():
            priced = [odds is not None for _, odds in draft.outcomes.values()]
            if any(priced) and not all(priced):
                refusals.add(draft.where, f"{draft.name!r} has odds for some outcomes and not for others")
            market = PlannedMarket(
                key=MARKET_KEY,
                name=MARKET_NAME,
                kind="fixed" if all(priced) else "pool",
                outcomes=tuple(draft.outcomes.values()),
            )
            planned.append(
                PlannedMatch(
                    name=draft.name,
                    sides=two_sides([name for name, _ in draft.outcomes.values()]),
                    round=draft.round,
                    starts_at=draft.starts_at,
                    markets=(market,),
                )
            )
        return planned

    def warnings(self) -> list[str]:
        untimed = sum(draft.starts_at is None for draft in self.drafts.values())
        counted = (
            (len(self.without_zone), f"without a time zone: read as {self.zone} time"),
            (len(self.without_time), f"without a time: read as 12:00 {self.zone} time"),
            (untimed, "without a start time: their markets close by hand"),
        )
        return [f"{many} {'match' if many == 1 else 'matches'} {what}" for many, what in counted if many]


def _odds(text: str) -> int | None:
    if not text:
        return None
    try:
        return parse_odds(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError as bad:
        raise RowRefused(f"odds {text[:20]!r}: {bad}") from None
