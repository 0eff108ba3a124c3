"""A table of a report as a file. Knows no HTTP."""

from toteboard.reports.making import Report
from toteboard.reports.tables import TABLES
from toteboard.spreadsheets.writing import XLSX_ROWS_MAX, writer


class TooLong(ValueError):
    """A workbook does not hold so many rows."""


def written(report: Report, table: str, file_format: str) -> bytes:
    """The table as the bytes of a "csv" or "xlsx". Raises TooLong, FileUnwritten."""
    rows = report.tables[table]
    if file_format == "xlsx" and len(rows) > XLSX_ROWS_MAX:
        raise TooLong(f"The table has {len(rows):,} rows and a workbook holds {XLSX_ROWS_MAX:,}. Take CSV.")
    made_of = writer(TABLES[table], file_format, currency=report.currency)
    try:
        content = made_of.head() + made_of.add(rows)
        whole = made_of.end()
        if whole is not None:
            with whole:
                content = whole.read()
        return content
    finally:
        made_of.abandon()
