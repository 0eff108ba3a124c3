"""Which match of a newer file is which: worked out without a database, on the small files that failed in real life."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from csv_plans import plan_of_csv
from toteboard.imports.existing import ExistingMatch
from toteboard.imports.merging.difference import difference
from toteboard.imports.merging.facing import facing
from toteboard.imports.merging.identity import identified
from toteboard.imports.merging.recognised import Answer, Identity, MatchedBy
from toteboard.imports.plan import Plan
from toteboard.imports.worldcup import read_worldcup

from .test_difference import existing

CASES = Path(__file__).parent / "samples" / "cases"
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def case(name: str) -> Plan:
    return read_worldcup((CASES / name).read_bytes())


def cup(*matches: dict[str, Any]) -> Plan:
    return read_worldcup(json.dumps({"name": "Cup", "matches": list(matches)}).encode())


def match(one: str, two: str, round_: str = "Semi-final", at: str = "2027-05-01", **said: Any) -> dict[str, Any]:
    return {"round": round_, "date": at, "time": "15:00 UTC", "team1": one, "team2": two} | said


def identity(
    plan: Plan, there: Plan | list[ExistingMatch], answers: Mapping[int, Answer] | None = None, **market: Any
) -> Identity:
    standing = existing(there, **market) if isinstance(there, Plan) else there
    return identified(plan.matches, standing, answers=answers)


def told(found: Identity) -> dict[int, tuple[int, str]]:
    """By the place in the newer file: the place in the older one, and what it was recognised by."""
    return {no: (one.match.id - 1, one.by.value) for no, one in sorted(found.recognised.items())}


def test_the_order_of_a_file_never_matters_where_both_sides_are_named() -> None:
    found = identity(case("01-order-v2.json"), case("01-order-v1.json"), bets=1)
    assert told(found) == {0: (0, "sides"), 1: (2, "sides"), 2: (1, "sides")}
    assert not found.doubts
    assert not found.missing


def test_a_result_stays_with_its_match_and_a_closing_goes_with_its_start() -> None:
    after, before = case("01-order-v2.json"), existing(case("01-order-v1.json"), status="closed", bets=1)
    done = difference(after, identified(after.matches, before), now=NOW, open_markets=True)
    results = {market.id: market.result and market.result["winners"] for market in done.changed_markets}
    # Norte v Sur and Rojo v Azul drew; Este v Oeste has none.
    assert results == {100: [1002], 300: [3002]}
    assert [change.what for change in done.changes[2]] == ["starts_at", "not_played"]


def test_sides_that_become_known_are_the_same_matches() -> None:
    found = identity(case("02-placeholder-v2.json"), case("02-placeholder-v1.json"))
    assert told(found) == {0: (0, "decided"), 1: (1, "place")}
    assert not found.missing


def test_what_is_undecided_is_not_opened() -> None:
    plan = case("02-placeholder-v1.json")
    assert not any(market.can_open for match in plan.matches for market in match.markets)


@pytest.mark.parametrize("bets", [0, 1])
def test_a_renamed_side_is_the_same_match(bets: int) -> None:
    found = identity(case("03-renamed-v2.json"), case("03-renamed-v1.json"), bets=bets)
    assert told(found) == {0: (0, "renamed"), 1: (1, "renamed")}
    assert not found.missing


def test_a_side_called_quite_otherwise_is_asked_where_there_are_bets() -> None:
    before, after = cup(match("Alder", "Birch")), cup(match("Alder", "Zephyr"))
    assert told(identity(after, before)) == {0: (0, "renamed")}
    asked = identity(after, before, bets=1)
    assert asked.doubts[0].match.name == "Alder v Birch"
    assert not asked.recognised
    assert not asked.missing


def test_answers_count() -> None:
    before, after = cup(match("Alder", "Birch")), cup(match("Alder", "Zephyr"))
    same = identity(after, before, {0: Answer("same", 1)}, bets=1)
    assert told(same) == {0: (0, "answer")}
    other = identity(after, before, {0: Answer("other", 1)}, bets=1)
    assert not other.recognised
    assert [one.name for one in other.missing] == ["Alder v Birch"]
    # A person said so: it may be opened.
    assert not other.beside
    skipped = identity(after, before, {0: Answer("skip", 1)}, bets=1)
    assert skipped.skipped == {0}
    assert not skipped.missing


def test_who_plays_somebody_else_now_was_not_renamed() -> None:
    before = cup(match("Alder", "Birch"), match("Cedar", "Dogwood"))
    after = cup(match("Alder", "Cedar"), match("Birch", "Dogwood"))
    found = identity(after, before)
    assert not found.recognised
    assert [one.name for one in found.missing] == ["Alder v Birch", "Cedar v Dogwood"]
    # What a missing one may have become is not opened beside it.
    assert found.beside == {0, 1}
    done = difference(after, found, now=NOW, open_markets=True)
    assert (done.opened, done.not_opened_beside) == (0, 2)


def test_a_new_match_elsewhere_is_opened() -> None:
    before = cup(match("Alder", "Birch"))
    after = cup(match("Cedar", "Dogwood", "Final"))
    done = difference(after, identity(after, before), now=NOW, open_markets=True)
    assert (done.opened, done.not_opened_beside) == (1, 0)


def test_sides_the_other_way_round_are_the_same_match() -> None:
    after = cup(match("Birch", "Alder", score={"ft": [2, 1]}))
    found = identity(after, cup(match("Alder", "Birch")))
    assert told(found) == {0: (0, "turned")}
    faced = facing(after.matches[0], found.recognised[0])
    assert (faced.name, faced.score, faced.markets[0].winner) == ("Alder v Birch", {"ft": [1, 2]}, "Birch")
    assert [name for name, _ in faced.markets[0].outcomes] == ["Alder", "Draw", "Birch"]


def test_two_legs_are_two_matches() -> None:
    legs = match("Alder", "Birch"), match("Birch", "Alder", at="2027-05-08")
    assert told(identity(cup(*legs[::-1]), cup(*legs))) == {0: (1, "sides"), 1: (0, "sides")}
    first = identity(cup(*legs), cup(legs[0]))
    assert told(first) == {0: (0, "sides")}
    # The second leg alone may be the first one moved: asked.
    assert identity(cup(legs[1]), cup(legs[0])).doubts[0].match.id == 1


def test_who_meets_twice_in_a_round_is_told_apart_by_the_day() -> None:
    one, two = match("Alder", "Birch", "Group A"), match("Alder", "Birch", "Group A", "2027-05-08")
    assert told(identity(cup(two, one), cup(one, two))) == {0: (1, "sides"), 1: (0, "sides")}
    assert told(identity(cup(two), cup(one, two))) == {0: (1, "sides")}
    # A third meeting is new.
    third = match("Alder", "Birch", "Group A", "2027-05-15")
    assert told(identity(cup(third, two, one), cup(one, two))) == {1: (1, "sides"), 2: (0, "sides")}


def test_a_number_is_trusted_where_it_fits() -> None:
    before = cup(match("W1", "W2", num=7), match("W3", "W4", num=8))
    after = cup(match("Cedar", "Dogwood", num=8, at="2027-06-01"), match("Alder", "Birch", num=7))
    assert told(identity(after, before)) == {0: (1, "number"), 1: (0, "number")}


def test_numbers_given_anew_lose_against_the_sides() -> None:
    before = cup(match("Alder", "Birch", num=1), match("Cedar", "Dogwood", num=2))
    after = cup(match("Cedar", "Dogwood", num=1), match("Alder", "Birch", num=2))
    assert told(identity(after, before)) == {0: (1, "sides"), 1: (0, "sides")}
    stranger = identity(cup(match("Elm", "Fir", num=1)), before, bets=1)
    assert stranger.doubts[0].why == "the number is the same, the sides are not"


def test_numbers_that_a_newer_file_adds_change_nothing_but_the_number() -> None:
    before, after = cup(match("Alder", "Birch")), cup(match("Alder", "Birch", num=5))
    done = difference(after, identity(after, before), now=NOW, open_markets=False)
    assert done.empty
    assert done.has_to_write


def test_an_older_form_of_a_file_makes_nothing_unknown() -> None:
    before = cup(match("Alder", "Birch", num=7, score={"ft": [1, 0]}))
    older = cup(match("W5", "Birch"))
    there = [replace(one, score={"ft": [1, 0]}) for one in existing(before, status="closed")]
    done = difference(older, identified(older.matches, there), now=NOW, open_markets=False)
    assert done.empty
    assert not done.has_to_write


def test_rounds_in_another_language_are_the_same_rounds() -> None:
    before = cup(match("Alder", "Birch", "Spieltag 4"), match("Birch", "Alder", "Spieltag 21", "2027-11-01"))
    after = cup(match("Alder", "Birch", "Matchday 4"), match("Birch", "Alder", "21. Round", "2027-11-01"))
    assert told(identity(after, before)) == {0: (0, "sides"), 1: (1, "sides")}


def test_sides_that_are_all_renamed_are_the_same_matches() -> None:
    before = cup(match("Vale", "Dock Town"), match("Hill End", "Star"))
    after = cup(match("Hill End FC", "Red Star"), match("Vale FC", "Dock Town AFC"))
    assert told(identity(after, before, bets=1)) == {0: (1, "renamed"), 1: (0, "renamed")}


def test_both_sides_and_the_day_are_enough_where_the_round_is_named_otherwise() -> None:
    before, after = cup(match("Alder", "Birch", "Matchday 9")), cup(match("Alder", "Birch", "League, Matchday 9"))
    assert told(identity(after, before)) == {0: (0, "sides_and_day")}
    elsewhere = cup(match("Alder", "Birch", "Grand final", time="20:00 UTC"))
    assert identity(elsewhere, before).doubts[0].why == "the sides and the day are the same, the round is not"


def test_a_match_that_was_decided_is_not_played_again_unasked() -> None:
    before, after = cup(match("Alder", "Birch", "")), cup(match("Alder", "Birch", "", "2027-05-08"))
    assert (
        identity(after, before, status="settled").doubts[0].why
        == "it was decided already, and the file has a later day"
    )


def test_a_day_ends_where_the_tournament_is() -> None:
    late = match("Alder", "Birch", "Final", time="23:30 UTC-6")
    early = match("Alder", "Birch FC", "Final", time="00:30 UTC-6") | {"date": "2027-05-02"}
    before, after = existing(cup(late)), cup(early)
    assert not identified(after.matches, before, zone=ZoneInfo("America/Mexico_City")).recognised
    assert identified(after.matches, before, zone=UTC).recognised


@pytest.mark.parametrize("name", ["alder v birch", "Alder\u00a0 v  Birch", "Alder – Birch", "ALDER vs Birch"])
def test_a_match_made_by_hand_is_recognised_by_the_same_rule(name: str) -> None:
    there = [replace(one, name=name, is_imported=False, round="") for one in existing(cup(match("Alder", "Birch")))]
    found = identity(cup(match("Alder", "Birch", "")), there)
    assert told(found) == {0: (0, "sides")}
    done = difference(cup(match("Alder", "Birch", "")), found, now=NOW, open_markets=False)
    # White space, case and dashes are no other name.
    assert done.empty


def test_white_space_and_case_never_make_another_match() -> None:
    v1, v2 = (plan_of_csv((CASES / f"15-nbsp-{v}.csv").read_bytes(), name="Cup") for v in ("v1", "v2"))
    assert len(v1.matches) == len(v2.matches) == 1
    assert told(identity(v2, v1, bets=1)) == {0: (0, "sides")}
    assert difference(v2, identity(v2, v1), now=NOW, open_markets=False).empty


def race(name: str, *runners: str, day: str = "2027-05-01") -> Plan:
    rows = "\n".join(f"{name},Day,{day} 15:00,{runner}" for runner in runners)
    return plan_of_csv(f"match,round,starts_at,outcome\n{rows}\n".encode(), name="Races")


def test_a_race_is_its_name_and_those_who_run() -> None:
    before = race("Derby", "Comet", "Duchess", "Echo")
    assert told(identity(race("Derby", "Comet", "Duchess", "Fable"), before, bets=1)) == {0: (0, "name")}
    assert told(identity(race("The Derby", "Comet", "Duchess", "Echo"), before, bets=1)) == {0: (0, "name")}
    strangers = identity(race("Derby", "Gala", "Hazel", "Iris"), before, bets=1)
    assert strangers.doubts[0].why == "it is called the same; others take part"


def test_a_large_file_is_compared_in_time() -> None:
    many = [match(f"Side {no}", f"Other {no}", f"Matchday {no % 40}") for no in range(2000)]
    others = [match(f"Away {no}", f"Home {no}", f"Matchday {no % 40}") for no in range(2000)]
    found = identity(cup(*others), cup(*many))
    assert len(found.missing) == 2000
    assert MatchedBy.SIDES not in {one.by for one in found.recognised.values()}
