"""Every bet of a tournament: newest first, page by page, filtered, and only for those who run it."""

from typing import Any

import pytest

from toteboard.ledger.money import tournament_bets

from .clients import ApiClient, code
from .scenarios import ApiScenario, taken
from .test_settlements import paid, path, winner


def path_of(scenario: ApiScenario) -> str:
    return f"/api/tournament/{scenario.tournament_id}/bet"


async def page(scenario: ApiScenario, **query: Any) -> dict[str, Any]:
    return taken(await scenario.organizer.get(path_of(scenario), params=query), 200)


async def stakes(scenario: ApiScenario, **query: Any) -> list[int]:
    """The stakes of all pages: in these tests they say which bet it is."""
    said: list[int] = []
    while True:
        answer = await page(scenario, **query)
        said += [bet["stake"] for bet in answer["items"]]
        if answer["next"] is None:
            return said
        query["after"] = answer["next"]


async def test_every_bet_comes_with_its_bettor_newest_first(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 10_000)
    market = await scenario.open_market()
    for stake in (101, 102, 103):
        assert await scenario.bet(scenario.bettor, market["outcomes"][1]["id"], stake) == 0
    items = (await page(scenario))["items"]
    assert [bet["stake"] for bet in items] == [103, 102, 101]
    assert items[0] == {
        "id": items[0]["id"],
        "user_id": scenario.bettor.id,
        "bettor": "Bettor",
        "match_id": market["match_id"],
        "market_id": market["id"],
        "outcome_id": market["outcomes"][1]["id"],
        "match": "Mexico – Norway",
        "market": "Match winner",
        "outcome": "Draw",
        "outcome_now": "Draw",
        "kind": "pool",
        "status": "pending",
        "stake": 103,
        "currency": "EUR",
        "exponent": 2,
        "odds": "1.00",
        "payout": None,
        "placed_at": items[0]["placed_at"],
    }


async def test_pages_follow_each_other_without_a_gap_or_a_double(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 100_000)
    market = await scenario.open_market()
    for stake in range(100, 111):
        await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], stake)
    newest_first = list(range(110, 99, -1))
    for filters in ({}, {"market": market["id"]}, {"user": scenario.bettor.id}, {"status": "pending"}):
        assert await stakes(scenario, limit=3, **filters) == newest_first
    first = await page(scenario, limit=4)
    await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], 500)
    assert [bet["stake"] for bet in (await page(scenario, limit=4, after=first["next"]))["items"]] == [
        106,
        105,
        104,
        103,
    ]


async def test_bets_are_filtered_by_market_outcome_bettor_and_status(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 10_000)
    other = await scenario.add_member("Other", "bettor")
    await scenario.fund(other, 10_000)
    settled, open_still = await scenario.open_market(), await scenario.open_market()
    mexico, draw = settled["outcomes"][0]["id"], settled["outcomes"][1]["id"]
    for member, outcome, stake in (
        (scenario.bettor, mexico, 101),
        (other, mexico, 102),
        (scenario.bettor, draw, 103),
        (scenario.bettor, open_still["outcomes"][0]["id"], 104),
    ):
        assert await scenario.bet(member, outcome, stake) == 0
    assert await stakes(scenario, market=settled["id"]) == [103, 102, 101]
    assert await stakes(scenario, outcome=mexico) == [102, 101]
    assert await stakes(scenario, user=scenario.bettor.id) == [104, 103, 101]
    assert await stakes(scenario, user=scenario.bettor.id, outcome=mexico) == [101]
    assert await stakes(scenario, user=other.id, market=open_still["id"]) == []
    assert await stakes(scenario, outcome=mexico, market=open_still["id"]) == []
    assert await stakes(scenario, outcome=999_999) == []
    await scenario.records.conn.execute("UPDATE bets SET status = 'won', payout = 5 WHERE outcome_id = $1", mexico)
    assert await stakes(scenario, status="won") == [102, 101]
    assert await stakes(scenario, status="won", user=other.id) == [102]
    assert await stakes(scenario, status="pending", market=settled["id"]) == [103]


async def test_a_rare_status_is_looked_for_in_steps(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 10_000)
    market = await scenario.open_market()
    for stake in range(101, 109):
        await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], stake)
    await scenario.records.conn.execute("UPDATE bets SET status = 'void' WHERE stake IN (101, 106)")
    after, found, steps = None, [], 0
    async with scenario.records.services.ledger.read() as conn:
        while True:
            rows, after = await tournament_bets.page(
                conn, scenario.tournament_id, status="void", after=after, limit=5, look_back=3
            )
            found += [row["stake"] for row in rows]
            steps += 1
            if after is None:
                break
    assert found == [106, 101]
    assert steps > 3


async def test_another_tournaments_bets_are_not_among_them(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 1000)
    market = await scenario.open_market()
    await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], 101)
    other = await scenario.new_tournament("Other")
    path = f"/api/tournament/{other['id']}/bet"
    for query in ({}, {"market": market["id"]}, {"outcome": market["outcomes"][0]["id"]}, {"user": scenario.bettor.id}):
        assert taken(await scenario.admin.get(path, params=query), 200) == {"items": [], "next": None}


