"""Paying what was decided: interrupted anywhere, by several at once, beside bets elsewhere, and when the money is gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import pytest

from scenarios import Bettor, LedgerScenario, Market, ledger_scenario, verdict_of
from toteboard.background import Loops
from toteboard.intake.batcher import PlaceBet
from toteboard.intake.intake import Intake
from toteboard.ledger.connection import fetch_one
from toteboard.ledger.ledger import Ledger
from toteboard.ledger.money import paying
from toteboard.rules.refusals import Refusal
from toteboard.settings import Settings


@pytest.fixture
async def scenario(database: str) -> AsyncIterator[LedgerScenario]:
    async with ledger_scenario(database) as scenario:
        yield scenario


async def raced(
    scenario: LedgerScenario, bettors: int = 7, bets_each: int = 2, **columns: Any
) -> tuple[list[Bettor], Market, list[PlaceBet]]:
    """A closed pool with bets of several people on two outcomes."""
    people, market = (
        [await scenario.bettor() for _ in range(bettors)],
        await scenario.market(takeout_bps=1000, **columns),
    )
    bets = [
        await scenario.take(one, market.outcomes[(n + m) % 2], 100 + 7 * n + m)
        for n, one in enumerate(people)
        for m in range(bets_each)
    ]
    await scenario.close(market)
    return people, market, bets


async def paid_money(scenario: LedgerScenario) -> list[Any]:
    """Everything about money that an interruption must not change; times and numbers of rows may differ."""
    transfers = await scenario.conn.fetch(
        "SELECT debit_account, credit_account, amount, kind, bet_id FROM transfers WHERE kind <> 'stake'"
        " ORDER BY 1, 2, 3, 4, 5"
    )
    accounts = await scenario.conn.fetch("SELECT id, balance, owed FROM accounts ORDER BY id")
    bets = await scenario.conn.fetch("SELECT id, status, payout FROM bets ORDER BY no")
    return [tuple(row) for rows in (transfers, accounts, bets) for row in rows]


# Interruptions -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("correction", [False, True], ids=["settled", "corrected"])
async def test_paying_that_is_interrupted_at_any_chunk_pays_once(
    scenario: LedgerScenario, database: str, correction: bool
) -> None:
    """The payer dies with each chunk once before its commit and once after it; another one goes on."""
    people, market, _ = await raced(scenario)
    x, y, _ = market.outcomes
    row = await scenario.settle(market, x, pay=correction)
    if correction:
        await scenario.deposit(people[0], -await scenario.balance(people[0]))
        row = await scenario.resettle(market, y, pay=False)
    done, chunks = False, 0
    while not done:
        for commits in (False, True):
            conn = await asyncpg.connect(database, server_settings={"role": "toteboard_app"})
            transaction = conn.transaction()
            await transaction.start()
            done, bets_done, _ = await fetch_one(conn, "SELECT * FROM pay_chunk($1, 3)", row.id)
            if commits:
                await transaction.commit()
            conn.terminate()
        chunks += 1
        assert chunks < 30
        settlement = await scenario.row("settlements", row.id)
        assert settlement["bets_done"] == bets_done
    assert chunks > 4
    assert (await scenario.row("settlements", row.id))["status"] == "paying"
    assert await scenario.conn.fetchval("SELECT sum(balance) FROM accounts") == 0
    await paying.pay(scenario.ledger, row.id, chunk=3)
    interrupted = await paid_money(scenario)
    await paying.pay(scenario.ledger, row.id, chunk=3)
    assert await paid_money(scenario) == interrupted, "asked again, nothing moves"
    assert await scenario.escrow(market) == 0
    await scenario.audited()


async def test_finishing_that_is_interrupted_is_done_by_the_next(scenario: LedgerScenario, database: str) -> None:
    _, market, _ = await raced(scenario)
    row = await scenario.settle(market, market.outcomes[0], pay=False)
    while not await scenario.conn.fetchval("SELECT o_done FROM pay_chunk($1, 100)", row.id):
        pass
    conn = await asyncpg.connect(database, server_settings={"role": "toteboard_app"})
    await conn.execute("BEGIN")
    assert await conn.fetchval("SELECT finish_settlement($1)", row.id)
    conn.terminate()
    await paying.pay(scenario.ledger, row.id, chunk=3)
    assert not await scenario.conn.fetchval("SELECT finish_settlement($1)", row.id)
    assert await scenario.escrow(market) == 0
    await scenario.audited()


async def test_books_are_not_closed_before_everybody_is_paid(scenario: LedgerScenario) -> None:
    _, market, _ = await raced(scenario)
    row = await scenario.settle(market, market.outcomes[0], pay=False)
    await scenario.conn.fetchrow("SELECT * FROM pay_chunk($1, 3)", row.id)
    with pytest.raises(asyncpg.RaiseError, match="has paid"):
        await scenario.conn.fetchval("SELECT finish_settlement($1)", row.id)


async def test_a_start_goes_on_with_what_was_left_half_way(scenario: LedgerScenario) -> None:
    _, market, _ = await raced(scenario)
    row = await scenario.settle(market, market.outcomes[0], pay=False)
    await scenario.conn.fetchrow("SELECT * FROM pay_chunk($1, 3)", row.id)
    await paying.Payer(scenario.ledger, chunk=2).step()
    assert (await scenario.row("settlements", row.id))["status"] == "paid"
    assert await scenario.escrow(market) == 0
    await scenario.audited()


async def test_many_payers_at_once_pay_once(scenario: LedgerScenario, database: str) -> None:
    _, market, bets = await raced(scenario, bettors=12)
    row = await scenario.settle(market, market.outcomes[0], pay=False)
    async with AsyncExitStack() as stack:
        others = [await stack.enter_async_context(Ledger.opened(database)) for _ in range(3)]
        await asyncio.gather(*(paying.pay(one, row.id, chunk=2) for one in (*others, scenario.ledger)))
    assert len(await scenario.logged("settlement.paid")) == 1
    assert (await scenario.row("settlements", row.id))["bets_done"] == len(bets)
    assert await scenario.escrow(market) == 0
    await scenario.audited()


async def test_settlements_of_many_markets_do_not_stop_each_other(scenario: LedgerScenario) -> None:
    """They share wallets, the house's accounts and the feed: one order of locks, so nobody waits in a circle."""
    people = [await scenario.bettor() for _ in range(6)]
    markets = [await scenario.market(takeout_bps=1000, minimum_milli=1100) for _ in range(6)]
    for market in markets:
        for n, one in enumerate(people):
            await scenario.take(one, market.outcomes[n % 2], 100 + n)
        await scenario.close(market)
    await asyncio.gather(*(scenario.settle(market, market.outcomes[0]) for market in markets))
    for round_ in range(1, 4):
        await asyncio.gather(*(scenario.resettle(market, market.outcomes[round_ % 2]) for market in markets))
    assert await scenario.conn.fetchval("SELECT sum(balance) FROM accounts WHERE kind = 'escrow'") == 0
    await scenario.audited()


