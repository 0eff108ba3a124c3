"""Writes rows of a sheet as CSV or as a workbook. Knows no database: rows come page by page, files go by parts.

Amounts stay integers up to the last step: decimal text of the currency's exponent, or the number that is exactly that
text. Text never becomes a formula (tests/spreadsheets/test_writing.py).
"""

import contextlib
import csv
import re
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import IO, Any, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from toteboard.rules.money import CURRENCIES, format_minor
from toteboard.rules.odds import format_odds
from toteboard.spreadsheets.sheets import CURRENCY, Column, Kind, Row, Sheet, iso
from toteboard.spreadsheets.table import FORMULA_STARTS
from toteboard.words import label

BOM = "\ufeff"
# A worksheet has 1,048,576 rows, and the first has the names of the columns.
XLSX_ROWS_MAX = 1_048_575
XLSX_TEXT_MAX = 32_767
# A number of a workbook is a double: so many digits stand in it exactly.
XLSX_DIGITS = 15
XLSX_TIME = "yyyy-mm-dd hh:mm:ss.000"
# XML has no place for these; names never hold one.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class FileUnwritten(Exception):
    """The machine has no room, or no right, for a file on its way out."""


@contextlib.contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileUnwritten(error.strerror or str(error)) from error


class Writer(Protocol):
    """What makes a file of a sheet's rows. `add` and `end` may take a while: not for an event loop.

    Making one, `add` and `end` raise FileUnwritten.
    """

    media_type: str

    def head(self) -> bytes:
        """What comes before the rows, for who sends while it is made."""

    def add(self, rows: Sequence[Row]) -> bytes:
        """What these rows add to it; nothing where the file is only whole at its end."""

    def end(self) -> IO[bytes] | None:
        """The whole file, to be read from its beginning and closed; None where all of it was given before."""

    def abandon(self) -> None:
        """Nobody wants it any more: what lies on a disk goes. Also right after `end`."""


def writer(sheet: Sheet, file_format: str, *, currency: str) -> Writer:
    """A writer of "csv" or "xlsx"."""
    return CsvWriter(sheet, currency) if file_format == "csv" else XlsxWriter(sheet, currency)


def quoted(text: str) -> str:
    """Text as a cell that no spreadsheet runs: an apostrophe before what begins a formula; table.py takes it off."""
    return "'" + text if text.lstrip("'").startswith(FORMULA_STARTS) else text


class CsvWriter:
    """UTF-8 with a byte order mark, so that Excel shows accents; commas, CR LF, quotes where they are needed."""

    media_type = "text/csv; charset=utf-8"

    def __init__(self, sheet: Sheet, currency: str):
        self._sheet = sheet
        self._currency = currency

    def head(self) -> bytes:
        return self._lines([[column.name for column in self._sheet.columns]], BOM)

    def add(self, rows: Sequence[Row]) -> bytes:
        return self._lines([[self._text(column, row) for column in self._sheet.columns] for row in rows])

    def end(self) -> None:
        return None

    def abandon(self) -> None:
        pass

    @staticmethod
    def _lines(rows: list[list[str]], before: str = "") -> bytes:
        out = StringIO(newline="")
        out.write(before)
        csv.writer(out).writerows(rows)
        return out.getvalue().encode("utf-8", "replace")

    def _text(self, column: Column, row: Row) -> str:
        if column is CURRENCY:
            return self._currency
        value = column.cell(row)
        if value is None:
            return ""
        match column.kind:
            case Kind.AMOUNT:
                return format_minor(value, self._currency)
            case Kind.ODDS:
                return format_odds(value)
            case Kind.TIME:
                return iso(value)
            case Kind.WHOLE:
                return str(value)
            case Kind.TEXT:
                return quoted(value)


class XlsxWriter:
    """One worksheet, written row by row into a file of the system's temporary folder."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def __init__(self, sheet: Sheet, currency: str):
        self._columns = sheet.columns
        self._currency = currency
        self._exponent = CURRENCIES[currency].exponent
        self._money = "0." + "0" * self._exponent if self._exponent else "0"
        self._rows = 0
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(sheet.name)
        # All of it before the first row: the file is written from its beginning on.
        self._sheet.freeze_panes = "A2"
        for position, column in enumerate(sheet.columns):
            self._sheet.column_dimensions[chr(ord("A") + position)].width = column.width
        with _on_disk():
            self._sheet.append([self._heading(label(column.name)) for column in sheet.columns])

    def head(self) -> bytes:
        return b""

    def add(self, rows: Sequence[Row]) -> bytes:
        self._rows += len(rows)
        assert self._rows <= XLSX_ROWS_MAX, "the rows are counted before a workbook is begun"
        with _on_disk():
            for row in rows:
                self._sheet.append([self._cell(column, row) for column in self._columns])
        return b""

    def end(self) -> IO[bytes]:
        with _on_disk(), contextlib.ExitStack() as unless_whole:
            file = unless_whole.enter_context(tempfile.TemporaryFile(prefix="toteboard-"))
            self._book.save(file)
            file.seek(0)
            unless_whole.pop_all()
        return file

    def abandon(self) -> None:
        with contextlib.suppress(Exception):
            if not self._sheet.closed:
                self._sheet.close()
            self._sheet._writer.cleanup()

    def _heading(self, name: str) -> Any:
        cell = WriteOnlyCell(self._sheet, name)
        cell.font = Font(bold=True)
        return cell

    def _cell(self, column: Column, row: Row) -> Any:
        value: Any = self._currency if column is CURRENCY else column.cell(row)
        if value is None or value == "":
            return None
        match column.kind:
            case Kind.AMOUNT:
                return self._number(value, self._exponent, self._money)
            case Kind.ODDS:
                return self._number(value, 3, "0.00#")
            case Kind.WHOLE:
                return self._number(value, 0, "0")
            case Kind.TIME:
                return self._time(value)
            case Kind.TEXT:
                return self._text(value)

    def _number(self, value: int, exponent: int, shown: str) -> Any:
        """The number where a double is exactly that decimal, else its text."""
        scaled = Decimal(value).scaleb(-exponent)
        if abs(value) >= 10**XLSX_DIGITS:
            return self._text(f"{scaled:f}")
        cell = WriteOnlyCell(self._sheet, scaled)
        cell.number_format = shown
        return cell

    def _time(self, value: datetime) -> Any:
        cell = WriteOnlyCell(self._sheet, value.astimezone(UTC).replace(tzinfo=None))
        cell.number_format = XLSX_TIME
        return cell

    def _text(self, value: str) -> Any:
        """A string, whatever it looks like; one like a formula stays one also when somebody edits its cell."""
        text = _NOT_XML.sub("\ufffd", value)
        if len(text) > XLSX_TEXT_MAX:
            text = text[: XLSX_TEXT_MAX - 1] + "…"
        cell = WriteOnlyCell(self._sheet, text)
        cell.data_type = "s"
        if text.startswith(FORMULA_STARTS):
            cell.quotePrefix = 1
        return cell