async def test_only_those_who_run_it_or_look_into_it_see_every_bet(scenario: ApiScenario, client: ApiClient) -> None:
    for member in (scenario.organizer, scenario.auditor, scenario.admin):
        assert taken(await member.get(path_of(scenario)), 200) == {"items": [], "next": None}
    for member in (scenario.cashier, scenario.bettor, scenario.stranger):
        assert code(await member.get(path_of(scenario))) == "FORBIDDEN"
    assert code(await client.get(path_of(scenario))) == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "after=1",
        "after=1.2.3",
        "after=1.x",
        "after=%00",
        "market=1&after=1.2.3",
        "market=0",
        "user=a",
        "status=lose",
    ],
)
async def test_a_filter_or_cursor_that_is_none_is_refused(scenario: ApiScenario, query: str) -> None:
    assert code(await scenario.organizer.get(f"{path_of(scenario)}?{query}")) == "INVALID"


# One bet, found by its receipt ---------------------------------------------------------------------------------------


async def test_staff_find_a_bet_by_reference_or_number_and_see_its_whole_life(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 10_000)
    market = await scenario.open_market("2.00", "3.00", "4.00")
    assert await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], 500) == 0
    bet = (await page(scenario))["items"][0]
    reference = f"{bet['id'][-8:-4]}-{bet['id'][-4:]}".upper()
    for who in (scenario.organizer, scenario.cashier, scenario.auditor):
        for ref in (reference, reference.lower().replace("-", " "), bet["id"], bet["id"].replace("-", "").upper()):
            found = taken(await who.get(f"{path_of(scenario)}/found", params={"ref": ref}), 200)["items"]
            assert [one["id"] for one in found] == [bet["id"]], ref
    nobody = await scenario.cashier.get(f"{path_of(scenario)}/found", params={"ref": "0000-0000"})
    assert taken(nobody, 200)["items"] == []
    for wrong in ("", "12", "G000-0000", "'; DROP TABLE bets; --"):
        answer = await scenario.cashier.get(f"{path_of(scenario)}/found", params={"ref": wrong})
        assert answer.status_code == 422, wrong

    await scenario.do(market, "close")
    await scenario.do(market, "result", **winner(market))
    seen = taken(await scenario.organizer.post(path(market, "preview"), json=winner(market)), 200)
    taken(await scenario.organizer.post(path(market, "settle"), json={"digest": seen["digest"]}), 202)
    await paid(scenario, market)
    asked = winner(market, 1) | {"reason": "the protest was upheld"}
    seen = taken(await scenario.organizer.post(path(market, "preview"), json=winner(market, 1)), 200)
    taken(await scenario.organizer.post(path(market, "resettle"), json=asked | {"digest": seen["digest"]}), 202)
    await paid(scenario, market, 2)
    life = taken(await scenario.cashier.get(f"/api/bet/{bet['id']}/life"), 200)
    assert (life["bet"]["id"], life["bet"]["bettor"], life["bet"]["status"]) == (bet["id"], "Bettor", "lost")
    moved = [(one["kind"], one["amount"], one["version"]) for one in life["movements"]]
    assert moved == [("payout", 1000, 1), ("reversal", -1000, 2)]
    actions = [row["action"] for row in life["decisions"]]
    assert actions[0] == "bet.placed"
    assert {"market.settled", "market.resettled"} <= set(actions), actions
    assert all(row["ip"] is None for row in life["decisions"])
    # Another runner that did not run takes a part off what this one would win.
    gone = f"/api/outcome/{market['outcomes'][2]['id']}/withdrawal"
    taken(await scenario.organizer.post(gone, json={"reason": "did not start"}), 200)
    await paid(scenario, market, 3)
    decisions = taken(await scenario.cashier.get(f"/api/bet/{bet['id']}/life"), 200)["decisions"]
    (withdrawn,) = [row for row in decisions if row["action"] == "outcome.changed"]
    assert (withdrawn["subject"], withdrawn["details"]["withdrawn"]) == (
        f"outcome:{market['outcomes'][2]['id']}",
        [False, True],
    )


async def test_a_bets_life_is_for_the_staff_of_its_tournament(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 10_000)
    market = await scenario.open_market()
    assert await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], 500) == 0
    bet = (await page(scenario))["items"][0]
    for who in (scenario.bettor, scenario.stranger):
        assert (await who.get(f"/api/bet/{bet['id']}/life")).status_code == 404
        found = await who.get(f"{path_of(scenario)}/found", params={"ref": bet["id"]})
        assert found.status_code == 403
    other = (await scenario.new_tournament("Elsewhere"))["id"]
    elsewhere = await scenario.admin.get(f"/api/tournament/{other}/bet/found", params={"ref": bet["id"]})
    assert taken(elsewhere, 200)["items"] == []
