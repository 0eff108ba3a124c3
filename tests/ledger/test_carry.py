"""Pools that go on to a later one when nobody wins them, and what the house puts in: money, books, corrections."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from scenarios import Bettor, LedgerScenario, Market, ledger_scenario, refused
from toteboard.ledger.ledger import Actor
from toteboard.ledger.tournaments import markets
from toteboard.rules.refusals import Refusal


@pytest.fixture
async def scenario(database: str) -> AsyncIterator[LedgerScenario]:
    async with ledger_scenario(database) as scenario:
        yield scenario


async def chain(scenario: LedgerScenario, **first: Any) -> tuple[Market, Market]:
    """A pool that goes on to a later one, with a house share of 10 % each."""
    later = await scenario.market(takeout_bps=1000)
    return await scenario.market(takeout_bps=1000, carry_to=later.id, **first), later


async def carried(scenario: LedgerScenario, market: Market) -> tuple[int, int]:
    row = await scenario.row("markets", market.id)
    return row["carried"], row["carried_gross"]


async def closed(scenario: LedgerScenario, market: Market, *bets: tuple[Bettor, int, int]) -> None:
    for who, which, stake in bets:
        await scenario.take(who, market.outcomes[which], stake)
    await scenario.close(market)


@pytest.mark.parametrize(("carry", "out", "share"), [("net", (900, 0), 100), ("gross", (0, 1000), 0)])
async def test_a_pool_that_nobody_won_goes_on(
    scenario: LedgerScenario, carry: str, out: tuple[int, int], share: int
) -> None:
    ada, bea = await scenario.bettor(), await scenario.bettor()
    first, later = await chain(scenario, carry=carry)
    await closed(scenario, first, (ada, 0, 600), (bea, 1, 400))
    done = await scenario.settle(first, first.outcomes[2])
    assert (done.takeout, done.paid, done.refunds, done.carried_out, done.carried_to) == (
        share,
        0,
        0,
        sum(out),
        later.id,
    )
    assert await carried(scenario, later) == out
    assert (await scenario.escrow(first), await scenario.escrow(later)) == (0, sum(out))
    await scenario.audited()
    await closed(scenario, later, (ada, 0, 1000))
    done = await scenario.settle(later, later.outcomes[0])
    assert done.carried_in == sum(out)
    # 1,000 less 10 %, and 900; before a house share 2,000 less 10 %.
    assert (done.paid, done.takeout) == (1800, 200 if carry == "gross" else 100)
    await scenario.audited()


async def test_no_listed_outcome_carries_a_pool_on_too(scenario: LedgerScenario) -> None:
    ada = await scenario.bettor()
    first, later = await chain(scenario)
    await closed(scenario, first, (ada, 0, 1000))
    await scenario.settle(first)
    assert await carried(scenario, later) == (900, 0)


async def test_the_odds_have_what_was_carried_in(scenario: LedgerScenario) -> None:
    ada = await scenario.bettor()
    first, later = await chain(scenario)
    await closed(scenario, first, (ada, 0, 1000))
    await scenario.settle(first)
    [verdict] = await scenario.place(scenario.bet(ada, later.outcomes[0], 500))
    assert verdict.odds_milli == (450 + 900) * 1000 // 500 // 10 * 10


async def test_the_last_of_a_chain_shares_among_all_what_nobody_won(scenario: LedgerScenario) -> None:
    ada, bea = await scenario.bettor(), await scenario.bettor()
    first, later = await chain(scenario)
    await closed(scenario, first, (ada, 0, 1000))
    await scenario.settle(first)
    await closed(scenario, later, (ada, 0, 100), (bea, 1, 200))
    done = await scenario.settle(later, later.outcomes[2])
    assert (done.paid, done.takeout, done.house_won, done.breakage) == (1200, 0, 0, 0)
    assert await scenario.balance(bea) == 100_000 - 200 + 800
    await scenario.audited()


async def test_a_corrected_winner_takes_the_pool_back_while_the_later_one_is_not_decided(
    scenario: LedgerScenario,
) -> None:
    ada, bea = await scenario.bettor(), await scenario.bettor()
    first, later = await chain(scenario)
    await closed(scenario, first, (ada, 0, 600), (bea, 1, 400))
    await scenario.settle(first, first.outcomes[2])
    done = await scenario.resettle(first, first.outcomes[0])
    assert (done.paid, done.carried_out) == (900, 0)
    assert await carried(scenario, later) == (0, 0)
    assert await scenario.balance(ada) == 100_000 - 600 + 900
    await scenario.audited()
    # And on again, and void.
    await scenario.resettle(first)
    assert await carried(scenario, later) == (900, 0)
    await scenario.settle(first, all_void=True)
    assert await carried(scenario, later) == (0, 0)
    assert await scenario.balance(ada) == 100_000
    await scenario.audited()


async def test_once_the_later_one_is_paid_the_house_makes_a_correction_good(scenario: LedgerScenario) -> None:
    ada, bea = await scenario.bettor(), await scenario.bettor()
    first, later = await chain(scenario)
    await closed(scenario, first, (ada, 0, 600), (bea, 1, 400))
    await scenario.settle(first, first.outcomes[2])
    await closed(scenario, later, (bea, 0, 100))
    await scenario.settle(later, later.outcomes[0])
    # The share of the house is its share: what is gone is made good beside it.
    for winners, paid, added in (((0,), 900, 900), ((1,), 900, 900), ((), 0, 0)):
        done = await scenario.resettle(first, *(first.outcomes[n] for n in winners))
        assert (done.paid, done.carried_out, done.house_added, done.takeout) == (paid, 900, added, 100)
        assert await carried(scenario, later) == (900, 0)
        await scenario.audited()
    done = await scenario.settle(first, all_void=True)
    assert (done.refunds, done.house_added) == (1000, 900)
    await scenario.audited()
    # The later one is corrected by itself, with what it was given.
    assert (await scenario.resettle(later, later.outcomes[1])).carried_in == 900
    await scenario.audited()


async def test_a_void_hands_on_what_was_carried_in_or_leaves_it_to_the_house(scenario: LedgerScenario) -> None:
    ada = await scenario.bettor()
    last = await scenario.market()
    middle = await scenario.market(carry_to=last.id)
    first = await scenario.market(carry_to=middle.id)
    await closed(scenario, first, (ada, 0, 1000))
    await scenario.settle(first)
    await closed(scenario, middle, (ada, 0, 50))
    done = await scenario.settle(middle, all_void=True)
    assert (done.refunds, done.carried_out, await carried(scenario, last)) == (50, 1000, (1000, 0))
    await scenario.audited()
    done = await scenario.settle(last, all_void=True)
    assert (done.house_won, done.carried_in) == (1000, 1000)
    await scenario.audited()


async def test_a_pool_waits_for_the_one_that_is_on_its_way_into_it(scenario: LedgerScenario) -> None:
    ada = await scenario.bettor()
    first, later = await chain(scenario)
    await closed(scenario, first, (ada, 0, 1000))
    await scenario.settle(first, pay=False)
    await closed(scenario, later, (ada, 0, 100))
    with refused(Refusal.STATE):
        await scenario.settle(later, later.outcomes[0])
    await scenario.settle(first)
    assert (await scenario.settle(later, later.outcomes[0])).paid == 990
    await scenario.audited()


async def test_a_decided_market_takes_nothing_any_more_so_the_pool_is_refunded(scenario: LedgerScenario) -> None:
    ada = await scenario.bettor()
    first, later = await chain(scenario)
    await closed(scenario, later, (ada, 0, 100))
    await scenario.settle(later, later.outcomes[0])
    await closed(scenario, first, (ada, 0, 1000))
    assert (await scenario.settle(first)).refunds == 1000
    await scenario.audited()


async def test_a_started_and_a_guaranteed_pool_get_it_from_the_house(scenario: LedgerScenario) -> None:
    ada = await scenario.bettor()
    started = await scenario.market(takeout_bps=1000, started_with=500)
    await closed(scenario, started, (ada, 0, 1000))
    done = await scenario.settle(started, started.outcomes[0])
    assert (done.paid, done.takeout, done.house_added) == (1400, 100, 500)
    guaranteed = await scenario.market(takeout_bps=1000, guaranteed=2000)
    await closed(scenario, guaranteed, (ada, 0, 1000))
    done = await scenario.settle(guaranteed, guaranteed.outcomes[0])
    assert (done.paid, done.takeout, done.house_added) == (2000, 100, 1100)
    # With nobody to win it, nothing is put in.
    done = await scenario.resettle(guaranteed, guaranteed.outcomes[1])
    assert (done.refunds, done.house_added) == (1000, 0)
    await scenario.audited()


@pytest.mark.parametrize("wrong", ["itself", "a circle", "fixed", "another tournament", "decided", "of fixed odds"])
async def test_a_pool_goes_on_to_an_undecided_pool_of_its_tournament(scenario: LedgerScenario, wrong: str) -> None:
    first, later = await chain(scenario)
    target, source = later.id, await scenario.market()
    if wrong == "itself":
        target = source.id
    elif wrong == "a circle":
        source, target = later, first.id
    elif wrong == "fixed":
        target = (await scenario.fixed()).id
    elif wrong == "another tournament":
        target = 10**6
    elif wrong == "decided":
        await scenario.settle(later, all_void=True)
    else:
        source = await scenario.fixed()
    with refused(Refusal.INVALID):
        async with scenario.ledger.change(Actor()) as change:
            await markets.edit(change, source.id, {"carry_to": target})
