"""The application's clock is ten minutes off, either way: PostgreSQL's decides, and nobody bets too late or is shut out."""

import asyncio
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from uuid import uuid4

import pytest

from scenarios import LedgerScenario, Market, ledger_scenario
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.ledger.migrate import migrate
from wire_client import Answer, Who, asked, bet_request, request, signed_in

from .test_crash import App

# What makes it wrong: Python reads it before anything else.
WRONG = Path(__file__).parent / "wrong_clock"


@pytest.mark.parametrize("off_s", [600, -600])
async def test_a_wrong_clock_of_the_application_decides_nothing(data_folder: Path, off_s: int) -> None:
    server = EmbeddedPostgres(data_folder, say=lambda _: None)
    server.join_or_start()
    app = App(data_folder, environment={"PYTHONPATH": str(WRONG), "TOTEBOARD_TEST_CLOCK_S": str(off_s)})
    try:
        await migrate(server.endpoint.dsn())
        await app.start()
        async with ledger_scenario(server.endpoint.dsn()) as scenario:
            who = await signed_in(scenario, await scenario.bettor(10_000))
            open_until = await scenario.market(closes_at=await in_the_database(scenario, timedelta(minutes=5)))
            closed = await scenario.market(closes_at=await in_the_database(scenario, -timedelta(minutes=5)))
            assert (await bet(app, who, open_until)).status == 201
            late = await bet(app, who, closed)
            assert (late.status, late.code) == (409, "MARKET_CLOSED")
            # The clock that is wrong was really wrong, and what is written has the right one.
            placed = (await asked(app.port, request("GET", "/api/bet", who.headers))).body["items"][0]["placed_at"]
            assert abs(datetime.fromisoformat(placed) - await in_the_database(scenario)) < timedelta(minutes=1)
            said = parsedate_to_datetime((await asked(app.port, request("GET", "/livez", {}))).headers["date"])
            assert abs((said - await in_the_database(scenario)).total_seconds() - off_s) < 60
            # The worker closes by PostgreSQL's clock too.
            async with asyncio.timeout(10):
                for _ in range(100):
                    if await is_closed(scenario, closed):
                        break
                    await asyncio.sleep(0.1)
            assert await is_closed(scenario, closed)
            assert not await is_closed(scenario, open_until)
            await scenario.audited()
    finally:
        app.stop()
        server.leave()


async def in_the_database(scenario: LedgerScenario, later: timedelta = timedelta()) -> datetime:
    now: datetime = await scenario.conn.fetchval("SELECT clock_timestamp()")
    return now + later


async def is_closed(scenario: LedgerScenario, market: Market) -> bool:
    return bool(await scenario.conn.fetchval("SELECT status = 'closed' FROM markets WHERE id = $1", market.id))


async def bet(app: App, who: Who, market: Market) -> Answer:
    body = {"outcome_id": market.outcomes[0], "stake": 7, "currency": "EUR"}
    return await asked(app.port, bet_request(who, body, key=str(uuid4())))
