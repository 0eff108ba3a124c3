"""A market's closing goes with its match's start, or is a time of its own; matches are delayed together."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from .scenarios import ApiScenario, fields

START = "2031-06-11T19:00:00Z"


async def match_with(
    scenario: ApiScenario, starts_at: str | None = START, **terms: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A match that begins then, and a market of it."""
    match = await scenario.new_match(starts_at=starts_at)
    made = await scenario.organizer.post(
        "/api/market",
        json={"match_id": match["id"], "name": "Winner", "kind": "pool", "outcomes": [{"name": "A"}, {"name": "B"}]}
        | terms,
    )
    assert made.status_code == 201, made.text
    return match, made.json()


async def seen(scenario: ApiScenario, market: dict[str, Any]) -> dict[str, Any]:
    return dict((await scenario.organizer.get(f"/api/market/{market['id']}")).json())


async def test_a_market_closes_with_its_matchs_start_and_an_offset(scenario: ApiScenario) -> None:
    _, market = await match_with(scenario, closes_offset_s=-300)
    assert (market["closes_at"], market["closes_offset_s"]) == ("2031-06-11T18:55:00Z", -300)


async def test_a_moved_start_moves_the_closing(scenario: ApiScenario) -> None:
    match, market = await match_with(scenario, closes_offset_s=0)
    await scenario.do(market, "open")
    moved = await scenario.organizer.patch(f"/api/match/{match['id']}", json={"starts_at": "2031-06-10T19:00:00Z"})
    assert moved.status_code == 200
    after = await seen(scenario, market)
    assert after["closes_at"] == "2031-06-10T19:00:00Z"
    # Whoever edits the market meanwhile sees that it changed.
    assert after["version"] > market["version"]
    (row,) = await scenario.records.audited("market.edited")
    assert [text[:16] for text in row["details"]["closes_at"]] == ["2031-06-11T19:00", "2031-06-10T19:00"]


async def test_a_time_of_its_own_stays_where_the_start_is_moved(scenario: ApiScenario) -> None:
    match, market = await match_with(scenario, closes_at=START)
    assert market["closes_offset_s"] is None
    await scenario.organizer.patch(f"/api/match/{match['id']}", json={"starts_at": "2031-06-10T19:00:00Z"})
    assert (await seen(scenario, market))["closes_at"] == START


async def test_a_closing_can_be_given_to_the_start_and_taken_from_it(scenario: ApiScenario) -> None:
    _, market = await match_with(scenario, closes_at="2031-06-11T20:00:00Z")
    path = f"/api/market/{market['id']}"
    with_start = (await scenario.organizer.patch(path, json={"closes_offset_s": -60})).json()
    assert (with_start["closes_at"], with_start["closes_offset_s"]) == ("2031-06-11T18:59:00Z", -60)
    own = (await scenario.organizer.patch(path, json={"closes_at": "2031-06-11T18:30:00Z"})).json()
    assert (own["closes_at"], own["closes_offset_s"]) == ("2031-06-11T18:30:00Z", None)
    both = await scenario.organizer.patch(path, json={"closes_at": "2031-06-11T18:00:00Z", "closes_offset_s": 0})
    assert fields(both) == ["closes_at"]


async def test_a_market_of_a_match_without_a_start_closes_once_there_is_one(scenario: ApiScenario) -> None:
    match, market = await match_with(scenario, starts_at=None, closes_offset_s=0)
    assert market["closes_at"] is None
    await scenario.organizer.patch(f"/api/match/{match['id']}", json={"starts_at": START})
    assert (await seen(scenario, market))["closes_at"] == START


async def test_an_open_market_is_not_closed_in_the_past_by_a_moved_start(scenario: ApiScenario) -> None:
    match, market = await match_with(scenario, closes_offset_s=0)
    await scenario.do(market, "open")
    refused = await scenario.organizer.patch(f"/api/match/{match['id']}", json={"starts_at": "2020-01-01T00:00:00Z"})
    assert (refused.status_code, refused.json()["field"]) == (409, "starts_at")
    assert (await seen(scenario, market))["closes_at"] == START
    # A draft may say anything: it is looked at when it opens.
    await scenario.do(market, "suspend")
    assert (await seen(scenario, market))["status"] == "suspended"


async def test_a_closed_market_keeps_when_it_closed(scenario: ApiScenario) -> None:
    match, market = await match_with(scenario, closes_offset_s=0)
    await scenario.do(market, "open")
    closed = await scenario.do(market, "close")
    await scenario.organizer.patch(f"/api/match/{match['id']}", json={"starts_at": "2032-01-01T00:00:00Z"})
    assert (await seen(scenario, market))["closes_at"] == closed["closes_at"]


