"""Files of the openfootball family, well-formed and not."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from toteboard.imports.plan import Plan
from toteboard.imports.worldcup import read_worldcup
from toteboard.spreadsheets.reading import FILE_BYTES_MAX, FileRefused

from .tournaments import WORLD_CUP

SAMPLES = Path(__file__).parent / "samples"


def cup(*matches: dict[str, Any], **more: Any) -> Plan:
    return read_worldcup(json.dumps({"name": "Cup", "matches": list(matches)} | more).encode())


def match(**said: Any) -> dict[str, Any]:
    return {"round": "Final", "date": "2026-07-19", "time": "15:00 UTC-4", "team1": "Alder", "team2": "Birch"} | said


def refused(content: bytes) -> str:
    with pytest.raises(FileRefused) as refusal:
        read_worldcup(content)
    return str(refusal.value)


def test_a_file_becomes_matches_with_one_market_of_three_outcomes() -> None:
    plan = read_worldcup((SAMPLES / "cup.json").read_bytes())
    assert (plan.name, len(plan.matches), plan.outcomes) == ("Harbour Cup 2026", 7, 21)
    first = plan.matches[0]
    assert (first.name, first.round, first.venue) == ("Alder v Birch", "Matchday 1", "North Quay")
    assert first.starts_at == datetime(2026, 6, 11, 19, tzinfo=UTC)
    (market,) = first.markets
    assert market.name == "Result after 90 minutes"
    assert market.outcomes == (("Alder", None), ("Draw", None), ("Birch", None))
    assert market.winner == "Alder"


def test_the_real_world_cup_has_104_matches_and_312_outcomes() -> None:
    plan = read_worldcup(WORLD_CUP.read_bytes())
    assert (len(plan.matches), plan.outcomes, plan.warnings) == (104, 312, ())
    assert len({(match.round, match.sides) for match in plan.matches}) == 104
    final = plan.matches[-1]
    # 1:0 after extra time: after 90 minutes it was a draw.
    assert (final.name, final.markets[0].winner) == ("Spain v Argentina", "Draw")


@pytest.mark.parametrize(
    ("said", "score", "winner"),
    [
        ({"score": {"ft": [2, 1], "ht": [0, 1]}}, {"ft": [2, 1], "ht": [0, 1]}, "Alder"),
        ({"score": {"ft": [1, 1], "et": [2, 1]}}, {"ft": [1, 1], "et": [2, 1]}, "Draw"),
        ({"score": {"ft": [0, 0], "p": [3, 4]}}, {"ft": [0, 0], "p": [3, 4]}, "Draw"),
        ({"score": {"ht": [0, 3]}}, {"ht": [0, 3]}, None),
        ({"score": [0, 2]}, {"ft": [0, 2]}, "Birch"),
        ({"score1": 0, "score2": 2}, {"ft": [0, 2]}, "Birch"),
        ({"score1": None, "score2": None}, None, None),
        ({"score": {}}, None, None),
        ({"score": {"ft": []}}, None, None),
        ({"score": None}, None, None),
        ({}, None, None),
    ],
)
def test_only_the_score_after_90_minutes_decides(said: dict[str, Any], score: Any, winner: str | None) -> None:
    (read,) = cup(match(**said)).matches
    assert (read.score, read.markets[0].winner) == (score, winner)


@pytest.mark.parametrize(
    ("time", "hour", "minute"),
    [
        ("13:00 UTC-6", 19, 0),
        ("13:00 UTC+5:30", 7, 30),
        ("13:00 UTC", 13, 0),
        ("13:00Z", 13, 0),
        ("9:05 UTC+0", 9, 5),
        ("13:00 −3", 16, 0),
    ],
)
def test_times_are_read_with_their_zone(time: str, hour: int, minute: int) -> None:
    plan = cup(match(time=time))
    assert plan.matches[0].starts_at == datetime(2026, 7, 19, hour, minute, tzinfo=UTC)
    assert plan.warnings == ()


def test_times_without_a_zone_are_the_tournaments_and_counted() -> None:
    rows = [match(time="18:00"), match(time=None, num=2), match(date=None, num=3)]
    plan = read_worldcup(json.dumps({"name": "Cup", "matches": rows}).encode(), zone=ZoneInfo("Europe/Berlin"))
    assert [m.starts_at for m in plan.matches] == [
        datetime(2026, 7, 19, 16, tzinfo=UTC),
        datetime(2026, 7, 19, 10, tzinfo=UTC),
        None,
    ]
    assert [warning.split(":")[0] for warning in plan.warnings] == [
        "1 match without a time zone",
        "1 match without a time",
        "1 match without a date",
    ]


@pytest.mark.parametrize(
    ("team", "name"),
    [
        ("W74", "Winner of match 74"),
        ("L101", "Loser of match 101"),
        ("1A", "Winner of group A"),
        ("2B", "Second of group B"),
        ("3A/B/C/D/F", "Third of group A/B/C/D/F"),
        ("TBD", "First side to be decided"),
        (None, "First side to be decided"),
        ("", "First side to be decided"),
    ],
)
def test_sides_that_are_not_known_get_names_and_their_market_cannot_open(team: str | None, name: str) -> None:
    (read,) = cup(match(team1=team)).matches
    assert read.markets[0].outcomes[0] == (name, None)
    assert not read.markets[0].can_open


def test_two_unknown_sides_do_not_play_against_themselves() -> None:
    (read,) = cup(match(team1=None, team2="TBD")).matches
    assert read.name == "First side to be decided v Second side to be decided"


def test_the_older_shape_with_rounds_is_read() -> None:
    rounds = [{"name": "Final", "matches": [match(round=None)]}, {"name": "Third place", "matches": []}]
    plan = read_worldcup(json.dumps({"name": "Cup", "rounds": rounds}).encode())
    assert [(m.round, m.name) for m in plan.matches] == [("Final", "Alder v Birch")]


def test_a_key_that_stands_twice_is_refused_with_its_match() -> None:
    text = refused(b'{"name":"Cup","matches":[{"team1":"A","team2":"B"},{"team1":"A","team1":"C","team2":"B"}]}')
    assert text == "match 2: the key 'team1' stands twice"


def test_a_key_that_stands_twice_deep_inside_is_refused_with_its_match() -> None:
    text = refused(b'{"name":"Cup","matches":[{"team1":"A","team2":"B","goals1":[{"name":1,"name":2}]}]}')
    assert text == "match 1: the key 'name' stands twice"


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
def test_what_is_no_number_is_refused_with_its_match(number: bytes) -> None:
    row = b'{"team1":"A","team2":"B","score":{"ft":[' + number + b",1]}}"
    assert refused(b'{"name":"Cup","matches":[' + row + b"]}") == "match 1: NaN and Infinity are not numbers"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"team1": "Birch"}, "'Birch' plays against itself"),
        ({"team1": 7}, "team1 is not a team's name"),
        ({"team1": "A\x00"}, "team1: the character U+0000 may not stand in a name"),
        ({"team1": "A\u202e"}, "team1: the character U+202E may not stand in a name"),
        ({"team1": "x" * 201}, "team1 has 201 characters; at most 200 are taken"),
        ({"date": "2026-02-30"}, "'2026-02-30' is no date: day is out of range for month"),
        ({"date": "tomorrow"}, "'tomorrow' is no date; use 2026-06-11 or 11.06.2026"),
        ({"date": "9999-01-01"}, "the year 9999 is out of range"),
        ({"date": 20260611}, "the date is not text; use 2026-06-11"),
        ({"time": "25:00"}, "'25:00' is no time; use 13:00, or 13:00 UTC-6"),
        ({"time": "13:00 UTC+99"}, "'13:00 UTC+99' is no time; use 13:00, or 13:00 UTC-6"),
        ({"time": "13:00 LMT"}, "'13:00 LMT' is no time; use 13:00, or 13:00 UTC-6"),
        ({"score": {"ft": [2]}}, "score ft [2] is not two numbers of goals"),
        ({"score": {"ft": [2, -1]}}, "score ft [2, -1] is not two numbers of goals"),
        ({"score": {"ft": [2, True]}}, "score ft [2, True] is not two numbers of goals"),
        ({"score": {"ft": [2.5, 1]}}, "score ft [2.5, 1] is not two numbers of goals"),
        ({"score": "2:1"}, "score is neither [2, 1] nor an object with ft"),
        ({"num": "7"}, "num '7' is not a number from 1 to 10000"),
        ({"num": 10**9}, "num 1000000000 is not a number from 1 to 10000"),
    ],
)
def test_a_wrong_match_is_refused_with_its_row(said: dict[str, Any], why: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        cup(match(num=1), match(**said))
    assert str(refusal.value) == f"match 2: {why}"


def test_every_wrong_match_is_said_but_not_without_end() -> None:
    with pytest.raises(FileRefused) as refusal:
        cup(*(match(team1="Birch") for _ in range(50)))
    assert len(refusal.value.errors) == 21
    assert str(refusal.value.errors[19]).startswith("match 20:")


def test_a_number_given_twice_names_both_matches() -> None:
    with pytest.raises(FileRefused, match="match 2: num 7 is also match 1's"):
        cup(match(num=7), match(num=7))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON"),
        (b'{"name":"Cup","matches":[}', "row 1, column 26: not JSON"),
        (b'{"name":"Cup",\n"matches":[{]}', "row 2"),
        (b"[1]", "is not an object"),
        (b'{"name":"Cup"}', 'neither "matches" nor "rounds"'),
        (b'{"name":"Cup","matches":[]}', "has no matches"),
        (b'{"name":"Cup","name":"Cup","matches":[]}', "outermost object has the key 'name' twice"),
        (b'{"name":"","matches":[{}]}', "the tournament's name"),
        (b'{"name":"Cup","matches":[7]}', "match 1: is not an object"),
        (b'{"name":"Cup","rounds":[7]}', "round 1"),
        (b'{"name":"Cup","matches":' + b"[" * 100_000, "nested too deeply"),
        (b'{"name":"Cup","matches":[{"num":' + b"1" * 5000 + b"}]}", "thousands of digits"),
        (b" " * (FILE_BYTES_MAX + 1), "at most 16,777,216 are taken"),
        (b'{"name":"Cup","matches":[' + b",".join([b"{}"] * 2001) + b"]}", "at most 2,000 are taken"),
    ],
)
def test_a_file_that_is_none_is_refused(content: bytes, why: str) -> None:
    assert why in refused(content)
