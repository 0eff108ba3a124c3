"""Settling, voiding and correcting on the real ledger: who is paid what, once, and where every cent went."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stage import Bettor, Market, Stage, raised
from toteboard.intake.batcher import PlaceBet
from toteboard.ledger import settlements
from toteboard.ledger.settlements import Changed, NotNow, OtherResult
from toteboard.rules.money import Minor
from toteboard.rules.refusals import Refusal
from toteboard.rules.settlement import (
    Book,
    OutcomeStakes,
    PoolRules,
    Result,
    ResultRefused,
    fixed_terms,
    payout,
    pool_terms,
)


@pytest.fixture
async def stage(database: str) -> AsyncIterator[Stage]:
    async with raised(database) as stage:
        yield stage


async def people(stage: Stage, count: int, deposit: int = 100_000) -> list[Bettor]:
    return [await stage.bettor(deposit) for _ in range(count)]


async def finished(stage: Stage, market: Market) -> None:
    """Nothing is left in the escrow, and the books are clean."""
    assert await stage.escrow(market) == 0
    await stage.audited()


# Pools -------------------------------------------------------------------------------------------------------------------


async def test_a_pool_pays_its_winners_the_dividend_and_the_house_its_share(stage: Stage) -> None:
    (ada, bea, cy), market = await people(stage, 3), await stage.market(takeout_bps=1250)
    x, y, _ = market.outcomes
    bets = [await stage.take(ada, x, 333), await stage.take(bea, x, 100), await stage.take(cy, y, 1000)]
    await stage.close(market)
    row = await stage.settle(market, x)
    # 1433, takeout 179, net 1254, over 433: 2.896 → 2.89
    assert await stage.payouts(*bets) == [("won", 962), ("won", 289), ("lost", 0)]
    assert (row["gross"], row["takeout"], row["paid"], row["breakage"]) == (1433, 179, 1251, 3)
    assert [await stage.house(kind) for kind in ("takeout", "breakage", "house")] == [179, 3, 0]
    assert [await stage.balance(one) for one in (ada, bea, cy)] == [100_629, 100_189, 99_000]
    assert (row["status"], row["bets"], row["bets_done"]) == ("paid", 3, 3)
    assert (await stage.row("markets", market.id))["status"] == "settled"
    await finished(stage, market)


async def test_nobody_on_the_winner_means_everybody_gets_the_stake_back(stage: Stage) -> None:
    (ada, bea), market = await people(stage, 2), await stage.market(takeout_bps=2000)
    bets = [await stage.take(ada, market.outcomes[0], 50), await stage.take(bea, market.outcomes[1], 70)]
    await stage.close(market)
    row = await stage.settle(market, market.outcomes[2])
    assert await stage.payouts(*bets) == [("void", 50), ("void", 70)]
    assert (row["gross"], row["refunds"], row["takeout"]) == (0, 120, 0)
    await finished(stage, market)


async def test_a_minimum_dividend_costs_the_takeout_first_and_then_the_house(stage: Stage) -> None:
    (ada, bea), market = await people(stage, 2), await stage.market(takeout_bps=1000, minimum_milli=1100)
    x, y, _ = market.outcomes
    await stage.take(ada, x, 1000)
    await stage.take(bea, y, 10)
    await stage.close(market)
    row = await stage.settle(market, x)
    assert (row["paid"], row["takeout"], row["breakage"], row["house_added"]) == (1100, 0, 0, 90)
    assert await stage.house() == -90
    await finished(stage, market)
    row = await stage.resettle(market, y)
    assert (row["takeout"], row["house_added"]) == (101, 0)
    assert await stage.house() == 0, "what it had added came back"
    await finished(stage, market)


async def test_a_dead_heat_splits_the_profit_and_leaves_the_odd_cents_as_breakage(stage: Stage) -> None:
    (ada, bea, cy), market = await people(stage, 3), await stage.market()
    x, y, z = market.outcomes
    bets = [await stage.take(ada, x, 101), await stage.take(bea, y, 211), await stage.take(cy, z, 1001)]
    await stage.close(market)
    row = await stage.settle(market, x, y)
    # A profit of 1001 in two halves: 1 + 500.5/101 = 5.95, 1 + 500.5/211 = 3.37
    assert await stage.payouts(*bets) == [("won", 600), ("won", 711), ("lost", 0)]
    assert row["breakage"] == 1313 - 600 - 711
    await finished(stage, market)


async def test_a_withdrawn_outcome_and_late_bets_are_refunded_and_the_rest_is_divided(stage: Stage) -> None:
    (ada, bea, cy, dan), market = await people(stage, 4), await stage.market()
    x, y, z = market.outcomes
    bets = [await stage.take(ada, x, 100), await stage.take(bea, y, 300), await stage.take(cy, z, 55)]
    await stage.conn.execute(
        "UPDATE matches SET started_at = (SELECT max(placed_at) FROM bets) + interval '1 microsecond' WHERE id = $1",
        stage.match_id,
    )
    late = [await stage.take(dan, x, 70), await stage.take(ada, y, 80), await stage.take(dan, z, 5)]
    await stage.edit_outcome(z, withdrawn=True)
    await stage.close(market)
    row = await stage.settle(market, x)
    assert await stage.payouts(*bets) == [("won", 400), ("lost", 0), ("void", 55)]
    assert await stage.payouts(*late) == [("void", 70), ("void", 80), ("void", 5)]
    assert (row["gross"], row["refunds"], row["paid"]) == (400, 210, 400)
    await finished(stage, market)


# Fixed odds --------------------------------------------------------------------------------------------------------------


async def test_a_fixed_market_pays_the_odds_that_were_taken(stage: Stage) -> None:
    (ada, bea, cy), market = await people(stage, 3), await stage.fixed(2285, 1500)
    x, y = market.outcomes
    first = await stage.take(ada, x, 333)
    await stage.edit_outcome(x, odds_milli=3000)
    second, third = await stage.take(bea, x, 333), await stage.take(cy, y, 101)
    await stage.close(market)
    row = await stage.settle(market, x)
    assert await stage.payouts(first, second, third) == [("won", 760), ("won", 999), ("lost", 0)]
    assert (row["house_added"], row["house_won"], await stage.house()) == (992, 0, -992)
    await finished(stage, market)
    row = await stage.resettle(market, y)
    assert await stage.payouts(first, second, third) == [("lost", 0), ("lost", 0), ("won", 151)]
    assert (row["house_added"], row["house_won"], await stage.house()) == (0, 616, 616)
    await finished(stage, market)


async def test_void_half_void_and_tied_outcomes_are_paid_by_the_rule_of_the_trade(stage: Stage) -> None:
    ada, market = await stage.bettor(), await stage.fixed(3000, 2000, 5000, 1750, places=1)
    a, b, c, d = market.outcomes
    bets = [await stage.take(ada, outcome, 101) for outcome in (a, b, c, d)]
    await stage.close(market)
    await stage.settle(market, a, b, half_void=[b], void=[d])
    # a and b share one place: 101·3/2; half of b's is returned, the other half shares: 50.5 + 50.5·2/2
    assert await stage.payouts(*bets) == [("won", 151), ("half", 101), ("lost", 0), ("void", 101)]
    await finished(stage, market)


# Once ------------------------------------------------------------------------------------------------------------------


async def test_settling_twice_answers_with_the_same_settlement(stage: Stage) -> None:
    ada, market = await stage.bettor(), await stage.market()
    x, y, _ = market.outcomes
    await stage.take(ada, x)
    await stage.close(market)
    first = await stage.settle(market, x, pay=False)
    before = await stage.everything()
    assert (await stage.settle(market, x, pay=False))["id"] == first["id"]
    assert await stage.everything() == before
    with pytest.raises(OtherResult):
        await stage.settle(market, y)
    with pytest.raises(OtherResult):
        await stage.settle(market, all_void=True)
    assert (await stage.settle(market, x))["status"] == "paid"
    assert (await stage.settle(market, x))["id"] == first["id"]
    await finished(stage, market)


async def test_voiding_twice_answers_with_the_same_void(stage: Stage) -> None:
    (ada, bea), market = await people(stage, 2), await stage.market()
    bets = [await stage.take(ada, market.outcomes[0], 10), await stage.take(bea, market.outcomes[1], 20)]
    first = await stage.settle(market, all_void=True)
    before = await stage.everything()
    assert (await stage.settle(market, all_void=True))["id"] == first["id"]
    assert await stage.everything() == before
    assert await stage.payouts(*bets) == [("void", 10), ("void", 20)]
    assert await stage.verdict(ada, market.outcomes[0]) == Refusal.MARKET_CLOSED.number
    with pytest.raises(OtherResult):
        await stage.settle(market, market.outcomes[0])
    await finished(stage, market)


async def test_a_preview_that_is_no_longer_true_is_not_settled(stage: Stage) -> None:
    (ada, bea), market = await people(stage, 2), await stage.market()
    x = market.outcomes[0]
    await stage.take(ada, x, 100)
    async with stage.ledger.snapshot() as conn:
        preview = await settlements.reckon(conn, market.id, result={"winners": [x]})
    await stage.take(bea, x, 50)
    await stage.close(market)
    with pytest.raises(Changed):
        await stage.settle(market, x, digest=preview.digest)
    async with stage.ledger.snapshot() as conn:
        preview = await settlements.reckon(conn, market.id, result={"winners": [x]})
    assert (await stage.settle(market, x, digest=preview.digest))["paid"] == preview.paid == 150
    await finished(stage, market)


async def test_only_a_closed_market_is_settled_and_only_a_settled_one_corrected(stage: Stage) -> None:
    ada, market = await stage.bettor(), await stage.market()
    x, y, _ = market.outcomes
    await stage.take(ada, x)
    with pytest.raises(NotNow):
        await stage.settle(market, x)
    await stage.close(market)
    with pytest.raises(NotNow):
        await stage.resettle(market, x)
    with pytest.raises(ResultRefused):
        await stage.settle(market, 10**9)
    await stage.settle(market, x, pay=False)
    with pytest.raises(NotNow):
        await stage.resettle(market, y)
    await stage.settle(market, x)
    await finished(stage, market)


async def test_a_market_without_bets_is_settled_all_the_same(stage: Stage) -> None:
    for market in (await stage.market(), await stage.fixed()):
        await stage.close(market)
        assert (await stage.settle(market, market.outcomes[0]))["status"] == "paid"
        assert (await stage.resettle(market, market.outcomes[1]))["version"] == 2
        await finished(stage, market)


# By example of any market ------------------------------------------------------------------------------------------------

_stakes = st.one_of(st.integers(1, 50), st.integers(1, 10_000_000))
_bets = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), _stakes), min_size=1, max_size=12)
_results = st.lists(st.sets(st.integers(0, 2), min_size=1, max_size=3), min_size=1, max_size=3)


@given(
    bets=_bets,
    results=_results,
    kind=st.sampled_from(["pool", "fixed"]),
    odds=st.lists(st.integers(1000, 9000), min_size=3, max_size=3),
    rules=st.builds(
        PoolRules,
        takeout_bps=st.integers(0, 5000),
        break_to_milli=st.sampled_from([1, 10, 100]),
        minimum_milli=st.sampled_from([0, 1000, 1100]),
    ),
    withdrawn=st.sampled_from([None, None, 0, 1]),
)
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_every_bet_is_paid_what_the_rules_make_of_it_also_after_corrections(
    stage: Stage,
    bets: list[tuple[int, int, int]],
    results: list[set[int]],
    kind: str,
    odds: list[int],
    rules: PoolRules,
    withdrawn: int | None,
) -> None:
    crowd = await people(stage, 4, 10**9)
    pool: dict[str, Any] = (
        {}
        if kind == "fixed"
        else {
            "takeout_bps": rules.takeout_bps,
            "break_to_milli": rules.break_to_milli,
            "minimum_milli": rules.minimum_milli,
        }
    )
    market = await stage.market(kind, odds=odds if kind == "fixed" else (None,) * 3, **pool)
    taken = [await stage.take(crowd[who], market.outcomes[which], stake) for who, which, stake in bets]
    if withdrawn is not None:
        await stage.edit_outcome(market.outcomes[withdrawn], withdrawn=True)
    await stage.close(market)
    first = True
    for winners in results:
        ids = sorted(market.outcomes[n] for n in winners if n != withdrawn)
        if not ids:
            continue
        await (stage.settle(market, *ids) if first else stage.resettle(market, *ids))
        first = False
        expected = await _by_the_rules(stage, market, taken, frozenset(ids), kind, rules, withdrawn)
        assert [amount for _, amount in await stage.payouts(*taken)] == expected
        assert await stage.escrow(market) == 0
    await stage.audited()


async def _by_the_rules(
    stage: Stage,
    market: Market,
    bets: list[PlaceBet],
    winners: frozenset[int],
    kind: str,
    rules: PoolRules,
    withdrawn: int | None,
) -> list[int]:
    gone = None if withdrawn is None else market.outcomes[withdrawn]
    book = Book(
        tuple(
            OutcomeStakes(
                outcome_id=one, staked=Minor(sum(b.stake for b in bets if b.outcome_id == one)), withdrawn=one == gone
            )
            for one in market.outcomes
        )
    )
    result = Result(winners=winners)
    terms = pool_terms(book, result, rules).terms if kind == "pool" else fixed_terms(book, result)
    by_outcome = {each.outcome_id: each for each in terms}
    kept = {row["id"]: row["odds_milli"] for row in await stage.conn.fetch("SELECT id, odds_milli FROM bets")}
    return [payout(stake=b.stake, odds_milli=kept[b.bet_id], terms=by_outcome[b.outcome_id]) for b in bets]
