"""Tells the formats apart, and reads a sheet of any. Knows no column."""

from enum import StrEnum

from toteboard.spreadsheets.csvfile import grid_of_csv
from toteboard.spreadsheets.reading import FileRefused
from toteboard.spreadsheets.table import Grid
from toteboard.spreadsheets.workbook import MAGIC, grids_of_workbook


class Format(StrEnum):
    """What a file is, told by its content."""

    CSV = "csv"
    WORKBOOK = "xlsx"
    WORLDCUP = "worldcup"


# What people choose by mistake, by its first bytes, and what to do instead.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "this is an old Excel workbook (.xls); save it as .xlsx and choose that"),
    (b"\x89PNG", "this is a picture (PNG); import the spreadsheet it was taken of"),
    (b"\xff\xd8\xff", "this is a picture (JPEG); import the spreadsheet it was taken of"),
    (b"GIF8", "this is a picture (GIF); import the spreadsheet it was taken of"),
    (b"%PDF", "this is a PDF; save the table as .xlsx or CSV and choose that"),
    (b"{\\rtf", "this is a text document (RTF); save the table as .xlsx or CSV and choose that"),
    (b"<!DOCTYPE", "this is a web page; save the table as .xlsx or CSV and choose that"),
    (b"<html", "this is a web page; save the table as .xlsx or CSV and choose that"),
    (b"<?xml", "this is XML; save the table as .xlsx or CSV and choose that"),
    (b"\x1f\x8b", "this is a packed file (gzip); unpack it and choose what is in it"),
    (b"Rar!", "this is a packed file (RAR); unpack it and choose what is in it"),
)
_HEIF = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")


def format_of(content: bytes) -> Format:
    """By what the file is, not by what it is called. Raises FileRefused where it is none that can be read."""
    if content.startswith(MAGIC):
        return Format.WORKBOOK
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:16]
    for magic, why in _OTHERS:
        if start.lower().startswith(magic.lower()):
            raise FileRefused(why)
    if content[4:12] in _HEIF:
        raise FileRefused("this is a picture; import the spreadsheet it was taken of")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        raise FileRefused("this is a picture (WebP); import the spreadsheet it was taken of")
    return Format.WORLDCUP if start[:1] in (b"{", b"[") else Format.CSV


def grids_of(content: bytes, sheet: str | None = None) -> list[Grid]:
    """The grid of a CSV, or those of a workbook's sheets that have rows: all, or the one asked for. Raises FileRefused."""
    if format_of(content) is Format.WORKBOOK:
        return grids_of_workbook(content, sheet)
    return [grid_of_csv(content)]
