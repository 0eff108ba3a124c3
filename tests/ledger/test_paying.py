"""Paying what was decided: interrupted anywhere, by several at once, beside bets elsewhere, and when the money is gone."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from stage import Bettor, Market, Stage, raised
from toteboard.intake.batcher import PlaceBet
from toteboard.intake.intake import Intake
from toteboard.ledger import paying
from toteboard.ledger.ledger import Ledger
from toteboard.rules.refusals import Refusal
from toteboard.settings import Settings


@pytest.fixture
async def stage(database: str) -> AsyncIterator[Stage]:
    async with raised(database) as stage:
        yield stage


async def raced(
    stage: Stage, bettors: int = 7, bets_each: int = 2, **columns: Any
) -> tuple[list[Bettor], Market, list[PlaceBet]]:
    """A closed pool with bets of several people on two outcomes."""
    people, market = [await stage.bettor() for _ in range(bettors)], await stage.market(takeout_bps=1000, **columns)
    bets = [
        await stage.take(one, market.outcomes[(n + m) % 2], 100 + 7 * n + m)
        for n, one in enumerate(people)
        for m in range(bets_each)
    ]
    await stage.close(market)
    return people, market, bets


async def paid_money(stage: Stage) -> list[Any]:
    """Everything about money that an interruption must not change; times and numbers of rows may differ."""
    transfers = await stage.conn.fetch(
        "SELECT debit_account, credit_account, amount, kind, bet_id FROM transfers WHERE kind <> 'stake'"
        " ORDER BY 1, 2, 3, 4, 5"
    )
    accounts = await stage.conn.fetch("SELECT id, balance, owed FROM accounts ORDER BY id")
    bets = await stage.conn.fetch("SELECT id, status, payout FROM bets ORDER BY no")
    return [tuple(row) for rows in (transfers, accounts, bets) for row in rows]


# Interruptions -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("correction", [False, True], ids=["settled", "corrected"])
async def test_paying_that_is_interrupted_at_any_chunk_pays_once(stage: Stage, database: str, correction: bool) -> None:
    """The payer dies with each chunk once before its commit and once after it; another one goes on."""
    people, market, _ = await raced(stage)
    x, y, _ = market.outcomes
    row = await stage.settle(market, x, pay=correction)
    if correction:
        await stage.deposit(people[0], -await stage.balance(people[0]))
        row = await stage.resettle(market, y, pay=False)
    done, chunks = False, 0
    while not done:
        for commits in (False, True):
            conn = await asyncpg.connect(database, server_settings={"role": "toteboard_app"})
            transaction = conn.transaction()
            await transaction.start()
            done, bets_done, _ = await conn.fetchrow("SELECT * FROM pay_chunk($1, 3)", row["id"])
            if commits:
                await transaction.commit()
            conn.terminate()
        chunks += 1
        assert chunks < 30
        settlement = await stage.row("settlements", row["id"])
        assert settlement["bets_done"] == bets_done
    assert chunks > 4
    assert (await stage.row("settlements", row["id"]))["status"] == "paying"
    assert await stage.conn.fetchval("SELECT sum(balance) FROM accounts") == 0
    await paying.pay(stage.ledger, row["id"], chunk=3)
    interrupted = await paid_money(stage)
    await paying.pay(stage.ledger, row["id"], chunk=3)
    assert await paid_money(stage) == interrupted, "asked again, nothing moves"
    assert await stage.escrow(market) == 0
    await stage.audited()


async def test_finishing_that_is_interrupted_is_done_by_the_next(stage: Stage, database: str) -> None:
    _, market, _ = await raced(stage)
    row = await stage.settle(market, market.outcomes[0], pay=False)
    while not await stage.conn.fetchval("SELECT o_done FROM pay_chunk($1, 100)", row["id"]):
        pass
    conn = await asyncpg.connect(database)
    await conn.execute("BEGIN")
    assert await conn.fetchval("SELECT finish_settlement($1)", row["id"])
    conn.terminate()
    await paying.pay(stage.ledger, row["id"], chunk=3)
    assert not await stage.conn.fetchval("SELECT finish_settlement($1)", row["id"])
    assert await stage.escrow(market) == 0
    await stage.audited()


async def test_books_are_not_closed_before_everybody_is_paid(stage: Stage) -> None:
    _, market, _ = await raced(stage)
    row = await stage.settle(market, market.outcomes[0], pay=False)
    await stage.conn.fetchrow("SELECT * FROM pay_chunk($1, 3)", row["id"])
    with pytest.raises(asyncpg.RaiseError, match="has paid"):
        await stage.conn.fetchval("SELECT finish_settlement($1)", row["id"])


async def test_a_start_goes_on_with_what_was_left_half_way(stage: Stage) -> None:
    _, market, _ = await raced(stage)
    row = await stage.settle(market, market.outcomes[0], pay=False)
    await stage.conn.fetchrow("SELECT * FROM pay_chunk($1, 3)", row["id"])
    task = asyncio.create_task(paying.run(stage.ledger, Settings.read({}, settle_chunk=2)))
    for _ in range(200):
        await asyncio.sleep(0.05)
        if (await stage.row("settlements", row["id"]))["status"] == "paid":
            break
    task.cancel()
    await asyncio.wait([task])
    assert await stage.escrow(market) == 0
    await stage.audited()


async def test_many_payers_at_once_pay_once(stage: Stage, database: str) -> None:
    _, market, bets = await raced(stage, bettors=12)
    row = await stage.settle(market, market.outcomes[0], pay=False)
    others = [Ledger(database, pool_max=2) for _ in range(3)]
    for other in others:
        await other.start()
    await asyncio.gather(*(paying.pay(one, row["id"], chunk=2) for one in (*others, stage.ledger)))
    for other in others:
        await other.stop()
    assert len(await stage.logged("settlement.paid")) == 1
    assert (await stage.row("settlements", row["id"]))["bets_done"] == len(bets)
    assert await stage.escrow(market) == 0
    await stage.audited()


async def test_settlements_of_many_markets_do_not_stop_each_other(stage: Stage) -> None:
    """They share wallets, the house's accounts and the feed: one order of locks, so nobody waits in a circle."""
    people = [await stage.bettor() for _ in range(6)]
    markets = [await stage.market(takeout_bps=1000, minimum_milli=1100) for _ in range(6)]
    for market in markets:
        for n, one in enumerate(people):
            await stage.take(one, market.outcomes[n % 2], 100 + n)
        await stage.close(market)
    await asyncio.gather(*(stage.settle(market, market.outcomes[0]) for market in markets))
    for round_ in range(1, 4):
        await asyncio.gather(*(stage.resettle(market, market.outcomes[round_ % 2]) for market in markets))
    assert await stage.conn.fetchval("SELECT sum(balance) FROM accounts WHERE kind = 'escrow'") == 0
    await stage.audited()


