"""How a file is to be read, from the query of a request. Knows no file."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Annotated

from fastapi import Query
from pydantic import Field

from toteboard.imports.file import FileOptions, MarketKind
from toteboard.imports.merging.recognised import Answer, answers_of
from toteboard.imports.plan import MATCHES_MAX
from toteboard.imports.sheet.columns import Columns, guessed
from toteboard.imports.sheet.meanings import Meaning
from toteboard.rules.bounds import NAME_LENGTH_MAX, TAKEOUT_BPS_MAX
from toteboard.rules.names import NameRefused, clean_name
from toteboard.rules.refusals import invalid
from toteboard.rules.undecided import Slots
from toteboard.spreadsheets.table import ROWS_MAX, USED_COLUMNS_MAX
from toteboard.spreadsheets.times import DateOrder

# An address holds no more of them; a sheet with more rows to leave out is better cut.
SKIPPED_ROWS_MAX = 1_000


@dataclass(frozen=True, kw_only=True)
class ImportQuery:
    """How a file is to be read, from the query."""

    file: Annotated[str, Query(min_length=1, max_length=200, description="what the file is called")]
    dry_run: Annotated[bool, Query(description="true: say what would be done, and do nothing")]
    sheet: Annotated[str | None, Query(max_length=200, description="of a workbook; else the first with rows")] = None
    column: Annotated[
        list[Annotated[str, Field(json_schema_extra={"pattern": "^[0-9]{1,5}:[a-z_]{0,30}$"})]] | None,
        Query(max_length=USED_COLUMNS_MAX, description="position:meaning, as in 0:match; else guessed from the header"),
    ] = None
    header_row: Annotated[
        int | None, Query(ge=1, le=ROWS_MAX, description="the row of the header; else it is found")
    ] = None
    skip: Annotated[
        list[Annotated[int, Field(ge=1)]] | None,
        Query(max_length=SKIPPED_ROWS_MAX, description="rows of a sheet to leave out"),
    ] = None
    match: Annotated[
        str | None,
        Query(
            max_length=NAME_LENGTH_MAX, description="what the one match of a sheet without a column for it is called"
        ),
    ] = None
    dates: Annotated[
        DateOrder | None, Query(description="which number of 03/04/2027 is the day; else as the column shows")
    ] = None
    draw: Annotated[str | None, Query(max_length=200, description="an outcome between two sides, as in Draw")] = None
    kind: Annotated[MarketKind, Query(description="for a file that has no columns")] = "pool"
    takeout_bps: Annotated[int, Query(ge=0, le=TAKEOUT_BPS_MAX, description="of new pools; 1000 is 10 %")] = 0
    open_markets: Annotated[bool, Query(description="open the markets that can take bets")] = False
    slots: Annotated[Slots, Query(description="whether 1A, 2B and W49 are sides to come: auto, as the file shows")] = (
        Slots.AUTO
    )
    answer: Annotated[
        list[Annotated[str, Field(json_schema_extra={"pattern": "^[0-9]{1,5}:(same|other|skip)(:[0-9]{1,9})?$"})]]
        | None,
        Query(
            max_length=MATCHES_MAX,
            description="of matches in doubt, number:choice:id, as in 3:same:42; the choice is same, other or skip, the id "
            "that of the match it may be",
        ),
    ] = None

    def options(self, name: str, zone: tzinfo) -> FileOptions:
        """How the file is to be read. Raises Refused (INVALID)."""
        return FileOptions(
            name=name,
            sheet=self.sheet,
            columns=self._columns,
            draw=self._name("draw", self.draw),
            kind=self.kind,
            zone=zone,
            slots=self.slots,
            header_row=self.header_row,
            match=self._name("match", self.match),
            skip=frozenset(self.skip or ()),
            dates=self.dates,
        )

    def answers(self) -> dict[int, Answer]:
        """What is said of matches in doubt, by their place from 0. Raises Refused (INVALID)."""
        try:
            return answers_of(self.answer or [])
        except ValueError as bad:
            raise invalid("answer", str(bad)) from None

    def _columns(self, header: tuple[str, ...]) -> Columns:
        if self.column is None:
            return guessed(header)
        meanings: list[Meaning | None] = [None] * len(header)
        for text in self.column:
            position, _, meaning = text.partition(":")
            is_one = position.isascii() and position.isdigit() and len(position) < 6 and int(position) < len(header)
            if not is_one or meaning not in list(Meaning):
                raise invalid("column", f"{text[:40]!r} is not the position of a column and its meaning")
            meanings[int(position)] = Meaning(meaning)
        return Columns(tuple(meanings))

    def _name(self, field: str, text: str | None) -> str | None:
        try:
            return clean_name(text) if text and text.strip() else None
        except NameRefused as bad:
            raise invalid(field, str(bad)) from None
