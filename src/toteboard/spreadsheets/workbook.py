"""Reads the sheets of an .xlsx workbook into grids, within bounds whatever the archive claims. Knows no column and no header.

Values are taken as they were last computed: a formula is never run, an entity never expanded (defusedxml), a link never
followed.
"""

import warnings
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from toteboard.spreadsheets.layout import layout_of
from toteboard.spreadsheets.reading import FileRefused, FileTooLarge, Wrong
from toteboard.spreadsheets.table import COLUMNS_MAX, ROWS_MAX, Grid, Row, as_text, without_tail

MAGIC = b"PK\x03\x04"
# Python's zipfile unpacks no more of a part than the archive says it has, so that what is said can be held to.
UNPACKED_MAX = 32 * 1024 * 1024
PARTS_MAX = 1000
SHEETS_MAX = 50
# A row is as long as its last cell: one far to the right in every row would be a billion.
CELLS_MAX = 4_000_000
# Other files that are archives too, by a part that only they have.
_OTHER_ARCHIVES = (
    ("word/", "a Word document"),
    ("ppt/", "a presentation"),
    ("content.xml", "an OpenDocument file (.ods or .odt)"),
    ("Index/Document.iwa", "a Numbers or Pages document"),
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)"),
)
_UNREADABLE = "the workbook cannot be read; save it again as .xlsx, or the sheet as CSV"


def grids_of_workbook(content: bytes, sheet: str | None = None) -> list[Grid]:
    """The sheets that have rows, or the one of this name. Raises FileRefused, FileTooLarge."""
    _check_parts(content)
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


def _check_parts(content: bytes) -> None:
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError):
        raise FileRefused(_UNREADABLE) from None
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX:
        raise FileTooLarge(
            f"the workbook unpacks to more than {UNPACKED_MAX // 1024 // 1024} MiB; save the sheet as CSV and import that"
        )
    names = {part.filename for part in parts}
    for name, what in _OTHER_ARCHIVES:
        if any(one == name or one.startswith(name) for one in names):
            raise FileRefused(f"this is {what}; save the table as .xlsx or CSV and choose that")


def _read(content: bytes, sheet: str | None) -> list[Grid]:
    book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = book.worksheets[:SHEETS_MAX]
        titles = tuple(one.title for one in sheets)
        if sheet is not None and sheet not in titles:
            raise FileRefused(f"the workbook has no sheet {sheet[:40]!r}")
        with ZipFile(BytesIO(content)) as archive:
            found = [_grid(one, titles, archive) for one in sheets if sheet in (None, one.title)]
    finally:
        book.close()
    grids = [grid for grid in found if len(grid.rows) > 1]
    if not grids:
        raise FileRefused(f"the sheet {sheet[:40]!r} has no rows" if sheet else "the workbook has no rows")
    return grids


def _grid(sheet: Any, titles: tuple[str, ...], archive: ZipFile) -> Grid:
    # What the sheet says of its own size may be anything.
    sheet.reset_dimensions()
    layout = layout_of(archive, sheet._worksheet_path)
    kept: list[Row] = []
    cells_left = CELLS_MAX
    for no, values in enumerate(sheet.iter_rows(max_row=ROWS_MAX + 2, values_only=True), start=1):
        cells_left -= len(values)
        if cells_left < 0 or len(values) > COLUMNS_MAX:
            raise FileRefused(
                Wrong(f"row {no}", f"the sheet is wider than is read: more than {CELLS_MAX:,} cells up to here")
            )
        cells = list(without_tail([as_text(_text(value)) for value in values]))
        layout.fill(no, cells)
        if not any(cells):
            continue
        if no > ROWS_MAX + 1:
            raise FileRefused(Wrong(f"row {no}", f"more than {ROWS_MAX:,} rows"))
        kept.append((no, cells))
    return Grid(
        rows=kept,
        sheets=titles,
        sheet=sheet.title,
        hidden_rows=tuple(no for no, _ in kept if no in layout.hidden_rows),
        hidden_columns=tuple(sorted(layout.hidden_columns)),
    )


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
