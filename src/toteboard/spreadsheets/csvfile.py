"""Reads a CSV into a grid: separated by comma, semicolon, tab or bar. Knows no column and no header."""

import csv
import re
from io import StringIO

from toteboard.spreadsheets.reading import FileRefused, Wrong, decoded
from toteboard.spreadsheets.table import COLUMNS_MAX, ROWS_MAX, Grid, Row, as_text, without_tail

DELIMITERS = ",;\t|"
# Lines that are looked at to tell the delimiter: titles above the header have none.
LINES_LOOKED_AT = 40
# What some programs put in front, for others to know.
_SAID = re.compile(r"^\"?sep=(?P<mark>[,;\t|])\"?\r?\n", re.IGNORECASE)


def grid_of_csv(content: bytes) -> Grid:
    """The grid in a file's bytes. Raises FileRefused."""
    text, warning = decoded(content)
    if not text.strip():
        raise FileRefused("the file is empty")
    said = _SAID.match(text)
    first = 0
    if said:
        text, first = text[said.end() :], 1
    rows = csv.reader(StringIO(text, newline=""), delimiter=said["mark"] if said else _delimiter(text), strict=True)
    kept: list[Row] = []
    try:
        for cells in rows:
            no = rows.line_num + first
            if no > ROWS_MAX + 1:
                raise FileRefused(Wrong(f"row {no}", f"more than {ROWS_MAX:,} rows"))
            if len(cells) > COLUMNS_MAX:
                raise FileRefused(Wrong(f"row {no}", f"more than {COLUMNS_MAX:,} columns"))
            texts = without_tail([as_text(cell) for cell in cells])
            if any(cell.strip() for cell in texts):
                kept.append((no, list(texts)))
    except csv.Error as bad:
        raise FileRefused(Wrong(f"row {rows.line_num + first}", str(bad))) from None
    if len(kept) < 2:
        raise FileRefused("the file has a header and no rows")
    return Grid(rows=kept, warnings=(warning,) if warning else ())


def _delimiter(text: str) -> str:
    """The one that stands oftenest in the first lines, outside quotes; a comma may also stand in an amount."""
    lines = text.split("\n", LINES_LOOKED_AT)[:LINES_LOOKED_AT]
    plain = [re.sub(r'"[^"]*"', "", line) for line in lines]
    # Lines that it parts, then marks in all: "1,80;2,10" has more commas than semicolons in no line of its own.
    header = max(plain, key=lambda line: sum(map(line.count, DELIMITERS)), default="")
    return max(DELIMITERS, key=lambda mark: (sum(mark in line for line in plain if line.strip()), header.count(mark)))
