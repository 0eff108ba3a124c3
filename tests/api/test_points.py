"""Tournaments for points: no identity check where none is wanted, and the same points for everybody at joining."""

from uuid import uuid4

import pytest

from .clients import code
from .scenarios import ApiScenario, taken


async def points(scenario: ApiScenario, currency: str = "PTS", **more: object) -> dict[str, object]:
    asked = {"name": "Office pool", "currency": currency, "kyc_provider": "none", "starting_points": 1000}
    return taken(await scenario.admin.post("/api/tournament", json=asked | more))


@pytest.mark.parametrize("currency", ["PTS", "PTC"])
async def test_who_joins_can_bet_at_once(scenario: ApiScenario, currency: str) -> None:
    pool = await points(scenario, currency)
    joined = taken(await scenario.stranger.post(f"/api/tournament/{pool['id']}/join"))
    assert joined["balance"] == 1000
    # Joining again gives nothing again.
    assert taken(await scenario.stranger.post(f"/api/tournament/{pool['id']}/join"))["balance"] == 1000
    match = taken(await scenario.admin.post("/api/match", json={"tournament_id": pool["id"], "name": "Ada v Bo"}))
    outcomes = [{"name": "Ada"}, {"name": "Bo"}]
    asked = {"match_id": match["id"], "name": "Winner", "kind": "pool", "outcomes": outcomes}
    market = taken(await scenario.admin.post("/api/market", json=asked))
    taken(await scenario.admin.post(f"/api/market/{market['id']}/open"), 200)
    placed = await scenario.bet(scenario.stranger, market["outcomes"][0]["id"], 100, currency)
    assert placed == 0
    (deposited,) = [
        row for row in await scenario.records.audited("wallet.deposited") if row["tournament_id"] == pool["id"]
    ]
    assert (deposited["details"]["amount"], deposited["details"]["note"]) == (1000, "starting points")
    refused = await scenario.stranger.post("/api/kyc", json={"tournament_id": pool["id"]})
    assert (refused.status_code, code(refused)) == (409, "STATE")
    await scenario.records.assert_balanced()


async def test_a_check_that_is_switched_on_again_bars_who_was_never_seen(scenario: ApiScenario) -> None:
    pool = await points(scenario)
    taken(await scenario.stranger.post(f"/api/tournament/{pool['id']}/join"))
    eligibility = "SELECT eligibility FROM accounts WHERE kind = 'wallet' AND tournament_id = $1"
    assert await scenario.value(eligibility, pool["id"]) == 0
    path = f"/api/tournament/{pool['id']}"
    taken(await scenario.admin.patch(path, json={"kyc_provider": "desk", "starting_points": 0}), 200)
    assert await scenario.value(eligibility, pool["id"]) == 8
    await scenario.records.assert_balanced()
    late = await scenario.sign_up(f"late {uuid4()}")
    assert taken(await late.post(f"{path}/join"))["balance"] == 0


async def test_where_money_is_played_for_there_is_neither(scenario: ApiScenario) -> None:
    for wrong in ({"kyc_provider": "none"}, {"starting_points": 1}):
        made = {"name": "Cup for money", "currency": "EUR"} | wrong
        answers = (
            await scenario.admin.post("/api/tournament", json=made),
            await scenario.organizer.patch(f"/api/tournament/{scenario.tournament_id}", json=wrong),
        )
        for answer in answers:
            assert (answer.status_code, code(answer)) == (409, "STATE")
    for foul in (-1, 1.5, "1", True, 10**12):
        answer = await scenario.admin.post(
            "/api/tournament", json={"name": "Pool", "currency": "PTS", "starting_points": foul}
        )
        assert answer.status_code == 422
