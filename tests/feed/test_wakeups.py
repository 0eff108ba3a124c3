"""Wake-ups between processes: heard by all, and by one whose connection went dead without a word."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from relay import DatabaseRelay, relayed
from toteboard.background import Loops
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.feed.wakeups import CONNECT_WAIT_S, LOOK_S, PostgresWakeups

HEARD_WITHIN_S = 2.0
# Asked after LOOK_S, waited for CONNECT_WAIT_S, and the loop's pause before it connects again.
NOTICED_WITHIN_S = LOOK_S + CONNECT_WAIT_S + 4


@pytest.fixture
async def relay(postgres: EmbeddedPostgres) -> AsyncIterator[DatabaseRelay]:
    async with relayed(postgres.endpoint) as relay:
        yield relay


async def test_a_process_whose_connection_went_dead_without_a_word_hears_again(
    database: str, relay: DatabaseRelay
) -> None:
    teller, hearer = PostgresWakeups(database), PostgresWakeups(relay.dsn(database))
    heard: asyncio.Queue[int] = asyncio.Queue()
    hearer.on_sessions(heard.put_nowait)
    async with AsyncExitStack() as running:
        for one in (teller, hearer):
            await running.enter_async_context(one.running(Loops()))
        assert await told_until_heard(teller, heard, within_s=HEARD_WITHIN_S)
        relay.fall_silent()
        assert not await told_until_heard(teller, heard, within_s=0.5), "it is deaf"
        assert await told_until_heard(teller, heard, within_s=NOTICED_WITHIN_S)


async def told_until_heard(teller: PostgresWakeups, heard: "asyncio.Queue[int]", *, within_s: float) -> bool:
    """Tells again and again; whether it was heard."""
    for _ in range(int(within_s / 0.1)):
        teller.sessions(7)
        try:
            async with asyncio.timeout(0.1):
                assert await heard.get() == 7
                return True
        except TimeoutError:
            continue
    return False
