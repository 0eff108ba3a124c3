"""Results paid through the API: preview, settle, void, resettle, and who may. What it comes to is tests/ledger's."""

import asyncio
from typing import Any

import pytest

from .clients import ApiClient, code
from .scenarios import ApiScenario, fields, taken

PAID_TRIES = 200


async def closed_pool(scenario: ApiScenario, *, takeout_bps: int = 1000) -> dict[str, Any]:
    """Two bettors on the first two of three outcomes, 10.00 and 30.00, and the market closed."""
    market = await scenario.open_market(takeout_bps=takeout_bps)
    scenario.other = await scenario.add_member("Other", "bettor")  # type: ignore[attr-defined]
    await scenario.fund(scenario.bettor, 5000)
    await scenario.fund(scenario.other, 5000)  # type: ignore[attr-defined]
    first, second, _ = (outcome["id"] for outcome in market["outcomes"])
    assert await scenario.bet(scenario.bettor, first, 1000) == 0
    assert await scenario.bet(scenario.other, second, 3000) == 0  # type: ignore[attr-defined]
    return await scenario.do(market, "close")


def winner(market: dict[str, Any], place: int = 0) -> dict[str, Any]:
    return {"winners": [market["outcomes"][place]["id"]]}


def path(market: dict[str, Any], action: str) -> str:
    return f"/api/market/{market['id']}/{action}"


async def paid(scenario: ApiScenario, market: dict[str, Any], version: int = 1) -> dict[str, Any]:
    """The settlement once everybody is paid."""
    for _ in range(PAID_TRIES):
        (last, *_rest) = taken(await scenario.stranger.get(path(market, "settlement")), 200)["items"]
        if last["version"] == version and last["status"] == "paid":
            return dict(last)
        await asyncio.sleep(0.05)
    raise AssertionError("not paid in time")


async def balance(client: ApiClient) -> int:
    return int((await client.get("/api/wallet")).json()["items"][0]["balance"])


async def test_a_preview_says_everything_and_changes_nothing(scenario: ApiScenario) -> None:
    market = await closed_pool(scenario)
    seen = taken(await scenario.organizer.post(path(market, "preview"), json=winner(market)), 200)
    assert {name: seen[name] for name in ("gross", "refunds", "takeout", "net", "paid", "breakage", "house_added")} == {
        "gross": 4000,
        "refunds": 0,
        "takeout": 400,
        "net": 3600,
        "paid": 3600,
        "breakage": 0,
        "house_added": 0,
    }
    assert (seen["bets"], seen["bettors"], seen["winners"], seen["differences"]) == (2, 2, 1, [])
    assert [(o["dividend"], o["label"], o["paid"]) for o in seen["outcomes"]] == [
        ("3.60", "won", 3600),
        (None, "lost", 0),
        (None, "lost", 0),
    ]
    assert (await scenario.organizer.get(f"/api/market/{market['id']}")).json()["status"] == "closed"
    assert await scenario.value("SELECT count(*) FROM settlements") == 0


async def test_a_settlement_pays_what_its_preview_said(scenario: ApiScenario) -> None:
    market = await closed_pool(scenario)
    await scenario.do(market, "result", **winner(market))
    seen = taken(await scenario.organizer.post(path(market, "preview"), json={}), 200)
    said = taken(await scenario.organizer.post(path(market, "settle"), json={"digest": seen["digest"]}), 202)
    assert (said["version"], said["kind"], said["paid"]) == (1, "settle", seen["paid"])
    last = await paid(scenario, market)
    assert (last["bets"], last["bets_done"], last["result"]["winners"]) == (2, 2, winner(market)["winners"])
    assert last["dividends"] == {str(market["outcomes"][0]["id"]): "3.60"}
    assert await balance(scenario.bettor) == 4000 + 3600
    (row,) = await scenario.records.audited("market.settled")
    assert (row["user_id"], row["subject"]) == (scenario.organizer.id, f"market:{market['id']}")
    again = taken(await scenario.organizer.post(path(market, "settle"), json={}), 202)
    assert again["id"] == said["id"]