async def test_everything_from_here_is_delayed_together(scenario: ApiScenario) -> None:
    before, early = await match_with(scenario, starts_at="2031-06-11T18:00:00Z", closes_offset_s=0)
    here, first = await match_with(scenario, closes_offset_s=0)
    _, second = await match_with(scenario, starts_at="2031-06-11T20:00:00Z", closes_offset_s=-600)
    _, own = await match_with(scenario, starts_at="2031-06-11T21:00:00Z", closes_at="2031-06-11T20:45:00Z")
    path = f"/api/match/{here['id']}/delay"
    looked = (await scenario.organizer.post(path, json={"minutes": 15, "dry_run": True})).json()
    assert [match["starts_at"] for match in looked["matches"]] == [
        "2031-06-11T19:15:00Z",
        "2031-06-11T20:15:00Z",
        "2031-06-11T21:15:00Z",
    ]
    assert [(market["id"], market["is_closed"]) for market in looked["kept"]] == [(own["id"], False)]
    assert (await seen(scenario, first))["closes_at"] == START
    assert (await scenario.organizer.post(path, json={"minutes": 15})).json() == looked
    closings = [(await seen(scenario, market))["closes_at"] for market in (early, first, second, own)]
    assert closings == [
        "2031-06-11T18:00:00Z",
        "2031-06-11T19:15:00Z",
        "2031-06-11T20:05:00Z",
        "2031-06-11T20:45:00Z",
    ]
    assert (await scenario.organizer.get(f"/api/match/{before['id']}")).json()["starts_at"] == "2031-06-11T18:00:00Z"
    assert len(await scenario.records.audited("match.edited")) == 3


async def test_a_market_that_is_closed_already_is_told_and_stays(scenario: ApiScenario) -> None:
    here, market = await match_with(scenario, closes_offset_s=0)
    await scenario.do(market, "open")
    await scenario.do(market, "close")
    done = (await scenario.organizer.post(f"/api/match/{here['id']}/delay", json={"minutes": 15})).json()
    assert [(one["match"], one["is_closed"]) for one in done["kept"]] == [(here["name"], True)]
    assert done["matches"][0]["markets"] == 0


@pytest.mark.parametrize("minutes", [0, -15, 10_081, 1.5, "15"])
async def test_a_delay_is_whole_minutes_within_a_week(scenario: ApiScenario, minutes: Any) -> None:
    here, _ = await match_with(scenario)
    refused = await scenario.organizer.post(f"/api/match/{here['id']}/delay", json={"minutes": minutes})
    assert fields(refused) == ["minutes"]


async def test_a_match_without_a_start_cannot_be_delayed(scenario: ApiScenario) -> None:
    here, _ = await match_with(scenario, starts_at=None)
    refused = await scenario.organizer.post(f"/api/match/{here['id']}/delay", json={"minutes": 15})
    assert fields(refused) == ["minutes"]
    far, _ = await match_with(scenario, starts_at="2199-12-31T23:50:00Z")
    assert (await scenario.organizer.post(f"/api/match/{far['id']}/delay", json={"minutes": 15})).status_code == 200
    assert fields(await scenario.organizer.post(f"/api/match/{far['id']}/delay", json={"minutes": 15})) == ["minutes"]


async def test_only_the_organizer_delays(scenario: ApiScenario) -> None:
    here, _ = await match_with(scenario)
    path = f"/api/match/{here['id']}/delay"
    assert (await scenario.bettor.post(path, json={"minutes": 15})).status_code == 403
    assert (await scenario.organizer.post("/api/match/999999/delay", json={"minutes": 15})).status_code == 404


async def test_a_match_that_is_not_played_says_so_on_the_board(scenario: ApiScenario) -> None:
    match, _ = await match_with(scenario)
    path = f"/api/match/{match['id']}"
    assert (await scenario.organizer.patch(path, json={"not_played": "postponed"})).json()["not_played"] == "postponed"
    board = (await scenario.organizer.get(f"/api/tournament/{scenario.tournament_id}/board")).json()
    assert [one["not_played"] for one in board["matches"] if one["id"] == match["id"]] == ["postponed"]
    assert fields(await scenario.organizer.patch(path, json={"not_played": "eaten by a dog"})) == ["not_played"]
    assert (await scenario.organizer.patch(path, json={"not_played": None})).json()["not_played"] is None


def test_the_start_of_these_tests_is_still_to_come() -> None:
    assert datetime.fromisoformat(START) > datetime.now(UTC) + timedelta(days=1)
