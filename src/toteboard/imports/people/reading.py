"""Reads people, their opening balances and bets taken elsewhere out of their sheets. Knows no SQL and nobody who is there.

Every refusal says the cell, what is wrong with it, and what to write.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeVar

from toteboard.imports.people.header import PersonColumn, PersonTable
from toteboard.rules.bounds import PERSON_NAME_LENGTH_MAX
from toteboard.rules.names import NameRefused, clean_email, folded_name
from toteboard.rules.odds_notations import read_odds
from toteboard.spreadsheets import times
from toteboard.spreadsheets.amounts import AmountRefused, read_amount
from toteboard.spreadsheets.reading import Refusals, RowRefused, Wrong, named
from toteboard.spreadsheets.table import Grid, cell_name, is_error
from toteboard.spreadsheets.times import NOON, DateOrder

Read = TypeVar("Read")

PEOPLE_MAX = 5_000
BETS_MAX = 20_000
_C = PersonColumn
# English, German, Spanish, French, Italian, Portuguese, Dutch, Polish.
_TOTALS = frozenset(
    (
        "total",
        "totals",
        "sum",
        "summe",
        "gesamt",
        "suma",
        "totales",
        "somme",
        "totale",
        "somma",
        "soma",
        "totaal",
        "razem",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPerson:
    """Somebody in the file; `where` is the cell of their name. `balance` in minor units, None where nothing stands there."""

    where: str
    row: int
    name: str
    email: str | None
    balance: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBet:
    """A bet that was taken elsewhere; stake in minor units, odds in thousandths. `placed_at` None: nothing stands there."""

    sheet: str | None
    row: int
    name: str
    email: str | None
    match: str
    market: str
    pick: str
    stake: int
    odds: int | None
    placed_at: datetime | None
    # Cells, for what is wrong with them only once it is compared with what is there.
    cells: dict[PersonColumn, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePlan:
    """What a file says of people. `sheets` are those it was read from, `warnings` what may not be expected."""

    people: tuple[PlannedPerson, ...]
    bets: tuple[PlannedBet, ...]
    sheets: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleOptions:
    """How the cells are read: decimals of the currency, the zone of times that name none, which number is the day."""

    exponent: int
    zone: tzinfo = UTC
    dates: DateOrder | None = None
    skip: frozenset[int] = frozenset()


def people_plan(tables: list[PersonTable], grids: list[Grid], options: PeopleOptions) -> PeoplePlan:
    """The people and bets in these tables of a file's sheets. Raises FileRefused, with each cell that is wrong."""
    refusals, people, bets, warnings = Refusals(), [], [], []
    for table in tables:
        reader = _Reader(table, options, refusals)
        if table.is_bets:
            bets += reader.bets()
        else:
            people += reader.people()
        warnings += reader.warnings()
    others = [grid.sheet for grid in grids if grid.sheet and grid.sheet not in {one.table.sheet for one in tables}]
    if others:
        warnings.append(f"Not read here: the sheet {', '.join(others)}. Choose it to import its matches")
    _check_distinct(people, refusals)
    if len(people) > PEOPLE_MAX or len(bets) > BETS_MAX:
        refusals.add("", f"more than {PEOPLE_MAX:,} people or {BETS_MAX:,} bets; split the file")
    refusals.raise_any()
    return PeoplePlan(
        people=tuple(people),
        bets=tuple(bets),
        sheets=tuple(one.table.sheet for one in tables if one.table.sheet),
        warnings=tuple(warnings),
    )


def _check_distinct(people: list[PlannedPerson], refusals: Refusals) -> None:
    """Two rows of one address, or of one name without an address, are one person: which balance would it be?"""
    seen: dict[str, PlannedPerson] = {}
    for person in people:
        key = person.email or folded_name(person.name)
        if key in seen:
            what = f"{person.email or person.name!r} stands in {seen[key].where} already"
            why = f"{what}; make it one row, or add an e-mail address"
            refusals.note(Wrong(person.where, why, person.row))
        seen.setdefault(key, person)


