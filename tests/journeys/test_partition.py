"""A network that loses every packet between the application and its database, which lives on another host."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from websockets.asyncio.client import connect

from embedded.networks import THERE, Router, routed, server_there
from scenarios import Market, ledger_scenario
from toteboard.embedded.postgres import EmbeddedPostgres, Endpoint
from toteboard.ledger.ledger import Actor, Ledger, Outage
from toteboard.ledger.logins import APPLICATION, give_login
from toteboard.ledger.migrate import migrate
from toteboard.ledger.money.bets import PLACE_WAIT_S
from toteboard.ledger.tournaments import markets
from toteboard.rules.market import MarketAction
from wire_client import asked, request

from .test_crash import CLIENTS, App, everything_is_there_once, rush, until

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or sys.platform != "linux", reason="a host of its own is made by root, on Linux"
)

# Both ends give up a connection on which nothing is heard any more, and what was begun on it (ledger/reaching.py).
GIVEN_UP_S = 15
TOLD_WITHIN_S = PLACE_WAIT_S + 2
BACK_WITHIN_S = 5


@dataclass
class Elsewhere:
    """The database on its host. `server` is asked by its unix socket, which the network is nothing to."""

    server: EmbeddedPostgres
    router: Router

    def over_the_network(self, who: Endpoint) -> str:
        return f"postgresql://{who.user}:{who.password}@{THERE}:{who.port}/{who.database}"

    async def backends(self) -> set[int]:
        """Who is connected over the network."""
        conn = await asyncpg.connect(self.server.endpoint.dsn())
        rows = await conn.fetch("SELECT pid FROM pg_stat_activity WHERE client_addr IS NOT NULL")
        await conn.close()
        return {row["pid"] for row in rows}


@pytest.fixture
async def elsewhere(data_folder: Path) -> AsyncIterator[Elsewhere]:
    server = EmbeddedPostgres(data_folder, say=lambda _: None)
    with server:
        await migrate(server.endpoint.dsn())
        await give_login(server.endpoint.dsn(), server.endpoint_for(APPLICATION).password)
    with routed() as router, server_there(router, data_folder):
        for _ in range(400):
            try:
                await (await asyncpg.connect(server.endpoint.dsn())).close()
                break
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(0.05)
        yield Elsewhere(server, router)


@pytest.fixture
async def app(elsewhere: Elsewhere, data_folder: Path) -> AsyncIterator[App]:
    database = elsewhere.server
    app = App(
        data_folder,
        environment={
            # A connection that is asked again while nobody hears it lives longer by that.
            "TOTEBOARD_STANDING_POLL_S": "3600",
            "TOTEBOARD_DATABASE_URL": elsewhere.over_the_network(database.endpoint),
            "TOTEBOARD_APP_DATABASE_URL": elsewhere.over_the_network(database.endpoint_for(APPLICATION)),
        },
    )
    yield app
    app.stop()


@pytest.mark.parametrize("lost", ["both", "answers"])
async def test_while_packets_are_lost_everybody_is_told_and_then_it_goes_on(
    elsewhere: Elsewhere, app: App, lost: str
) -> None:
    await app.start()
    bets = await rush(app, elsewhere.server)
    # Somebody looks on, so that there is a board to be kept current.
    async with connect(f"ws://127.0.0.1:{app.port}/api/feed?tournament={bets.market.tournament_id}"), bets.going():
        before = await elsewhere.backends()
        elsewhere.router.lose(questions=lost == "both")
        lost_at = time.monotonic()
        await until(lambda: bets.busy >= CLIENTS)
        told_after = time.monotonic() - lost_at
        await asyncio.sleep(GIVEN_UP_S - told_after)
        assert await readiness(app) == 503
        assert (await asked(app.port, request("GET", "/livez", {}))).status == 200
        assert await elsewhere.backends() & before == set(), "kept, though nobody will ever be heard on them"
        elsewhere.router.mend()
        mended_at = time.monotonic()
        await bets.more_taken(50)
        while await readiness(app) != 200:
            assert time.monotonic() - mended_at < BACK_WITHIN_S, (
                await asked(app.port, request("GET", "/readyz", {}))
            ).body
            await asyncio.sleep(0.1)
    assert told_after < TOLD_WITHIN_S
    await bets.ask_for_the_unknown()
    await everything_is_there_once(elsewhere.server, bets)


async def readiness(app: App) -> int:
    return (await asked(app.port, request("GET", "/readyz", {}))).status


async def test_a_change_that_is_cut_off_in_its_middle_lets_go_of_what_it_locked(elsewhere: Elsewhere) -> None:
    async with (
        ledger_scenario(elsewhere.server.endpoint.dsn()) as scenario,
        Ledger.opened(elsewhere.over_the_network(elsewhere.server.endpoint)) as ledger,
    ):
        market, bettor = await scenario.market(), await scenario.bettor()
        cut_off = suspending(ledger, market, elsewhere.router)
        await anext(cut_off)
        # What it locked stands in the way of every bet there, until PostgreSQL gives it up.
        assert await scenario.verdict(bettor, market.outcomes[0]) == 0, "as if it had never been asked for"
        elsewhere.router.mend()
        with pytest.raises(Outage):
            await anext(cut_off)
        assert (await scenario.row("markets", market.id))["status"] == "open"
        await scenario.audited()


async def suspending(ledger: Ledger, market: Market, router: Router) -> AsyncIterator[None]:
    async with ledger.change(Actor()) as change:
        await markets.move(change, market.id, MarketAction.SUSPEND)
        router.lose()
        yield