async def test_a_large_market_is_paid_while_bets_elsewhere_go_on(scenario: LedgerScenario) -> None:
    people, large, _ = await raced(scenario, bettors=60, bets_each=3)
    other = await scenario.market()
    row = await scenario.settle(large, large.outcomes[0], pay=False)
    intake = Intake(scenario.ledger, Settings.read({}, lanes=2), Loops())
    async with intake.running():
        payment = asyncio.create_task(paying.pay(scenario.ledger, row.id, chunk=4))
        taken = 0
        while not payment.done():
            verdicts = await asyncio.gather(
                *(verdict_of(intake, scenario.bet(one, other.outcomes[0], 1)) for one in people[::5])
            )
            taken += [v.number for v in verdicts].count(0)
        await payment
    assert taken == (await scenario.totals(other.outcomes[0]))[1] > 0
    assert await scenario.escrow(large) == 0
    await scenario.audited()


# Corrections after the money is gone ----------------------------------------------------------------------------


async def test_winnings_that_were_spent_become_a_debt_and_never_a_negative_wallet(scenario: LedgerScenario) -> None:
    ada, bea = await scenario.bettor(100), await scenario.bettor(300)
    market, other = await scenario.market(), await scenario.market()
    x, y, _ = market.outcomes
    await scenario.take(ada, x, 100)
    await scenario.take(bea, y, 300)
    await scenario.close(market)
    await scenario.settle(market, x)
    assert await scenario.balance(ada) == 400
    await scenario.deposit(ada, -350)
    row = await scenario.resettle(market, y)
    assert (row.version, row.reverses, row.status) == (2, row.id - 1, "paid")
    wallet = await scenario.wallet(ada)
    assert (wallet["balance"], wallet["owed"]) == (0, 350)
    assert await scenario.balance(bea) == 399, "3.00 at 1.33"
    assert await scenario.house("receivable") == -350
    await scenario.audited()

    assert await scenario.verdict(ada, other.outcomes[0], 1) == Refusal.BLOCKED.number
    await scenario.deposit(ada, 500)
    assert await scenario.verdict(ada, other.outcomes[0], 1) == Refusal.BLOCKED.number, "until it is paid back"
    # Corrected once more: what comes back repays the debt first.
    await scenario.resettle(market, x)
    wallet = await scenario.wallet(ada)
    assert (wallet["balance"], wallet["owed"], await scenario.house("receivable")) == (550, 0, 0)
    wallet = await scenario.wallet(bea)
    assert (wallet["balance"], wallet["owed"]) == (0, 0)
    assert await scenario.verdict(ada, other.outcomes[0], 1) == 0
    await scenario.audited()


