"""A sheet given back with what is wrong in it: the cells marked, and a list of the problems. Knows no meaning of a column.

It is a new workbook of the values as they were read: no formula, no macro and no link of the file comes back.
"""

from collections import defaultdict
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from toteboard.spreadsheets.reading import Wrong
from toteboard.spreadsheets.table import Grid

_FAULTY = PatternFill("solid", fgColor="FFC7CE")
_AUTHOR = "Toteboard"
PROBLEMS = "Problems"


def marked_workbook(grid: Grid, errors: Sequence[Wrong]) -> bytes:
    """The workbook's bytes. An error without a cell marks its row's first; one without a row stands in the list alone."""
    book = Workbook(write_only=True)
    page = book.create_sheet((grid.sheet or "Sheet")[:31])
    said: dict[tuple[int, int], list[str]] = defaultdict(list)
    for error in errors:
        if error.row is not None:
            said[error.row, error.column or 0].append(error.what)
    written = 0
    for no, cells in grid.rows:
        # Rows stay where they were, so that a cell is found by its name.
        for _ in range(no - written - 1):
            page.append([])
        written = no
        wrong_at = [column for row, column in said if row == no]
        width = max(len(cells), *(column + 1 for column in wrong_at)) if wrong_at else len(cells)
        page.append([_cell(page, cells[at] if at < len(cells) else "", said.get((no, at))) for at in range(width)])
    problems = book.create_sheet(PROBLEMS if (grid.sheet or "") != PROBLEMS else f"{PROBLEMS} 2")
    problems.append([_head(problems, text) for text in ("Cell", "What stands there", "What is wrong")])
    rows = dict(grid.rows)
    for error in errors:
        cells = rows.get(error.row or 0, [])
        stands = cells[error.column] if error.column is not None and error.column < len(cells) else ""
        problems.append([_text(problems, error.where or "file"), _text(problems, stands), _text(problems, error.what)])
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def _cell(page: Any, text: str, wrong: list[str] | None) -> Any:
    cell = _text(page, text)
    if wrong:
        cell.fill = _FAULTY
        cell.comment = Comment("\n".join(wrong), _AUTHOR)
    return cell


def _text(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, text)
    # Whatever it looks like, it is text: a formula is never made.
    cell.data_type = "s"
    return cell


def _head(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, text)
    cell.font = Font(bold=True)
    return cell