async def test_two_organizers_who_settle_at_once_settle_once(scenario: ApiScenario) -> None:
    market = await closed_pool(scenario)
    await scenario.do(market, "result", **winner(market))
    answers = await asyncio.gather(*(scenario.organizer.post(path(market, "settle"), json={}) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    await paid(scenario, market)
    assert await balance(scenario.bettor) == 4000 + 3600


async def test_a_void_refunds_everybody_and_is_the_same_when_asked_again(scenario: ApiScenario) -> None:
    market = await closed_pool(scenario)
    first = taken(await scenario.organizer.post(path(market, "void"), json={"reason": "rain"}), 202)
    again = taken(await scenario.organizer.post(path(market, "void"), json={"reason": "rain"}), 202)
    assert first["id"] == again["id"]
    await paid(scenario, market)
    assert await balance(scenario.bettor) == 5000
    answer = await scenario.organizer.post(path(market, "settle"), json={})
    assert (answer.status_code, code(answer)) == (409, "ALREADY_SETTLED")


async def test_a_correction_is_a_step_of_its_own_and_shows_each_difference(scenario: ApiScenario) -> None:
    market = await closed_pool(scenario)
    await scenario.do(market, "result", **winner(market))
    taken(await scenario.organizer.post(path(market, "settle"), json={}), 202)
    await paid(scenario, market)
    corrected = winner(market, 1)
    seen = taken(await scenario.organizer.post(path(market, "preview"), json=corrected), 200)
    assert [(d["name"], d["difference"], d["receivable"]) for d in seen["differences"]] == [
        ("Bettor", -3600, 0),
        ("Other", 3600, 0),
    ]
    asked = corrected | {"reason": "photo finish", "digest": seen["digest"]}
    said = taken(await scenario.organizer.post(path(market, "resettle"), json=asked), 202)
    assert said["version"] == 2
    last = await paid(scenario, market, 2)
    assert last["reverses"] is not None
    assert await balance(scenario.bettor) == 4000
    assert await balance(scenario.other) == 2000 + 3600  # type: ignore[attr-defined]
    again = taken(await scenario.organizer.post(path(market, "resettle"), json=asked), 202)
    assert again["id"] == said["id"]


async def test_what_has_changed_since_the_preview_is_not_settled(scenario: ApiScenario) -> None:
    market = await closed_pool(scenario)
    await scenario.do(market, "result", **winner(market))
    seen = taken(await scenario.organizer.post(path(market, "preview"), json={}), 200)
    await scenario.do(market, "result", **winner(market, 1))
    answer = await scenario.organizer.post(path(market, "settle"), json={"digest": seen["digest"]})
    assert (answer.status_code, code(answer), answer.json()["retry"]) == (409, "PREVIEW_CHANGED", True)


async def test_a_market_without_a_result_or_still_open_is_not_settled(scenario: ApiScenario) -> None:
    market = await closed_pool(scenario)
    answer = await scenario.organizer.post(path(market, "settle"), json={})
    assert (answer.status_code, code(answer)) == (409, "STATE")
    answer = await scenario.organizer.post(path(market, "resettle"), json=winner(market) | {"reason": "x"})
    assert (answer.status_code, code(answer)) == (409, "STATE")
    fresh = await scenario.open_market()
    answer = await scenario.organizer.post(path(fresh, "settle"), json={})
    assert (answer.status_code, code(answer)) == (409, "STATE")


async def test_the_differences_of_a_correction_come_in_pages_and_are_summed_up_over_everybody(
    scenario: ApiScenario,
) -> None:
    market = await scenario.open_market()
    first, second, _ = (outcome["id"] for outcome in market["outcomes"])
    people = [await scenario.add_member(f"Bettor {n}", "bettor") for n in range(5)]
    for n, person in enumerate(people):
        await scenario.fund(person, 5000)
        assert await scenario.bet(person, first if n < 3 else second, 1000) == 0
    await scenario.do(market, "close")
    await scenario.do(market, "result", **winner(market))
    assert taken(await scenario.organizer.post(path(market, "preview"), json={}), 200)["correction"] is None
    taken(await scenario.organizer.post(path(market, "settle"), json={}), 202)
    await paid(scenario, market)
    # What is won is spent: one of the three cannot give it back.
    taken(await scenario.move((await scenario.wallet_of(people[0]))["id"], "withdrawal", 5000))

    seen = taken(await scenario.organizer.post(path(market, "preview"), json=winner(market, 1)), 200)
    # Five at 10.00: thrice 16.66, corrected to twice 25.00.
    assert seen["correction"] == {
        "taken_back": 3 * 1660,
        "taken_from": 3,
        "paid_more": 2 * 2500,
        "paid_to": 2,
        "receivable": 1660 - 660,
        "owing": 1,
    }
    assert [row["owed"] for row in seen["differences"]] == [row["receivable"] for row in seen["differences"]]
    rows: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        answer = await scenario.organizer.post(
            path(market, "preview/difference"), params={"limit": 2, **after}, json=winner(market, 1)
        )
        page = taken(answer, 200)
        rows += page["items"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert rows == seen["differences"]
    assert [row["difference"] for row in rows] == [-1660, -1660, -1660, 2500, 2500]
    for cursor in ("x", "1", "1:", ":1", "--1:1", "1:1:1"):
        answer = await scenario.organizer.post(
            path(market, "preview/difference"), params={"after": cursor}, json=winner(market, 1)
        )
        assert fields(answer) == ["after"]


@pytest.mark.parametrize("action", ["preview", "preview/difference", "settle", "void", "resettle"])
async def test_only_the_organizer_decides(scenario: ApiScenario, action: str) -> None:
    market = await closed_pool(scenario)
    bodies: dict[str, dict[str, Any]] = {
        "preview": winner(market),
        "preview/difference": winner(market),
        "settle": {},
        "void": {"reason": "x"},
        "resettle": winner(market) | {"reason": "x"},
    }
    for member in (scenario.cashier, scenario.auditor, scenario.bettor, scenario.stranger):
        answer = await member.post(path(market, action), json=bodies[action])
        assert (answer.status_code, code(answer)) == (403, "FORBIDDEN")
    assert await scenario.value("SELECT count(*) FROM settlements") == 0
    assert len(await scenario.records.audited("access.denied")) == 4


@pytest.mark.parametrize(
    ("action", "body", "at"),
    [
        ("preview", {"winners": "1"}, "winners"),
        ("preview", {"winners": [1.5]}, "winners.0"),
        ("preview", {"winners": ["1"]}, "winners.0"),
        ("preview", {"winners": [2**63]}, "winners.0"),
        ("settle", {"winners": [1]}, "winners"),
        ("void", {}, "reason"),
        ("void", {"reason": "x", "balance": 1}, "balance"),
        ("resettle", {"reason": "x"}, "winners"),
    ],
)
async def test_what_a_decision_cannot_be_is_422_at_its_field(
    scenario: ApiScenario, action: str, body: dict[str, Any], at: str
) -> None:
    market = await closed_pool(scenario)
    answer = await scenario.organizer.post(path(market, action), json=body)
    assert answer.status_code == 422
    assert fields(answer) == [at]


async def test_an_outcome_of_another_market_is_no_winner(scenario: ApiScenario) -> None:
    market, other = await closed_pool(scenario), await scenario.open_market()
    answer = await scenario.organizer.post(path(market, "preview"), json=winner(other))
    assert (answer.status_code, code(answer)) == (422, "INVALID")


async def test_an_unknown_market_is_404(scenario: ApiScenario) -> None:
    market = {"id": 2**40}
    for action, body in (("preview", {}), ("settle", {}), ("void", {"reason": "x"})):
        assert code(await scenario.organizer.post(path(market, action), json=body)) == "NOT_FOUND"
    assert (await scenario.organizer.get(path(market, "settlement"))).status_code == 404


async def test_a_settled_bet_tells_when_and_what_a_unit_was_paid(scenario: ApiScenario) -> None:
    market = await closed_pool(scenario)
    (bet,) = (await scenario.bettor.get("/api/bet")).json()["items"]
    assert "settled_at" not in bet
    here = f"/api/bet/{bet['id']}"
    assert taken(await scenario.bettor.get(here), 200).keys().isdisjoint({"settled_at", "dividend"})
    taken(await scenario.organizer.post(path(market, "result"), json=winner(market)), 200)
    taken(await scenario.organizer.post(path(market, "settle"), json={}), 202)
    settlement = await paid(scenario, market)
    told = taken(await scenario.bettor.get(here), 200)
    assert (told["settled_at"], told["dividend"], told["payout"]) == (settlement["finished_at"], "3.60", 3600)
    (listed,) = (await scenario.bettor.get("/api/bet")).json()["items"]
    assert listed["settled_at"] == settlement["finished_at"]
    taken(await scenario.organizer.post(path(market, "resettle"), json=winner(market, 1) | {"reason": "misread"}), 202)
    await paid(scenario, market, 2)
    told = taken(await scenario.bettor.get(here), 200)
    assert (told["status"], told["payout"], "dividend" in told) == ("lost", 0, False)


async def test_winnings_that_were_spent_are_told_as_owed_and_the_statement_never_falls_below_zero(
    scenario: ApiScenario,
) -> None:
    market = await closed_pool(scenario)
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    await scenario.do(market, "result", **winner(market))
    taken(await scenario.organizer.post(path(market, "settle"), json={}), 202)
    await paid(scenario, market)
    taken(await scenario.move(wallet_id, "withdrawal", 7000))
    taken(await scenario.organizer.post(path(market, "resettle"), json=winner(market, 1) | {"reason": "misread"}), 202)
    await paid(scenario, market, 2)
    taken(await scenario.move(wallet_id, "deposit", 4000))
    expected = [
        ("Debt paid back", -3000, 1000),
        ("Deposit", 4000, 4000),
        ("Correction for Mexico, Match winner, Mexico – Norway", -3600, 0),
        ("Debt from a corrected result", 3000, 3600),
        ("Withdrawal", -7000, 600),
        ("Payout for Mexico, Match winner, Mexico – Norway", 3600, 7600),
        ("Bet on Mexico, Match winner, Mexico – Norway", -1000, 4000),
        ("Deposit", 5000, 5000),
    ]
    here, seen, after = f"/api/wallet/{wallet_id}/statement", [], None
    while True:
        page = taken(await scenario.bettor.get(here, params={"limit": 1} | ({"after": after} if after else {})), 200)
        seen += [(item["text"], item["amount"], item["balance"]) for item in page["items"]]
        if (after := page["next"]) is None:
            break
    assert seen == expected


async def test_without_winners_no_listed_outcome_won_on_every_path(scenario: ApiScenario) -> None:
    for odds, label in ((("2.00", "3.00"), "lost"), ((), "void")):
        market = await scenario.open_market(*odds)
        first, second = (outcome["id"] for outcome in market["outcomes"][:2])
        await scenario.fund(scenario.bettor, 500)
        assert await scenario.bet(scenario.bettor, first, 500) == 0
        await scenario.do(market, "close")
        await scenario.do(market, "result", winners=[])
        seen = taken(await scenario.organizer.post(path(market, "preview"), json={}), 200)
        assert (seen["paid"], {one["label"] for one in seen["outcomes"]}) == (0, {label})
        assert (seen["house_won"], seen["refunds"]) == ((500, 0) if label == "lost" else (0, 500))
        taken(await scenario.organizer.post(path(market, "settle"), json={"digest": seen["digest"]}), 202)
        for version, winners in enumerate(([first], [], [second], []), start=1):
            await paid(scenario, market, version)
            body = {"winners": winners, "reason": "looked again"}
            seen = taken(await scenario.organizer.post(path(market, "preview"), json={"winners": winners}), 200)
            done = taken(await scenario.organizer.post(path(market, "resettle"), json=body), 202)
            assert (done["paid"], done["house_won"]) == (seen["paid"], seen["house_won"])
        await paid(scenario, market, 5)


@pytest.mark.parametrize("wrong", ["void and won", "another market", "withdrawn"])
async def test_a_correction_is_checked_as_a_result_is(scenario: ApiScenario, wrong: str) -> None:
    market = await scenario.open_market("2.00", "3.00", "4.00")
    first, second, third = (outcome["id"] for outcome in market["outcomes"])
    taken(await scenario.organizer.patch(f"/api/outcome/{third}", json={"withdrawn": True}), 200)
    await scenario.do(market, "close")
    body = {
        "void and won": {"winners": [first], "void": [first]},
        "another market": {"winners": [10**9]},
        "withdrawn": {"winners": [first], "half_void": [third]},
    }[wrong]
    said = [fields(await scenario.organizer.post(path(market, "result"), json=body))]
    await scenario.do(market, "result", winners=[second])
    said.append(fields(await scenario.organizer.post(path(market, "preview"), json=body)))
    taken(await scenario.organizer.post(path(market, "settle"), json={}), 202)
    await paid(scenario, market)
    said.append(fields(await scenario.organizer.post(path(market, "resettle"), json=body | {"reason": "so"})))
    assert said == [["winners"]] * 3


@pytest.mark.parametrize("reason", ["", "   ", "\u3164"])
async def test_a_decision_that_needs_a_reason_needs_one_to_see(scenario: ApiScenario, reason: str) -> None:
    market = await closed_pool(scenario)
    assert fields(await scenario.organizer.post(path(market, "void"), json={"reason": reason})) == ["reason"]
    corrected = winner(market) | {"reason": reason}
    assert fields(await scenario.organizer.post(path(market, "resettle"), json=corrected)) == ["reason"]


async def test_a_preview_counts_nobody_as_a_winner_who_lost_half(scenario: ApiScenario) -> None:
    market = await scenario.open_market("2.00", "2.00")
    await scenario.fund(scenario.bettor, 5000)
    other = await scenario.add_member("Other", "bettor")
    await scenario.fund(other, 5000)
    won, half_lost = (outcome["id"] for outcome in market["outcomes"])
    assert await scenario.bet(scenario.bettor, won, 1000) == 0
    assert await scenario.bet(other, half_lost, 1000) == 0
    await scenario.do(market, "close")
    asked = {"winners": [won], "half_void": [half_lost]}
    seen = taken(await scenario.organizer.post(path(market, "preview"), json=asked), 200)
    assert (seen["winners"], seen["bettors"], seen["paid"]) == (1, 2, 2500)