async def test_a_debt_is_repaid_by_the_next_payout_of_another_market(scenario: LedgerScenario) -> None:
    ada, bea = await scenario.bettor(200), await scenario.bettor(500)
    first, second = await scenario.market(), await scenario.fixed(3000, 2000)
    await scenario.take(ada, first.outcomes[0], 100)
    await scenario.take(bea, first.outcomes[1], 200)
    await scenario.take(ada, second.outcomes[0], 50)
    for market in (first, second):
        await scenario.close(market)
    await scenario.settle(first, first.outcomes[0])
    await scenario.deposit(ada, -await scenario.balance(ada))
    await scenario.resettle(first, first.outcomes[1])
    assert (await scenario.wallet(ada))["owed"] == 300
    await scenario.settle(second, second.outcomes[0])
    wallet = await scenario.wallet(ada)
    assert (wallet["balance"], wallet["owed"], await scenario.house("receivable")) == (0, 150, -150)
    await scenario.audited()


async def test_a_void_can_be_corrected_and_the_stakes_are_taken_back(scenario: LedgerScenario) -> None:
    ada, bea, market = await scenario.bettor(100), await scenario.bettor(100), await scenario.market(takeout_bps=1000)
    x, y, _ = market.outcomes
    bets = [await scenario.take(ada, x, 100), await scenario.take(bea, y, 100)]
    await scenario.settle(market, all_void=True)
    await scenario.deposit(bea, -100)
    await scenario.resettle(market, x)
    assert await scenario.payouts(*bets) == [("won", 180), ("lost", 0)]
    assert ((await scenario.wallet(bea))["owed"], await scenario.house("takeout")) == (100, 20)
    assert await scenario.escrow(market) == 0
    await scenario.audited()


async def test_the_same_correction_again_changes_nothing(scenario: LedgerScenario) -> None:
    _, market, _ = await raced(scenario)
    await scenario.settle(market, market.outcomes[0])
    again = await scenario.resettle(market, market.outcomes[0])
    assert again.version == 1
    second = await scenario.resettle(market, market.outcomes[1])
    before = await paid_money(scenario)
    assert (await scenario.resettle(market, market.outcomes[1])).id == second.id
    assert await paid_money(scenario) == before
    await scenario.audited()


async def test_corrections_there_and_back_move_nobodys_last_cent(scenario: LedgerScenario) -> None:
    people, market, _ = await raced(scenario, bettors=9, minimum_milli=1100)
    x, y, z = market.outcomes
    await scenario.settle(market, x)
    after_x = [await scenario.balance(one) for one in people]
    for winners in ((y,), (x, y), (z,), (x,)):
        await scenario.resettle(market, *winners)
        assert await scenario.escrow(market) == 0
        await scenario.audited()
    assert [await scenario.balance(one) for one in people] == after_x


async def test_a_true_start_entered_after_the_settlement_refunds_late_bets(scenario: LedgerScenario) -> None:
    ada, bea, market = await scenario.bettor(), await scenario.bettor(), await scenario.market()
    x, y, _ = market.outcomes
    early, late = await scenario.take(ada, x, 100), await scenario.take(bea, x, 300)
    other = await scenario.take(ada, y, 200)
    await scenario.close(market)
    await scenario.settle(market, x)
    assert await scenario.payouts(early, late, other) == [("won", 150), ("won", 450), ("lost", 0)]
    placed = (await scenario.row("bets", late.bet_id))["placed_at"]
    other_placed = (await scenario.row("bets", other.bet_id))["placed_at"]
    assert other_placed > placed
    await scenario.conn.execute("UPDATE bets SET placed_at = $2 WHERE id = $1", other.bet_id, placed)
    await scenario.conn.execute("UPDATE bets SET placed_at = $2 WHERE id = $1", late.bet_id, other_placed)
    await scenario.conn.execute("UPDATE matches SET started_at = $1", placed)
    await scenario.resettle(market, x)
    assert await scenario.payouts(early, late, other) == [("won", 300), ("void", 300), ("lost", 0)]
    assert await scenario.escrow(market) == 0
