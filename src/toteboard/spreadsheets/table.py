"""A sheet as every reader hands it on: rows of text with their numbers, and the table in it. Knows no format, no meaning.

A `Grid` is the whole sheet. A `Table` is the part of it under a header; what stands above the header are its titles.
"""

import re
from dataclasses import dataclass, field

ROWS_MAX = 20_000
# As wide as a spreadsheet can be; only columns in which something stands are counted.
COLUMNS_MAX = 16_384
# Columns in which something stands.
USED_COLUMNS_MAX = 1_000
SAMPLES = 3

# What a spreadsheet would run as a formula; our exports put a quote in front, which is taken off here.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

# What a spreadsheet shows where a formula failed, in English and as localised programs write it.
_ERROR = re.compile(
    r"^(?:#(?:NAME|VALUE|REF|NUM|NULL|WERT|BEZUG|ZAHL|VALEUR|NOMBRE|NOM|VALOR|REF|NOME|VALORE|NUMERO|NOMBRE)[?!]"
    r"|#DIV/0!|#N/A|#NV|#N/D|#(?:SPILL|CALC|FIELD|BLOCKED|CONNECT|BUSY|UNKNOWN|GETTING_DATA|ÜBERLAUF)!?|#+|Err:\d{3})$",
    re.IGNORECASE,
)

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """`rows` are (number in the file, cells), as long as something stands in them; empty rows are left out.

    `hidden_rows` are numbers, `hidden_columns` positions from 0. `sheets` are the names of a workbook's, `sheet` this one's.
    """

    rows: list[Row]
    warnings: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    sheet: str | None = None
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`header` stands in the row `header_no`; a row of `rows` can be shorter or longer. `titles` stood above it."""

    header: tuple[str, ...]
    rows: list[Row]
    header_no: int = 1
    titles: tuple[str, ...] = ()
    grid: Grid = field(default_factory=lambda: Grid(rows=[]))

    @property
    def sheets(self) -> tuple[str, ...]:
        return self.grid.sheets

    @property
    def sheet(self) -> str | None:
        return self.grid.sheet

    def samples(self, column: int) -> list[str]:
        """The first cells of a column that say something."""
        filled = (cells[column] for _, cells in self.rows if column < len(cells) and cells[column])
        return [cell for cell, _ in zip(filled, range(SAMPLES), strict=False)]

    def used(self) -> list[int]:
        """The columns that have a name or something in them, from the left."""
        width = max((len(cells) for _, cells in self.rows), default=0)
        filled = {at for _, cells in self.rows for at, cell in enumerate(cells) if cell}
        return [at for at in range(max(width, len(self.header))) if at in filled or self.name(at)]

    def name(self, column: int) -> str:
        return self.header[column] if column < len(self.header) else ""


def table_under(grid: Grid, header_no: int) -> Table:
    """The table whose header is the row of this number; the first row where there is none of it."""
    numbers = [no for no, _ in grid.rows]
    at = numbers.index(header_no) if header_no in numbers else 0
    titles = tuple(text for _, cells in grid.rows[:at] for text in cells if text)
    no, header = grid.rows[at]
    return Table(header=without_tail(list(header)), rows=grid.rows[at + 1 :], header_no=no, titles=titles, grid=grid)


def as_text(cell: str) -> str:
    """A cell as text, whatever a spreadsheet would make of it."""
    cell = cell.strip(" ")
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA_STARTS) else cell


def is_error(cell: str) -> bool:
    """Whether a spreadsheet shows an error in the cell, as in "#NAME?"."""
    return cell[:1] in ("#", "E", "e") and _ERROR.match(cell) is not None


def without_tail(cells: list[str]) -> tuple[str, ...]:
    """The cells without the empty ones that spreadsheets leave at the end."""
    while cells and not cells[-1].strip():
        cells.pop()
    return tuple(cells)


def cell_name(row: int, column: int) -> str:
    """ "B2" of row 2 and column 1: as a spreadsheet calls it."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"
