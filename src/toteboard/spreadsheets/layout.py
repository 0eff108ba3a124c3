"""How a workbook's sheet is laid out: merged cells, hidden rows and columns. openpyxl does not say it while it streams.

Reads the sheet's part once more, entities never expanded (defusedxml), within bounds. Knows no value.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

MERGES_MAX = 5_000
_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RANGE = re.compile(r"^([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})$")


@dataclass(slots=True)
class Layout:
    """`merges_of`: by the row they begin in, (first column, last row) of cells merged over several rows, from 0 and 1."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merges_of: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    # What is being filled down: by column, (last row, text).
    _open: dict[int, tuple[int, str]] = field(default_factory=dict)

    def fill(self, row: int, cells: list[str]) -> None:
        """Writes what a merged cell says into every row that it covers. Rows are given from the top."""
        for column, (last, text) in list(self._open.items()):
            if row > last:
                del self._open[column]
                continue
            cells.extend([""] * (column + 1 - len(cells)))
            cells[column] = cells[column] or text
        for column, last in self.merges_of.get(row, ()):
            if column < len(cells) and cells[column]:
                self._open[column] = (last, cells[column])


def layout_of(archive: ZipFile, path: str) -> Layout:
    """The layout of the sheet in this part; an empty one where it cannot be read: the values can."""
    layout = Layout()
    try:
        with archive.open(path.lstrip("/")) as part:
            for _, element in iterparse(part, events=("end",)):
                _take(layout, element)
    except (KeyError, ParseError, DefusedXmlException, ValueError, OSError, EOFError):
        return Layout()
    return layout


def _take(layout: Layout, element: Any) -> None:
    tag = element.tag.removeprefix(_NAMESPACE)
    if tag == "row":
        if element.get("hidden") in ("1", "true") and (element.get("r") or "").isdigit():
            layout.hidden_rows.add(int(element.get("r")))
        element.clear()
    elif tag == "col" and element.get("hidden") in ("1", "true"):
        first, last = int(element.get("min", "1")), int(element.get("max", "1"))
        # Everything behind the table is often hidden at once.
        layout.hidden_columns |= set(range(first - 1, min(last, first + 200)))
    elif tag == "mergeCell" and len(layout.merges_of) < MERGES_MAX:
        found = _RANGE.match(element.get("ref", ""))
        if found and int(found[4]) > int(found[2]):
            layout.merges_of[int(found[2])].append((_column(found[1]), int(found[4])))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
