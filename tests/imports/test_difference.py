"""What a plan changes of what stands: worked out without a database."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from csv_plans import plan_of_csv
from toteboard.imports.existing import ExistingMarket, ExistingMatch, ExistingOutcome
from toteboard.imports.merging.difference import Difference, difference
from toteboard.imports.merging.identity import identified
from toteboard.imports.plan import Plan, PlannedMatch, new_schedule, scheduled
from toteboard.imports.worldcup import read_worldcup

SAMPLES = Path(__file__).parent / "samples"
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def existing(plan: Plan, **market: Any) -> list[ExistingMatch]:
    """The plan as it would stand, its markets changed as given."""
    return [_match(match, no, market) for no, match in enumerate(plan.matches, start=1)]


def _match(match: PlannedMatch, no: int, changed: dict[str, Any]) -> ExistingMatch:
    markets = tuple(
        replace(
            ExistingMarket(
                id=100 * no,
                key=market.key,
                name=market.name,
                kind=market.kind,
                status="draft",
                opens_at=None,
                closes_at=match.starts_at,
                closes_offset_s=0,
                result=None,
                bets=0,
                outcomes=tuple(
                    ExistingOutcome(id=1000 * no + lane_no, name=name, lane_no=lane_no, odds_milli=odds)
                    for lane_no, (name, odds) in enumerate(market.outcomes, start=1)
                ),
            ),
            **changed,
        )
        for market in match.markets
    )
    return ExistingMatch(
        id=no,
        name=match.name,
        round=match.round,
        venue=match.venue,
        starts_at=match.starts_at,
        score=None,
        number=match.number,
        is_imported=True,
        not_played=match.not_played,
        markets=markets,
    )


def cup(one: str = "Alder", two: str = "Birch", **said: Any) -> Plan:
    row = {"num": 1, "round": "Final", "date": "2026-07-19", "time": "15:00 UTC", "team1": one, "team2": two} | said
    return read_worldcup(json.dumps({"name": "Cup", "matches": [row]}).encode())


def compared(plan: Plan, there: list[ExistingMatch], *, now: datetime = NOW, open_markets: bool = False) -> Difference:
    return difference(plan, identified(plan.matches, there), now=now, open_markets=open_markets)


def test_the_same_plan_changes_nothing() -> None:
    plan = read_worldcup((SAMPLES / "cup.json").read_bytes())
    found = compared(plan, existing(plan))
    assert found.empty
    assert found.unchanged == 7


def test_what_is_not_there_is_new_and_a_draft() -> None:
    plan = read_worldcup((SAMPLES / "cup.json").read_bytes())
    found = compared(plan, [])
    assert len(found.new_matches) == 7
    assert {market.status for market in found.new_markets} == {"draft"}


def test_markets_open_when_asked_if_both_sides_are_known_and_it_has_not_begun() -> None:
    plan = read_worldcup((SAMPLES / "cup.json").read_bytes())
    found = compared(plan, [], now=datetime(2026, 6, 12, tzinfo=UTC), open_markets=True)
    assert [market.status for market in found.new_markets] == [
        "draft",
        "draft",
        "open",
        "open",
        "draft",
        "draft",
        "draft",
    ]
    assert (found.opened, found.begun) == (2, 2)


def test_a_fixed_market_without_odds_is_not_opened() -> None:
    plan = read_worldcup((SAMPLES / "cup.json").read_bytes(), kind="fixed")
    assert compared(plan, [], open_markets=True).opened == 0


def test_real_names_take_the_place_of_unknown_ones() -> None:
    there = existing(cup("W5", "TBD"), bets=3)
    found = compared(cup(), there)
    assert found.renamed == [(1001, "Alder"), (1003, "Birch")]
    assert found.touched_matches == {1}
    assert found.new_matches == []


def test_a_name_that_was_bet_on_stays() -> None:
    found = compared(cup("Elder"), existing(cup(), bets=3))
    assert found.renamed == []
    assert found.warnings == ["Elder v Birch: 'Alder' was bet on and keeps its name; the file says 'Elder'"]


def test_sides_that_swap_places_keep_their_outcomes() -> None:
    found = compared(cup("Birch", "Alder"), existing(cup(), bets=3))
    assert found.renamed == []
    assert found.warnings == []


def test_a_result_is_entered_only_where_the_market_is_closed() -> None:
    plan = cup(score={"ft": [0, 1]})
    for status in ("draft", "open", "suspended"):
        found = compared(plan, existing(plan, status=status))
        assert found.results_waiting == {status: 1}
        assert found.results_entered == 0
    found = compared(plan, existing(plan, status="closed"))
    assert found.results_entered == 1
    (changed,) = found.changed_markets
    assert (changed.status, changed.result and changed.result["winners"]) == ("resulted", [1003])


def test_an_entered_result_is_never_changed() -> None:
    plan = cup(score={"ft": [0, 1]})
    for status in ("resulted", "settling", "settled"):
        found = compared(plan, existing(plan, status=status, result={"winners": [1001]}))
        assert found.changed_markets == []
        assert found.warnings == ["Alder v Birch: the file says 'Birch'; another result was entered and stays"]
        assert compared(plan, existing(plan, status=status, result={"winners": [1003]})).warnings == []


def test_a_winner_the_market_does_not_have_is_said() -> None:
    there = existing(cup("Alder", "Fir"), status="closed", bets=1)
    found = compared(cup(score={"ft": [0, 1]}), there)
    assert found.results_entered == 0
    assert found.warnings[-1] == "Alder v Birch: 'Birch' has won and is not among the market's outcomes"


def test_the_score_of_a_match_still_to_come_is_kept_back() -> None:
    plan = cup(score={"ft": [0, 1]})
    assert compared(plan, []).new_matches[0][1].score is None
    assert compared(plan, [], now=datetime(2026, 7, 20, tzinfo=UTC)).new_matches[0][1].score == {"ft": [0, 1]}


def test_a_markets_closing_follows_its_match_unless_somebody_moved_it() -> None:
    later = cup(date="2026-07-20")
    (changed,) = compared(later, existing(cup(), status="open")).changed_markets
    assert changed.closes_at == datetime(2026, 7, 20, 15, tzinfo=UTC)
    by_hand = existing(cup(), status="open", closes_at=datetime(2026, 7, 19, 14, tzinfo=UTC), closes_offset_s=None)
    assert compared(later, by_hand).changed_markets == []
    assert compared(later, existing(cup(), status="closed")).changed_markets == []


def race(*rows: str) -> Plan:
    return plan_of_csv("\n".join(["match,outcome,odds", *rows]).encode(), name="Races")


def test_odds_are_the_files_in_a_draft_and_the_organizers_afterwards() -> None:
    there = existing(race("Derby,Comet,2.5", "Derby,Duchess,3"))
    plan = race("Derby,Comet,2.6", "Derby,Duchess,3")
    assert compared(plan, there).repriced == [(1001, 2600)]
    opened = [replace(match, markets=tuple(replace(m, status="open") for m in match.markets)) for match in there]
    found = compared(plan, opened)
    assert found.repriced == []
    assert found.warnings == ["Derby: the odds of 'Comet' are the organizer's now and stay"]


def test_what_the_file_has_no_word_for_stays_as_people_made_it() -> None:
    plan = race("Derby,Comet,2.5", "Derby,Duchess,3")
    there = [
        replace(match, venue="Harbour", score={"ft": [1, 0]}, starts_at=datetime(2026, 7, 19, 15, tzinfo=UTC))
        for match in existing(plan)
    ]
    assert compared(plan, there).changed_matches == []
    timed = plan_of_csv(b"match,outcome,starts_at\nDerby,Comet,2026-07-20 15:00\nDerby,Duchess,\n", name="Races")
    ((_, changed),) = compared(timed, there).changed_matches
    assert (changed.venue, changed.score) == ("Harbour", {"ft": [1, 0]})
    assert changed.starts_at == datetime(2026, 7, 20, 15, tzinfo=UTC)


def test_outcomes_are_recognised_by_name_in_any_order() -> None:
    there = existing(race("Derby,Comet,2.5", "Derby,Duchess,3"))
    assert compared(race("Derby,Duchess,3", "Derby,Comet,2.5"), there).empty


def test_a_new_outcome_joins_a_draft_and_not_an_open_market() -> None:
    plan = race("Derby,Comet,2.5", "Derby,Duchess,3", "Derby,Nimbus,9")
    before = race("Derby,Comet,2.5", "Derby,Duchess,3")
    assert compared(plan, existing(before)).new_outcomes == [(100, "Nimbus", 3, 9000)]
    found = compared(plan, existing(before, status="open"))
    assert found.new_outcomes == []
    assert found.warnings == ["Derby: 'Nimbus' is new; its market is open and stays as it is"]


def test_an_outcome_that_left_the_file_stays_and_is_said() -> None:
    found = compared(race("Derby,Comet,2.5"), existing(race("Derby,Comet,2.5", "Derby,Duchess,3")))
    assert found.empty
    assert found.warnings == ["Derby: 'Duchess' is not in the file any more; left as it is"]


def test_a_schedule_moves_the_first_match_and_keeps_the_distances() -> None:
    plan = read_worldcup((SAMPLES / "cup.json").read_bytes())
    first = datetime(2027, 1, 1, 12, tzinfo=UTC)
    moved = scheduled(plan, new_schedule(plan, first_at=first, every=None))
    assert moved.first_at == first
    distances = {
        (a.starts_at - b.starts_at) if a.starts_at and b.starts_at else None
        for a, b in zip(moved.matches, plan.matches, strict=True)
    }
    assert len(distances) == 1


def test_a_schedule_can_space_the_matches_evenly_in_their_order() -> None:
    plan = read_worldcup((SAMPLES / "cup.json").read_bytes())
    first = datetime(2027, 1, 1, 12, tzinfo=UTC)
    moved = scheduled(plan, new_schedule(plan, first_at=first, every=timedelta(minutes=10)))
    starts = sorted(match.starts_at for match in moved.matches if match.starts_at)
    assert starts == [first + no * timedelta(minutes=10) for no in range(7)]
    # The second match of the file begins first, by its zone.
    assert moved.matches[1].starts_at == first


def test_a_new_start_before_the_opening_time_leaves_the_closing_time_and_says_so() -> None:
    opens_at = datetime(2026, 7, 19, 14, tzinfo=UTC)
    found = compared(cup(time="13:00 UTC"), existing(cup(), status="open", opens_at=opens_at))
    assert [warning for warning in found.warnings if "opening time" in warning]
    assert found.changed_markets == []
