"""Workbooks as Excel and others write them, and as nobody should."""

import contextlib
import random
import zipfile
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from csv_plans import table_of
from toteboard.spreadsheets.files import Format, format_of
from toteboard.spreadsheets.reading import FileRefused, FileTooLarge
from toteboard.spreadsheets.table import ROWS_MAX
from toteboard.spreadsheets.workbook import UNPACKED_MAX

RNG = random.Random(20261125)
BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row><c t="inlineStr">'
    "<is><t>&b;</t></is></c></row></sheetData></worksheet>"
)


def book(*rows: Any, more: dict[str, list[Any]] | None = None) -> bytes:
    made = Workbook()
    sheets: dict[str, list[Any]] = {"Sheet": list(rows)} | (more or {})
    for title, content in sheets.items():
        sheet = made["Sheet"] if title == "Sheet" else made.create_sheet(title)
        for row in content:
            sheet.append(row)
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one part of its archive put in another's place."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as before, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            after.writestr(info.filename, part if info.filename == name else before.read(info))
    return written.getvalue()


def test_a_workbook_reads_as_the_csv_of_the_same_sheet() -> None:
    rows = [
        ["Race", "Horse", "Date", "Time", "Odds"],
        ["Derby", "Zoë 🐎", date(2026, 6, 11), time(13, 0), 2.3],
        ["Derby", "Duchess", datetime(2026, 6, 11), time(13, 0), 3],
        [],
        ["Oaks", "'=1+1", datetime(2026, 6, 11, 14, 30), None, 1.05],
    ]
    text = (
        "Race,Horse,Date,Time,Odds\nDerby,Zoë 🐎,2026-06-11,13:00,2.3\nDerby,Duchess,2026-06-11,13:00,3\n\n"
        "Oaks,'=1+1,2026-06-11 14:30,,1.05\n"
    )
    read, same = table_of(book(*rows)), table_of(text.encode())
    assert (read.header, read.rows) == (same.header, same.rows)
    assert read.rows[2] == (5, ["Oaks", "=1+1", "2026-06-11 14:30", "", "1.05"])


def test_a_formula_is_never_run_and_reads_as_nothing_where_it_was_not_computed() -> None:
    assert table_of(book(["Race", "Horse"], ["Derby", "=1+1"])).rows == [(2, ["Derby"])]


def test_the_sheet_is_the_one_asked_for_or_the_first_with_rows() -> None:
    content = book(more={"Notes": [["only a title"]], "Draw": [["Race"], ["Derby"]], "Old": [["Race"], ["Oaks"]]})
    table = table_of(content)
    assert (table.sheet, table.sheets) == ("Draw", ("Sheet", "Notes", "Draw", "Old"))
    assert table_of(content, "Old").rows == [(2, ["Oaks"])]
    for sheet, why in (("None", "the workbook has no sheet 'None'"), ("Notes", "the sheet 'Notes' has no rows")):
        with pytest.raises(FileRefused) as refused:
            table_of(content, sheet)
        assert str(refused.value) == why


def test_a_million_rows_and_columns_are_refused_at_the_bound() -> None:
    made = Workbook()
    made["Sheet"]["A1"], made["Sheet"]["A1048576"], made["Sheet"]["XFD2"] = "Race", "Derby", "far"
    written = BytesIO()
    made.save(written)
    # As wide as a spreadsheet can be; only the two columns in which something stands are counted. The last row is not read.
    assert table_of(written.getvalue()).used() == [0, 16_383]
    made["Sheet"][f"A{ROWS_MAX + 2}"] = "Oaks"
    written = BytesIO()
    made.save(written)
    with pytest.raises(FileRefused, match="row 20002: more than 20,000 rows"):
        table_of(written.getvalue())


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = with_part(book(["Race"], ["Derby"]), "xl/worksheets/sheet1.xml", b"0" * (UNPACKED_MAX + 1))
    assert len(bomb) < 100_000
    with pytest.raises(FileTooLarge, match="unpacks to more than 32 MiB"):
        table_of(bomb)


def test_an_archive_that_lies_about_its_size_unpacks_to_what_it_said() -> None:
    bomb = bytearray(with_part(book(["Race"], ["Derby"]), "xl/worksheets/sheet1.xml", b"0" * (UNPACKED_MAX + 1)))
    size = (UNPACKED_MAX + 1).to_bytes(4, "little")
    assert bomb.count(size) >= 1
    lie = bytes(bomb).replace(size, (1000).to_bytes(4, "little"))
    with pytest.raises(FileRefused, match="cannot be read"):
        table_of(lie)


def test_an_entity_is_never_expanded() -> None:
    with pytest.raises(FileRefused, match="cannot be read"):
        table_of(with_part(book(["Race"], ["Derby"]), "xl/worksheets/sheet1.xml", BILLION_LAUGHS.encode()))


def test_formats_are_told_apart_by_what_they_are() -> None:
    assert format_of(book(["Race"])) is Format.WORKBOOK
    assert format_of(b'\xef\xbb\xbf {"name": "Cup"}') is Format.WORLDCUP
    assert format_of(b"match,outcome\n") is Format.CSV


def test_a_damaged_workbook_is_refused_and_nothing_else_happens() -> None:
    whole = book(["Race", "Horse"], *(["Derby", f"Horse {no}"] for no in range(50)))
    for _ in range(200):
        damaged = bytearray(whole[: RNG.randrange(4, len(whole) + 1)])
        for _ in range(RNG.randrange(1, 20)):
            damaged[RNG.randrange(4, len(damaged))] = RNG.randrange(256)
        with contextlib.suppress(FileRefused):
            assert table_of(bytes(damaged)).rows
