"""My bets as the API lists them: filtered, paged, and nobody else's."""

from typing import Any
from uuid import uuid4

import pytest

from .clients import code
from .scenarios import SQL_TEXTS, ApiScenario, taken


async def bets(scenario: ApiScenario, count: int) -> dict[str, Any]:
    """A market, with this many bets of the bettor on its first outcome."""
    market = await scenario.open_market()
    await scenario.fund(scenario.bettor, 100_000)
    for number in range(count):
        assert await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], 100 + number) == 0
    return market


async def listed(scenario: ApiScenario, **asked: Any) -> dict[str, Any]:
    return taken(await scenario.bettor.get("/api/bet", params=asked), 200)


async def test_my_bets_come_newest_first_with_what_stands_around_them(scenario: ApiScenario) -> None:
    market = await bets(scenario, 2)
    newest, oldest = (await listed(scenario))["items"]
    assert (newest["stake"], oldest["stake"]) == (101, 100)
    assert newest["status"] == "pending"
    assert newest["payout"] is None
    assert (newest["match"], newest["market"], newest["outcome"]) == ("Mexico – Norway", "Match winner", "Mexico")
    assert (newest["market_id"], newest["currency"], newest["exponent"]) == (market["id"], "EUR", 2)


async def test_pages_follow_each_other_without_gap_or_overlap(scenario: ApiScenario) -> None:
    await bets(scenario, 7)
    seen, after = [], None
    while True:
        page = await listed(scenario, limit=3, **({"after": after} if after else {}))
        seen += [bet["stake"] for bet in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == [106, 105, 104, 103, 102, 101, 100]


async def test_filters_narrow_by_tournament_market_and_status(scenario: ApiScenario) -> None:
    market = await bets(scenario, 2)
    assert (
        len((await listed(scenario, tournament=scenario.tournament_id, market=market["id"], status="pending"))["items"])
        == 2
    )
    assert (await listed(scenario, status="won"))["items"] == []
    assert (await listed(scenario, market=market["id"] + 1))["items"] == []
    assert (await listed(scenario, tournament=scenario.tournament_id + 1))["items"] == []


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 0},
        {"limit": 201},
        {"after": "x"},
        {"after": "١"},
        {"status": "paid"},
        {"market": 2**63},
        {"tournament": 0},
    ]
    + [{"status": text} for text in SQL_TEXTS]
    + [{"after": text} for text in SQL_TEXTS],
)
async def test_a_filter_that_is_none_is_refused(scenario: ApiScenario, asked: dict[str, Any]) -> None:
    answer = await scenario.bettor.get("/api/bet", params=asked)
    assert (answer.status_code, code(answer)) == (422, "INVALID")


async def test_anothers_bet_is_as_unknown_as_none(scenario: ApiScenario) -> None:
    await bets(scenario, 1)
    (mine,) = (await listed(scenario))["items"]
    assert taken(await scenario.bettor.get(f"/api/bet/{mine['id']}"), 200)["stake"] == 100
    for member in (scenario.stranger, scenario.organizer, scenario.auditor):
        assert code(await member.get(f"/api/bet/{mine['id']}")) == "NOT_FOUND"
        assert (await member.get("/api/bet")).json()["items"] == []
    assert code(await scenario.bettor.get(f"/api/bet/{uuid4()}")) == "NOT_FOUND"
    assert (await scenario.bettor.get("/api/bet/no-uuid")).status_code == 422


async def test_nobody_has_no_bets(scenario: ApiScenario, client: Any) -> None:
    assert code(await client.get("/api/bet")) == "UNAUTHENTICATED"
    assert code(await client.get(f"/api/bet/{uuid4()}")) == "UNAUTHENTICATED"
