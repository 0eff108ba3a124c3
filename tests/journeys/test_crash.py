"""kill -9 in the middle of everything: what was acknowledged is there, what was not is answerable, nothing is doubled.

A real `toteboard serve` with its own embedded PostgreSQL, bets over HTTP, and no chance for either to say goodbye.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import asyncpg
import psutil
import pytest

from scenarios import LedgerScenario, Market, assert_clean, ledger_scenario
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.ledger.migrate import migrate
from wire_client import Answer, Who, asked, bet_request, listening_socket, request, signed_in, wired

CLIENTS = 16
DEPOSIT = 1_000_000
STAKE = 7
WAIT_S = 40
LOST = (OSError, EOFError)


class App:
    """`toteboard serve` as a process of its own, on a port that it keeps."""

    def __init__(self, folder: Path, *options: str, environment: dict[str, str] | None = None):
        self.folder = folder
        self.environment = environment or {}
        self.options = options
        with listening_socket() as listening:
            self.port: int = listening.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "toteboard",
                "serve",
                "--data",
                str(self.folder),
                "--port",
                str(self.port),
                *self.options,
            ],
            env=os.environ | {"TOTEBOARD_SETTLE_CHUNK": "2", "TOTEBOARD_QUEUE_WAIT_S": "2"} | self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    async def start(self) -> None:
        self.process = self.launch()
        async with asyncio.timeout(WAIT_S):
            while not await self.answers():
                assert self.process.poll() is None, "the server did not start"
                await asyncio.sleep(0.1)

    async def answers(self) -> bool:
        with contextlib.suppress(*LOST):
            return (await asked(self.port, request("GET", "/api/tournament", {}))).status == 200
        return False

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(WAIT_S)


@dataclass
class Rush:
    """Clients that bet as fast as they are answered, and what they know afterwards."""

    port: int
    market: Market
    people: list[Who]
    acknowledged: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    refused: list[Answer] = field(default_factory=list)
    busy: int = 0
    ending: bool = False

    def bet(self, n: int, key: str) -> bytes:
        body = {"outcome_id": self.market.outcomes[n % 3], "stake": STAKE, "currency": "EUR"}
        return bet_request(self.people[n], body, key=key)

    async def client(self, n: int) -> None:
        while not self.ending:
            try:
                async with wired(self.port) as wire:
                    while not self.ending:
                        key = str(uuid4())
                        self.unknown[key] = n
                        self.note(key, await wire.ask(self.bet(n, key)))
                        if key in self.unknown or self.busy:
                            await asyncio.sleep(0.02)
            except LOST:
                # What was under way stays unknown.
                await asyncio.sleep(0.05)

    def note(self, key: str, answer: Answer) -> None:
        if answer.status == 201:
            self.acknowledged[key] = self.unknown.pop(key)
        elif answer.status == 503:
            assert answer.headers["retry-after"]
            assert answer.body["retry"]
            self.busy += 1
            if not answer.body.get("unknown"):
                del self.unknown[key]
        else:
            self.refused.append(answer)

    async def ask_for_the_unknown(self) -> None:
        """By GET: taken, or not; what was not is asked again with the same key."""
        for key, n in self.unknown.items():
            answer = await asked(self.port, request("GET", f"/api/bet/{key}", self.people[n].headers))
            assert answer.status in (200, 404)
            again = await asked(self.port, self.bet(n, key))
            assert again.status == (200 if answer.status == 200 else 201)
        self.acknowledged |= self.unknown
        for key, n in self.acknowledged.items():
            answer = await asked(self.port, request("GET", f"/api/bet/{key}", self.people[n].headers))
            assert (answer.status, answer.body["stake"]) == (200, STAKE)

    @contextlib.asynccontextmanager
    async def going(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self.client(n)) for n in range(len(self.people))]
        try:
            await self.more_taken(100)
            yield
        finally:
            self.ending = True
            await asyncio.gather(*tasks)

    async def more_taken(self, count: int) -> None:
        wanted = len(self.acknowledged) + count
        await until(lambda: len(self.acknowledged) >= wanted)


@pytest.fixture
def server(data_folder: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(data_folder, say=lambda _: None)
    server.join_or_start()
    yield server
    server.leave()


@pytest.fixture
async def app(data_folder: Path, server: EmbeddedPostgres) -> AsyncIterator[App]:
    await migrate(server.endpoint.dsn())
    app = App(data_folder)
    yield app
    app.stop()


async def rush(app: App, server: EmbeddedPostgres) -> Rush:
    async with ledger_scenario(server.endpoint.dsn()) as scenario:
        market = await scenario.market()
        people = [await signed_in(scenario, await scenario.bettor(DEPOSIT)) for _ in range(CLIENTS)]
    return Rush(app.port, market, people)


async def everything_is_there_once(server: EmbeddedPostgres, rush: Rush) -> None:
    assert rush.refused == []
    conn = await asyncpg.connect(server.endpoint.dsn())
    stored = {str(row["id"]) for row in await conn.fetch("SELECT id FROM bets")}
    spent = await conn.fetchval("SELECT sum($1 - balance) FROM accounts WHERE kind = 'wallet'", DEPOSIT)
    await conn.close()
    assert stored == set(rush.acknowledged)
    assert spent == STAKE * len(stored)
    await assert_clean(server.endpoint.dsn())


async def test_the_application_is_killed_while_it_takes_bets(app: App, server: EmbeddedPostgres) -> None:
    await app.start()
    bets = await rush(app, server)
    async with bets.going():
        app.kill()
        await app.start()
        await bets.more_taken(50)
        app.kill()
    assert len(bets.unknown) >= 1, "the kill met something under way"
    await app.start()
    await bets.ask_for_the_unknown()
    await everything_is_there_once(server, bets)


async def test_the_database_is_killed_while_it_takes_bets_and_comes_back(app: App, server: EmbeddedPostgres) -> None:
    await app.start()
    bets = await rush(app, server)
    async with bets.going():
        for _ in range(2):
            busy = bets.busy
            # Beside the bets: they go on meanwhile.
            await asyncio.to_thread(kill_all, server)
            # Every bet is told so; the application itself starts the database again.
            await until(lambda busy=busy: bets.busy > busy)  # type: ignore[misc]
            await bets.more_taken(100)
    await bets.ask_for_the_unknown()
    await everything_is_there_once(server, bets)


async def test_while_the_database_is_kept_down_everybody_is_told_and_then_it_goes_on(
    app: App, server: EmbeddedPostgres
) -> None:
    await app.start()
    bets = await rush(app, server)
    away = server.cluster.with_name("pg-away")
    async with bets.going():
        await asyncio.to_thread(kill_all, server, before=lambda: server.cluster.rename(away))
        await until(lambda: bets.busy >= 40)
        answer = await asked(app.port, request("GET", "/api/tournament", {}))
        assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "OUTAGE", "1")
        assert (await asked(app.port, request("GET", "/readyz", {}))).status == 503
        away.rename(server.cluster)
        await bets.more_taken(100)
    assert (await asked(app.port, request("GET", "/livez", {}))).status == 200
    await bets.ask_for_the_unknown()
    await everything_is_there_once(server, bets)


async def test_who_serves_is_never_the_owner_of_the_database(app: App, server: EmbeddedPostgres) -> None:
    await app.start()
    bets = await rush(app, server)
    async with bets.going():
        conn = await asyncpg.connect(server.endpoint.dsn())
        who = await conn.fetch(
            "SELECT DISTINCT usename FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        await conn.close()
    assert [row["usename"] for row in who] == ["toteboard_app"]
    await everything_is_there_once(server, bets)


async def test_a_database_that_stands_still_keeps_nobody_waiting(app: App, server: EmbeddedPostgres) -> None:
    await app.start()
    bets = await rush(app, server)
    async with bets.going():
        signal_all(server, signal.SIGSTOP)
        try:
            await until(lambda: bets.busy >= CLIENTS // 2)
        finally:
            signal_all(server, signal.SIGCONT)
        await bets.more_taken(50)
    await bets.ask_for_the_unknown()
    await everything_is_there_once(server, bets)


async def test_a_settlement_whose_payer_is_killed_goes_on_and_pays_once(app: App, server: EmbeddedPostgres) -> None:
    dsn = server.endpoint.dsn()
    async with ledger_scenario(dsn) as scenario:
        market = await scenario.market(takeout_bps=1000)
        people = [await scenario.bettor() for _ in range(60)]
        for place in range(5):
            await scenario.place(
                *(scenario.bet(one, market.outcomes[(n + place) % 2], 10 + n) for n, one in enumerate(people))
            )
        await scenario.close(market)
        row = await scenario.settle(market, market.outcomes[0], pay=False)
        killed_at = []
        for _ in range(2):
            await app.start()
            killed_at.append(await paid_some(scenario, row.id))
            app.kill()
        assert 0 < killed_at[0] < killed_at[1] < row.bets
        await app.start()
        for _ in range(WAIT_S * 20):
            settlement = await scenario.row("settlements", row.id)
            if settlement["status"] == "paid":
                break
            await asyncio.sleep(0.05)
        assert settlement["bets_done"] == row.bets == 300
        twice = await scenario.conn.fetch(
            "SELECT bet_id FROM transfers WHERE kind IN ('payout', 'refund') GROUP BY bet_id HAVING count(*) > 1"
        )
        assert twice == []
        assert await scenario.escrow(market) == 0
        await scenario.audited()


async def paid_some(scenario: LedgerScenario, settlement_id: int) -> int:
    """How many bets are paid, as soon as it is some more."""
    before = done = (await scenario.row("settlements", settlement_id))["bets_done"]
    async with asyncio.timeout(WAIT_S):
        while done < before + 20:
            await asyncio.sleep(0.005)
            done = (await scenario.row("settlements", settlement_id))["bets_done"]
    return int(done)


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(WAIT_S * 50):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError("it never came to that")


def kill_all(server: EmbeddedPostgres, *, before: Callable[[], object] = lambda: None) -> None:
    processes = signal_all(server, signal.SIGSTOP)
    before()
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=WAIT_S)


def signal_all(server: EmbeddedPostgres, number: int) -> list[psutil.Process]:
    """To the postmaster and every server process of it."""
    assert server.pid is not None
    postmaster = psutil.Process(server.pid)
    processes = [postmaster, *postmaster.children(recursive=True)]
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
    return processes
