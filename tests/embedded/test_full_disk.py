"""A disk that fills up while bets are placed: nothing is half taken, it is said so, and bets go on once there is room."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.disks import fill, small_disk
from scenarios import ledger_scenario
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.ledger.migrate import migrate
from toteboard.ledger.money.bets import BetConnection, NothingTaken
from toteboard.ledger.operating.health import why_not_writable
from toteboard.ledger.wakeups import LocalWakeups

DISK_MIB = 192
# The bets of one set, and so many sets at most until the room that PostgreSQL has set aside is used up.
IN_A_SET, SETS_MAX = 40, 400


@pytest.fixture
def disk(data_folder: Path) -> Iterator[Path]:
    with small_disk(data_folder, mib=DISK_MIB) as disk:
        yield disk


async def test_what_a_full_disk_refuses_was_not_taken(disk: Path) -> None:
    with EmbeddedPostgres(disk / "data", say=lambda _: None) as server:
        dsn = server.endpoint.dsn()
        await migrate(dsn)
        async with ledger_scenario(dsn) as scenario:
            market = await scenario.market()
            people = [await scenario.bettor(1_000_000) for _ in range(IN_A_SET)]
            lane = BetConnection(scenario.ledger, LocalWakeups().feed)
            taken = 0
            fill(disk / "full")
            why = ""
            while not why:
                assert taken < SETS_MAX * IN_A_SET, "the disk never got full"
                try:
                    verdicts = await lane.place([scenario.bet(one, market.outcomes[0], 7) for one in people])
                except NothingTaken as refused:
                    why = str(refused)
                else:
                    assert {verdict.number for verdict in verdicts} == {0}
                    taken += len(verdicts)
            assert why.startswith("DiskFullError")
            assert "No space left" in await why_not_writable(scenario.ledger, is_tried=True)
            assert await scenario.conn.fetchval("SELECT count(*) FROM bets") == taken
            assert await scenario.conn.fetchval("SELECT sum(balance) FROM accounts") == 0
            os.remove(disk / "full")
            assert await why_not_writable(scenario.ledger, is_tried=True) == ""
            verdicts = await lane.place([scenario.bet(one, market.outcomes[0], 7) for one in people])
            assert {verdict.number for verdict in verdicts} == {0}
            assert await scenario.conn.fetchval("SELECT count(*) FROM bets") == taken + IN_A_SET
            await lane.close()
            await scenario.audited()
