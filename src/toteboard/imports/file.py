"""A file on its way into a tournament: told apart, read and planned. The desk and the command line both begin here.

Knows neither SQL nor who asks. Takes its time: not for an event loop.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Literal

from toteboard.imports.people.header import PersonTable, person_tables
from toteboard.imports.people.reading import PeopleOptions, PeoplePlan, people_plan
from toteboard.imports.plan import Plan
from toteboard.imports.sheet.columns import Columns, exact_or_guessed
from toteboard.imports.sheet.header import table_in
from toteboard.imports.sheet.planning import SheetOptions, plan_of
from toteboard.imports.worldcup import read_worldcup
from toteboard.rules.undecided import Slots
from toteboard.spreadsheets.files import Format, format_of, grids_of
from toteboard.spreadsheets.reading import FileRefused
from toteboard.spreadsheets.table import Grid, Table
from toteboard.spreadsheets.times import DateOrder

MarketKind = Literal["pool", "fixed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOptions:
    """How a file is to be read. `columns` says what the columns of a header mean, `name` how the tournament is called
    where the file does not say it, `kind` which markets a file without columns makes, `zone` is for times that name none.
    `header_row` is the number of the header's row where it is not to be found, `match` what the one match of a sheet is
    called, `skip` which rows are left out. `exponent` is that of the tournament's currency.
    """

    name: str
    sheet: str | None = None
    columns: Callable[[tuple[str, ...]], Columns] = exact_or_guessed
    header_row: int | None = None
    match: str | None = None
    skip: frozenset[int] = frozenset()
    dates: DateOrder | None = None
    draw: str | None = None
    kind: MarketKind = "pool"
    zone: tzinfo = UTC
    slots: Slots = Slots.AUTO
    exponent: int = 2

    def of_people(self) -> PeopleOptions:
        """What of it counts for people and their bets."""
        return PeopleOptions(exponent=self.exponent, zone=self.zone, dates=self.dates, skip=self.skip)

    def of_sheet(self) -> SheetOptions:
        """What of it counts for a sheet."""
        return SheetOptions(
            name=self.name,
            zone=self.zone,
            draw=self.draw,
            slots=self.slots,
            dates=self.dates,
            match=self.match,
            skip=self.skip,
        )


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file once it is read: a plan of matches or of people, or what is wrong."""

    format: Format
    sha256: bytes
    table: Table | None
    columns: Columns | None
    plan: Plan | None
    wrong: FileRefused | None
    people: PeoplePlan | None = None


def read_file(content: bytes, options: FileOptions) -> ReadFile:
    """The plan in a file's bytes, or every row that is wrong.

    Raises FileRefused where not even the columns can be read, and whatever `options.columns` raises.
    """
    file_format, digest = format_of(content), hashlib.sha256(content).digest()
    table = columns = None
    if file_format is not Format.WORLDCUP:
        grids = grids_of(content, options.sheet)
        if of_people := person_tables(grids):
            return _of_people(file_format, digest, of_people, grids, options)
        table = table_in(grids, options.header_row)
        columns = options.columns(table.header)
    try:
        if table is None or columns is None:
            plan = read_worldcup(
                content, zone=options.zone, kind=options.kind, slots=options.slots, dates=options.dates
            )
        else:
            plan = plan_of(table, columns, options.of_sheet())
    except FileRefused as wrong:
        return ReadFile(file_format, digest, table, columns, None, wrong)
    return ReadFile(file_format, digest, table, columns, plan, None)


def _of_people(
    file_format: Format, digest: bytes, of_people: list[PersonTable], grids: list[Grid], options: FileOptions
) -> ReadFile:
    table = of_people[0].table
    try:
        people = people_plan(of_people, grids, options.of_people())
    except FileRefused as wrong:
        return ReadFile(file_format, digest, table, None, None, wrong)
    return ReadFile(file_format, digest, table, None, None, None, people)
