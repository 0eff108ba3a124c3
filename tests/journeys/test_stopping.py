"""SIGTERM under load: each request that arrived is answered; what is not answered was not begun.

Clients that ask one after the other, that send several at once, and that open a connection each time, while a real
`toteboard serve` is told to stop. Every bet that is there afterwards was acknowledged to whoever placed it.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from scenarios import Market, assert_clean, ledger_scenario
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.ledger.migrate import migrate
from wire_client import Answer, Who, bet_request, request, signed_in, wired

from .test_crash import App, until

LOST = (OSError, EOFError)
CLIENTS = 12
STOP_S = 12


@dataclass
class Load:
    """What was asked, and what was answered to it."""

    port: int
    market: Market
    people: list[Who]
    acknowledged: set[str] = field(default_factory=set)
    # Answered, but not taken: 503 while it stops.
    refused: set[str] = field(default_factory=set)
    # Of which client, how many of what a connection that had answered before did not answer, and whether it had said so.
    dropped: list[tuple[int, int, bool]] = field(default_factory=list)
    looked: int = 0
    ending: bool = False

    def bet(self, n: int, key: str) -> bytes:
        body = {"outcome_id": self.market.outcomes[n % 3], "stake": 7, "currency": "EUR"}
        return bet_request(self.people[n], body, key=key)

    async def client(self, n: int, *, at_once: int, each_its_own: bool) -> None:
        while not self.ending:
            # What this connection was asked and has not answered, and whether it said that it ends.
            asked: list[str] = []
            answered, last = 0, False
            try:
                async with wired(self.port) as wire:
                    while not self.ending and not last:
                        asked = [str(uuid4()) for _ in range(at_once)]
                        wire.send(*[self.bet(n, key) for key in asked])
                        while asked:
                            answer = await wire.answer()
                            answered, last = answered + 1, answer.headers.get("connection") == "close"
                            self.note(asked.pop(0), answer)
                        if each_its_own:
                            break
            except LOST:
                if answered and asked:
                    self.dropped.append((n, len(asked), last))
                await asyncio.sleep(0.02)

    def note(self, key: str, answer: Answer) -> None:
        assert answer.status in (201, 503), answer
        if answer.status == 201:
            self.acknowledged.add(key)
        else:
            assert not answer.body.get("unknown"), answer
            self.refused.add(key)

    async def looker(self) -> None:
        while not self.ending:
            with contextlib.suppress(*LOST):
                async with wired(self.port) as wire:
                    while not self.ending:
                        answer = await wire.ask(request("GET", "/api/tournament", {}))
                        assert answer.status == 200
                        json.dumps(answer.body)
                        self.looked += 1
            await asyncio.sleep(0.02)

    @contextlib.asynccontextmanager
    async def going(self) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(self.client(n, at_once=(1, 1, 6)[n % 3], each_its_own=n % 3 == 1))
            for n in range(CLIENTS)
        ]
        tasks += [asyncio.create_task(self.looker()) for _ in range(2)]
        try:
            await until(lambda: len(self.acknowledged) > 300 and self.looked > 20)
            yield
        finally:
            self.ending = True
            await asyncio.gather(*tasks)


@pytest.fixture
def server(data_folder: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(data_folder, say=lambda _: None)
    server.join_or_start()
    yield server
    server.leave()


@pytest.mark.parametrize("workers", [1, 2])
async def test_told_to_stop_under_load_it_answers_what_it_has_begun(
    data_folder: Path, server: EmbeddedPostgres, workers: int
) -> None:
    await migrate(server.endpoint.dsn())
    app = App(data_folder, "--workers", str(workers))
    try:
        async with ledger_scenario(server.endpoint.dsn()) as scenario:
            market = await scenario.market()
            people = [await signed_in(scenario, await scenario.bettor(10_000_000)) for _ in range(CLIENTS)]
        for _ in range(3):
            await app.start()
            load = Load(app.port, market, people)
            before = await bets(server)
            async with load.going():
                assert app.process is not None
                app.process.terminate()
                assert await asyncio.to_thread(app.process.wait, STOP_S) == 0
            assert await bets(server) - before == load.acknowledged
            assert load.dropped == []
        await assert_clean(server.endpoint.dsn())
    finally:
        app.stop()


async def bets(server: EmbeddedPostgres) -> set[str]:
    conn = await asyncpg.connect(server.endpoint.dsn())
    stored = {str(row["id"]) for row in await conn.fetch("SELECT id FROM bets")}
    await conn.close()
    return stored