@dataclass(slots=True)
class _Reader:
    of: PersonTable
    options: PeopleOptions
    refusals: Refusals
    untimed: int = 0
    unzoned: int = 0

    def people(self) -> list[PlannedPerson]:
        people = []
        for no, cells in self._rows():
            try:
                people.append(
                    PlannedPerson(
                        where=self._where(no, self.of.at[_C.NAME]),
                        row=no,
                        name=self._name(cells),
                        email=self._email(cells),
                        balance=self._amount(cells, _C.BALANCE),
                    )
                )
            except RowRefused as refused:
                self._note(no, refused)
        return people

    def bets(self) -> list[PlannedBet]:
        bets = []
        order = self._order()
        for no, cells in self._rows():
            try:
                bets.append(self._bet(no, cells, order))
            except RowRefused as refused:
                self._note(no, refused)
        return bets

    def warnings(self) -> list[str]:
        lines = []
        if self.untimed:
            lines.append(f"{self.untimed} {_bets(self.untimed)} without a time: taken over as of now")
        if self.unzoned:
            lines.append(f"Times of {self.unzoned} {_bets(self.unzoned)} read as {self.options.zone} time")
        return lines

    def _rows(self) -> list[tuple[int, list[str]]]:
        rows = ((no, cells) for no, cells in self.of.table.rows if no not in self.options.skip)
        return [(no, cells) for no, cells in rows if any(cells) and not self._is_total(cells)]

    def _is_total(self, cells: list[str]) -> bool:
        first = next(cell for cell in cells if cell)
        return folded_name(first).rstrip(":. ") in _TOTALS

    def _bet(self, no: int, cells: list[str], order: DateOrder | None) -> PlannedBet:
        email = self._email(cells)
        stake = self._amount(cells, _C.STAKE)
        if not stake:
            raise RowRefused("has no stake", self.of.at[_C.STAKE])
        return PlannedBet(
            sheet=self.of.table.sheet,
            row=no,
            name=self._name(cells) if _C.NAME in self.of.at and (self._text(cells, _C.NAME) or not email) else "",
            email=email,
            match=self._named(cells, _C.MATCH, "match", needed=False),
            market=self._named(cells, _C.MARKET, "market", needed=False),
            pick=self._named(cells, _C.PICK, "pick"),
            stake=stake,
            odds=self._odds(cells),
            placed_at=self._placed_at(cells, order),
            cells={column: self._where(no, at) for column, at in self.of.at.items()},
        )

    def _text(self, cells: list[str], column: PersonColumn) -> str:
        at = self.of.at.get(column)
        text = cells[at].strip() if at is not None and at < len(cells) else ""
        if is_error(text):
            raise RowRefused(
                f"{text} is an error of the spreadsheet; correct its formula, or write what it should say", at
            )
        return text

    def _named(self, cells: list[str], column: PersonColumn, what: str, *, needed: bool = True) -> str:
        at, text = self.of.at.get(column), self._text(cells, column)
        if not text and not needed:
            return ""
        if not text:
            raise RowRefused(f"has no {what}", at)
        return self._cell(column, named, text, what)

    def _name(self, cells: list[str]) -> str:
        name = self._named(cells, _C.NAME, "name")
        if len(name) > PERSON_NAME_LENGTH_MAX:
            raise RowRefused(
                f"the name has {len(name)} characters; at most {PERSON_NAME_LENGTH_MAX} are taken", self.of.at[_C.NAME]
            )
        return name

    def _email(self, cells: list[str]) -> str | None:
        text = self._text(cells, _C.EMAIL)
        if text in ("", "-", "–", "—"):
            return None
        try:
            return clean_email(text)
        except NameRefused as bad:
            raise RowRefused(
                f"{text[:40]!r}: {bad}; leave the cell empty where there is none", self.of.at[_C.EMAIL]
            ) from None

    def _amount(self, cells: list[str], column: PersonColumn) -> int | None:
        text = self._text(cells, column)
        if text in ("", "-", "–", "—"):
            return None
        try:
            return read_amount(text, self.options.exponent)
        except AmountRefused as bad:
            raise RowRefused(f"{text[:20]!r} {bad}", self.of.at[column]) from None

    def _odds(self, cells: list[str]) -> int | None:
        text = self._text(cells, _C.ODDS)
        if not text:
            return None
        try:
            return read_odds(text).milli
        except ValueError as bad:
            raise RowRefused(f"odds {text[:20]!r}: {bad}", self.of.at[_C.ODDS]) from None

    def _order(self) -> DateOrder | None:
        """Which number of a date is the day: as said, or as the column shows. None where it does not."""
        at = self.of.at.get(_C.AT, self.of.at.get(_C.DATE, self.of.at.get(_C.TIME)))
        if at is None or self.options.dates is not None:
            return self.options.dates
        texts = [cells[at] for _, cells in self.of.table.rows if at < len(cells) and cells[at]]
        return times.order_of(texts)

    def _placed_at(self, cells: list[str], order: DateOrder | None) -> datetime | None:
        column = next((one for one in (_C.AT, _C.DATE, _C.TIME) if self._text(cells, one)), None)
        if column is None:
            self.untimed += 1
            return None
        text = self._text(cells, column)
        if order is None and times.is_ambiguous(text):
            raise RowRefused(
                f"{text[:40]!r} may be day and month or month and day; write it as 2026-12-31", self.of.at[column]
            )
        day_text, time_text = times.split(text)
        if column is _C.DATE and self._text(cells, _C.TIME):
            beside = self._text(cells, _C.TIME)
            time_text = times.split(beside)[1] or beside
        if not day_text:
            raise RowRefused(f"has the time {text[:40]!r} and no date", self.of.at[column])
        on = self._cell(column, times.day, day_text, order)
        if not time_text:
            return times.moment(on, NOON, self.options.zone)
        at, zone = self._cell(column, times.clock, time_text)
        self.unzoned += zone is None
        return times.moment(on, at, zone or self.options.zone)

    def _cell(self, column: PersonColumn, read: Callable[..., Read], *given: Any) -> Read:
        try:
            return read(*given)
        except RowRefused as refused:
            raise RowRefused(str(refused), self.of.at[column]) from None

    def _where(self, no: int, at: int) -> str:
        cell = cell_name(no, at)
        return f"{self.of.table.sheet} {cell}" if self.of.table.sheet else cell

    def _note(self, no: int, refused: RowRefused) -> None:
        at = refused.column if refused.column is not None else min(self.of.at.values())
        self.refusals.note(Wrong(self._where(no, at), str(refused), no, at))


def _bets(many: int) -> str:
    return "bet" if many == 1 else "bets"
