"""Own limits that count all tournaments of a currency together, where the operator says so."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from toteboard.ledger.ledger import Actor
from toteboard.ledger.people import users

from .clients import code
from .scenarios import ApiScenario, taken


@pytest.fixture
def wanted() -> dict[str, Any]:
    return {"limits_everywhere": True, "lanes": 2}


async def place(scenario: ApiScenario, outcome_id: int, stake: int, currency: str = "EUR") -> str:
    """TAKEN, or the code of the refusal: by the hot way, as a bettor's page does."""
    answer = await scenario.bettor.post(
        "/api/bet",
        json={"outcome_id": outcome_id, "stake": stake, "currency": currency},
        headers={"Idempotency-Key": str(uuid4())},
    )
    return "TAKEN" if answer.status_code == 201 else code(answer)


async def limit(scenario: ApiScenario, tournament_id: int, kind: str, amount: int) -> None:
    asked = {"tournament_id": tournament_id, "kind": kind, "period": "day", "amount": amount}
    taken(await scenario.bettor.put("/api/limit", json=asked), 200)


async def two_tournaments(scenario: ApiScenario, currency: str = "EUR") -> tuple[int, int, int]:
    """An open outcome here and one in another tournament, where the bettor has 100.00 each; and the other's id."""
    here = (await scenario.open_market("2.00", "3.00"))["outcomes"][0]["id"]
    first = scenario.tournament_id
    await scenario.fund(scenario.bettor, 10_000)
    other = (await scenario.new_tournament("Other", currency=currency))["id"]
    await scenario.records.add_member(other, scenario.organizer, "organizer")
    await scenario.records.add_member(other, scenario.cashier, "cashier")
    taken(await scenario.bettor.post(f"/api/tournament/{other}/join"))
    scenario.tournament_id = other
    there = (await scenario.open_market("2.00", "3.00"))["outcomes"][0]["id"]
    await scenario.fund(scenario.bettor, 10_000, currency)
    scenario.tournament_id = first
    return here, there, other


async def test_a_stake_limit_of_one_tournament_holds_in_all_of_the_currency(scenario: ApiScenario) -> None:
    here, there, _ = await two_tournaments(scenario)
    await limit(scenario, scenario.tournament_id, "stake", 3000)
    assert await place(scenario, here, 2000) == "TAKEN"
    assert await place(scenario, there, 1001) == "OWN_LIMIT"
    assert await place(scenario, there, 1000) == "TAKEN"
    assert await place(scenario, here, 1) == "OWN_LIMIT"
    wallets = taken(await scenario.bettor.get("/api/wallet"), 200)["items"]
    assert [one["used"] for wallet in wallets for one in wallet["limits"]] == [3000]
    assert taken(await scenario.bettor.get("/api/server"), 200)["limits_everywhere"] is True
    await scenario.records.assert_balanced()


async def test_bets_in_two_tournaments_at_once_do_not_share_what_is_left_twice(scenario: ApiScenario) -> None:
    here, there, _ = await two_tournaments(scenario)
    await limit(scenario, scenario.tournament_id, "stake", 1000)
    for _ in range(10):
        await asyncio.gather(*(place(scenario, outcome, 100) for outcome in (here, there)))
    assert await scenario.value("SELECT sum(stake) FROM bets") == 1000


async def test_a_deposit_limit_counts_all_of_them_too(scenario: ApiScenario) -> None:
    _, _, other = await two_tournaments(scenario)
    await limit(scenario, other, "deposit", 25_000)
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    assert code(await scenario.move(wallet_id, "deposit", 5001)) == "OWN_LIMIT"
    taken(await scenario.move(wallet_id, "deposit", 5000))


async def test_another_currency_is_another_limit(scenario: ApiScenario) -> None:
    here, there, _ = await two_tournaments(scenario, "JPY")
    await limit(scenario, scenario.tournament_id, "stake", 1000)
    assert await place(scenario, there, 5000, "JPY") == "TAKEN"
    assert await place(scenario, here, 1001) == "OWN_LIMIT"


class TestEachAlone:
    @pytest.fixture
    def wanted(self) -> dict[str, Any]:
        return {}

    async def test_unless_the_operator_says_so_each_tournament_has_its_own(self, scenario: ApiScenario) -> None:
        here, there, _ = await two_tournaments(scenario)
        await limit(scenario, scenario.tournament_id, "stake", 1000)
        assert await place(scenario, here, 1001) == "OWN_LIMIT"
        assert await place(scenario, there, 5000) == "TAKEN"


async def test_a_first_limit_set_while_bets_are_placed_holds_for_them(scenario: ApiScenario) -> None:
    here, there, _ = await two_tournaments(scenario)
    ledger, bettor = scenario.records.services.ledger, scenario.bettor

    async def bet(outcome_id: int) -> None:
        async with ledger.read() as conn, conn.transaction():
            asked = [uuid4()], [bettor.id], [outcome_id], [1000], ["EUR"], [None], ["192.0.2.7"]
            await conn.fetch("SELECT * FROM place_bets($1, $2, $3, $4, $5, $6, $7)", *asked)
            # Not committed at once: the other lane must not decide meanwhile.
            await asyncio.sleep(0.3)

    async with ledger.change(Actor(bettor.id)) as change:
        await users.set_limit(
            change, user_id=bettor.id, tournament_id=scenario.tournament_id, kind="stake", period="day", amount=1000
        )
        bets = [asyncio.create_task(bet(outcome_id)) for outcome_id in (here, there)]
        await asyncio.sleep(0.3)
    await asyncio.gather(*bets)
    assert await scenario.value("SELECT sum(stake) FROM bets") == 1000
