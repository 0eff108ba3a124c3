"""Markets close by the clock: once, at the moment they said, whatever else is going on."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest_asyncio

from databases import by_hand
from toteboard.background import Loops
from toteboard.ledger.ledger import Actor, Ledger, Outage
from toteboard.ledger.tournaments import closing, markets, matches, tournaments
from toteboard.ledger.tournaments.markets import NewOutcome
from toteboard.rules.market import MarketAction, MarketKind
from toteboard.rules.market_terms import MarketTerms

TERMS = MarketTerms(name="Winner", kind=MarketKind.POOL, stake_max=1000, total_max=100_000)


class ClosingFactory:
    """A tournament with one match, and the owner's connection to look behind."""

    def __init__(self, ledger: Ledger, owner: Any):
        self.ledger = ledger
        self.owner = owner

    async def set_up(self) -> "ClosingFactory":
        async with self.ledger.change(Actor()) as change:
            tournament_id = await tournaments.create_tournament(change, slug="cup", name="Cup", currency="EUR")
            self.match_id = await matches.create(
                change, tournament_id, name="A – B", round_="", venue="", starts_at=None
            )
        return self

    async def market(self, *, due: bool = True, suspended: bool = False) -> int:
        """An open market, past its time where `due`."""
        new = [NewOutcome("A", None), NewOutcome("B", None)]
        later = datetime.now(UTC) + timedelta(hours=1)
        async with self.ledger.change(Actor()) as change:
            market_id = await markets.create(change, self.match_id, replace(TERMS, closes_at=later), new)
            await markets.move(change, market_id, MarketAction.OPEN)
            if suspended:
                await markets.move(change, market_id, MarketAction.SUSPEND)
        if due:
            await self.owner.execute(
                "UPDATE markets SET closes_at = now() - interval '1 second' WHERE id = $1", market_id
            )
        return market_id

    async def status(self, market_id: int) -> str:
        return str(await self.owner.fetchval("SELECT status FROM markets WHERE id = $1", market_id))


@pytest_asyncio.fixture(loop_scope="session")
async def factory(database: str) -> AsyncIterator[ClosingFactory]:
    async with Ledger.opened(database, pool_max=4) as ledger:
        owner = await by_hand(database)
        yield await ClosingFactory(ledger, owner).set_up()
        if not owner.is_closed():
            await owner.close()


async def test_what_is_past_its_time_closes_at_its_time_and_is_told(factory: ClosingFactory) -> None:
    due, suspended, later = (
        await factory.market(),
        await factory.market(suspended=True),
        await factory.market(due=False),
    )
    assert await closing.close_due(factory.ledger) == 2
    assert await closing.close_due(factory.ledger) == 0
    assert [await factory.status(m) for m in (due, suspended, later)] == ["closed", "closed", "open"]
    assert await factory.owner.fetchval("SELECT bool_and(closed_at = closes_at) FROM markets WHERE status = 'closed'")
    rows = await factory.owner.fetch("SELECT * FROM audit_log WHERE action = 'market.closed' ORDER BY id")
    assert [(row["user_id"], row["subject"]) for row in rows] == [
        (None, f"market:{due}"),
        (None, f"market:{suspended}"),
    ]
    assert rows[0]["tournament_id"] is not None
    events = await factory.owner.fetch("SELECT payload FROM events WHERE kind = 'market' ORDER BY seq DESC LIMIT 2")
    told = [json.loads(event["payload"])["market"] for event in events]
    assert {(market["id"], market["status"]) for market in told} == {(due, "closed"), (suspended, "closed")}


async def test_closing_again_changes_nothing(factory: ClosingFactory) -> None:
    market_id = await factory.market()
    assert await closing.close_due(factory.ledger) == 1
    version = await factory.owner.fetchval("SELECT version FROM markets WHERE id = $1", market_id)
    assert await closing.close_due(factory.ledger) == 0
    assert await factory.owner.fetchval("SELECT version FROM markets WHERE id = $1", market_id) == version


async def test_two_closers_at_once_close_each_market_once(factory: ClosingFactory) -> None:
    for _ in range(6):
        await factory.market()
    closed = await asyncio.gather(*(closing.close_due(factory.ledger) for _ in range(4)))
    assert sum(closed) == 6
    assert await factory.owner.fetchval("SELECT count(*) FROM audit_log WHERE action = 'market.closed'") == 6


