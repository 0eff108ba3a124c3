"""Limits that a bet meets: of the market, of the bettor's own, and what bars a person from the next decision on."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from databases import by_hand
from scenarios import Bettor, LedgerScenario, ledger_scenario, verdict_of
from toteboard.background import Loops
from toteboard.intake.intake import Intake
from toteboard.rules.refusals import Refusal
from toteboard.settings import Settings

DAY = timedelta(days=1)


@pytest.fixture
async def scenario(database: str) -> AsyncIterator[LedgerScenario]:
    async with ledger_scenario(database) as scenario:
        yield scenario


# Limits of the market ---------------------------------------------------------------------------------------------------


async def test_the_room_that_is_told_is_the_largest_stake_that_is_taken(scenario: LedgerScenario) -> None:
    ada = await scenario.bettor(10**9)
    for odds, risk in product((1001, 1250, 1500, 2000, 2285, 7777), (0, 1, 99, 1000)):
        market = await scenario.fixed(odds, 3000, liability_max=risk)
        [refused] = await scenario.place(scenario.bet(ada, market.outcomes[0], 10**7))
        assert refused.number == Refusal.LIABILITY.number
        left = refused.left
        assert left is not None
        assert await scenario.verdict(ada, market.outcomes[0], left + 1) == Refusal.LIABILITY.number
        if left:
            assert await scenario.verdict(ada, market.outcomes[0], left) == 0
            stakes, _, returns = await scenario.totals(market.outcomes[0])
            assert returns - stakes <= risk


async def test_stakes_elsewhere_make_room_for_liability(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.fixed(3000, 2000, liability_max=1000)
    x, y, *_ = market.outcomes
    await scenario.take(ada, x, 500)
    [full] = await scenario.place(scenario.bet(ada, x, 1))
    assert (full.number, full.left) == (Refusal.LIABILITY.number, 0)
    await scenario.take(ada, y, 500)
    assert await scenario.verdict(ada, x, 251) == Refusal.LIABILITY.number
    assert await scenario.verdict(ada, x, 250) == 0


async def test_odds_of_one_carry_no_liability(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.fixed(1000, 2000, liability_max=0)
    assert await scenario.verdict(ada, market.outcomes[0], 500) == 0


async def test_the_market_takes_stakes_up_to_its_limit_and_not_one_more(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.market(total_max=1000)
    await scenario.take(ada, market.outcomes[0], 400)
    [refused] = await scenario.place(scenario.bet(ada, market.outcomes[1], 601))
    assert (refused.number, refused.left) == (Refusal.MARKET_LIMIT.number, 600)
    assert await scenario.verdict(ada, market.outcomes[1], 600) == 0


async def test_bets_of_one_set_that_do_not_fit_together_are_asked_again(scenario: LedgerScenario) -> None:
    people, market = [await scenario.bettor() for _ in range(4)], await scenario.market(total_max=1000)
    bets = [
        scenario.bet(one, market.outcomes[0], stake) for one, stake in zip(people, (600, 500, 300, 400), strict=True)
    ]
    assert [v.number for v in await scenario.place(*bets)] == [0, -2, -2, -2]
    assert [v.number for v in await scenario.place(*bets[1:])] == [Refusal.MARKET_LIMIT.number, 0, -2]
    [last] = await scenario.place(bets[3])
    assert (last.number, last.left) == (Refusal.MARKET_LIMIT.number, 100)
    assert await scenario.escrow(market) == 900
    assert len(await scenario.logged("bet.refused")) == 2, "what is asked again leaves no trace"
    await scenario.audited()


async def test_a_refused_neighbour_takes_no_room(scenario: LedgerScenario) -> None:
    people, market = [await scenario.bettor(500) for _ in range(3)], await scenario.market(total_max=1000)
    bets = [scenario.bet(one, market.outcomes[0], stake) for one, stake in zip(people, (501, 500, 500), strict=True)]
    assert [v.number for v in await scenario.place(*bets)] == [Refusal.FUNDS.number, 0, 0]


@pytest.mark.parametrize("lanes", [1, 3])
async def test_no_rush_gets_past_a_limit_of_the_market(scenario: LedgerScenario, lanes: int) -> None:
    fixed = await scenario.fixed(3000, 2000, liability_max=1000)
    pool = await scenario.market(total_max=777)
    people = [await scenario.bettor() for _ in range(40)]
    intake = Intake(scenario.ledger, Settings.read({}, lanes=lanes, batch_max=25), Loops())
    async with intake.running():
        verdicts = await asyncio.gather(
            *(verdict_of(intake, scenario.bet(one, fixed.outcomes[0], 35)) for one in people),
            *(verdict_of(intake, scenario.bet(one, pool.outcomes[0], 50)) for one in people),
        )
    numbers = [v.number for v in verdicts]
    assert sorted(set(numbers[:40])) == [0, Refusal.LIABILITY.number]
    assert sorted(set(numbers[40:])) == [0, Refusal.MARKET_LIMIT.number]
    assert (numbers[:40].count(0), numbers[40:].count(0)) == (14, 15), "as many as fit: 14 × 70 and 15 × 50"
    await scenario.audited()


# Limits of the bettor's own --------------------------------------------------------------------------------------------


async def limit(
    scenario: LedgerScenario,
    bettor: Bettor,
    period: str,
    amount: int | None,
    *,
    kind: str = "stake",
    after: timedelta = timedelta(),
) -> None:
    await scenario.conn.execute(
        "INSERT INTO limits (user_id, tournament_id, kind, period, amount, before, effective_at) "
        "VALUES ($1, $2, $6, $3, $4, (SELECT amount FROM limits_of($1, $2, ARRAY[$6], clock_timestamp()) WHERE period = $3),"
        " clock_timestamp() + $5)",
        bettor.user_id,
        scenario.tournament_id,
        period,
        amount,
        after,
        kind,
    )


async def age(scenario: LedgerScenario, bet_id: Any, by: timedelta) -> None:
    await scenario.conn.execute("UPDATE bets SET placed_at = placed_at - $2::interval WHERE id = $1", bet_id, by)


async def test_the_least_of_day_week_and_month_decides(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.market()
    x = market.outcomes[0]
    await limit(scenario, ada, "day", 100)
    await limit(scenario, ada, "week", 250)
    await limit(scenario, ada, "month", 330)
    spent = await scenario.take(ada, x, 80)
    [refused] = await scenario.place(scenario.bet(ada, x, 21))
    assert (refused.number, refused.left) == (Refusal.OWN_LIMIT.number, 20)
    await age(scenario, spent.bet_id, DAY)
    await age(scenario, (await scenario.take(ada, x, 100)).bet_id, DAY)
    [refused] = await scenario.place(scenario.bet(ada, x, 71))
    assert (refused.number, refused.left) == (Refusal.OWN_LIMIT.number, 70), "of the week"
    await scenario.conn.execute("UPDATE bets SET placed_at = placed_at - interval '7 days'")
    await age(scenario, (await scenario.take(ada, x, 100)).bet_id, DAY)
    [refused] = await scenario.place(scenario.bet(ada, x, 51))
    assert (refused.number, refused.left) == (Refusal.OWN_LIMIT.number, 50), "of the month"
    assert await scenario.verdict(ada, x, 50) == 0


async def test_refunded_stakes_do_not_count_against_the_own_limit(scenario: LedgerScenario) -> None:
    ada, market, other = await scenario.bettor(), await scenario.market(), await scenario.market()
    await limit(scenario, ada, "day", 100)
    await scenario.take(ada, market.outcomes[0], 100)
    assert await scenario.verdict(ada, other.outcomes[0], 1) == Refusal.OWN_LIMIT.number
    await scenario.close(market)
    await scenario.settle(market, all_void=True)
    assert await scenario.verdict(ada, other.outcomes[0], 100) == 0


async def test_a_loss_limit_counts_what_did_not_come_back_and_what_is_pending(scenario: LedgerScenario) -> None:
    ada, bea = await scenario.bettor(), await scenario.bettor()
    market, other, third = await scenario.market(), await scenario.market(), await scenario.market()
    await limit(scenario, ada, "day", 100, kind="loss")
    await scenario.take(ada, market.outcomes[0], 60)
    [refused] = await scenario.place(scenario.bet(ada, other.outcomes[0], 41))
    assert (refused.number, refused.left) == (Refusal.OWN_LIMIT.number, 40), "pending is lost until it is decided"
    await scenario.take(bea, market.outcomes[1], 60)
    await scenario.close(market)
    await scenario.settle(market, market.outcomes[0])
    [refused] = await scenario.place(scenario.bet(ada, other.outcomes[0], 101))
    assert (refused.number, refused.left) == (Refusal.OWN_LIMIT.number, 100), "winnings add nothing to it"
    await scenario.take(ada, other.outcomes[0], 100)
    await scenario.take(bea, other.outcomes[1], 100)
    await scenario.close(other)
    won = (await scenario.wallet(ada))["balance"]
    await scenario.settle(other, other.outcomes[1])
    assert (await scenario.wallet(ada))["balance"] == won
    [refused] = await scenario.place(scenario.bet(ada, third.outcomes[0], 100))
    assert refused.number == Refusal.OWN_LIMIT.number
    back = next(
        row["payout"]
        for row in await scenario.conn.fetch(
            "SELECT payout FROM bets WHERE status = 'won' AND user_id = $1", ada.user_id
        )
    )
    assert refused.left == 100 - (60 + 100 - back)
    await scenario.audited()


async def test_an_own_limit_counts_from_its_time_on(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.market()
    x = market.outcomes[0]
    await limit(scenario, ada, "day", 100)
    await limit(scenario, ada, "day", 500, after=DAY)
    assert await scenario.verdict(ada, x, 101) == Refusal.OWN_LIMIT.number
    await scenario.conn.execute("UPDATE limits SET effective_at = clock_timestamp() WHERE amount = 500")
    assert await scenario.verdict(ada, x, 500) == 0
    await limit(scenario, ada, "day", None)
    assert await scenario.verdict(ada, x, 5000) == 0, "lifted"


async def test_what_a_bet_reads_of_limits_does_not_grow_with_the_wishes(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.market()
    await limit(scenario, ada, "day", 100)
    for amount in range(200, 260):
        await limit(scenario, ada, "day", amount, after=DAY)
    assert await scenario.conn.fetchval("SELECT count(*) FROM limits") == 61, "one a wish"
    await scenario.conn.execute("ANALYZE limits")
    told = await scenario.conn.fetchval(
        "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT amount FROM limits_of($1, $2, ARRAY['stake', 'loss'], $3)",
        ada.user_id,
        scenario.tournament_id,
        datetime.now(UTC),
    )
    reads = [node for node in nodes(json.loads(told)[0]["Plan"]) if node.get("Relation Name") == "limits"]
    assert reads
    assert sum(node["Actual Rows"] * node["Actual Loops"] for node in reads) <= 6
    assert await scenario.verdict(ada, market.outcomes[0], 101) == Refusal.OWN_LIMIT.number


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for below in plan.get("Plans", []) for node in nodes(below))]


async def test_an_own_limit_is_of_one_bettor_in_one_tournament(scenario: LedgerScenario) -> None:
    ada, bea, market = await scenario.bettor(), await scenario.bettor(), await scenario.market()
    await limit(scenario, ada, "day", 0)
    assert await scenario.verdict(ada, market.outcomes[0], 1) == Refusal.OWN_LIMIT.number
    assert await scenario.verdict(bea, market.outcomes[0], 1) == 0
    await scenario.tournament()
    also_ada, elsewhere = await scenario.bettor(user_id=ada.user_id), await scenario.market()
    assert await scenario.verdict(also_ada, elsewhere.outcomes[0], 1) == 0


async def test_bets_of_two_lanes_cannot_pass_the_own_limit_together(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.market()
    await limit(scenario, ada, "day", 100)
    intakes = [Intake(scenario.ledger, Settings.read({}, lanes=1), Loops()) for _ in range(4)]
    async with AsyncExitStack() as stack:
        for intake in intakes:
            await stack.enter_async_context(intake.running())
        verdicts = await asyncio.gather(
            *(verdict_of(intake, scenario.bet(ada, market.outcomes[0], 60)) for intake in intakes for _ in range(3))
        )
    assert sorted(v.number for v in verdicts) == [0] + [Refusal.OWN_LIMIT.number] * 11


# What bars a person takes effect at the next decision --------------------------------------------------------------------

BARRED = {
    Refusal.BLOCKED: "UPDATE users SET blocked = true WHERE id = $1",
    Refusal.KYC: "UPDATE users SET kyc = 'declined' WHERE id = $1",
    Refusal.EXCLUDED: "UPDATE users SET excluded_until = clock_timestamp() + interval '1 hour' WHERE id = $1",
    Refusal.STAFF: "UPDATE members SET role = 'organizer' WHERE user_id = $1",
}


@pytest.mark.parametrize("refusal", BARRED)
async def test_what_bars_a_person_while_the_bet_is_queued_counts_at_the_decision(
    scenario: LedgerScenario, refusal: Refusal
) -> None:
    ada, market = await scenario.bettor(), await scenario.market()
    await scenario.take(ada, market.outcomes[0])
    async with scenario.conn.transaction():
        await scenario.conn.execute(BARRED[refusal], ada.user_id)
        queued = asyncio.create_task(scenario.verdict(ada, market.outcomes[0]))
        await asyncio.sleep(0.1)
        assert not queued.done()
    assert await queued == refusal.number
    assert len(await scenario.logged("bet.refused")) == 1


async def test_staff_may_bet_where_the_tournament_says_so(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(role="organizer"), await scenario.market()
    allow = "UPDATE tournaments SET staff_may_bet = $2 WHERE id = $1"
    assert await scenario.verdict(ada, market.outcomes[0]) == Refusal.STAFF.number
    await scenario.conn.execute(allow, scenario.tournament_id, True)
    assert await scenario.verdict(ada, market.outcomes[0]) == 0
    await scenario.conn.execute(allow, scenario.tournament_id, False)
    assert await scenario.verdict(ada, market.outcomes[0]) == Refusal.STAFF.number
    await scenario.conn.execute("DELETE FROM members")
    assert await scenario.verdict(ada, market.outcomes[0]) == Refusal.NOT_A_MEMBER.number
    await scenario.conn.execute(allow, scenario.tournament_id, True)
    assert await scenario.verdict(ada, market.outcomes[0]) == Refusal.NOT_A_MEMBER.number


async def test_an_exclusion_ends_by_itself(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.market()
    exclude = "UPDATE users SET excluded_until = $2 WHERE id = $1"
    await scenario.conn.execute(exclude, ada.user_id, datetime.now(UTC) + timedelta(seconds=0.3))
    assert await scenario.verdict(ada, market.outcomes[0]) == Refusal.EXCLUDED.number
    await asyncio.sleep(0.35)
    assert await scenario.verdict(ada, market.outcomes[0]) == 0
    await scenario.conn.execute(exclude, ada.user_id, datetime.max.replace(tzinfo=UTC))
    assert await scenario.verdict(ada, market.outcomes[0]) == Refusal.EXCLUDED.number


async def test_two_changes_at_the_same_moment_both_count(scenario: LedgerScenario, database: str) -> None:
    """One becomes a bettor again while their check is withdrawn: whoever comes second sees what the first has done."""
    ada, market = await scenario.bettor(role="organizer"), await scenario.market()
    other = await by_hand(database)
    try:
        async with scenario.conn.transaction():
            await scenario.conn.execute("UPDATE users SET kyc = 'declined' WHERE id = $1", ada.user_id)
            changing = asyncio.create_task(
                other.execute("UPDATE members SET role = 'bettor' WHERE user_id = $1", ada.user_id)
            )
            await asyncio.sleep(0.1)
        await changing
    finally:
        await other.close()
    assert (await scenario.wallet(ada))["eligibility"] == Refusal.KYC.number
    assert await scenario.verdict(ada, market.outcomes[0]) == Refusal.KYC.number


async def test_stakes_on_a_withdrawn_outcome_make_no_room_for_liability(scenario: LedgerScenario) -> None:
    """They will be refunded, so the house cannot pay with them."""
    ada, market = await scenario.bettor(), await scenario.fixed(2000, 2000, 2000, liability_max=1000)
    await scenario.take(ada, market.outcomes[2], 500)
    await scenario.edit_outcome(market.outcomes[2], withdrawn=True)
    assert await scenario.verdict(ada, market.outcomes[0], 1001) == 16
    assert await scenario.verdict(ada, market.outcomes[0], 1000) == 0
