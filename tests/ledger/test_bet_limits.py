"""Limits that a bet meets: of the market, of the bettor's own, and what bars a person from the next decision on."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import asyncpg
import pytest

from stage import Bettor, Stage, raised
from toteboard.intake.intake import Intake
from toteboard.rules.refusals import Refusal
from toteboard.settings import Settings

DAY = timedelta(days=1)


@pytest.fixture
async def stage(database: str) -> AsyncIterator[Stage]:
    async with raised(database) as stage:
        yield stage


# Limits of the market ---------------------------------------------------------------------------------------------------


async def test_the_room_that_is_told_is_the_largest_stake_that_is_taken(stage: Stage) -> None:
    ada = await stage.bettor(10**9)
    for odds, risk in product((1001, 1250, 1500, 2000, 2285, 7777), (0, 1, 99, 1000)):
        market = await stage.fixed(odds, 3000, liability_max=risk)
        [refused] = await stage.place(stage.bet(ada, market.outcomes[0], 10**7))
        assert refused.number == Refusal.LIABILITY.number
        room = refused.room
        assert room is not None
        assert await stage.verdict(ada, market.outcomes[0], room + 1) == Refusal.LIABILITY.number
        if room:
            assert await stage.verdict(ada, market.outcomes[0], room) == 0
            stakes, _, returns = await stage.totals(market.outcomes[0])
            assert returns - stakes <= risk


async def test_stakes_elsewhere_make_room_for_liability(stage: Stage) -> None:
    ada, market = await stage.bettor(), await stage.fixed(3000, 2000, liability_max=1000)
    x, y, *_ = market.outcomes
    await stage.take(ada, x, 500)
    [full] = await stage.place(stage.bet(ada, x, 1))
    assert (full.number, full.room) == (Refusal.LIABILITY.number, 0)
    await stage.take(ada, y, 500)
    assert await stage.verdict(ada, x, 251) == Refusal.LIABILITY.number
    assert await stage.verdict(ada, x, 250) == 0


async def test_odds_of_one_carry_no_liability(stage: Stage) -> None:
    ada, market = await stage.bettor(), await stage.fixed(1000, 2000, liability_max=0)
    assert await stage.verdict(ada, market.outcomes[0], 500) == 0


async def test_the_market_takes_stakes_up_to_its_limit_and_not_one_more(stage: Stage) -> None:
    ada, market = await stage.bettor(), await stage.market(total_max=1000)
    await stage.take(ada, market.outcomes[0], 400)
    [refused] = await stage.place(stage.bet(ada, market.outcomes[1], 601))
    assert (refused.number, refused.room) == (Refusal.MARKET_LIMIT.number, 600)
    assert await stage.verdict(ada, market.outcomes[1], 600) == 0


async def test_bets_of_one_set_that_do_not_fit_together_are_asked_again(stage: Stage) -> None:
    people, market = [await stage.bettor() for _ in range(4)], await stage.market(total_max=1000)
    bets = [stage.bet(one, market.outcomes[0], stake) for one, stake in zip(people, (600, 500, 300, 400), strict=True)]
    assert [v.number for v in await stage.place(*bets)] == [0, -2, -2, -2]
    assert [v.number for v in await stage.place(*bets[1:])] == [Refusal.MARKET_LIMIT.number, 0, -2]
    [last] = await stage.place(bets[3])
    assert (last.number, last.room) == (Refusal.MARKET_LIMIT.number, 100)
    assert await stage.escrow(market) == 900
    assert len(await stage.logged("bet.refused")) == 2, "what is asked again leaves no trace"
    await stage.audited()


async def test_a_refused_neighbour_takes_no_room(stage: Stage) -> None:
    people, market = [await stage.bettor(500) for _ in range(3)], await stage.market(total_max=1000)
    bets = [stage.bet(one, market.outcomes[0], stake) for one, stake in zip(people, (501, 500, 500), strict=True)]
    assert [v.number for v in await stage.place(*bets)] == [Refusal.FUNDS.number, 0, 0]


@pytest.mark.parametrize("lanes", [1, 3])
async def test_no_rush_gets_past_a_limit_of_the_market(stage: Stage, lanes: int) -> None:
    fixed = await stage.fixed(3000, 2000, liability_max=1000)
    pool = await stage.market(total_max=777)
    people = [await stage.bettor() for _ in range(40)]
    intake = Intake(stage.ledger, Settings.read({}, lanes=lanes, batch_max=25))
    await intake.start()
    verdicts = await asyncio.gather(
        *(intake.verdict(stage.bet(one, fixed.outcomes[0], 35)) for one in people),
        *(intake.verdict(stage.bet(one, pool.outcomes[0], 50)) for one in people),
    )
    await intake.stop()
    numbers = [v.number for v in verdicts]
    assert sorted(set(numbers[:40])) == [0, Refusal.LIABILITY.number]
    assert sorted(set(numbers[40:])) == [0, Refusal.MARKET_LIMIT.number]
    assert (numbers[:40].count(0), numbers[40:].count(0)) == (14, 15), "as many as fit: 14 × 70 and 15 × 50"
    await stage.audited()


# Limits of the bettor's own --------------------------------------------------------------------------------------------


async def limit(
    stage: Stage,
    bettor: Bettor,
    period: str,
    amount: int | None,
    *,
    kind: str = "stake",
    after: timedelta = timedelta(),
) -> None:
    await stage.conn.execute(
        "INSERT INTO limits (user_id, tournament_id, kind, period, amount, effective_at) "
        "VALUES ($1, $2, $6, $3, $4, clock_timestamp() + $5)",
        bettor.user_id,
        stage.tournament_id,
        period,
        amount,
        after,
        kind,
    )


async def age(stage: Stage, bet_id: Any, by: timedelta) -> None:
    await stage.conn.execute("UPDATE bets SET placed_at = placed_at - $2::interval WHERE id = $1", bet_id, by)


async def test_the_least_of_day_week_and_month_decides(stage: Stage) -> None:
    ada, market = await stage.bettor(), await stage.market()
    x = market.outcomes[0]
    await limit(stage, ada, "day", 100)
    await limit(stage, ada, "week", 250)
    await limit(stage, ada, "month", 330)
    spent = await stage.take(ada, x, 80)
    [refused] = await stage.place(stage.bet(ada, x, 21))
    assert (refused.number, refused.room) == (Refusal.OWN_LIMIT.number, 20)
    await age(stage, spent.bet_id, DAY)
    await age(stage, (await stage.take(ada, x, 100)).bet_id, DAY)
    [refused] = await stage.place(stage.bet(ada, x, 71))
    assert (refused.number, refused.room) == (Refusal.OWN_LIMIT.number, 70), "of the week"
    await stage.conn.execute("UPDATE bets SET placed_at = placed_at - interval '7 days'")
    await age(stage, (await stage.take(ada, x, 100)).bet_id, DAY)
    [refused] = await stage.place(stage.bet(ada, x, 51))
    assert (refused.number, refused.room) == (Refusal.OWN_LIMIT.number, 50), "of the month"
    assert await stage.verdict(ada, x, 50) == 0


async def test_refunded_stakes_do_not_count_against_the_own_limit(stage: Stage) -> None:
    ada, market, other = await stage.bettor(), await stage.market(), await stage.market()
    await limit(stage, ada, "day", 100)
    await stage.take(ada, market.outcomes[0], 100)
    assert await stage.verdict(ada, other.outcomes[0], 1) == Refusal.OWN_LIMIT.number
    await stage.close(market)
    await stage.settle(market, all_void=True)
    assert await stage.verdict(ada, other.outcomes[0], 100) == 0


async def test_a_loss_limit_counts_what_did_not_come_back_and_what_is_pending(stage: Stage) -> None:
    ada, bea = await stage.bettor(), await stage.bettor()
    market, other, third = await stage.market(), await stage.market(), await stage.market()
    await limit(stage, ada, "day", 100, kind="loss")
    await stage.take(ada, market.outcomes[0], 60)
    [refused] = await stage.place(stage.bet(ada, other.outcomes[0], 41))
    assert (refused.number, refused.room) == (Refusal.OWN_LIMIT.number, 40), "pending is lost until it is decided"
    await stage.take(bea, market.outcomes[1], 60)
    await stage.close(market)
    await stage.settle(market, market.outcomes[0])
    [refused] = await stage.place(stage.bet(ada, other.outcomes[0], 101))
    assert (refused.number, refused.room) == (Refusal.OWN_LIMIT.number, 100), "winnings add nothing to it"
    await stage.take(ada, other.outcomes[0], 100)
    await stage.take(bea, other.outcomes[1], 100)
    await stage.close(other)
    won = (await stage.wallet(ada))["balance"]
    await stage.settle(other, other.outcomes[1])
    assert (await stage.wallet(ada))["balance"] == won
    [refused] = await stage.place(stage.bet(ada, third.outcomes[0], 100))
    assert refused.number == Refusal.OWN_LIMIT.number
    back = next(
        row["payout"]
        for row in await stage.conn.fetch("SELECT payout FROM bets WHERE status = 'won' AND user_id = $1", ada.user_id)
    )
    assert refused.room == 100 - (60 + 100 - back)
    await stage.audited()


async def test_an_own_limit_counts_from_its_time_on(stage: Stage) -> None:
    ada, market = await stage.bettor(), await stage.market()
    x = market.outcomes[0]
    await limit(stage, ada, "day", 100)
    await limit(stage, ada, "day", 500, after=DAY)
    assert await stage.verdict(ada, x, 101) == Refusal.OWN_LIMIT.number
    await stage.conn.execute("UPDATE limits SET effective_at = clock_timestamp() WHERE amount = 500")
    assert await stage.verdict(ada, x, 500) == 0
    await limit(stage, ada, "day", None)
    assert await stage.verdict(ada, x, 5000) == 0, "lifted"


async def test_an_own_limit_is_of_one_bettor_in_one_tournament(stage: Stage) -> None:
    ada, bea, market = await stage.bettor(), await stage.bettor(), await stage.market()
    await limit(stage, ada, "day", 0)
    assert await stage.verdict(ada, market.outcomes[0], 1) == Refusal.OWN_LIMIT.number
    assert await stage.verdict(bea, market.outcomes[0], 1) == 0
    await stage.tournament()
    also_ada, elsewhere = await stage.bettor(user_id=ada.user_id), await stage.market()
    assert await stage.verdict(also_ada, elsewhere.outcomes[0], 1) == 0


async def test_bets_of_two_lanes_cannot_pass_the_own_limit_together(stage: Stage) -> None:
    ada, market = await stage.bettor(), await stage.market()
    await limit(stage, ada, "day", 100)
    doors = [Intake(stage.ledger, Settings.read({}, lanes=1)) for _ in range(4)]
    for door in doors:
        await door.start()
    verdicts = await asyncio.gather(
        *(door.verdict(stage.bet(ada, market.outcomes[0], 60)) for door in doors for _ in range(3))
    )
    for door in doors:
        await door.stop()
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
    stage: Stage, refusal: Refusal
) -> None:
    ada, market = await stage.bettor(), await stage.market()
    await stage.take(ada, market.outcomes[0])
    async with stage.conn.transaction():
        await stage.conn.execute(BARRED[refusal], ada.user_id)
        queued = asyncio.create_task(stage.verdict(ada, market.outcomes[0]))
        await asyncio.sleep(0.1)
        assert not queued.done()
    assert await queued == refusal.number
    assert len(await stage.logged("bet.refused")) == 1


async def test_staff_may_bet_where_the_tournament_says_so(stage: Stage) -> None:
    ada, market = await stage.bettor(role="organizer"), await stage.market()
    allow = "UPDATE tournaments SET staff_may_bet = $2 WHERE id = $1"
    assert await stage.verdict(ada, market.outcomes[0]) == Refusal.STAFF.number
    await stage.conn.execute(allow, stage.tournament_id, True)
    assert await stage.verdict(ada, market.outcomes[0]) == 0
    await stage.conn.execute(allow, stage.tournament_id, False)
    assert await stage.verdict(ada, market.outcomes[0]) == Refusal.STAFF.number
    await stage.conn.execute("DELETE FROM members")
    assert await stage.verdict(ada, market.outcomes[0]) == Refusal.STAFF.number, "no member at all"


async def test_an_exclusion_ends_by_itself(stage: Stage) -> None:
    ada, market = await stage.bettor(), await stage.market()
    exclude = "UPDATE users SET excluded_until = $2 WHERE id = $1"
    await stage.conn.execute(exclude, ada.user_id, datetime.now(UTC) + timedelta(seconds=0.3))
    assert await stage.verdict(ada, market.outcomes[0]) == Refusal.EXCLUDED.number
    await asyncio.sleep(0.35)
    assert await stage.verdict(ada, market.outcomes[0]) == 0
    await stage.conn.execute(exclude, ada.user_id, datetime.max.replace(tzinfo=UTC))
    assert await stage.verdict(ada, market.outcomes[0]) == Refusal.EXCLUDED.number


async def test_two_changes_at_the_same_moment_both_count(stage: Stage, database: str) -> None:
    """One becomes a bettor again while their check is withdrawn: whoever comes second sees what the first has done."""
    ada, market = await stage.bettor(role="organizer"), await stage.market()
    other = await asyncpg.connect(database)
    try:
        async with stage.conn.transaction():
            await stage.conn.execute("UPDATE users SET kyc = 'declined' WHERE id = $1", ada.user_id)
            changing = asyncio.create_task(
                other.execute("UPDATE members SET role = 'bettor' WHERE user_id = $1", ada.user_id)
            )
            await asyncio.sleep(0.1)
        await changing
    finally:
        await other.close()
    assert (await stage.wallet(ada))["standing"] == Refusal.KYC.number
    assert await stage.verdict(ada, market.outcomes[0]) == Refusal.KYC.number


async def test_stakes_on_a_withdrawn_outcome_make_no_room_for_liability(stage: Stage) -> None:
    """They will be refunded, so the house cannot pay with them."""
    ada, market = await stage.bettor(), await stage.fixed(2000, 2000, 2000, liability_max=1000)
    await stage.take(ada, market.outcomes[2], 500)
    await stage.edit_outcome(market.outcomes[2], withdrawn=True)
    assert await stage.verdict(ada, market.outcomes[0], 1001) == 16
    assert await stage.verdict(ada, market.outcomes[0], 1000) == 0
