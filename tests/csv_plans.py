"""What a CSV whose columns have our names would import."""

from datetime import UTC, tzinfo

from toteboard.imports.columns import exact
from toteboard.imports.plan import Plan
from toteboard.imports.sheet_plan import plan_of
from toteboard.spreadsheets.csvfile import table_of_csv


def plan_of_csv(content: bytes, *, name: str, zone: tzinfo = UTC) -> Plan:
    """Raises FileRefused."""
    table = table_of_csv(content)
    return plan_of(table, exact(table.header), name=name, zone=zone)
