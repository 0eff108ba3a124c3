"""What each row under a header is: a match or an outcome, a section that names the rows below, or a total. Reads no cell.

People write "Quarter-finals" across a row of its own, and "Total" under their odds: the one is the round of what follows,
the other is nothing to import.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from toteboard.imports.sheet.columns import Columns
from toteboard.imports.sheet.meanings import Meaning
from toteboard.rules.names import folded_name
from toteboard.spreadsheets.table import Table

# English, German, Spanish, French, Italian, Portuguese, Dutch, Polish.
_TOTALS = frozenset(
    {
        *("total", "totals", "sum", "subtotal", "average", "mean", "count"),
        *("summe", "gesamt", "zwischensumme", "gesamtsumme", "durchschnitt", "mittelwert", "anzahl"),
        *("suma", "totales", "promedio", "media", "somme", "moyenne", "totale", "somma"),
        *("soma", "média", "totaal", "gemiddelde", "razem", "średnia"),
    }
)


@dataclass(frozen=True, slots=True)
class DataRow:
    """A row that says something of a match; `section` is the last section row above it."""

    no: int
    cells: list[str]
    section: str


@dataclass(slots=True)
class SheetRows:
    """The rows of a table in order; once they were gone through, `sections` and `left_out` are what was not a match."""

    table: Table
    columns: Columns
    skip: frozenset[int] = frozenset()
    sections: list[str] = field(default_factory=list)
    # Numbers of rows that are totals, with what they begin with.
    totals: list[tuple[int, str]] = field(default_factory=list)

    def __iter__(self) -> Iterator[DataRow]:
        section = ""
        for no, cells in self.table.rows:
            if no in self.skip:
                continue
            filled = [at for at, cell in enumerate(cells) if cell.strip()]
            if self._is_total(cells, filled):
                self.totals.append((no, cells[filled[0]]))
            elif self._is_section(filled):
                section = cells[filled[0]]
                self.sections.append(section)
            elif self._is_header_again(cells):
                continue
            else:
                yield DataRow(no, cells, section)

    def _is_total(self, cells: list[str], filled: list[int]) -> bool:
        words = folded_name(cells[filled[0]]).rstrip(":. ").split()
        return bool(words) and len(words) <= 3 and words[0] in _TOTALS and not self._has_two_names(cells)

    def _is_section(self, filled: list[int]) -> bool:
        """One cell alone, where a match needs more; a runner without odds stands in the runners' own column."""
        if len(filled) != 1:
            return False
        return self.columns.row_is_match or self._meaning(filled[0]) not in (Meaning.OUTCOME, Meaning.MATCH)

    def _is_header_again(self, cells: list[str]) -> bool:
        """A long sheet repeats its header on every page."""
        return [cell for cell in cells if cell] == [name for name in self.table.header if name]

    def _has_two_names(self, cells: list[str]) -> bool:
        names = [at for at in self.columns.positions(Meaning.OUTCOME) if at < len(cells) and cells[at].strip()]
        return len(names) > 1

    def _meaning(self, at: int) -> Meaning | None:
        return self.columns.meanings[at] if at < len(self.columns.meanings) else None
