"""Sheets as organizers keep them: what the columns mean, a row for each match, and what does not go together."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from csv_plans import plan_of_csv, table_of
from toteboard.imports.plan import Plan
from toteboard.imports.sheet.columns import Columns, guessed
from toteboard.imports.sheet.meanings import Meaning
from toteboard.imports.sheet.planning import SheetOptions, plan_of
from toteboard.spreadsheets.reading import FileRefused

FOOTBALL = (
    "Matchday,Date,Kick-off,Home,Away,1,X,2\n"
    "1,2026-08-01,18:30,Arsenal,Burnley,1.50,4.20,6.5\n"
    "1,2026-08-02,,Chelsea,Derby,2.10,3.30,3.40\n"
)


def read(text: str, *meanings: str | None, draw: str | None = None) -> Plan:
    table = table_of(text.encode())
    columns = Columns(tuple(Meaning(one) if one else None for one in meanings)) if meanings else guessed(table.header)
    return plan_of(table, columns, SheetOptions(name="Cup", draw=draw))


def outcomes(plan: Plan) -> list[list[tuple[str, int | None]]]:
    return [list(match.markets[0].outcomes) for match in plan.matches]


@pytest.mark.parametrize(
    ("header", "meanings"),
    [
        ("match,round,starts_at,outcome,odds", "match round starts_at outcome odds"),
        ("Race;Horse;Price", "match outcome odds"),
        ("Round,Player 1,Player 2,Date,Time,Court", "round outcome outcome date time venue"),
        ("Home Team,Away Team,Kick-off,Referee", "outcome outcome starts_at -"),
        ("White,Black,Board", "outcome outcome venue"),
        ("Date,Date", "date -"),
        ("Ünïcode,?,", "- -"),
    ],
)
def test_what_columns_mean_is_guessed_from_their_names(header: str, meanings: str) -> None:
    table = table_of(f"{header}\n{'x,' * 9}\n".replace(",", ";" if ";" in header else ",").encode())
    assert [one.value if one else "-" for one in guessed(table.header).meanings] == meanings.split()


def test_a_row_for_each_match_gives_its_sides_the_draw_and_their_odds() -> None:
    plan = read(FOOTBALL, "round", "date", "time", "outcome", "outcome", "odds", "odds", "odds", draw="Draw")
    assert [(match.name, match.round) for match in plan.matches] == [
        ("Arsenal v Burnley", "1"),
        ("Chelsea v Derby", "1"),
    ]
    assert outcomes(plan)[0] == [("Arsenal", 1500), ("Draw", 4200), ("Burnley", 6500)]
    assert [match.starts_at for match in plan.matches] == [
        datetime(2026, 8, 1, 18, 30, tzinfo=UTC),
        datetime(2026, 8, 2, 12, tzinfo=UTC),
    ]
    assert plan.matches[0].markets[0].kind == "fixed"


def test_columns_nobody_reads_change_nothing() -> None:
    plan = read(FOOTBALL, None, None, None, "outcome", "outcome", None, None, None)
    assert outcomes(plan) == [[("Arsenal", None), ("Burnley", None)], [("Chelsea", None), ("Derby", None)]]


def test_a_match_is_the_same_in_either_layout() -> None:
    wide = read("Round,Home,Away\nFinal,Ada,Bo\n")
    long = plan_of_csv(b"match,round,outcome\nAda v Bo,Final,Ada\nAda v Bo,Final,Bo\n", name="Cup")
    assert [replace(match, rows=()) for match in wide.matches] == [replace(match, rows=()) for match in long.matches]


def test_sides_nobody_knows_yet_have_words() -> None:
    plan = read("Home,Away\nW1,TBD\n")
    assert outcomes(plan) == [[("Winner of match 1", None), ("Second side to be decided", None)]]
    assert not plan.matches[0].markets[0].can_open


def test_a_race_of_fewer_runners_leaves_its_last_columns_empty() -> None:
    plan = read("Race,Runner 1,Runner 2,Runner 3\nDerby,Comet,Duchess,Echo\nOaks,Fable,Gala,\n")
    assert [len(market) for market in outcomes(plan)] == [3, 2]


@pytest.mark.parametrize(
    ("meanings", "draw", "why"),
    [
        ("match - -", None, "columns: choose which columns hold the players or runners"),
        (
            "outcome outcome outcome",
            None,
            "columns: choose which column holds the match; two columns of players name it themselves",
        ),
        ("match match outcome", None, "columns: two columns hold the match; there can be one"),
        ("match outcome time", None, "columns: a column of times needs one of dates"),
        (
            "outcome outcome odds",
            None,
            "columns: there is 1 odds column but 2 player columns; each player has their own odds, or none has",
        ),
        ("match outcome -", "Draw", "columns: a draw goes with two columns of players"),
    ],
)
def test_columns_that_do_not_go_together_are_said(meanings: str, draw: str | None, why: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read("a,b,c\n1,2,3\n", *(None if one == "-" else one for one in meanings.split()), draw=draw)
    assert str(refused.value).splitlines()[0] == why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Home,Away\nAda,Bo\nAda,Bo\n", "row 3: 'Ada v Bo' stands in row 2 already"),
        ("Home,Away\nAda,ada\n", "row 2: 'Ada v ada' has the outcome 'ada' already"),
        ("Race,Runner 1,Runner 2,Runner 3\nDerby,Comet,,\n", "row 2: has too few outcomes: 1; a match has at least 2"),
        ("Race,Runner,Date,Time\nDerby,Comet,,18:00\n", "D2: has the time '18:00' and no date"),
        (
            "Race,Runner,Date\nDerby,Comet,06/11/2026\n",
            "dates: '06/11/2026' may be day and month or month and day; say which",
        ),
        ("Race,Runner,,\n" + "x," * 70 + "\n", "row 2: has 70 cells; the header has 2"),
        ("a," * 16_385 + "\nx\n", "row 1: more than 16,384 columns"),
    ],
)
def test_a_row_that_is_wrong_is_said_with_its_number(text: str, why: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(text)
    assert str(refused.value) == why