async def test_a_large_market_is_paid_while_bets_elsewhere_go_on(stage: Stage) -> None:
    people, large, _ = await raced(stage, bettors=60, bets_each=3)
    other = await stage.market()
    row = await stage.settle(large, large.outcomes[0], pay=False)
    intake = Intake(stage.ledger, Settings.read({}, lanes=2))
    await intake.start()
    payment = asyncio.create_task(paying.pay(stage.ledger, row["id"], chunk=4))
    taken = 0
    while not payment.done():
        verdicts = await asyncio.gather(*(intake.verdict(stage.bet(one, other.outcomes[0], 1)) for one in people[::5]))
        taken += [v.number for v in verdicts].count(0)
    await payment
    await intake.stop()
    assert taken == (await stage.totals(other.outcomes[0]))[1] > 0
    assert await stage.escrow(large) == 0
    await stage.audited()


# Corrections after the money is gone ----------------------------------------------------------------------------


async def test_winnings_that_were_spent_become_a_debt_and_never_a_negative_wallet(stage: Stage) -> None:
    ada, bea = await stage.bettor(100), await stage.bettor(300)
    market, other = await stage.market(), await stage.market()
    x, y, _ = market.outcomes
    await stage.take(ada, x, 100)
    await stage.take(bea, y, 300)
    await stage.close(market)
    await stage.settle(market, x)
    assert await stage.balance(ada) == 400
    await stage.deposit(ada, -350)
    row = await stage.resettle(market, y)
    assert (row["version"], row["reverses"], row["status"]) == (2, row["id"] - 1, "paid")
    wallet = await stage.wallet(ada)
    assert (wallet["balance"], wallet["owed"]) == (0, 350)
    assert await stage.balance(bea) == 399, "3.00 at 1.33"
    assert await stage.house("receivable") == -350
    await stage.audited()

    assert await stage.verdict(ada, other.outcomes[0], 1) == Refusal.BLOCKED.number
    await stage.deposit(ada, 500)
    assert await stage.verdict(ada, other.outcomes[0], 1) == Refusal.BLOCKED.number, "until it is paid back"
    # Corrected once more: what comes back repays the debt first.
    await stage.resettle(market, x)
    wallet = await stage.wallet(ada)
    assert (wallet["balance"], wallet["owed"], await stage.house("receivable")) == (550, 0, 0)
    wallet = await stage.wallet(bea)
    assert (wallet["balance"], wallet["owed"]) == (0, 0)
    assert await stage.verdict(ada, other.outcomes[0], 1) == 0
    await stage.audited()


