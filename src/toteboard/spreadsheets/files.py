"""Tells the formats apart, and reads a sheet of any. Knows no column."""

from enum import StrEnum

from toteboard.spreadsheets.csvfile import table_of_csv
from toteboard.spreadsheets.table import Table
from toteboard.spreadsheets.workbook import MAGIC, table_of_workbook


class Format(StrEnum):
    """What a file is, told by its content."""

    CSV = "csv"
    WORKBOOK = "xlsx"
    WORLDCUP = "worldcup"


def format_of(content: bytes) -> Format:
    """By what the file is, not by what it is called."""
    if content.startswith(MAGIC):
        return Format.WORKBOOK
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return Format.WORLDCUP
    return Format.CSV


def table_of(content: bytes, sheet: str | None = None) -> Table:
    """The table of a CSV or of a workbook's sheet. Raises FileRefused."""
    if format_of(content) is Format.WORKBOOK:
        return table_of_workbook(content, sheet)
    return table_of_csv(content)
