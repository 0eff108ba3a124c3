"""A connection on which no answer comes, though nothing says that it is broken. Lost packets: journeys/test_partition.py."""

import time

import pytest

from relay import relayed
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.ledger.ledger import OUTAGES, Ledger

ANSWER_S = 0.5


async def test_whoever_keeps_a_connection_does_not_wait_for_ever_for_an_answer(
    database: str, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toteboard.ledger.ledger.KEPT_ANSWER_S", ANSWER_S)
    async with relayed(postgres.endpoint) as relay:
        conn = await Ledger(relay.dsn(database)).connect()
        assert await conn.fetchval("SELECT 1") == 1
        relay.fall_silent()
        began = time.monotonic()
        with pytest.raises(OUTAGES):
            await conn.fetchval("SELECT 1")
        assert time.monotonic() - began < ANSWER_S + 2
        conn.terminate()
