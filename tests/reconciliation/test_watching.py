"""The watch of the books: silent while they balance, whatever happens; what differs stops betting, and an admin lifts it."""

import asyncio
from typing import Any

import asyncpg
import pytest

from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.tournaments import markets, stopping, tournaments
from toteboard.reconciliation.watching import BooksWatch
from toteboard.rules.market import MarketAction
from toteboard.rules.refusals import Refusal, Refused

from .factories import BooksFactory, founded, played


async def tampered(ledger: Ledger, sql: str, *args: Any) -> None:
    """As somebody who owns the database and has taken its triggers away."""
    conn = await asyncpg.connect(ledger.dsn)
    try:
        await conn.execute("SET session_replication_role = replica")
        await conn.execute(sql, *args)
    finally:
        await conn.close()


async def state(ledger: Ledger, factory: BooksFactory) -> Any:
    async with ledger.read() as conn:
        return await conn.fetchrow(
            "SELECT stopped_at, differs::text, stopped_markets,"
            " (SELECT count(*) FROM audit_log WHERE action = 'books.stopped') AS stops FROM tournaments WHERE id = $1",
            factory.tournament_id,
        )


async def verdict(ledger: Ledger, factory: BooksFactory, outcome: str) -> int:
    async with ledger.read() as conn:
        row = await conn.fetchrow(
            "SELECT * FROM place_bets(ARRAY[gen_random_uuid()], $1, $2, '{10}', '{EUR}', '{NULL}', '{NULL}')",
            [factory.bettors[1]],
            [factory.outcomes[outcome]],
        )
    assert row is not None
    return int(row["o_verdict"][0])


async def looked(watch: BooksWatch, times: int = 2) -> None:
    for _ in range(times):
        await watch.step()


async def test_books_that_balance_are_left_alone_while_money_moves(ledger: Ledger) -> None:
    factory = await played(ledger)
    watch = BooksWatch(ledger)
    await watch.step()

    async def moving() -> None:
        for no in range(30):
            await factory.bet(no % 3 + 1, "Elm", 10)
            await factory.deposit(no % 3 + 1, 5)

    moves = asyncio.create_task(moving())
    while not moves.done():
        await watch.step()
    await moves
    await factory.close("Open race", "Elm")
    await factory.settle("Open race", pay=False)
    await looked(watch)
    await factory.resettle("Pool race", "Nimbus")
    await looked(watch)
    row = await state(ledger, factory)
    assert (row["stopped_at"], row["differs"], row["stops"]) == (None, None, 0)


DIFFERENCES = {
    "a cent too much": ("UPDATE accounts SET balance = balance + 1 WHERE id = $1", {"all", "wallet"}),
    "a deposit that moved nothing": (
        "INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind)"
        " SELECT tournament_id, id, $1, 500, 'deposit' FROM accounts WHERE kind = 'cash'",
        {"wallet", "cash"},
    ),
    "a transfer gone": ("DELETE FROM transfers WHERE kind = 'deposit' AND credit_account = $1", {"wallet", "cash"}),
    "stakes that are nowhere": (
        "UPDATE outcome_totals SET stakes = stakes + 5 WHERE outcome_id = (SELECT id FROM outcomes WHERE name = 'Elm')"
        " AND $1::bigint > 0",
        {"market"},
    ),
}


@pytest.mark.parametrize("what", DIFFERENCES)
async def test_what_differs_stops_betting_there_and_says_what(
    ledger: Ledger, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    factory = await played(ledger)
    sql, named = DIFFERENCES[what]
    # What was there before the watch began is seen as what happens while it watches.
    await tampered(ledger, sql, factory.wallets[1])
    watch = BooksWatch(ledger)
    await watch.step()
    assert (await state(ledger, factory))["stopped_at"] is None, "once is no alarm"
    assert await verdict(ledger, factory, "Elm") == 0
    await watch.step()
    row = await state(ledger, factory)
    assert row["stopped_at"] is not None
    assert {one["what"].partition(":")[0] for one in (await _shown(ledger))[0]["differs"]} == named
    assert row["stopped_markets"] == [factory.markets["Open race"]]
    assert await verdict(ledger, factory, "Elm") == Refusal.MARKET_SUSPENDED.number
    assert "betting there is stopped" in caplog.text
    await looked(watch)
    assert (await state(ledger, factory))["stops"] == 1, "said once"


async def _shown(ledger: Ledger) -> list[Any]:
    async with ledger.read() as conn:
        return await stopping.shown(conn, limit=5)


async def test_a_difference_that_comes_later_is_seen_among_transfers_that_are_summed_up_already(ledger: Ledger) -> None:
    factory = await played(ledger)
    watch = BooksWatch(ledger)
    await looked(watch, 4)
    await factory.bet(1, "Elm", 10)
    await looked(watch, 4)
    await tampered(ledger, "UPDATE accounts SET balance = balance - 7 WHERE id = $1", factory.wallets[1])
    await looked(watch)
    assert (await state(ledger, factory))["stopped_at"] is not None


async def test_no_organizer_opens_a_market_before_an_admin_lifts_it_and_the_same_does_not_stop_it_again(
    ledger: Ledger,
) -> None:
    factory = await played(ledger)
    watch = BooksWatch(ledger)
    await tampered(ledger, "UPDATE accounts SET balance = balance + 1 WHERE id = $1", factory.wallets[1])
    await looked(watch)
    market_id = factory.markets["Open race"]
    async with ledger.change(Actor()) as change:
        with pytest.raises(Refused) as caught:
            await markets.move(change, market_id, MarketAction.OPEN)
        assert caught.value.refusal is Refusal.STATE
    async with ledger.change(Actor()) as change:
        await stopping.lift(change, factory.tournament_id, reason="a test")
    assert await verdict(ledger, factory, "Elm") == 0
    await factory.deposit(1, 100)
    await looked(watch)
    assert (await state(ledger, factory))["stopped_at"] is None
    # Another difference is another matter.
    await tampered(ledger, "UPDATE accounts SET balance = balance + 1 WHERE id = $1", factory.wallets[2])
    await looked(watch)
    assert (await state(ledger, factory))["stops"] == 2
    async with ledger.change(Actor()) as change:
        await stopping.lift(change, factory.tournament_id, reason="a test")
        with pytest.raises(Refused) as caught:
            await stopping.lift(change, factory.tournament_id, reason="once more")
        assert caught.value.refusal is Refusal.STATE
    await tampered(ledger, "UPDATE accounts SET balance = balance - 1 WHERE id = ANY ($1)", factory.wallets[1:3])
    await looked(watch)
    assert (await state(ledger, factory))["differs"] is None, "it is mended, and forgotten"


async def test_an_archived_tournament_is_left_as_it_is(ledger: Ledger) -> None:
    factory = await founded(ledger)
    async with ledger.change(Actor()) as change:
        for market_id in factory.markets.values():
            await markets.move(change, market_id, MarketAction.CLOSE)
        await tournaments.archive(change, factory.tournament_id)
    await tampered(ledger, "UPDATE accounts SET balance = balance + 1 WHERE id = $1", factory.wallets[1])
    await looked(BooksWatch(ledger))
    assert (await state(ledger, factory))["stopped_at"] is None
