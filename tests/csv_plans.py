"""What a CSV whose columns have our names would import."""

from datetime import UTC, tzinfo

from toteboard.imports.plan import Plan
from toteboard.imports.sheet.columns import exact
from toteboard.imports.sheet.header import table_in
from toteboard.imports.sheet.planning import SheetOptions, plan_of
from toteboard.spreadsheets.files import grids_of
from toteboard.spreadsheets.table import Table


def table_of(content: bytes, sheet: str | None = None) -> Table:
    """Raises FileRefused."""
    return table_in(grids_of(content, sheet))


def plan_of_csv(content: bytes, *, name: str, zone: tzinfo = UTC) -> Plan:
    """Raises FileRefused."""
    table = table_of(content)
    return plan_of(table, exact(table.header), SheetOptions(name=name, zone=zone))
