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
        (scenario.organizer.id, f"market:{market['id']}", "close"),
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
    (row,) = await scenario.records.audited("market.own_bets")
    assert (row["user_id"], row["details"]["decision"]) == (scenario.organizer.id, "close")


async def test_without_bets_and_four_eyes_one_organizer_does_it_all(scenario: ApiScenario) -> None:
    market = await scenario.do(await scenario.open_market("2.00", "3.00"), "close")
    path = f"/api/market/{market['id']}"
    taken(await scenario.organizer.post(f"{path}/result", json={"winners": [market["outcomes"][0]["id"]]}), 200)
    taken(await scenario.organizer.post(f"{path}/settle", json={}), 202)
    assert await scenario.records.audited("market.own_bets") == []


async def test_whom_four_eyes_watch_does_not_switch_them_off(scenario: ApiScenario) -> None:
    await four_eyes(scenario)
    path = f"/api/tournament/{scenario.tournament_id}"
    answer = await scenario.organizer.patch(path, json={"four_eyes": False})
    assert (code(answer), "administrator" in answer.json()["detail"]) == ("FORBIDDEN", True)
    assert taken(await scenario.admin.patch(path, json={"four_eyes": False}), 200)["four_eyes"] is False


async def test_a_void_bet_counts_as_it_could_be_made_to_win(scenario: ApiScenario) -> None:
    market, second = await staff_with_bets(scenario), await four_eyes(scenario)
    path, won = f"/api/market/{market['id']}", market["outcomes"][0]["id"]
    taken(await second.post(f"{path}/void", json={"reason": "abandoned"}), 202)
    await scenario.records.pay()
    again = {"winners": [won], "reason": "it was played"}
    assert code(await scenario.organizer.post(f"{path}/resettle", json=again)) == "FORBIDDEN"


async def test_no_way_round_moves_the_closing_of_a_market_with_own_bets(scenario: ApiScenario) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    match = await scenario.new_match(starts_at=soon.isoformat())
    market = await scenario.open_market("2.00", "3.00", match_id=match["id"], closes_offset_s=0)
    await scenario.records.add_member(scenario.tournament_id, scenario.organizer, "bettor")
    await scenario.fund(scenario.organizer, 5000)
    assert await scenario.bet(scenario.organizer, market["outcomes"][0]["id"], 2500) == 0
    await scenario.records.add_member(scenario.tournament_id, scenario.organizer, "organizer")
    second = await four_eyes(scenario)
    path, match_path = f"/api/market/{market['id']}", f"/api/match/{match['id']}"
    later = (soon + timedelta(hours=3)).isoformat()
    for ask in (
        scenario.organizer.patch(path, json={"closes_at": later}),
        scenario.organizer.patch(match_path, json={"starts_at": later}),
        scenario.organizer.post(f"{match_path}/delay", json={"minutes": 180, "dry_run": False}),
        scenario.organizer.post("/api/outcome", json={"market_id": market["id"], "name": "Sweden", "odds": "9.00"}),
    ):
        answer = await ask
        assert code(answer) == "FORBIDDEN", answer.text
    # Betting is stopped at once by whoever sees why, and opened again by another.
    taken(await scenario.organizer.post(f"{path}/suspend", json={}), 200)
    assert code(await scenario.organizer.post(f"{path}/open", json={})) == "FORBIDDEN"
    taken(await second.post(f"{path}/open", json={}), 200)
    (row,) = await scenario.records.audited("market.own_bets")
    assert (row["user_id"], row["details"]["decision"]) == (scenario.organizer.id, "suspend")


async def test_a_pool_is_carried_into_ones_own_bets_by_another(scenario: ApiScenario) -> None:
    match = await scenario.new_match("Derby")
    target = await scenario.new_market(match_id=match["id"])
    source = await scenario.new_market(match_id=match["id"], name="First", carry_to=target["id"])
    target, source = await scenario.do(target, "open"), await scenario.do(source, "open")
    await scenario.records.add_member(scenario.tournament_id, scenario.organizer, "bettor")
    for who in (scenario.organizer, scenario.bettor):
        await scenario.fund(who, 5000)
    assert await scenario.bet(scenario.organizer, target["outcomes"][0]["id"], 2500) == 0
    assert await scenario.bet(scenario.bettor, source["outcomes"][0]["id"], 5000) == 0
    await scenario.records.add_member(scenario.tournament_id, scenario.organizer, "organizer")
    second = await four_eyes(scenario)
    path = f"/api/market/{(await scenario.do(source, 'close'))['id']}"
    taken(await second.post(f"{path}/result", json={"winners": [source["outcomes"][1]["id"]]}), 200)
    assert code(await scenario.organizer.post(f"{path}/settle", json={})) == "FORBIDDEN"
    taken(await scenario.admin.post(f"{path}/settle", json={}), 202)


# Files --------------------------------------------------------------------------------------------------------------


async def bring(scenario: ApiScenario, rows: str, by: ApiClient | None = None) -> tuple[int, str]:
    answer = await (by or scenario.organizer).post(
        f"/api/tournament/{scenario.tournament_id}/import",
        content=rows.encode(),
        params={"file": "people.csv", "dry_run": False},
        headers={"Content-Type": "text/csv"},
    )
    return answer.status_code, answer.text


async def test_a_file_pays_nobody_who_brings_it(scenario: ApiScenario) -> None:
    await scenario.records.add_member(scenario.tournament_id, scenario.organizer, "bettor")
    wallet_id = (await scenario.wallet_of(scenario.organizer))["id"]
    await scenario.records.add_member(scenario.tournament_id, scenario.organizer, "organizer")
    rows = "Name;E-mail;Balance\nOrganizer;organizer@example.org;100000\n"
    status, text = await bring(scenario, rows)
    assert (status, "this is you" in text) == (422, True), text
    assert await scenario.value("SELECT balance FROM accounts WHERE id = $1", wallet_id) == 0
    colleague = await scenario.add_member("Colleague", "organizer")
    assert (await bring(scenario, rows, by=colleague))[0] == 200


@pytest.mark.parametrize("why", ["blocked", "excluded", "limit"])
async def test_a_file_brings_nothing_for_whom_no_desk_may(scenario: ApiScenario, why: str) -> None:
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    if why == "blocked":
        await scenario.records.block(scenario.bettor)
    elif why == "excluded":
        taken(await scenario.bettor.post("/api/exclusion", json={"until": None}))
    else:
        limit = {"tournament_id": scenario.tournament_id, "kind": "deposit", "period": "day", "amount": 100}
        taken(await scenario.bettor.put("/api/limit", json=limit), 200)
    status, text = await bring(scenario, "Name;E-mail;Balance\nBettor;bettor@example.org;5\n")
    assert (status, why in text) == (422, True), text
    assert await scenario.value("SELECT balance FROM accounts WHERE id = $1", wallet_id) == 0


async def test_a_bet_into_a_closed_market_says_when_it_was_placed(scenario: ApiScenario) -> None:
    match = await scenario.new_match("Mexico - Norway")
    market = await scenario.open_market("9.00", "3.00", match_id=match["id"])
    await scenario.fund(scenario.bettor, 1000)
    await scenario.do(market, "close")
    rows = "Name;Match;Pick;Stake;Odds\nBettor;Mexico - Norway;Mexico;10;9.00\n"
    status, text = await bring(scenario, rows)
    assert (status, "write when the bet was placed" in text) == (422, True), text
    assert await scenario.value("SELECT count(*) FROM bets") == 0
