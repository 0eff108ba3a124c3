"""Settling, voiding and correcting on the real ledger: who is paid what, once, and where every cent went."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scenarios import Bettor, LedgerScenario, Market, ledger_scenario, refused
from toteboard.intake.batcher import PlaceBet
from toteboard.ledger.money import reckonings
from toteboard.rules.fixed_odds import fixed_terms
from toteboard.rules.money import Minor
from toteboard.rules.pools import PoolRules, pool_terms
from toteboard.rules.refusals import Refusal
from toteboard.rules.settlement import Book, OutcomeStakes, Result, payout

from .model import terms_of_bet


@pytest.fixture
async def scenario(database: str) -> AsyncIterator[LedgerScenario]:
    async with ledger_scenario(database) as scenario:
        yield scenario


async def people(scenario: LedgerScenario, count: int, deposit: int = 100_000) -> list[Bettor]:
    return [await scenario.bettor(deposit) for _ in range(count)]


async def finished(scenario: LedgerScenario, market: Market) -> None:
    """Nothing is left in the escrow, and the books are clean."""
    assert await scenario.escrow(market) == 0
    await scenario.audited()


# Pools -------------------------------------------------------------------------------------------------------------------


async def test_a_pool_pays_its_winners_the_dividend_and_the_house_its_share(scenario: LedgerScenario) -> None:
    (ada, bea, cy), market = await people(scenario, 3), await scenario.market(takeout_bps=1250)
    x, y, _ = market.outcomes
    bets = [await scenario.take(ada, x, 333), await scenario.take(bea, x, 100), await scenario.take(cy, y, 1000)]
    await scenario.close(market)
    row = await scenario.settle(market, x)
    # 1433, takeout 179, net 1254, over 433: 2.896 → 2.89
    assert await scenario.payouts(*bets) == [("won", 962), ("won", 289), ("lost", 0)]
    assert (row.gross, row.takeout, row.paid, row.breakage) == (1433, 179, 1251, 3)
    assert [await scenario.house(kind) for kind in ("takeout", "breakage", "house")] == [179, 3, 0]
    assert [await scenario.balance(one) for one in (ada, bea, cy)] == [100_629, 100_189, 99_000]
    assert (row.status, row.bets, row.bets_done) == ("paid", 3, 3)
    assert (await scenario.row("markets", market.id))["status"] == "settled"
    await finished(scenario, market)


async def test_nobody_on_the_winner_means_everybody_gets_the_stake_back(scenario: LedgerScenario) -> None:
    (ada, bea), market = await people(scenario, 2), await scenario.market(takeout_bps=2000)
    bets = [await scenario.take(ada, market.outcomes[0], 50), await scenario.take(bea, market.outcomes[1], 70)]
    await scenario.close(market)
    row = await scenario.settle(market, market.outcomes[2])
    assert await scenario.payouts(*bets) == [("void", 50), ("void", 70)]
    assert (row.gross, row.refunds, row.takeout) == (0, 120, 0)
    await finished(scenario, market)


async def test_a_minimum_dividend_costs_the_takeout_first_and_then_the_house(scenario: LedgerScenario) -> None:
    (ada, bea), market = await people(scenario, 2), await scenario.market(takeout_bps=1000, minimum_milli=1100)
    x, y, _ = market.outcomes
    await scenario.take(ada, x, 1000)
    await scenario.take(bea, y, 10)
    await scenario.close(market)
    row = await scenario.settle(market, x)
    assert (row.paid, row.takeout, row.breakage, row.house_added) == (1100, 0, 0, 90)
    assert await scenario.house() == -90
    await finished(scenario, market)
    row = await scenario.resettle(market, y)
    assert (row.takeout, row.house_added) == (101, 0)
    assert await scenario.house() == 0, "what it had added came back"
    await finished(scenario, market)


async def test_a_dead_heat_splits_the_profit_and_leaves_the_odd_cents_as_breakage(scenario: LedgerScenario) -> None:
    (ada, bea, cy), market = await people(scenario, 3), await scenario.market()
    x, y, z = market.outcomes
    bets = [await scenario.take(ada, x, 101), await scenario.take(bea, y, 211), await scenario.take(cy, z, 1001)]
    await scenario.close(market)
    row = await scenario.settle(market, x, y)
    # A profit of 1001 in two halves: 1 + 500.5/101 = 5.95, 1 + 500.5/211 = 3.37
    assert await scenario.payouts(*bets) == [("won", 600), ("won", 711), ("lost", 0)]
    assert row.breakage == 1313 - 600 - 711
    await finished(scenario, market)


async def test_a_withdrawn_outcome_and_late_bets_are_refunded_and_the_rest_is_divided(scenario: LedgerScenario) -> None:
    (ada, bea, cy, dan), market = await people(scenario, 4), await scenario.market()
    x, y, z = market.outcomes
    bets = [await scenario.take(ada, x, 100), await scenario.take(bea, y, 300), await scenario.take(cy, z, 55)]
    await scenario.conn.execute(
        "UPDATE matches SET started_at = (SELECT max(placed_at) FROM bets) + interval '1 microsecond' WHERE id = $1",
        scenario.match_id,
    )
    late = [await scenario.take(dan, x, 70), await scenario.take(ada, y, 80), await scenario.take(dan, z, 5)]
    await scenario.edit_outcome(z, withdrawn=True)
    await scenario.close(market)
    row = await scenario.settle(market, x)
    assert await scenario.payouts(*bets) == [("won", 400), ("lost", 0), ("void", 55)]
    assert await scenario.payouts(*late) == [("void", 70), ("void", 80), ("void", 5)]
    assert (row.gross, row.refunds, row.paid) == (400, 210, 400)
    await finished(scenario, market)


# Fixed odds --------------------------------------------------------------------------------------------------------------


async def test_a_fixed_market_pays_the_odds_that_were_taken(scenario: LedgerScenario) -> None:
    (ada, bea, cy), market = await people(scenario, 3), await scenario.fixed(2285, 1500)
    x, y = market.outcomes
    first = await scenario.take(ada, x, 333)
    await scenario.edit_outcome(x, odds_milli=3000)
    second, third = await scenario.take(bea, x, 333), await scenario.take(cy, y, 101)
    await scenario.close(market)
    row = await scenario.settle(market, x)
    assert await scenario.payouts(first, second, third) == [("won", 760), ("won", 999), ("lost", 0)]
    assert (row.house_added, row.house_won, await scenario.house()) == (992, 0, -992)
    await finished(scenario, market)
    row = await scenario.resettle(market, y)
    assert await scenario.payouts(first, second, third) == [("lost", 0), ("lost", 0), ("won", 151)]
    assert (row.house_added, row.house_won, await scenario.house()) == (0, 616, 616)
    await finished(scenario, market)


async def test_void_half_void_and_tied_outcomes_are_paid_by_the_rule_of_the_trade(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.fixed(3000, 2000, 5000, 1750, places=1)
    a, b, c, d = market.outcomes
    bets = [await scenario.take(ada, outcome, 101) for outcome in (a, b, c, d)]
    await scenario.close(market)
    await scenario.settle(market, a, b, half_void=[b], void=[d])
    # a and b share one place: 101·3/2; half of b's is returned, the other half shares: 50.5 + 50.5·2/2
    assert await scenario.payouts(*bets) == [("won", 151), ("half", 101), ("lost", 0), ("void", 101)]
    await finished(scenario, market)


# Once ------------------------------------------------------------------------------------------------------------------


async def test_settling_twice_answers_with_the_same_settlement(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.market()
    x, y, _ = market.outcomes
    await scenario.take(ada, x)
    await scenario.close(market)
    first = await scenario.settle(market, x, pay=False)
    before = await scenario.everything()
    assert (await scenario.settle(market, x, pay=False)).id == first.id
    assert await scenario.everything() == before
    with refused(Refusal.ALREADY_SETTLED):
        await scenario.settle(market, y)
    with refused(Refusal.STATE):
        await scenario.settle(market, all_void=True)
    assert (await scenario.settle(market, x)).status == "paid"
    assert (await scenario.settle(market, x)).id == first.id
    await finished(scenario, market)


async def test_voiding_twice_answers_with_the_same_void(scenario: LedgerScenario) -> None:
    (ada, bea), market = await people(scenario, 2), await scenario.market()
    bets = [await scenario.take(ada, market.outcomes[0], 10), await scenario.take(bea, market.outcomes[1], 20)]
    first = await scenario.settle(market, all_void=True)
    before = await scenario.everything()
    assert (await scenario.settle(market, all_void=True)).id == first.id
    assert await scenario.everything() == before
    assert await scenario.payouts(*bets) == [("void", 10), ("void", 20)]
    assert await scenario.verdict(ada, market.outcomes[0]) == Refusal.MARKET_CLOSED.number
    with refused(Refusal.ALREADY_SETTLED):
        await scenario.settle(market, market.outcomes[0])
    await finished(scenario, market)


async def test_a_preview_that_is_no_longer_true_is_not_settled(scenario: LedgerScenario) -> None:
    (ada, bea), market = await people(scenario, 2), await scenario.market()
    x = market.outcomes[0]
    await scenario.take(ada, x, 100)
    async with scenario.ledger.snapshot() as conn:
        preview = await reckonings.reckon(conn, market.id, result={"winners": [x]})
    await scenario.take(bea, x, 50)
    await scenario.close(market)
    with refused(Refusal.PREVIEW_CHANGED):
        await scenario.settle(market, x, digest=preview.digest)
    async with scenario.ledger.snapshot() as conn:
        preview = await reckonings.reckon(conn, market.id, result={"winners": [x]})
    assert (await scenario.settle(market, x, digest=preview.digest)).paid == preview.paid == 150
    await finished(scenario, market)


async def test_only_a_closed_market_is_settled_and_only_a_settled_one_corrected(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.market()
    x, y, _ = market.outcomes
    await scenario.take(ada, x)
    with refused(Refusal.STATE):
        await scenario.settle(market, x)
    await scenario.close(market)
    with refused(Refusal.STATE):
        await scenario.resettle(market, x)
    with refused(Refusal.INVALID):
        await scenario.settle(market, 10**9)
    await scenario.settle(market, x, pay=False)
    with refused(Refusal.STATE):
        await scenario.resettle(market, y)
    await scenario.settle(market, x)
    await finished(scenario, market)


async def test_a_market_without_bets_is_settled_all_the_same(scenario: LedgerScenario) -> None:
    for market in (await scenario.market(), await scenario.fixed()):
        await scenario.close(market)
        assert (await scenario.settle(market, market.outcomes[0])).status == "paid"
        assert (await scenario.resettle(market, market.outcomes[1])).version == 2
        await finished(scenario, market)


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
    scenario: LedgerScenario,
    bets: list[tuple[int, int, int]],
    results: list[set[int]],
    kind: str,
    odds: list[int],
    rules: PoolRules,
    withdrawn: int | None,
) -> None:
    crowd = await people(scenario, 4, 10**9)
    pool: dict[str, Any] = (
        {}
        if kind == "fixed"
        else {
            "takeout_bps": rules.takeout_bps,
            "break_to_milli": rules.break_to_milli,
            "minimum_milli": rules.minimum_milli,
        }
    )
    market = await scenario.market(kind, odds=odds if kind == "fixed" else (None,) * 3, **pool)
    taken = [await scenario.take(crowd[who], market.outcomes[which], stake) for who, which, stake in bets]
    if withdrawn is not None:
        await scenario.edit_outcome(market.outcomes[withdrawn], withdrawn=True)
    await scenario.close(market)
    first = True
    for winners in results:
        ids = sorted(market.outcomes[n] for n in winners if n != withdrawn)
        if not ids:
            continue
        await (scenario.settle(market, *ids) if first else scenario.resettle(market, *ids))
        first = False
        expected = await _by_the_rules(scenario, market, taken, frozenset(ids), kind, rules, withdrawn)
        assert [amount for _, amount in await scenario.payouts(*taken)] == expected
        assert await scenario.escrow(market) == 0
    await scenario.audited()


async def _by_the_rules(
    scenario: LedgerScenario,
    market: Market,
    bets: list[PlaceBet],
    winners: frozenset[int],
    kind: str,
    rules: PoolRules,
    withdrawn: int | None,
) -> list[int]:
    gone = None if withdrawn is None else market.outcomes[withdrawn]
    rows = {row["id"]: row for row in await scenario.conn.fetch("SELECT * FROM outcomes")}
    book = Book(
        tuple(
            OutcomeStakes(
                outcome_id=one,
                staked=Minor(sum(b.stake for b in bets if b.outcome_id == one)),
                withdrawn=one == gone,
                withdrawn_at=rows[one]["withdrawn_at"],
                deduction_bps=rows[one]["deduction_bps"],
            )
            for one in market.outcomes
        )
    )
    result = Result(winners=winners)
    terms = pool_terms(book, result, rules).terms if kind == "pool" else fixed_terms(book, result)
    kept = {row["id"]: row for row in await scenario.conn.fetch("SELECT id, odds_milli, placed_at FROM bets")}
    return [
        payout(
            stake=b.stake,
            odds_milli=kept[b.bet_id]["odds_milli"],
            terms=terms_of_bet(terms, b.outcome_id, kept[b.bet_id]["placed_at"]),
        )
        for b in bets
    ]
