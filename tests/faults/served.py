"""Campaigns against a real `toteboard serve` and its PostgreSQL: kill -9 of either, and answers that never arrive."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg

from journeys.test_crash import CLIENTS, DEPOSIT, LOST, STAKE, App, Rush, kill_all
from scenarios import LedgerScenario, Market, assert_clean, ledger_scenario
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.ledger.migrate import migrate
from wire_client import Answer, Wire, asked, signed_in

from .tally import Tally

# So many kills, then everything is looked at.
KILLS_A_ROUND = 10
CUTS_A_ROUND = 400
SETTLED_BETTORS = 60
RUNNERS = 8


@contextlib.asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[App, EmbeddedPostgres]]:
    """The application and its database, durable as in service."""
    server = EmbeddedPostgres(folder, say=lambda _: None)
    await asyncio.to_thread(server.join_or_start)
    app = App(folder)
    try:
        await migrate(server.endpoint.dsn())
        await app.start()
        yield app, server
    finally:
        await asyncio.to_thread(app.stop)
        await asyncio.to_thread(server.leave)


async def kills(tally: Tally, app: App, server: EmbeddedPostgres, *, count: int = KILLS_A_ROUND) -> None:
    """A round of kills, of the application and of PostgreSQL, while bets are taken and a market is paid."""
    numbers = tally.random("kills")
    async with ledger_scenario(server.endpoint.dsn()) as scenario:
        bets = await _rush(app, scenario)
        settlement_id = await _settling(scenario)
    async with bets.going():
        for _ in range(count):
            await bets.more_taken(numbers.randint(1, 40))
            await asyncio.sleep(numbers.random() * 0.05)
            is_app = numbers.random() < 0.5
            if is_app:
                app.kill()
            else:
                await asyncio.to_thread(kill_all, server)
            tally.counts["kills of the application" if is_app else "kills of PostgreSQL"] += 1
            if is_app:
                await app.start()
            await bets.more_taken(5)
            tally.counts["kills in mid-settlement"] += not await _is_paid(server, settlement_id)
    await _none_lost(server, bets, tally)
    await _until_paid(server, settlement_id)
    await assert_clean(server.endpoint.dsn())


async def cuts(tally: Tally, app: App, server: EmbeddedPostgres, *, count: int = CUTS_A_ROUND) -> None:
    """A round of bets whose bettor is gone before the answer, and asks again with the same key."""
    numbers = tally.random("cuts")
    async with ledger_scenario(server.endpoint.dsn()) as scenario:
        bets = await _rush(app, scenario)
    await asyncio.gather(*[_cutting(tally, bets, n, count // CLIENTS, numbers.random()) for n in range(CLIENTS)])
    await _none_lost(server, bets, tally)
    await assert_clean(server.endpoint.dsn())


async def _cutting(tally: Tally, bets: Rush, n: int, times: int, seed: float) -> None:
    numbers = random.Random(seed)
    for _ in range(times):
        key = str(uuid4())
        reader, writer = await asyncio.open_connection("127.0.0.1", bets.port)
        Wire(reader, writer).send(bets.bet(n, key))
        await writer.drain()
        # About as long as a bet takes: some are cut before it is read, most between commit and answer.
        await asyncio.sleep(numbers.random() * 0.02)
        writer.transport.abort()
        answer = await _insisted(bets, n, key)
        assert answer.body["stake"] == STAKE
        tally.counts["answers cut, bet taken once"] += answer.status == 200
        tally.counts["answers cut, bet not begun"] += answer.status == 201
        bets.acknowledged[key] = n


async def _insisted(bets: Rush, n: int, key: str) -> Answer:
    """The same key until it is known: beside the first request it may be told to wait."""
    for _ in range(100):
        with contextlib.suppress(*LOST):
            answer = await asked(bets.port, bets.bet(n, key))
            if answer.status in (200, 201):
                return answer
            assert answer.status == 503, answer
        await asyncio.sleep(0.02)
    raise TimeoutError(key)


async def _rush(app: App, scenario: LedgerScenario) -> Rush:
    market = await scenario.market()
    people = [await signed_in(scenario, await scenario.bettor(DEPOSIT)) for _ in range(CLIENTS)]
    return Rush(app.port, market, people)


async def _settling(scenario: LedgerScenario) -> int:
    """A market of some hundred bets that is decided and not paid: a worker has it from here."""
    market: Market = await scenario.market(takeout_bps=1000)
    people = [await scenario.bettor() for _ in range(SETTLED_BETTORS)]
    for place in range(RUNNERS):
        await scenario.place(
            *(scenario.bet(one, market.outcomes[(n + place) % 3], 10 + n) for n, one in enumerate(people))
        )
    await scenario.close(market)
    return (await scenario.settle(market, market.outcomes[0], pay=False)).id


async def _is_paid(server: EmbeddedPostgres, settlement_id: int) -> bool:
    conn = await asyncpg.connect(server.endpoint.dsn())
    try:
        return bool(await conn.fetchval("SELECT status = 'paid' FROM settlements WHERE id = $1", settlement_id))
    finally:
        await conn.close()


async def _until_paid(server: EmbeddedPostgres, settlement_id: int) -> None:
    for _ in range(600):
        if await _is_paid(server, settlement_id):
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("it was not paid to the end")


async def _none_lost(server: EmbeddedPostgres, bets: Rush, tally: Tally) -> None:
    """Every bet that was acknowledged is there, none twice, none that nobody knows of."""
    acknowledged = len(bets.acknowledged)
    await bets.ask_for_the_unknown()
    assert bets.refused == []
    conn = await asyncpg.connect(server.endpoint.dsn())
    try:
        stored = {
            str(row["id"]) for row in await conn.fetch("SELECT id FROM bets WHERE market_id = $1", bets.market.id)
        }
        doubled = await conn.fetchval(
            "SELECT count(*) FROM (SELECT FROM transfers WHERE kind IN ('stake', 'payout', 'refund')"
            " GROUP BY kind, bet_id, settlement_id HAVING count(*) > 1) twice"
        )
    finally:
        await conn.close()
    assert stored == set(bets.acknowledged)
    assert doubled == 0
    tally.counts["bets acknowledged"] += acknowledged
    tally.counts["bets unknown, asked for again"] += len(bets.unknown)