async def test_a_market_that_a_set_of_bets_holds_closes_when_the_set_is_done(factory: ClosingFactory) -> None:
    held = await factory.market()
    async with factory.owner.transaction():
        await factory.owner.fetchval("SELECT id FROM markets WHERE id = $1 FOR SHARE", held)
        look = asyncio.create_task(closing.close_due(factory.ledger))
        await asyncio.sleep(0.1)
        assert not look.done()
    assert await look == 1
    assert await factory.status(held) == "closed"


async def test_a_close_is_not_starved_by_sets_that_keep_coming(factory: ClosingFactory) -> None:
    """New FOR SHARE holders overtake a waiting FOR UPDATE; the gate before it does not let them."""
    market_id = await factory.market()
    outcome_id = await factory.owner.fetchval("SELECT min(id) FROM outcomes WHERE market_id = $1", market_id)
    dsn, stop = factory.ledger.dsn, asyncio.Event()

    async def lane() -> None:
        conn = await asyncpg.connect(dsn, server_settings={"role": "toteboard_app"})
        asked = [[uuid4()], [1], [outcome_id], [1], ["EUR"], [None], [None]]
        while not stop.is_set():
            async with conn.transaction():
                await conn.fetchval("SELECT o_verdict FROM place_bets($1, $2, $3, $4, $5, $6, $7)", *asked)
                # Long enough that another lane's set is always in flight.
                await asyncio.sleep(0.01)
        await conn.close()

    lanes = [asyncio.create_task(lane()) for _ in range(6)]
    await asyncio.sleep(0.1)
    try:
        async with asyncio.timeout(10):
            assert await closing.close_due(factory.ledger) == 1
    finally:
        stop.set()
        await asyncio.gather(*lanes)
    assert await factory.status(market_id) == "closed"


async def test_one_look_closes_no_more_than_its_bound(factory: ClosingFactory, monkeypatch: Any) -> None:
    monkeypatch.setattr(closing, "CLOSED_MAX", 2)
    first, second, third = [await factory.market() for _ in range(3)]
    assert await closing.close_due(factory.ledger) == 2
    assert [await factory.status(m) for m in (first, second, third)] == ["closed", "closed", "open"]


async def test_the_loop_closes_by_itself_and_survives_an_outage(factory: ClosingFactory, monkeypatch: Any) -> None:
    looks = 0
    close_due = closing.close_due

    async def sometimes_away(ledger: Ledger) -> int:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise Outage("the database went away")
        if looks == 2:
            raise asyncpg.DeadlockDetectedError("deadlock detected")
        return await close_due(ledger)

    monkeypatch.setattr(closing, "close_due", sometimes_away)
    market_id = await factory.market()
    loops = Loops()
    async with loops.running("closing", lambda: closing.close_due(factory.ledger), every_s=0.05, expected=(Outage,)):
        for _ in range(200):
            if await factory.status(market_id) == "closed":
                break
            await asyncio.sleep(0.02)
        assert [(loop.errors, loop.alive) for loop in loops] == [(1, True)], (
            "the deadlock is counted, the outage is not"
        )
    assert await factory.status(market_id) == "closed"
    assert looks >= 3


async def test_a_bet_after_the_time_is_refused_before_anybody_closed(factory: ClosingFactory) -> None:
    market_id = await factory.market()
    outcome_id = await factory.owner.fetchval("SELECT min(id) FROM outcomes WHERE market_id = $1", market_id)
    user_id = await factory.owner.fetchval(
        "INSERT INTO users (email, name, password_hash, kyc) VALUES ('a@b.c', 'A', '!', 'verified') RETURNING id"
    )
    async with factory.ledger.change(Actor()) as change:
        tournament_id = await factory.owner.fetchval("SELECT id FROM tournaments")
        await tournaments.put_member(change, tournament_id, user_id, "bettor")
    verdicts = await factory.owner.fetchval(
        "SELECT o_verdict FROM place_bets($1, $2, $3, $4, $5, $6, $7)",
        [uuid4()],
        [user_id],
        [outcome_id],
        [1],
        ["EUR"],
        [None],
        ["192.0.2.7"],
    )
    assert (verdicts, await factory.status(market_id)) == ([9], "open")
