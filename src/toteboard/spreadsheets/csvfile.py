"""Reads a CSV into a table: separated by comma, semicolon or tab. Knows no column."""

import csv
from io import StringIO

from toteboard.spreadsheets.reading import FileRefused, Wrong, decoded
from toteboard.spreadsheets.table import COLUMNS_MAX, ROWS_MAX, Table, as_text, without_tail

DELIMITERS = ",;\t"


def table_of_csv(content: bytes) -> Table:
    """The table in a file's bytes. Raises FileRefused."""
    text, warning = decoded(content)
    if not text.strip():
        raise FileRefused("the file is empty")
    rows = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    kept: list[tuple[int, list[str]]] = []
    try:
        header = without_tail([cell.strip() for cell in next(rows)])
        if len(header) > COLUMNS_MAX:
            raise FileRefused(Wrong("row 1", f"more than {COLUMNS_MAX} columns"))
        for cells in rows:
            if rows.line_num > ROWS_MAX + 1:
                raise FileRefused(Wrong(f"row {rows.line_num}", f"more than {ROWS_MAX:,} rows"))
            if any(cell.strip() for cell in cells):
                kept.append((rows.line_num, [as_text(cell) for cell in cells]))
    except csv.Error as bad:
        raise FileRefused(Wrong(f"row {rows.line_num}", str(bad))) from None
    if not kept:
        raise FileRefused("the file has a header and no rows")
    return Table(header=header, rows=kept, warning=warning)


def _delimiter(text: str) -> str:
    """The one that stands oftenest in the header."""
    header = text.split("\n", 1)[0]
    return max(DELIMITERS, key=header.count)
