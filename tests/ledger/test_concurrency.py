"""Many at once on the real ledger: each bet is before or after what it races with, and every cent is kept."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from scenarios import LedgerScenario, ledger_scenario, verdict_of
from toteboard.background import Loops
from toteboard.intake.batcher import PlaceBet
from toteboard.intake.intake import Intake
from toteboard.ledger.ledger import Actor
from toteboard.ledger.money import wallets
from toteboard.ledger.money.bets import Verdict
from toteboard.rules.market import MarketAction
from toteboard.rules.refusals import Refusal, Refused
from toteboard.settings import Settings

CLOSED, SUSPENDED = Refusal.MARKET_CLOSED.number, Refusal.MARKET_SUSPENDED.number


@pytest.fixture
async def scenario(database: str) -> AsyncIterator[LedgerScenario]:
    async with ledger_scenario(database) as scenario:
        yield scenario


@contextlib.asynccontextmanager
async def intakes(scenario: LedgerScenario, count: int, **given: Any) -> AsyncIterator[list[Intake]]:
    """As many processes would have: intakes that know nothing of each other."""
    settings = Settings.read({}, **({"lanes": 2, "batch_max": 20} | given))
    opened = [Intake(scenario.ledger, settings, Loops()) for _ in range(count)]
    async with contextlib.AsyncExitStack() as stack:
        for intake in opened:
            await stack.enter_async_context(intake.running())
        yield opened


async def conserved(scenario: LedgerScenario, asked: dict[PlaceBet, Verdict]) -> None:
    """What was answered is what the tables say: no bet lost, none doubled, none late; and the books are clean."""
    taken = {bet.bet_id: bet.stake for bet, verdict in asked.items() if verdict.number in (0, -1)}
    stored = {row["id"]: row["stake"] for row in await scenario.conn.fetch("SELECT id, stake FROM bets")}
    assert stored == taken
    late = await scenario.conn.fetch(
        "SELECT 1 FROM bets JOIN markets ON markets.id = market_id WHERE placed_at >= closed_at"
    )
    assert late == []
    assert await scenario.conn.fetchval("SELECT sum(balance) FROM accounts") == 0
    await scenario.audited()


async def test_two_bets_race_for_the_last_cent(scenario: LedgerScenario) -> None:
    market = await scenario.market()
    async with intakes(scenario, 2) as (one, other):
        for _ in range(10):
            ada = await scenario.bettor(100)
            verdicts = await asyncio.gather(
                *(verdict_of(door, scenario.bet(ada, market.outcomes[0], 100)) for door in (one, other))
            )
            assert sorted(v.number for v in verdicts) == [0, Refusal.FUNDS.number]
            assert await scenario.balance(ada) == 0
    await scenario.audited()


async def test_a_bet_that_waited_for_a_deposit_is_paid_out_of_it_and_takes_no_set_back(
    scenario: LedgerScenario,
) -> None:
    """More than the wallet had before: PostgreSQL checks a new row first as it would follow from the old one."""
    market, ada, bea = await scenario.market(), await scenario.bettor(100), await scenario.bettor()
    asked = [scenario.bet(ada, market.outcomes[0], 150), scenario.bet(bea, market.outcomes[1], 10)]
    async with intakes(scenario, 1, lanes=1) as (door,):
        async with scenario.ledger.change(Actor()) as change:
            await wallets.move(change, ada.wallet_id, "deposit", key=uuid4(), amount=100, currency="EUR", note="")
            placing = asyncio.gather(*(verdict_of(door, bet) for bet in asked))
            for _ in range(500):
                if await scenario.conn.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                    break
                await asyncio.sleep(0.01)
        verdicts = await placing
        assert [lane.figures.errors for lane in door.lanes] == [0]
    assert [verdict.number for verdict in verdicts] == [0, 0]
    assert [verdict.balance for verdict in verdicts] == [50, 99_990]
    assert await scenario.balance(ada) == 50
    await scenario.audited()


@pytest.mark.parametrize("processes", [1, 3])
async def test_the_same_key_fifty_times_at_once_is_one_bet(scenario: LedgerScenario, processes: int) -> None:
    ada, market = await scenario.bettor(), await scenario.market()
    bet = scenario.bet(ada, market.outcomes[0], 100)
    async with intakes(scenario, processes) as opened:
        verdicts = await asyncio.gather(*(verdict_of(opened[n % processes], bet) for n in range(50)))
    assert Counter(v.number for v in verdicts) == {0: 1, -1: 49}
    assert (await scenario.balance(ada), await scenario.escrow(market)) == (99_900, 100)
    await scenario.audited()


async def test_one_key_of_two_bettors_is_the_bet_of_one(scenario: LedgerScenario) -> None:
    ada, bea, market = await scenario.bettor(), await scenario.bettor(), await scenario.market()
    async with intakes(scenario, 2) as (one, other):
        for _ in range(10):
            bet = scenario.bet(ada, market.outcomes[0], 5)
            theirs = scenario.bet(bea, market.outcomes[0], 5, bet_id=bet.bet_id)
            verdicts = await asyncio.gather(verdict_of(one, bet), verdict_of(other, theirs))
            assert sorted(v.number for v in verdicts) == [0, Refusal.KEY_REUSED.number]
    await scenario.audited()


async def test_a_close_in_the_middle_of_queued_bets_parts_them_cleanly(scenario: LedgerScenario) -> None:
    people, market = [await scenario.bettor() for _ in range(60)], await scenario.market()
    bets = [scenario.bet(one, market.outcomes[n % 3], 10 + n) for n, one in enumerate(people)]
    async with intakes(scenario, 1, batch_max=4) as (door,):
        asking = [asyncio.ensure_future(verdict_of(door, bet)) for bet in bets]
        await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        await scenario.close(market)
        verdicts = await asyncio.gather(*asking)
    assert Counter(v.number for v in verdicts).keys() == {0, CLOSED}
    await conserved(scenario, dict(zip(bets, verdicts, strict=True)))


async def test_a_market_past_its_time_is_closed_for_whoever_still_waits(scenario: LedgerScenario) -> None:
    people, market = [await scenario.bettor() for _ in range(40)], await scenario.market()
    await scenario.conn.execute("UPDATE markets SET closes_at = clock_timestamp() + interval '60 milliseconds'")
    asked: dict[PlaceBet, Verdict] = {}
    async with intakes(scenario, 2, batch_max=3) as opened:
        while not any(v.number == CLOSED for v in asked.values()):
            bets = [scenario.bet(one, market.outcomes[0], 1) for one in people]
            verdicts = await asyncio.gather(*(verdict_of(opened[n % 2], bet) for n, bet in enumerate(bets)))
            asked |= dict(zip(bets, verdicts, strict=True))
    late = await scenario.conn.fetch(
        "SELECT 1 FROM bets JOIN markets ON markets.id = market_id WHERE placed_at >= closes_at"
    )
    assert late == []
    await scenario.close(market)
    await conserved(scenario, asked)


async def test_bets_in_flight_while_a_market_is_voided_are_in_it_or_refused(scenario: LedgerScenario) -> None:
    people, market = [await scenario.bettor() for _ in range(50)], await scenario.market()
    bets = [scenario.bet(one, market.outcomes[n % 3], 10 + n) for n, one in enumerate(people)]
    async with intakes(scenario, 2, batch_max=4) as opened:
        asking = [asyncio.ensure_future(verdict_of(opened[n % 2], bet)) for n, bet in enumerate(bets)]
        await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        row = await scenario.settle(market, all_void=True)
        verdicts = await asyncio.gather(*asking)
    taken = [bet for bet, verdict in zip(bets, verdicts, strict=True) if verdict.number == 0]
    assert row.bets == row.bets_done == len(taken) < len(bets)
    assert await scenario.payouts(*taken) == [("void", bet.stake) for bet in taken]
    assert [await scenario.balance(one) for one in people] == [100_000] * 50
    await conserved(scenario, dict(zip(bets, verdicts, strict=True)))


@pytest.mark.parametrize("seed", range(3))
async def test_everything_at_once_keeps_every_cent(scenario: LedgerScenario, seed: int) -> None:
    """Four processes bet on six markets of two tournaments while organizers suspend, price, close, settle and correct."""
    dice = random.Random(seed)
    first = [await scenario.bettor(dice.randint(50, 5000)) for _ in range(12)]
    pools = [await scenario.market(takeout_bps=1000), await scenario.market(minimum_milli=1050, total_max=20_000)]
    fixed = [await scenario.fixed(2000, 1500, 4000, liability_max=3000), await scenario.fixed(1800, 2200)]
    await scenario.tournament()
    second = [await scenario.bettor(dice.randint(50, 5000), user_id=one.user_id) for one in first]
    away = [await scenario.market(takeout_bps=500), await scenario.fixed(3000, 1400, liability_max=1000)]
    markets = [*pools, *fixed, *away]
    asked: dict[PlaceBet, Verdict] = {}
    due = {market.id: asyncio.Event() for market in markets}

    async def punter(door: Intake, n: int) -> None:
        for _ in range(25):
            market = dice.choice(markets)
            bettor = (first if market in (*pools, *fixed) else second)[n % 12]
            min_odds = dice.choice([None, None, 1500, 2000])
            bet = scenario.bet(bettor, dice.choice(market.outcomes), dice.randint(1, 400), min_odds_milli=min_odds)
            verdict = await verdict_of(door, bet)
            if dice.random() < 0.2:
                again = await verdict_of(door, bet)
                assert again.number == -1 or verdict.number != 0
                verdict = verdict if verdict.number == 0 else again
            asked[bet] = verdict
            # One market after the other closes, the last with bets still to come.
            if len(asked) % 80 == 0 and len(asked) <= 80 * len(markets):
                due[markets[len(asked) // 80 - 1].id].set()

    async def organizer() -> None:
        for _ in range(25):
            market = dice.choice(markets[:4])
            action = dice.choice([MarketAction.SUSPEND, MarketAction.OPEN])
            await _if_allowed(scenario.move(market, action))
            if market in fixed:
                await _if_allowed(scenario.edit_outcome(market.outcomes[0], odds_milli=dice.randint(1100, 4000)))
            await scenario.deposit(dice.choice([*first, *second]), dice.randint(1, 50))
            await asyncio.sleep(0.005)

    async def payer(market: Any) -> None:
        await due[market.id].wait()
        await scenario.close(market)
        await scenario.settle(market, market.outcomes[0])
        await scenario.resettle(market, market.outcomes[1])
        await scenario.resettle(market, market.outcomes[0], market.outcomes[1])

    async with intakes(scenario, 4) as opened, asyncio.timeout(60):
        await asyncio.gather(
            *(punter(opened[n % 4], n) for n in range(24)),
            organizer(),
            organizer(),
            *(payer(market) for market in markets),
        )
    assert Counter(v.number for v in asked.values())[0] > 20
    for market in markets:
        assert await scenario.escrow(market) == 0
    await conserved(scenario, asked)


async def _if_allowed(change: Any) -> None:
    with contextlib.suppress(Refused):
        await change
