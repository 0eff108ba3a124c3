"""What is found out late: the actual start, a runner that did not run, a market annulled after it was paid."""

from datetime import datetime
from typing import Any

import pytest

from .clients import code
from .scenarios import ApiScenario, fields, taken
from .test_settlements import balance, closed_pool, paid, path, winner


async def settled_pool(scenario: ApiScenario) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A paid pool of 10.00 on the first, the winner, and 30.00 on the second; and its bets, the newest first."""
    market = await closed_pool(scenario)
    await scenario.do(market, "result", **winner(market))
    taken(await scenario.organizer.post(path(market, "settle"), json={}), 202)
    await paid(scenario, market)
    bets = taken(await scenario.organizer.get(f"/api/tournament/{scenario.tournament_id}/bet"), 200)["items"]
    return market, bets


async def settled_fixed(scenario: ApiScenario, *odds: str, winner: int = 0) -> dict[str, Any]:
    """A paid market with fixed odds, 10.00 of the bettor on the winner."""
    market = await scenario.open_market(*odds)
    await scenario.fund(scenario.bettor, 1000)
    chosen = market["outcomes"][winner]["id"]
    assert await scenario.bet(scenario.bettor, chosen, 1000) == 0
    await scenario.do(market, "close")
    await scenario.do(market, "result", winners=[chosen])
    taken(await scenario.organizer.post(path(market, "settle"), json={}), 202)
    await paid(scenario, market)
    return market


def earlier(at: str, seconds: float = 0.0001) -> str:
    moment = datetime.fromisoformat(at)
    return datetime.fromtimestamp(moment.timestamp() - seconds, moment.tzinfo).isoformat()


# The actual start -------------------------------------------------------------------------------------------------------


async def test_an_actual_start_after_settling_refunds_late_bets_and_pays_again(scenario: ApiScenario) -> None:
    market, bets = await settled_pool(scenario)
    late = max(bets, key=lambda bet: bet["placed_at"])
    start = earlier(late["placed_at"])
    match = f"/api/match/{market['match_id']}"
    assert code(await scenario.organizer.patch(match, json={"started_at": start})) == "STATE"
    seen = taken(await scenario.organizer.post(f"{match}/start/preview", json={"started_at": start}), 200)
    assert (await scenario.organizer.get(match)).json()["started_at"] is None
    (one,) = seen["markets"]
    assert [(row["stakes"], row["late"], row["label"]) for row in one["repaid"]["outcomes"][:2]] == [
        (1000, 0, "won"),
        (3000, 3000, "lost"),
    ]
    assert (one["late_bets"], one["late_stakes"], one["status"], one["suspended"]) == (1, 3000, "settled", False)
    assert [(bet["id"], bet["stake"]) for bet in seen["late"]] == [(late["id"], 3000)]
    again = one["repaid"]
    # Without the 30.00 the 10.00 stand alone: the house share of them is 1.00, the minimum dividend takes it.
    assert (again["gross"], again["refunds"], again["paid"], again["takeout"]) == (1000, 3000, 1000, 0)
    assert again["correction"]["taken_back"] == 2600
    body = {"started_at": start, "reason": "the referee's sheet says so", "digest": seen["digest"]}
    assert taken(await scenario.organizer.post(f"{match}/start", json=body), 200)["digest"] == seen["digest"]
    last = await paid(scenario, market, 2)
    assert (last["refunds"], last["paid"]) == (3000, 1000)
    other = scenario.other  # type: ignore[attr-defined]
    assert taken(await other.get(f"/api/bet/{late['id']}"), 200)["refunded_for"] == "late"
    assert taken(await scenario.auditor.get(f"/api/bet/{late['id']}/life"), 200)["refunded_for"] == "late"
    assert await balance(scenario.bettor) == 5000
    assert await balance(scenario.other) == 5000  # type: ignore[attr-defined]
    (row,) = await scenario.records.audited("market.resettled")
    assert row["details"]["reason"] == "the referee's sheet says so"
    # And back: nobody was late after all.
    body = {"started_at": None, "reason": "the sheet was another match's"}
    taken(await scenario.organizer.post(f"{match}/start", json=body), 200)
    await paid(scenario, market, 3)
    assert await balance(scenario.bettor) == 4000 + 3600
    await scenario.records.assert_balanced()


async def test_a_start_that_makes_nobody_late_pays_nobody_again(scenario: ApiScenario) -> None:
    market, bets = await settled_pool(scenario)
    start = earlier(max(bet["placed_at"] for bet in bets), -0.0001)
    match = f"/api/match/{market['match_id']}"
    done = taken(
        await scenario.organizer.post(f"{match}/start", json={"started_at": start, "reason": "for the record"}), 200
    )
    assert [one["repaid"] for one in done["markets"]] == [None]
    await paid(scenario, market, 1)
    await scenario.records.assert_balanced()


@pytest.mark.parametrize("by", ["edit", "correction"])
async def test_a_start_suspends_what_is_open(scenario: ApiScenario, by: str) -> None:
    market = await scenario.open_market()
    outcome = market["outcomes"][0]["id"]
    await scenario.fund(scenario.bettor, 1000)
    match = f"/api/match/{market['match_id']}"
    now = datetime.now().astimezone().isoformat()
    if by == "edit":
        taken(await scenario.organizer.patch(match, json={"started_at": now}), 200)
    else:
        done = taken(
            await scenario.organizer.post(f"{match}/start", json={"started_at": now, "reason": "it has begun"}), 200
        )
        assert [one["suspended"] for one in done["markets"]] == [True]
    assert (await scenario.organizer.get(f"/api/market/{market['id']}")).json()["status"] == "suspended"
    assert await scenario.bet(scenario.bettor, outcome, 100) == 10


async def test_a_start_that_changed_since_its_preview_is_looked_at_again(scenario: ApiScenario) -> None:
    market, bets = await settled_pool(scenario)
    match = f"/api/match/{market['match_id']}"
    starts = [earlier(bet["placed_at"]) for bet in bets]
    seen = taken(await scenario.organizer.post(f"{match}/start/preview", json={"started_at": starts[0]}), 200)
    body = {"started_at": starts[1], "reason": "so", "digest": seen["digest"]}
    assert code(await scenario.organizer.post(f"{match}/start", json=body)) == "PREVIEW_CHANGED"
    await paid(scenario, market, 1)
    future = {"started_at": "2099-01-01T00:00:00Z"}
    assert fields(await scenario.organizer.post(f"{match}/start/preview", json=future)) == ["started_at"]
    assert code(await scenario.bettor.post(f"{match}/start/preview", json=future)) == "FORBIDDEN"
    assert fields(await scenario.organizer.post(f"{match}/start", json=future | {"reason": " "})) == ["reason"]


# Withdrawals ------------------------------------------------------------------------------------------------------------


async def test_a_runner_withdrawn_after_settling_takes_its_part_off_the_winnings(scenario: ApiScenario) -> None:
    """10.00 at 5.00; a runner at 3.00 withdrawn: Rule 4 takes 30p in the pound off the winnings of 40.00."""
    market = await settled_fixed(scenario, "5.00", "3.00", "9.00")
    assert await balance(scenario.bettor) == 5000
    gone = f"/api/outcome/{market['outcomes'][1]['id']}"
    assert code(await scenario.organizer.patch(gone, json={"withdrawn": True})) == "STATE"
    seen = taken(await scenario.organizer.post(f"{gone}/withdrawal/preview", json={}), 200)
    assert (seen["deduction_bps"], seen["repaid"]["paid"]) == (3000, 3800)
    assert [one["difference"] for one in seen["repaid"]["differences"]] == [-1200]
    body = {"reason": "did not come to the start", "digest": seen["digest"]}
    taken(await scenario.organizer.post(f"{gone}/withdrawal", json=body), 200)
    await paid(scenario, market, 2)
    assert await balance(scenario.bettor) == 3800
    shown = (await scenario.organizer.get(gone)).json()
    assert (shown["withdrawn"], shown["deduction_bps"]) == (True, 3000)
    # Another deduction, none, and back among the runners: each is a version of its own.
    for version, more, left in (
        (3, {"deduction_bps": 1000}, 4600),
        (4, {"deduction_bps": 0}, 5000),
        (5, {"withdrawn": False}, 5000),
    ):
        taken(await scenario.organizer.post(f"{gone}/withdrawal", json={"reason": "agreed"} | more), 200)
        await paid(scenario, market, version)
        assert await balance(scenario.bettor) == left
    await scenario.records.assert_balanced()


async def test_bets_after_the_withdrawal_keep_their_whole_winnings(scenario: ApiScenario) -> None:
    market = await scenario.open_market("5.00", "3.00", "9.00")
    first, second, _ = (outcome["id"] for outcome in market["outcomes"])
    await scenario.fund(scenario.bettor, 2000)
    assert await scenario.bet(scenario.bettor, first, 1000) == 0
    taken(await scenario.organizer.patch(f"/api/outcome/{second}", json={"withdrawn": True}), 200)
    assert await scenario.bet(scenario.bettor, first, 1000) == 0
    await scenario.do(market, "close")
    await scenario.do(market, "result", winners=[first])
    taken(await scenario.organizer.post(path(market, "settle"), json={}), 202)
    assert (await paid(scenario, market))["paid"] == 3800 + 5000
    await scenario.records.assert_balanced()


async def test_a_tournament_without_a_table_takes_nothing_off(scenario: ApiScenario) -> None:
    where = f"/api/tournament/{scenario.tournament_id}"
    table = (await scenario.organizer.get(where)).json()["deductions"]
    assert (len(table), table[0], table[-1]) == (18, {"up_to": "1.111", "bps": 9000}, {"up_to": "15.00", "bps": 500})
    for wrong in ([{"up_to": "2.00", "bps": 9001}], [{"up_to": "0.50", "bps": 10}], [table[1], table[0]]):
        assert fields(await scenario.organizer.patch(where, json={"deductions": wrong}))[0].startswith("deductions")
    taken(await scenario.organizer.patch(where, json={"deductions": [{"up_to": "4.00", "bps": 1000}]}), 200)
    market = await settled_fixed(scenario, "5.00", "3.00", "9.00")
    second, third = (outcome["id"] for outcome in market["outcomes"][1:])
    for outcome_id, bps in ((second, 1000), (third, 0)):
        asked = await scenario.organizer.post(f"/api/outcome/{outcome_id}/withdrawal/preview", json={})
        assert taken(asked, 200)["deduction_bps"] == bps
    taken(await scenario.organizer.patch(where, json={"deductions": []}), 200)
    asked = await scenario.organizer.post(f"/api/outcome/{second}/withdrawal/preview", json={})
    assert taken(asked, 200)["repaid"]["correction"]["taken_back"] == 0


async def test_a_runner_of_a_pool_is_withdrawn_at_any_time(scenario: ApiScenario) -> None:
    market = await closed_pool(scenario)
    third, second = market["outcomes"][2]["id"], market["outcomes"][1]["id"]
    await scenario.do(market, "result", **winner(market))
    taken(await scenario.organizer.patch(f"/api/outcome/{third}", json={"withdrawn": True}), 200)
    won = f"/api/outcome/{market['outcomes'][0]['id']}"
    assert code(await scenario.organizer.patch(won, json={"withdrawn": True})) == "STATE"
    taken(await scenario.organizer.post(path(market, "settle"), json={}), 202)
    await paid(scenario, market)
    for ask in ("/withdrawal/preview", "/withdrawal"):
        body = {"reason": "so"} if ask == "/withdrawal" else {}
        assert code(await scenario.organizer.post(won + ask, json=body)) == "STATE"
    wrong = {"deduction_bps": 500, "reason": "so"}
    asked = await scenario.organizer.post(f"/api/outcome/{second}/withdrawal", json=wrong)
    assert fields(asked) == ["deduction_bps"]
    taken(await scenario.organizer.post(f"/api/outcome/{second}/withdrawal", json={"reason": "did not run"}), 200)
    last = await paid(scenario, market, 2)
    assert (last["refunds"], last["paid"]) == (3000, 1000)
    await scenario.records.assert_balanced()


# Void -------------------------------------------------------------------------------------------------------------------


async def test_a_settled_market_is_voided_as_a_new_version(scenario: ApiScenario) -> None:
    market, _ = await settled_pool(scenario)
    seen = taken(await scenario.organizer.post(path(market, "preview"), json={"all_void": True}), 200)
    assert (seen["refunds"], seen["correction"]["taken_back"], seen["correction"]["paid_more"]) == (4000, 2600, 3000)
    body = {"reason": "annulled by the federation", "digest": seen["digest"]}
    done = taken(await scenario.organizer.post(path(market, "void"), json=body), 202)
    assert (done["version"], done["kind"]) == (2, "void")
    (row,) = await scenario.records.audited("market.voided")
    assert (row["subject"], row["details"]["version"]) == (f"market:{market['id']}", 2)
    await paid(scenario, market, 2)
    assert (await balance(scenario.bettor), await balance(scenario.other)) == (5000, 5000)  # type: ignore[attr-defined]
    assert (await scenario.organizer.get(f"/api/market/{market['id']}")).json()["status"] == "void"
    assert taken(await scenario.organizer.post(path(market, "void"), json=body), 202)["version"] == 2
    bet = taken(await scenario.bettor.get("/api/bet"), 200)["items"][0]["id"]
    assert taken(await scenario.bettor.get(f"/api/bet/{bet}"), 200)["refunded_for"] == "market"
    taken(await scenario.organizer.post(path(market, "resettle"), json=winner(market) | {"reason": "or not"}), 202)
    await paid(scenario, market, 3)
    assert "refunded_for" not in taken(await scenario.bettor.get(f"/api/bet/{bet}"), 200)
    await scenario.records.assert_balanced()
