"""Makes a plan of a table: a row for each outcome, a row for each match, or one market on the whole sheet.

Rows of the same match and round belong together. With odds a match gets a fixed market, without a pool. Knows no format of
files and no table of SQL; what a row is, sheet_rows.py says, and what a cell, sheet_cells.py.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from toteboard.imports.existing import two_sides
from toteboard.imports.not_played import not_played_of
from toteboard.imports.plan import MATCHES_MAX, Plan, PlannedMarket, PlannedMatch, match_name
from toteboard.imports.sheet.cells import Priced, SheetCells, order_of
from toteboard.imports.sheet.columns import Columns
from toteboard.imports.sheet.meanings import Meaning
from toteboard.imports.sheet.rows import DataRow, SheetRows
from toteboard.rules.bounds import NAME_LENGTH_MAX, OUTCOMES_MAX
from toteboard.rules.match import NotPlayed
from toteboard.rules.names import folded_name
from toteboard.rules.undecided import Slots, is_undecided, sides_of_file
from toteboard.spreadsheets.reading import FileRefused, Refusals, RowRefused, Wrong, named
from toteboard.spreadsheets.table import Table, cell_name
from toteboard.spreadsheets.times import DateOrder

MARKET_KEY = "winner"
MARKET_NAME = "Winner"
DRAW = "Draw"
# Where it is said that a column of dates can be read two ways.
DATES = "dates"
# How many of a kind a note lists.
NOTED_MAX = 5
_PLAIN_SHEETS = ("sheet", "tabelle", "hoja", "feuil", "feuille", "foglio", "planilha", "blad", "arkusz", "folha")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetOptions:
    """How a sheet is to be read. `draw` is an outcome of every match whose two sides stand in a row.

    `match` is what the one match of a sheet without a column for it is called; `skip` are rows to leave out.
    """

    name: str
    zone: tzinfo = UTC
    draw: str | None = None
    slots: Slots = Slots.AUTO
    dates: DateOrder | None = None
    match: str | None = None
    skip: frozenset[int] = frozenset()


def plan_of(table: Table, columns: Columns, options: SheetOptions) -> Plan:
    """The plan in a table. Raises FileRefused, with each cell that is wrong."""
    draw = options.draw or (DRAW if columns.has_odds_of_draw else None)
    columns.check(draw=draw)
    name = named(options.name, "the tournament's name")
    refusals = Refusals()
    reader = _Reader(table, columns, options, _cells(table, columns, options, draw, refusals))
    is_csv = table.grid.sheet is None
    rows = SheetRows(table, columns, options.skip)
    for row in rows:
        try:
            # Where a comma is written without quotes in a CSV, everything behind it is in the wrong column.
            if is_csv and any(row.cells[len(table.header) :]):
                raise RowRefused(f"has {len(row.cells)} cells; the header has {len(table.header)}")
            reader.take(row)
        except RowRefused as refused:
            refusals.note(_wrong(row.no, refused))
    matches = reader.matches(refusals)
    refusals.raise_any()
    if not matches:
        raise FileRefused("no row under the header is a match")
    return Plan(
        name=name, matches=tuple(matches), warnings=(*table.grid.warnings, *_notes(table, columns, rows, reader))
    )


def one_match_name(table: Table, fallback: str) -> str:
    """What the one match on a sheet is called, where nobody says: its title, else the sheet, else the file."""
    sheet = table.sheet or ""
    is_plain = folded_name(sheet).rstrip("0123456789 ") in ("", *_PLAIN_SHEETS)
    return next(iter(table.titles), "" if is_plain else sheet) or fallback


def _cells(table: Table, columns: Columns, options: SheetOptions, draw: str | None, refusals: Refusals) -> SheetCells:
    at = columns.position(Meaning.ROUND)
    rounds = () if at is None else (cells[at] for _, cells in table.rows if at < len(cells))
    groups = (
        cell
        for _, cells in table.rows
        for cell in cells
        if folded_name(cell).startswith(("group", "gru", "gir", "gro"))
    )
    try:
        dates = order_of((cells for no, cells in table.rows if no not in options.skip), columns, options.dates)
    except RowRefused as refused:
        raise FileRefused(Wrong(DATES, str(refused), None, refused.column)) from None
    sides = sides_of_file(options.slots, [*rounds, *groups])
    return SheetCells(columns, options.zone, draw, sides, dates)


def _wrong(no: int, refused: RowRefused) -> Wrong:
    where = f"row {no}" if refused.column is None else cell_name(no, refused.column)
    return Wrong(where, str(refused), no, refused.column)


@dataclass(slots=True)
class _Draft:
    """A match while its rows are gathered. `markets` by folded name, their outcomes by folded name."""

    name: str
    round: str
    no: int
    number: str | None = None
    venue: str = ""
    starts_at: datetime | None = None
    not_played: NotPlayed | None = None
    rows: list[int] = field(default_factory=list)
    markets: dict[str, dict[str, Priced]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Reader:
    table: Table
    columns: Columns
    options: SheetOptions
    cells: SheetCells
    drafts: dict[tuple[str, str], _Draft] = field(default_factory=dict)
    without_zone: set[tuple[str, str]] = field(default_factory=set)
    without_time: set[tuple[str, str]] = field(default_factory=set)
    # What stands in the rows above, for cells that are written once and left empty below.
    last_match: str = ""

    def take(self, row: DataRow) -> None:
        """One row. Raises RowRefused, and FileRefused where there are too many matches."""
        outcomes = self.cells.outcomes(row.no, row.cells)
        name = self._name(row, outcomes)
        round_name = self.cells.name(row.cells, Meaning.ROUND, "round") or (
            named(row.section, "round") if row.section else ""
        )
        key = (folded_name(round_name), folded_name(name))
        if self.columns.row_is_match and key in self.drafts:
            raise RowRefused(f"{name!r} stands in row {self.drafts[key].no} already")
        draft = self.drafts.setdefault(key, _Draft(name, round_name, row.no))
        if len(self.drafts) > MATCHES_MAX:
            raise FileRefused(Wrong(f"row {row.no}", f"more than {MATCHES_MAX:,} matches"))
        draft.rows.append(row.no)
        self._add(draft, self.cells.name(row.cells, Meaning.MARKET, "market") or MARKET_NAME, outcomes)
        for other in self.cells.others(row.no, row.cells, self.table.header):
            self._add(draft, " / ".join(name for name, _ in other)[:NAME_LENGTH_MAX], other)
        draft.number = draft.number or self.cells.text(row.cells, Meaning.NUMBER)[:40] or None
        draft.venue = draft.venue or self._venue(row)
        draft.not_played = draft.not_played or not_played_of(self.cells.text(row.cells, Meaning.STATUS))
        self._start(draft, key, row)

    def _name(self, row: DataRow, outcomes: list[Priced]) -> str:
        position = self.columns.position(Meaning.MATCH)
        if position is None and self.columns.row_is_match:
            return match_name(outcomes[0][0], outcomes[-1][0])
        if position is None:
            return named(self.options.match or one_match_name(self.table, self.options.name), "the match's name")
        text = self.cells.name(row.cells, Meaning.MATCH, "match")
        if not text and (self.columns.row_is_match or not self.last_match):
            raise RowRefused("has no match", position)
        self.last_match = text or self.last_match
        return self.last_match

    def _add(self, draft: _Draft, market: str, outcomes: list[Priced]) -> None:
        of_market = draft.markets.setdefault(folded_name(market), {})
        draft.names.setdefault(folded_name(market), market)
        for outcome, odds in outcomes:
            if len(of_market) >= OUTCOMES_MAX:
                raise RowRefused(f"{draft.name!r} has more than {OUTCOMES_MAX} outcomes")
            if folded_name(outcome) in of_market:
                raise RowRefused(f"{draft.name!r} has the outcome {outcome!r} already")
            of_market[folded_name(outcome)] = (outcome, odds)

    def _venue(self, row: DataRow) -> str:
        text = self.cells.name(row.cells, Meaning.VENUE, "venue")
        at = self.columns.position(Meaning.VENUE)
        # "Tisch" above and "1" below: a number alone says nothing on a board.
        return f"{self.table.name(at)} {text}" if text.isdigit() and at is not None and self.table.name(at) else text

    def _start(self, draft: _Draft, key: tuple[str, str], row: DataRow) -> None:
        starts_at, has_time, has_zone = self.cells.starts_at(row.cells)
        if starts_at is None:
            return
        if draft.starts_at and starts_at != draft.starts_at:
            raise RowRefused(f"{draft.name!r} has another start in row {draft.no}")
        draft.starts_at = starts_at
        if not has_time:
            self.without_time.add(key)
        elif not has_zone:
            self.without_zone.add(key)

    def matches(self, refusals: Refusals) -> list[PlannedMatch]:
        planned = []
        for draft in self.drafts.values():
            markets = [self._market(draft, key, refusals) for key in draft.markets]
            # A number has to tell the matches apart.
            numbers = sum(other.number == draft.number for other in self.drafts.values())
            planned.append(
                PlannedMatch(
                    name=draft.name,
                    sides=two_sides([name for name, _ in markets[0].outcomes]),
                    number=draft.number if numbers == 1 else None,
                    round=draft.round,
                    venue=draft.venue,
                    starts_at=draft.starts_at,
                    not_played=draft.not_played,
                    markets=tuple(markets),
                    rows=tuple(draft.rows),
                )
            )
        return planned

    def _market(self, draft: _Draft, key: str, refusals: Refusals) -> PlannedMarket:
        outcomes = tuple(draft.markets[key].values())
        priced = [odds is not None for _, odds in outcomes]
        # Whoever is not known yet has no odds yet.
        known = [has_odds for has_odds, (name, _) in zip(priced, outcomes, strict=True) if not is_undecided(name)]
        if any(priced) and not all(known):
            refusals.note(
                Wrong(f"row {draft.no}", f"{draft.name!r} has odds for some outcomes and not for others", draft.no)
            )
        is_first = key == next(iter(draft.markets))
        return PlannedMarket(
            key=MARKET_KEY if is_first else f"{MARKET_KEY}:{key}",
            name=draft.names[key],
            kind="fixed" if self._is_fixed(outcomes) else "pool",
            outcomes=outcomes,
        )

    def _is_fixed(self, outcomes: tuple[Priced, ...]) -> bool:
        """With odds; and beside others that have some, also where the sides are not known and so not priced yet."""
        if any(odds is not None for _, odds in outcomes):
            return True
        return self._any_odds() and any(is_undecided(name) for name, _ in outcomes)

    def _any_odds(self) -> bool:
        return any(
            odds is not None
            for draft in self.drafts.values()
            for market in draft.markets.values()
            for _, odds in market.values()
        )


def _notes(table: Table, columns: Columns, rows: SheetRows, reader: _Reader) -> list[str]:
    """What was read in a way that a person may not expect."""
    zone, drafts = reader.options.zone, reader.drafts.values()
    untimed = sum(draft.starts_at is None for draft in drafts)
    notes = [
        *_counted(len(reader.without_zone), f"Times of {{}} read as {zone} time"),
        *_counted(len(reader.without_time), f"{{}} without a time: read as 12:00 {zone} time"),
        *_counted(untimed, "{} without a start time: their markets close by hand"),
    ]
    if reader.cells.rounded:
        notes.append(f"Odds rounded to three decimals: {_listed(reader.cells.rounded)}")
    if rows.sections and columns.position(Meaning.ROUND) is None:
        notes.append(f"Section rows read as rounds: {_listed(rows.sections)}")
    notes += [f"Row {no}, {text!r}, is a total and left out" for no, text in rows.totals[:NOTED_MAX]]
    read = {no for draft in drafts for no in draft.rows}
    if hidden := [str(no) for no in table.grid.hidden_rows if no in read]:
        notes.append(f"Hidden in the workbook and read all the same: row {_listed(hidden)}")
    if hidden := [
        table.name(at)
        for at in table.grid.hidden_columns
        if at < len(columns.meanings) and (columns.meanings[at] or table.name(at))
    ]:
        notes.append(f"Hidden in the workbook: the column {_listed(hidden)}")
    return notes


def _counted(many: int, text: str) -> list[str]:
    return [text.format(f"{many} {'match' if many == 1 else 'matches'}")] if many else []


def _listed(texts: list[str]) -> str:
    more = len(texts) - NOTED_MAX
    return ", ".join(texts[:NOTED_MAX]) + (f" and {more} more" if more > 0 else "")
