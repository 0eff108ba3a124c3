"""A sheet as every reader hands it on: a header, and rows of text with their numbers. Knows no format and no meaning."""

from dataclasses import dataclass

ROWS_MAX = 20_000
COLUMNS_MAX = 64
SAMPLES = 3

# What a spreadsheet would run as a formula; our exports put a quote in front, which is taken off here.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`rows` are (number in the file, cells); a row can be shorter or longer than the header. Empty rows are left out."""

    header: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    warning: str | None = None
    # Of a workbook: the names of its sheets, and which of them this is.
    sheets: tuple[str, ...] = ()
    sheet: str | None = None

    def samples(self, column: int) -> list[str]:
        """The first cells of a column that say something."""
        filled = (cells[column] for _, cells in self.rows if column < len(cells) and cells[column])
        return [cell for cell, _ in zip(filled, range(SAMPLES), strict=False)]


def as_text(cell: str) -> str:
    """A cell as text, whatever a spreadsheet would make of it."""
    cell = cell.strip(" ")
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA_STARTS) else cell


def without_tail(header: list[str]) -> tuple[str, ...]:
    """The header without the empty cells that spreadsheets leave at its end."""
    while header and not header[-1].strip():
        header.pop()
    return tuple(header)
