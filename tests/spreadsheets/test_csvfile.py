"""CSV files as spreadsheets write them, and as they should not."""

import codecs
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from csv_plans import plan_of_csv
from toteboard.imports.plan import Plan
from toteboard.spreadsheets.reading import FileRefused
from toteboard.spreadsheets.table import ROWS_MAX

RACE = "match,round,starts_at,outcome,odds\nDerby,Race 1,2026-06-11 13:00,Comet,2.50\nDerby,Race 1,,Duchess,3\n"


def read(text: str | bytes) -> Plan:
    return plan_of_csv(text if isinstance(text, bytes) else text.encode(), name="Races")


def refused(text: str | bytes) -> str:
    with pytest.raises(FileRefused) as refusal:
        read(text)
    return str(refusal.value)


def test_rows_of_one_match_become_its_market() -> None:
    (derby,) = read(RACE).matches
    assert (derby.name, derby.round, derby.starts_at) == ("Derby", "Race 1", datetime(2026, 6, 11, 13, tzinfo=UTC))
    (market,) = derby.markets
    assert (market.kind, market.outcomes) == ("fixed", (("Comet", 2500), ("Duchess", 3000)))


def test_without_odds_it_is_a_pool() -> None:
    (derby,) = read("match,outcome\nDerby,Comet\nDerby,Duchess\n").matches
    assert (derby.markets[0].kind, derby.markets[0].outcomes) == ("pool", (("Comet", None), ("Duchess", None)))


@pytest.mark.parametrize(
    "text",
    [
        RACE,
        RACE.replace(",", ";"),
        RACE.replace(",", "\t"),
        RACE.replace("\n", "\r\n"),
        RACE.replace("match,round,starts_at", "MATCH,Round,Starts at"),
        "odds,outcome,starts_at,round,match\n2.50,Comet,2026-06-11T13:00Z,Race 1,Derby\n3,Duchess,,Race 1,Derby\n",
        'match;round;starts_at;outcome;odds\n"Derby";Race 1;11.06.2026 13:00;Comet;2,50\nDerby;Race 1;;Duchess;3,0\n\n',
        RACE.replace("\n", ",\n"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_whatever_a_spreadsheet_makes_of_it_it_is_the_same_plan(text: str, encoding: str) -> None:
    bom = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    assert read(bom + text.encode(encoding)).matches == read(RACE).matches


def test_a_guessed_encoding_is_said() -> None:
    plan = read("match,outcome\nDerby,Zoë\n".encode("cp1252"))
    assert plan.matches[0].markets[0].outcomes == (("Zoë", None),)
    assert plan.warnings[0].startswith("the file is not UTF-8")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_cells_that_look_like_formulas_are_text_and_lose_the_quote_of_an_export(cell: str) -> None:
    for written in (cell, f"'{cell}"):
        plan = read(f'match,outcome\nDerby,"{written}"\n')
        assert plan.matches[0].markets[0].outcomes == ((cell, None),)


def test_a_name_that_begins_with_an_apostrophe_keeps_it() -> None:
    assert read("match,outcome\nDerby,'s-Gravenhage\n").matches[0].markets[0].outcomes == (("'s-Gravenhage", None),)


def test_times_without_a_zone_are_the_tournaments_and_counted() -> None:
    plan = plan_of_csv(
        b"match,starts_at,outcome\nOne,2026-06-11 13:00,A\nTwo,2026-06-12,A\nThree,,A\nFour,2026-06-11 13:00 UTC-6,A\n",
        name="Races",
        zone=ZoneInfo("Europe/Berlin"),
    )
    assert [match.starts_at for match in plan.matches] == [
        datetime(2026, 6, 11, 11, tzinfo=UTC),
        datetime(2026, 6, 12, 10, tzinfo=UTC),
        None,
        datetime(2026, 6, 11, 19, tzinfo=UTC),
    ]
    assert len(plan.warnings) == 3


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the file is empty"),
        ("match,outcome\n", "the file has a header and no rows"),
        (
            "match,horse\nDerby,Comet\n",
            "row 1: the column 'horse' is not one of match, round, starts_at, outcome, odds, number, venue, market, status",
        ),
        ("match,odds\nDerby,2\n", "row 1: there is no column 'outcome'"),
        ("match,outcome,outcome\nDerby,A,B\n", "row 1: a column stands twice"),
        ("match,outcome\nDerby,Comet\nDerby\n", "B3: has no outcome"),
        ("match,outcome\nDerby,\n", "B2: has no outcome"),
        ("match,outcome\nDerby,A,B\n", "row 2: has 3 cells; the header has 2"),
        ("match,outcome\nDerby,Comet\nDerby,comet\n", "row 3: 'Derby' has the outcome 'comet' already"),
        (
            "match,outcome,odds\nDerby,Comet,2\nDerby,Duchess,\n",
            "row 2: 'Derby' has odds for some outcomes and not for others",
        ),
        ("match,outcome,odds\nDerby,Comet,0.5\n", "C2: odds '0.5': odds go from 1.00 to 1000.00"),
        ("match,outcome,odds\nDerby,Comet,NaN\n", "C2: odds 'NaN': odds are written as in 2.28"),
        ("match,outcome,odds\nDerby,Comet,٢\n", "C2: odds '٢': odds are written as in 2.28"),
        ("match,outcome,odds\nDerby,Comet,1e3\n", "C2: odds '1e3': odds are written as in 2.28"),
        ("match,outcome,starts_at\nDerby,Comet,soon\n", "C2: 'soon' is no date; use 2026-06-11 or 11.06.2026"),
        (
            "match,outcome,starts_at\nDerby,A,2026-06-11\nDerby,B,2026-06-12\n",
            "row 3: 'Derby' has another start in row 2",
        ),
        ('match,outcome\nDerby,"Comet\n', "row 2: unexpected end of data"),
        ("match,outcome\nDerby,Co\u202emet\n", "B2: outcome: the character U+202E may not stand in a name"),
        ("match,outcome\nDerby," + "x" * 201 + "\n", "B2: outcome has 201 characters; at most 200 are taken"),
        (b"match,outcome\nDerby,\x81\n", "row 2: neither UTF-8 nor Windows-1252; save the file as UTF-8"),
        ("match,outcome\nDerby,Comet\n".encode("utf-16-le"), "row 1: the file has NUL bytes"),
        (codecs.BOM_UTF16_LE + b"m\x00\n\x00\x00\xd8", "row 2: not UTF-16, as the file's first bytes say"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(text: str | bytes, why: str) -> None:
    assert refused(text).startswith(why)


def test_several_wrong_rows_are_said_together() -> None:
    text = refused("match,outcome,odds\nDerby,Comet,x\nDerby,,2\nDerby,Duchess,y\n")
    assert [line.split(":")[0] for line in text.splitlines()] == ["C2", "B3", "C4"]


def test_a_million_rows_are_refused_at_the_bound() -> None:
    rows = "".join(f"Derby {no // 100},Horse {no}\n" for no in range(ROWS_MAX + 1))
    assert refused(f"match,outcome\n{rows}") == "row 20002: more than 20,000 rows"


def test_a_market_has_at_most_200_outcomes() -> None:
    rows = "".join(f"Derby,Horse {no}\n" for no in range(201))
    assert refused(f"match,outcome\n{rows}") == "row 202: 'Derby' has more than 200 outcomes"