async def test_a_debt_is_repaid_by_the_next_payout_of_another_market(stage: Stage) -> None:
    ada, bea = await stage.bettor(200), await stage.bettor(500)
    first, second = await stage.market(), await stage.fixed(3000, 2000)
    await stage.take(ada, first.outcomes[0], 100)
    await stage.take(bea, first.outcomes[1], 200)
    await stage.take(ada, second.outcomes[0], 50)
    for market in (first, second):
        await stage.close(market)
    await stage.settle(first, first.outcomes[0])
    await stage.deposit(ada, -await stage.balance(ada))
    await stage.resettle(first, first.outcomes[1])
    assert (await stage.wallet(ada))["owed"] == 300
    await stage.settle(second, second.outcomes[0])
    wallet = await stage.wallet(ada)
    assert (wallet["balance"], wallet["owed"], await stage.house("receivable")) == (0, 150, -150)
    await stage.audited()


async def test_a_void_can_be_corrected_and_the_stakes_are_taken_back(stage: Stage) -> None:
    ada, bea, market = await stage.bettor(100), await stage.bettor(100), await stage.market(takeout_bps=1000)
    x, y, _ = market.outcomes
    bets = [await stage.take(ada, x, 100), await stage.take(bea, y, 100)]
    await stage.settle(market, all_void=True)
    await stage.deposit(bea, -100)
    await stage.resettle(market, x)
    assert await stage.payouts(*bets) == [("won", 180), ("lost", 0)]
    assert ((await stage.wallet(bea))["owed"], await stage.house("takeout")) == (100, 20)
    assert await stage.escrow(market) == 0
    await stage.audited()


async def test_the_same_correction_again_changes_nothing(stage: Stage) -> None:
    _, market, _ = await raced(stage)
    await stage.settle(market, market.outcomes[0])
    again = await stage.resettle(market, market.outcomes[0])
    assert again["version"] == 1
    second = await stage.resettle(market, market.outcomes[1])
    before = await paid_money(stage)
    assert (await stage.resettle(market, market.outcomes[1]))["id"] == second["id"]
    assert await paid_money(stage) == before
    await stage.audited()


async def test_corrections_there_and_back_move_nobodys_last_cent(stage: Stage) -> None:
    people, market, _ = await raced(stage, bettors=9, minimum_milli=1100)
    x, y, z = market.outcomes
    await stage.settle(market, x)
    after_x = [await stage.balance(one) for one in people]
    for winners in ((y,), (x, y), (z,), (x,)):
        await stage.resettle(market, *winners)
        assert await stage.escrow(market) == 0
        await stage.audited()
    assert [await stage.balance(one) for one in people] == after_x


async def test_a_true_start_entered_after_the_settlement_refunds_late_bets(stage: Stage) -> None:
    ada, bea, market = await stage.bettor(), await stage.bettor(), await stage.market()
    x, y, _ = market.outcomes
    early, late = await stage.take(ada, x, 100), await stage.take(bea, x, 300)
    other = await stage.take(ada, y, 200)
    await stage.close(market)
    await stage.settle(market, x)
    assert await stage.payouts(early, late, other) == [("won", 150), ("won", 450), ("lost", 0)]
    placed = (await stage.row("bets", late.bet_id))["placed_at"]
    other_placed = (await stage.row("bets", other.bet_id))["placed_at"]
    assert other_placed > placed
    await stage.conn.execute("UPDATE bets SET placed_at = $2 WHERE id = $1", other.bet_id, placed)
    await stage.conn.execute("UPDATE bets SET placed_at = $2 WHERE id = $1", late.bet_id, other_placed)
    await stage.conn.execute("UPDATE matches SET started_at = $1", placed)
    await stage.resettle(market, x)
    assert await stage.payouts(early, late, other) == [("won", 300), ("void", 300), ("lost", 0)]
    assert await stage.escrow(market) == 0
