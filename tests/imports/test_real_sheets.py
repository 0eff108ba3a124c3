"""Spreadsheets as people make them: the small files that failed in real life, and their kinds."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from toteboard.imports.file import FileOptions, ReadFile, read_file
from toteboard.imports.plan import Plan
from toteboard.imports.sheet.columns import Columns
from toteboard.imports.sheet.meanings import Meaning
from toteboard.rules.undecided import Slots
from toteboard.spreadsheets.reading import FileRefused
from toteboard.spreadsheets.times import DateOrder

CASES = Path(__file__).parent / "samples" / "cases"
BERLIN = ZoneInfo("Europe/Berlin")


def read(content: bytes | str, **options: Any) -> ReadFile:
    given = content.encode() if isinstance(content, str) else content
    asked: dict[str, Any] = {"name": "Night", "zone": UTC} | options
    return read_file(given, FileOptions(**asked))


def plan(content: bytes | str, **options: Any) -> Plan:
    done = read(content, **options)
    assert done.plan is not None, done.wrong
    return done.plan


def case(name: str, **options: Any) -> Plan:
    return plan((CASES / name).read_bytes(), **options)


def refused(content: bytes | str, **options: Any) -> list[str]:
    try:
        done = read(content, **options)
    except FileRefused as wrong:
        return [str(error) for error in wrong.errors]
    assert done.wrong is not None
    return [str(error) for error in done.wrong.errors]


def sheet(*rows: list[Any], **layout: Any) -> bytes:
    made = Workbook()
    page = made["Sheet"]
    page.title = layout.get("title", "Sheet")
    for row in rows:
        page.append(row)
    for merged in layout.get("merged", ()):
        page.merge_cells(merged)
    for letter in layout.get("hidden_columns", ()):
        page.column_dimensions[letter].hidden = True
    for no in layout.get("hidden_rows", ()):
        page.row_dimensions[no].hidden = True
    for title, others in layout.get("more", {}).items():
        beside = made.create_sheet(title)
        for row in others:
            beside.append(row)
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def at(month: int, day: int, hour: int, minute: int = 0, year: int = 2027) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


# The cases ----------------------------------------------------------------------------------------------------------


def test_dates_with_slashes_are_decided_by_their_column() -> None:
    found = case("07-slash-dates.csv")
    assert [(match.name, match.starts_at) for match in found.matches] == [
        ("Port Vale v Red Star", at(8, 16, 20)),
        ("Dock Town v Hill End", at(8, 17, 15)),
    ]
    assert found.matches[0].markets[0].outcomes == (("Port Vale", 1570), ("Draw", 3900), ("Red Star", 7500))


def test_a_date_and_a_time_stand_in_one_cell() -> None:
    found = case("08-date-and-time-in-Date.csv", zone=BERLIN)
    assert [(m.name, m.number, m.round, m.venue, m.starts_at) for m in found.matches] == [
        ("Norland v Suderia", "1", "1", "North Stadium", at(11, 20, 15)),
        ("Ostland v Westmark", "2", "1", "South Stadium", at(11, 21, 12)),
    ]


def test_columns_that_mean_nothing_are_not_counted() -> None:
    (match,) = case("09-wide-67-columns.csv").matches
    assert match.markets[0].outcomes == (("Port Vale", 1570), ("Draw", 3900), ("Red Star", 7500))


def test_a_sheet_of_runners_is_one_market() -> None:
    (match,) = case("10-one-race-without-match-column.xlsx").matches
    assert match.markets[0].outcomes == (("Dawn", 2500), ("Comet", 4000), ("Elm", 6000))
    # Named in the form, else after the title, the sheet or the file.
    assert match.name == "Night"
    assert case("10-one-race-without-match-column.xlsx", match="Race 1").matches[0].name == "Race 1"
    named = sheet(["Runner", "Odds"], ["Dawn", 2], ["Elm", 3], title="Harbour Derby")
    assert plan(named).matches[0].name == "Harbour Derby"


def test_the_header_is_found_below_titles() -> None:
    found = read((CASES / "10-title-rows.xlsx").read_bytes())
    assert found.table is not None
    assert found.table.header_no == 5
    assert found.plan is not None
    (match,) = found.plan.matches
    assert match.name == "⛳ CLUB CHAMPIONSHIP – FULL FIELD & OPENING ODDS"
    assert match.markets[0].outcomes == (("Ann Example", 5000), ("Bob Example", 10_000))


def test_an_error_of_the_spreadsheet_is_no_name() -> None:
    assert refused((CASES / "11-error-cells.xlsx").read_bytes()) == [
        "B2: #NAME? is an error of the spreadsheet; correct its formula, or write what it should say",
        "B3: #N/A is an error of the spreadsheet; correct its formula, or write what it should say",
    ]


def test_the_classes_of_a_school_are_names() -> None:
    assert [match.name for match in case("16-school-classes.csv").matches] == ["1A v 1B", "3C v 4D"]
    slots = case("16-school-classes.csv", slots=Slots.YES).matches[0]
    assert slots.name == "Winner of group A v Winner of group B"
    groups = plan("Group,Home,Away\nGroup A,Ada,Bo\n,1A,2A\n").matches
    assert [match.name for match in groups] == ["Ada v Bo", "Winner of group A v Second of group A"]


def test_odds_are_read_as_people_write_them() -> None:
    found = case("20-odds-as-people-write-them.csv")
    odds = {name: milli for match in found.matches for name, milli in match.markets[0].outcomes}
    assert odds == {"Ann": 5000, "Bob": 2000, "Cy": 2500, "Di": 1588, "Ed": 1909, "Flo": 2050}
    assert "Odds rounded to three decimals: C5 -170, C6 1.909091" in found.warnings


def test_a_german_club_night_comes_in() -> None:
    found = case("club-night-german.xlsx", zone=BERLIN)
    assert [(m.name, m.round, m.venue, m.number) for m in found.matches] == [
        ("Anna Bauer v Bernd Kluge", "Viertelfinale", "Tisch 1", "1"),
        ("Carla Diehl v Dirk Ernst", "Viertelfinale", "Tisch 2", "2"),
        ("Eva Funke v Frank Gruber", "Viertelfinale", "Tisch 1", "3"),
        ("Gina Horn v Hans Iske", "Viertelfinale", "Tisch 2", "4"),
        ("Sieger VF1 v Sieger VF2", "Halbfinale", "Tisch 1", "5"),
        ("Sieger VF3 v Sieger VF4", "Halbfinale", "Tisch 2", "6"),
    ]
    assert {match.markets[0].kind for match in found.matches} == {"fixed"}
    assert [match.markets[0].can_open for match in found.matches] == [True] * 4 + [False] * 2
    assert found.matches[0].starts_at == at(12, 11, 18, year=2026)
    assert found.matches[-1].starts_at == at(12, 11, 19, 30, year=2026)
    assert "Section rows read as rounds: Viertelfinale, Halbfinale" in found.warnings
    assert "Row 15, 'Summe', is a total and left out" in found.warnings
    assert "Hidden in the workbook: the column Notiz (intern)" in found.warnings


# Their kinds --------------------------------------------------------------------------------------------------------


def test_a_date_that_may_be_two_days_is_asked() -> None:
    text = "Date,Home,Away\n03/04/2027,Ada,Bo\n05/06/2027,Cy,Di\n"
    assert refused(text) == ["dates: '03/04/2027' may be day and month or month and day; say which"]
    days = [match.starts_at for match in plan(text, dates=DateOrder.DAY_FIRST).matches]
    assert days == [at(4, 3, 12), at(6, 5, 12)]
    assert plan(text, dates=DateOrder.MONTH_FIRST).matches[0].starts_at == at(3, 4, 12)


def test_a_column_of_dates_shows_its_order_once() -> None:
    us = plan("Date,Home,Away\n03/04/2027,Ada,Bo\n05/16/2027,Cy,Di\n")
    assert [match.starts_at for match in us.matches] == [at(3, 4, 12), at(5, 16, 12)]
    both = refused("Date,Home,Away\n16/04/2027,Ada,Bo\n05/16/2027,Cy,Di\n")
    assert both == [
        "dates: the dates are written two ways, as in '16/04/2027' and '05/16/2027'; write them as 2026-06-11"
    ]


@pytest.mark.parametrize(
    ("day", "clock", "hour"),
    [
        ("20.11.2027", "19:00", 19),
        ("20.11.27", "ab 19 Uhr", 19),
        ("20 Nov 2027", "7:00 PM", 19),
        ("Saturday 20 November 2027", "7pm", 19),
        ("2027-11-20", "19h00", 19),
        ("2027-11-20", "19:00 CET", 18),
        ("2027-11-20", "19:00 BST", 18),
        ("2027-11-20", "13:00 EST", 18),
        ("46711", "0.7916666667", 19),
        ("20/11/2027", "19:00:00.000Z", 19),
    ],
)
def test_days_and_times_are_read_in_two_cells_and_in_one(day: str, clock: str, hour: int) -> None:
    two = plan(f"Date,Time,Home,Away\n{day},{clock},Ada,Bo\n")
    assert two.matches[0].starts_at == at(11, 20, hour)
    if not clock.startswith("0."):
        one = plan(f"Date,Home,Away\n{day} {clock},Ada,Bo\n")
        assert one.matches[0].starts_at == at(11, 20, hour)


def test_a_separator_that_the_file_says_is_used() -> None:
    (match,) = plan("sep=;\nHome;Away;Odds 1;Odds 2\nAda;Bo;1,80;2,10\n").matches
    assert match.markets[0].outcomes == (("Ada", 1800), ("Bo", 2100))
    assert match.rows == (3,)


def test_semicolons_are_told_from_decimal_commas_below_a_title() -> None:
    (match,) = plan("Our night, all of it\n\nHome;Away;Odds 1;Odds 2\nAda;Bo;1,80;2,10\n").matches
    assert match.markets[0].outcomes == (("Ada", 1800), ("Bo", 2100))


def test_merged_cells_say_it_for_every_row_they_cover() -> None:
    content = sheet(
        ["Round", "Player 1", "Player 2"],
        ["Semi-final", "Ada", "Bo"],
        [None, "Cy", "Di"],
        ["Final", "Ed", "Flo"],
        merged=["A2:A3"],
    )
    assert [match.round for match in plan(content).matches] == ["Semi-final", "Semi-final", "Final"]


def test_a_race_that_is_written_once_is_that_of_the_rows_below() -> None:
    found = plan("Race,Horse,Odds\nDerby,Comet,2\n,Dawn,3\nOaks,Elm,2\n,Fable,3\n")
    assert [(match.name, len(match.markets[0].outcomes)) for match in found.matches] == [("Derby", 2), ("Oaks", 2)]


def test_any_row_can_be_left_out() -> None:
    text = "Home,Away,Odds 1,Odds 2\nAda,Bo,2,2\nCy,Di,oops,2\nTotal,,4,4\n"
    assert refused(text) == ["C3: odds 'oops': odds are written as in 2.28, 5/4, +125 or evens"]
    found = plan(text, skip=frozenset({3}))
    assert [match.name for match in found.matches] == ["Ada v Bo"]
    assert "Row 4, 'Total', is a total and left out" in found.warnings


def test_the_header_can_be_on_any_sheet_and_be_said() -> None:
    content = sheet(
        ["Welcome", "to the night"], ["Doors open", "18:00"], more={"Draw": [["Home", "Away"], ["Ada", "Bo"]]}
    )
    found = read(content)
    assert found.table is not None
    assert (found.table.sheet, found.plan and found.plan.matches[0].name) == ("Draw", "Ada v Bo")
    odd = "x,y\nAlpha,Omega\nAda,Bo\n"
    chosen = read(odd, header_row=2)
    assert chosen.table is not None
    assert chosen.table.header == ("Alpha", "Omega")


def test_hidden_rows_are_read_and_said() -> None:
    content = sheet(["Home", "Away"], ["Ada", "Bo"], ["Cy", "Di"], hidden_rows=[3])
    assert "Hidden in the workbook and read all the same: row 3" in plan(content).warnings


def test_a_row_can_have_several_markets() -> None:
    sides, odds, others = [Meaning.OUTCOME] * 2, [Meaning.ODDS] * 2, [Meaning.OTHER_ODDS] * 2

    def meant(_header: tuple[str, ...]) -> Columns:
        return Columns((*sides, *odds, *others))

    (match,) = plan("Home,Away,Odds 1,Odds 2,Over 2.5,Under 2.5\nAda,Bo,1.8,2.1,1.9,1.9\n", columns=meant).matches
    assert [(market.name, market.outcomes) for market in match.markets] == [
        ("Winner", (("Ada", 1800), ("Bo", 2100))),
        ("Over 2.5 / Under 2.5", (("Over 2.5", 1900), ("Under 2.5", 1900))),
    ]
    rows = plan(
        "Match,Market,Outcome\nAda v Bo,Winner,Ada\nAda v Bo,Winner,Bo\nAda v Bo,Frames,9\nAda v Bo,Frames,10\n"
    )
    assert [market.name for market in rows.matches[0].markets] == ["Winner", "Frames"]


@pytest.mark.parametrize(
    "header",
    [
        "HomeTeam,AwayTeam,Date,B365H,B365A",
        "Spieler 1,Spieler 2,Datum,Quote 1,Quote 2",
        "Equipo local,Equipo visitante,Fecha,Cuota 1,Cuota 2",
        "Local,Visitante,Fecha,Cuota local,Cuota visitante",
        "Joueur 1,Joueur 2,Date,Cote 1,Cote 2",
        "Squadra casa,Squadra ospite,Data,Quota 1,Quota 2",
        "Mandante,Visitante,Data,Odd 1,Odd 2",
        "Thuisploeg,Uitploeg,Datum,Quotering 1,Quotering 2",
        "Gospodarze,Goście,Data,Kurs 1,Kurs 2",
    ],
)
def test_headers_are_understood_in_eight_languages(header: str) -> None:
    (match,) = plan(f"{header}\nAda,Bo,2027-11-20,1.8,2.1\n").matches
    assert match.markets[0].outcomes == (("Ada", 1800), ("Bo", 2100))
    assert match.starts_at == at(11, 20, 12)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
            "this is an old Excel workbook (.xls); save it as .xlsx and choose that",
        ),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 60, "this is a picture (PNG); import the spreadsheet it was taken of"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 60, "this is a picture (JPEG); import the spreadsheet it was taken of"),
        (b"%PDF-1.7\n", "this is a PDF; save the table as .xlsx or CSV and choose that"),
        (b"<!doctype html><table>", "this is a web page; save the table as .xlsx or CSV and choose that"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_by_what_it_is(content: bytes, why: str) -> None:
    assert refused(content) == [why]


def test_a_cell_of_two_lines_is_one_name() -> None:
    content = sheet(["Home", "Away"], ["Ada\nExample", "Bo"])
    assert plan(content).matches[0].name == "Ada Example v Bo"


def test_a_match_that_is_called_off_in_a_sheet_is_known() -> None:
    found = plan("Home,Away,Status\nAda,Bo,abgesagt\nCy,Di,\nEd,Flo,W.O.\n")
    assert [match.not_played for match in found.matches] == ["cancelled", None, "walkover"]


def test_a_number_that_does_not_tell_matches_apart_is_none() -> None:
    found = plan("Nr,Home,Away\n1,Ada,Bo\n1,Cy,Di\n2,Ed,Flo\n")
    assert [match.number for match in found.matches] == [None, None, "2"]
