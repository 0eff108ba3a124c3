"""A statement's page: what it says, and that it reads no further than the page, whatever the wallet's history."""

import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest_asyncio

from scenarios import LedgerScenario, ledger_scenario
from toteboard.ledger.money import wallets
from toteboard.ledger.statements import statements

BETS = 3000
PAGE = 51


@pytest_asyncio.fixture(loop_scope="session")
async def scenario(database: str) -> AsyncIterator[LedgerScenario]:
    async with ledger_scenario(database) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def busy(scenario: LedgerScenario) -> Any:
    """A wallet with a long history: deposits, thousands of bets at distinct moments, and as many payouts."""
    ada, market = await scenario.bettor(BETS * 10), await scenario.market()
    conn = scenario.conn
    await conn.execute(
        "INSERT INTO bets (id, tournament_id, wallet_id, user_id, market_id, outcome_id, stake, odds_milli, placed_at)"
        " SELECT gen_random_uuid(), $1, $2, $3, $4, $5, 10, 2000, clock_timestamp() + n * interval '1 second'"
        " FROM generate_series(1, $6) n",
        *(scenario.tournament_id, ada.wallet_id, ada.user_id, market.id, market.outcomes[0], BETS),
    )
    await conn.execute(
        "INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, at)"
        " SELECT $1, (SELECT id FROM accounts WHERE market_id = $2), $3, 7, 'payout', placed_at + interval '10 ms'"
        " FROM bets WHERE wallet_id = $3",
        *(scenario.tournament_id, market.id, ada.wallet_id),
    )
    await conn.execute("UPDATE accounts SET balance = balance - $2 WHERE id = $1", ada.wallet_id, 3 * BETS)
    owner = await asyncpg.connect(scenario.dsn)
    await owner.execute("ANALYZE bets, transfers")
    await owner.close()
    return ada


async def test_pages_join_to_the_whole_history_and_every_balance_is_the_sum_up_to_there(
    scenario: LedgerScenario, busy: Any
) -> None:
    async with scenario.ledger.read() as conn:
        lines, after = [], None
        while page := await wallets.statement(conn, busy.wallet_id, after=after, limit=700):
            lines += page
            last = page[-1]
            after = wallets.Cursor(last.at, last.rank, last.no, last.balance - last.amount)
    assert len(lines) == 2 * BETS + 1
    assert [(one.at, one.rank, one.no) for one in lines] == sorted(
        [(one.at, one.rank, one.no) for one in lines], reverse=True
    )
    balance = 0
    for one in reversed(lines):
        balance += one.amount
        assert one.balance == balance


async def test_a_page_reads_no_more_than_the_page_at_the_end_and_far_behind(
    scenario: LedgerScenario, busy: Any
) -> None:
    async with scenario.ledger.read() as conn:
        far = (await wallets.statement(conn, busy.wallet_id, after=None, limit=2 * BETS - 200))[-1]
        for cursor in ((None, None, None, None), (far.at, far.rank, far.no, far.balance)):
            at, rank, no, balance = cursor
            told = await conn.fetchval(
                f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statements('wallets')['statement']}",
                *(busy.wallet_id, at, rank, no, PAGE, balance),
            )
            read = _rows_read(json.loads(told)[0]["Plan"])
            # Bets, payouts, what was paid in; and what stands around the lines that are shown.
            assert read["bets"] <= 2 * PAGE + 1
            assert read["transfers"] <= 3 * PAGE


def _rows_read(plan: dict[str, Any]) -> dict[str, int]:
    read: dict[str, int] = {"bets": 0, "transfers": 0}
    todo = [plan]
    while todo:
        node = todo.pop()
        todo += node.get("Plans", [])
        if (table := node.get("Relation Name")) in read:
            removed = node.get("Rows Removed by Filter", 0)
            read[table] += round((node["Actual Rows"] + removed) * node["Actual Loops"])
    return read
