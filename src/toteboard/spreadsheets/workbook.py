"""Reads a sheet of an .xlsx workbook into a table, within bounds whatever the archive claims. Knows no column.

Values are taken as they were last computed: a formula is never run, an entity never expanded (defusedxml), a link never
followed.
"""

import warnings
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from toteboard.spreadsheets.reading import FileRefused, FileTooLarge, Wrong
from toteboard.spreadsheets.table import COLUMNS_MAX, ROWS_MAX, Table, as_text, without_tail

MAGIC = b"PK\x03\x04"
# Python's zipfile unpacks no more of a part than the archive says it has, so that what is said can be held to.
UNPACKED_MAX = 32 * 1024 * 1024
PARTS_MAX = 1000
SHEETS_MAX = 50
_UNREADABLE = "the workbook cannot be read; save it again as .xlsx, or the sheet as CSV"


def table_of_workbook(content: bytes, sheet: str | None = None) -> Table:
    """The table on a sheet, by its name; without one, on the first that has rows. Raises FileRefused, FileTooLarge."""
    _check_size(content)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it leaves out: colours, checks, pictures.
            warnings.simplefilter("ignore")
            return _read(content, sheet)
    except FileRefused:
        raise
    except Exception:
        # On bytes that are not what they say openpyxl fails in a dozen ways, all of them meaning this.
        raise FileRefused(_UNREADABLE) from None


def _check_size(content: bytes) -> None:
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError):
        raise FileRefused(_UNREADABLE) from None
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX:
        raise FileTooLarge(
            f"the workbook unpacks to more than {UNPACKED_MAX // 1024 // 1024} MiB; save the sheet as CSV and import that"
        )


def _read(content: bytes, sheet: str | None) -> Table:
    book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = book.worksheets[:SHEETS_MAX]
        titles = tuple(one.title for one in sheets)
        if sheet is not None and sheet not in titles:
            raise FileRefused(f"the workbook has no sheet {sheet[:40]!r}")
        for one in sheets:
            if sheet in (None, one.title) and (found := _table(one, titles)) is not None:
                return found
    finally:
        book.close()
    raise FileRefused(f"the sheet {sheet[:40]!r} has no rows" if sheet else "the workbook has no rows")


def _table(sheet: Any, titles: tuple[str, ...]) -> Table | None:
    # What the sheet says of its own size may be anything.
    sheet.reset_dimensions()
    header: tuple[str, ...] = ()
    kept: list[tuple[int, list[str]]] = []
    rows = sheet.iter_rows(max_row=ROWS_MAX + 2, max_col=COLUMNS_MAX, values_only=True)
    for no, values in enumerate(rows, start=1):
        cells = [as_text(_text(value)) for value in values]
        if not any(cells):
            continue
        if not header:
            header = without_tail(cells)
        elif no > ROWS_MAX + 1:
            raise FileRefused(Wrong(f"row {no}", f"more than {ROWS_MAX:,} rows"))
        else:
            kept.append((no, cells[: len(header)] if not any(cells[len(header) :]) else cells))
    return Table(header=header, rows=kept, sheets=titles, sheet=sheet.title) if kept else None


def _text(value: Any) -> str:
    """A cell's value as a CSV of the same sheet would have it, with times as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        if value.time() == time():
            return f"{value:%Y-%m-%d}"
        return f"{value:%Y-%m-%d %H:%M:%S}" if value.second else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
    if isinstance(value, float):
        # Excel shows and keeps fifteen digits: 2.3 is not 2.2999999999999998.
        return f"{value:.15g}"
    return str(value).strip()
