"""Nobody decides about themselves: money, identity, markets they have bets on. And nothing is paid in for the excluded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from .clients import ApiClient, code
from .scenarios import ApiScenario, taken


async def staff_with_bets(scenario: ApiScenario, **more: Any) -> dict[str, Any]:
    """A closed market that the organizer has 25.00 on: as whoever was a bettor before."""
    market = await scenario.open_market("2.00", "3.00", **more)
    await scenario.records.add_member(scenario.tournament_id, scenario.organizer, "bettor")
    await scenario.fund(scenario.organizer, 5000)
    assert await scenario.bet(scenario.organizer, market["outcomes"][0]["id"], 2500) == 0
    await scenario.records.add_member(scenario.tournament_id, scenario.organizer, "organizer")
    return await scenario.do(market, "close")


async def four_eyes(scenario: ApiScenario) -> ApiClient:
    """Asks for them; gives a second organizer."""
    path = f"/api/tournament/{scenario.tournament_id}"
    assert taken(await scenario.organizer.patch(path, json={"four_eyes": True}), 200)["four_eyes"] is True
    return await scenario.add_member("Second", "organizer")


@pytest.mark.parametrize("role", ["cashier", "organizer"])
async def test_nobody_pays_themselves_in_or_out(scenario: ApiScenario, role: str) -> None:
    who: ApiClient = getattr(scenario, role)
    await scenario.records.add_member(scenario.tournament_id, who, "bettor")
    wallet_id = await scenario.fund(who, 1000) if role == "organizer" else (await scenario.wallet_of(who))["id"]
    await scenario.records.add_member(scenario.tournament_id, who, role)  # type: ignore[arg-type]
    before = await scenario.value("SELECT balance FROM accounts WHERE id = $1", wallet_id)
    for direction in ("deposit", "withdrawal"):
        answer = await scenario.move(wallet_id, direction, 100, by=who)
        assert code(answer) == "FORBIDDEN"
        assert "a colleague" in answer.json()["detail"]
    assert await scenario.value("SELECT balance FROM accounts WHERE id = $1", wallet_id) == before
    rows = await scenario.records.audited("access.denied")
    assert [(row["user_id"], row["tournament_id"]) for row in rows] == [(who.id, scenario.tournament_id)] * 2
    # A colleague does it.
    colleague = await scenario.add_member("Colleague", "cashier")
    taken(await scenario.move(wallet_id, "deposit", 100, by=colleague))


async def test_an_admin_who_bets_pays_themselves_in_neither(scenario: ApiScenario) -> None:
    taken(await scenario.admin.post(f"/api/tournament/{(await scenario.new_tournament('Own'))['id']}/join"), 403)
    await scenario.records.add_member(scenario.tournament_id, scenario.admin, "bettor")
    wallet_id = (await scenario.wallet_of(scenario.admin))["id"]
    assert code(await scenario.move(wallet_id, "deposit", 100, by=scenario.admin)) == "FORBIDDEN"


async def test_nothing_is_paid_in_for_the_excluded_but_what_they_owe(scenario: ApiScenario) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    until = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    taken(await scenario.bettor.post("/api/exclusion", json={"until": until}))
    answer = await scenario.move(wallet_id, "deposit", 100)
    assert code(answer) == "EXCLUDED"
    assert "nothing is paid in" in answer.json()["detail"]
    # What is theirs is paid out, and what they owe is taken.
    taken(await scenario.move(wallet_id, "withdrawal", 1000))
    await scenario.records.conn.execute("UPDATE accounts SET owed = 300 WHERE id = $1", wallet_id)
    assert code(await scenario.move(wallet_id, "deposit", 301)) == "EXCLUDED"
    assert taken(await scenario.move(wallet_id, "deposit", 300))["repaid"] == 300


# Markets ------------------------------------------------------------------------------------------------------------


async def test_who_decides_a_market_they_have_bets_on_is_warned_and_logged(scenario: ApiScenario) -> None:
    market = await staff_with_bets(scenario)
    path, winner = f"/api/market/{market['id']}", market["outcomes"][0]["id"]
    preview = taken(await scenario.organizer.post(f"{path}/preview", json={"winners": [winner]}), 200)
    assert preview["warnings"][0] == "You have 25.00 EUR on this market. That you decide it is logged."
    # Who has none is not warned.
    other = taken(await scenario.admin.post(f"{path}/preview", json={"winners": [winner]}), 200)
    assert other["warnings"] == []
    taken(await scenario.organizer.post(f"{path}/result", json={"winners": [winner]}), 200)
    taken(await scenario.organizer.post(f"{path}/settle", json={}), 202)
    rows = await scenario.records.audited("market.own_bets")
    assert [(row["user_id"], row["subject"], row["details"]["decision"]) for row in rows] == [
        (scenario.organizer.id, f"market:{market['id']}", "result"),
        (scenario.organizer.id, f"market:{market['id']}", "settle"),
    ]
    assert (rows[0]["details"]["bets"], rows[0]["details"]["stakes"]) == (1, 2500)


async def test_with_four_eyes_another_decides_it(scenario: ApiScenario) -> None:
    market, second = await staff_with_bets(scenario), await four_eyes(scenario)
    path, (won, lost) = f"/api/market/{market['id']}", [one["id"] for one in market["outcomes"]]
    match_id = market["match_id"]
    preview = taken(await scenario.organizer.post(f"{path}/preview", json={"winners": [won]}), 200)
    assert "another organizer decides it" in preview["warnings"][0]
    start = {"started_at": "2026-01-01T10:00:00Z", "reason": "the sheet"}
    for way, body in (
        (f"{path}/result", {"winners": [won]}),
        (f"{path}/void", {"reason": "abandoned"}),
        (f"{path}/reopen", {}),
        (f"/api/match/{match_id}/start", start),
        (f"/api/outcome/{lost}/withdrawal", {"reason": "ill"}),
    ):
        answer = await scenario.organizer.post(way, json=body)
        assert code(answer) == "FORBIDDEN", way
        assert "four eyes" in answer.json()["detail"]
    assert code(await scenario.organizer.patch(path, json={"stake_max": 100})) == "FORBIDDEN"
    taken(await second.post(f"{path}/result", json={"winners": [won]}), 200)
    # Who entered it does not pay it, who has bets on it neither.
    for who in (second, scenario.organizer):
        assert "four eyes" in (await who.post(f"{path}/settle", json={})).json()["detail"]
    taken(await scenario.admin.post(f"{path}/settle", json={}), 202)
    assert await scenario.records.audited("market.own_bets") == []


async def test_without_bets_and_four_eyes_one_organizer_does_it_all(scenario: ApiScenario) -> None:
    market = await scenario.do(await scenario.open_market("2.00", "3.00"), "close")
    path = f"/api/market/{market['id']}"
    taken(await scenario.organizer.post(f"{path}/result", json={"winners": [market["outcomes"][0]["id"]]}), 200)
    taken(await scenario.organizer.post(f"{path}/settle", json={}), 202)
    assert await scenario.records.audited("market.own_bets") == []
