"""Reads the cells of a row by what their columns mean: names, times, odds. Knows no match that they belong to.

Every refusal says the cell, what stands there, and what to write.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, TypeVar

from toteboard.imports.sheet.columns import Columns
from toteboard.imports.sheet.meanings import Meaning
from toteboard.rules.bounds import OUTCOMES_MIN
from toteboard.rules.odds_notations import read_odds
from toteboard.rules.undecided import Sides
from toteboard.spreadsheets import times
from toteboard.spreadsheets.reading import RowRefused, named
from toteboard.spreadsheets.table import cell_name, is_error
from toteboard.spreadsheets.times import NOON, DateOrder

Read = TypeVar("Read")
Priced = tuple[str, int | None]


@dataclass(slots=True)
class SheetCells:
    """How the cells of one sheet are read, and what was made of them."""

    columns: Columns
    zone: tzinfo
    draw: str | None
    sides: Sides
    dates: DateOrder | None
    # Cells whose odds were rounded, with what they became.
    rounded: list[str] = field(default_factory=list)

    def text(self, cells: list[str], meaning: Meaning) -> str:
        """What stands in the column that means this; empty where there is none. Raises RowRefused for an error cell."""
        position = self.columns.position(meaning)
        return "" if position is None else _at(cells, position)

    def name(self, cells: list[str], meaning: Meaning, what: str) -> str:
        """The same as a name; empty where nothing stands there."""
        text = self.text(cells, meaning)
        return _named(text, what, self.columns.position(meaning)) if text else ""

    def outcomes(self, no: int, cells: list[str]) -> list[Priced]:
        """The outcomes of a row, each with its odds in thousandths or None. Raises RowRefused."""
        positions = self.columns.positions(Meaning.OUTCOME)
        odds = [self._odds(no, cells, position) for position in self.columns.positions(Meaning.ODDS)]
        if not self.columns.row_is_match:
            if not _at(cells, positions[0]):
                raise RowRefused("has no outcome", positions[0])
            return [(_named(_at(cells, positions[0]), "outcome", positions[0]), odds[0] if odds else None)]
        names = [_at(cells, position) for position in positions]
        if len(names) == 2:
            names = [
                self.sides.name(text, first=i == 0) or _named(text, "outcome", positions[i])
                for i, text in enumerate(names)
            ]
        if self.draw:
            names.insert(1, self.draw)
            positions.insert(1, positions[0])
        priced = zip(names, odds or [None] * len(names), positions, strict=True)
        # A race of fewer runners leaves its last columns empty.
        given = [(_named(text, "outcome", position), milli) for text, milli, position in priced if text or milli]
        if len(given) < OUTCOMES_MIN:
            raise RowRefused(f"has too few outcomes: {len(given)}; a match has at least {OUTCOMES_MIN}")
        return given

    def others(self, no: int, cells: list[str], header: tuple[str, ...]) -> list[list[Priced]]:
        """The other markets of a row: columns of odds beside each other, each called as its header."""
        markets: list[list[Priced]] = []
        before = -2
        for position in self.columns.positions(Meaning.OTHER_ODDS):
            if position != before + 1:
                markets.append([])
            before = position
            milli = self._odds(no, cells, position)
            if milli is not None:
                markets[-1].append((_named(header[position], "outcome", position), milli))
        return [market for market in markets if len(market) >= OUTCOMES_MIN]

    def _odds(self, no: int, cells: list[str], position: int) -> int | None:
        text = _at(cells, position)
        if not text or text in ("-", "–", "—"):
            return None
        try:
            read = read_odds(text)
        except ValueError as bad:
            raise RowRefused(f"odds {text[:20]!r}: {bad}", position) from None
        if read.is_rounded:
            self.rounded.append(f"{cell_name(no, position)} {text[:20]}")
        return read.milli

    def starts_at(self, cells: list[str]) -> tuple[datetime | None, bool, bool]:
        """When it starts, in UTC, and whether a time was said, and whether a zone. Raises RowRefused."""
        at = self.columns.position(Meaning.DATE)
        at = self.columns.position(Meaning.STARTS_AT) if at is None else at
        date_text, time_text = times.split(_at(cells, at)) if at is not None else ("", None)
        time_at = self.columns.position(Meaning.TIME)
        if time_at is not None and (beside := _at(cells, time_at)):
            # Some sheets keep a whole date in the cell of a time.
            time_text = times.split(beside)[1] or beside
        if not date_text:
            if time_text:
                raise RowRefused(f"has the time {time_text[:40]!r} and no date", time_at)
            return None, False, False
        on = _cell(at, times.day, date_text, self.dates)
        if not time_text:
            return times.moment(on, NOON, self.zone), False, False
        moment, zone = _cell(at if time_at is None else time_at, times.clock, time_text)
        return times.moment(on, moment, zone or self.zone), True, zone is not None


def order_of(cells: Iterable[list[str]], columns: Columns, said: DateOrder | None) -> DateOrder | None:
    """Which number of a date is the day: as said, or as the column shows. Raises RowRefused where it does not."""
    at = columns.position(Meaning.DATE)
    at = columns.position(Meaning.STARTS_AT) if at is None else at
    if at is None or said is not None:
        return said
    texts = [row[at] for row in cells if at < len(row) and row[at]]
    shown = times.order_of(texts)
    doubtful = next((text for text in texts if times.is_ambiguous(text)), None)
    if shown is None and doubtful is not None:
        raise AmbiguousDates(f"{doubtful!r} may be day and month or month and day; say which", at)
    return shown


class AmbiguousDates(RowRefused):
    """A column of dates that can be read two ways: a person says which."""


def _cell(position: int | None, read: Callable[..., Read], *given: Any) -> Read:
    try:
        return read(*given)
    except RowRefused as refused:
        raise RowRefused(str(refused), position) from None


def _named(text: str, what: str, position: int | None) -> str:
    try:
        return named(text, what)
    except RowRefused as refused:
        raise RowRefused(str(refused), position) from None


def _at(cells: list[str], position: int) -> str:
    text = cells[position] if position < len(cells) else ""
    if is_error(text):
        raise RowRefused(
            f"{text} is an error of the spreadsheet; correct its formula, or write what it should say", position
        )
    return text
