"""Finds the table in a sheet: its header among titles and blank rows, and the sheet among a workbook's. Knows no format."""

from toteboard.imports.sheet.columns import is_header
from toteboard.spreadsheets.reading import FileRefused
from toteboard.spreadsheets.table import USED_COLUMNS_MAX, Grid, Table, table_under

# A header stands among the first rows of a sheet.
ROWS_LOOKED_AT = 40


def table_in(grids: list[Grid], header_no: int | None = None) -> Table:
    """The table of the sheet whose header says most, the first of equals; under the row `header_no` where it is said.

    Raises FileRefused where no row stands under the header.
    """
    grid = max(grids, key=lambda one: _best(one)[0])
    table = table_under(grid, header_no if header_no is not None else _best(grid)[1])
    if not table.rows:
        raise FileRefused("the file has a header and no rows")
    if len(table.used()) > USED_COLUMNS_MAX:
        raise FileRefused(f"something stands in {len(table.used()):,} columns; at most {USED_COLUMNS_MAX:,} are read")
    return table


def _best(grid: Grid) -> tuple[int, int]:
    """How much the best header says, and the number of its row; the first row where none says anything."""
    best = (0, grid.rows[0][0])
    for no, cells in grid.rows[:ROWS_LOOKED_AT]:
        said = is_header(cells)
        # One word alone may stand in any title.
        if said > max(best[0], 1) or (said == 1 and best[0] == 0 and sum(map(bool, cells)) == 1 and no == best[1]):
            best = (said, no)
    return best
