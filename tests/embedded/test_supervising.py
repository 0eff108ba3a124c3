"""An embedded server that dies while somebody serves from it is started again, and never made anew."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import asyncpg
import pytest

from toteboard.embedded import supervising
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.embedded.supervising import supervised

WAIT_S = 20


@pytest.fixture
def kept(server: EmbeddedPostgres, said: list[str]) -> Iterator[EmbeddedPostgres]:
    """A server that is looked after, with a table in it."""
    server.join_or_start()
    said.clear()
    with supervised(server, said.append):
        yield server


def until(holds: Callable[[], bool]) -> None:
    ends = monotonic() + WAIT_S
    while not holds():
        assert monotonic() < ends, "it never came to that"
        sleep(0.02)


def kill(server: EmbeddedPostgres) -> int:
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid


def is_back(server: EmbeddedPostgres, killed: int) -> bool:
    return server.pid not in (None, killed)


async def ask(server: EmbeddedPostgres, sql: str) -> object:
    """As soon as it answers: a recovery takes its time on a busy machine."""
    ends = monotonic() + WAIT_S
    while True:
        try:
            conn = await asyncpg.connect(server.endpoint.dsn())
            break
        except asyncpg.CannotConnectNowError:
            assert monotonic() < ends, "it does not come up"
            await asyncio.sleep(0.05)
    try:
        return await conn.fetchval(sql)
    finally:
        await conn.close()


async def test_a_server_that_is_killed_is_started_again_each_time(kept: EmbeddedPostgres, said: list[str]) -> None:
    await ask(kept, "CREATE TABLE kept AS SELECT 42 AS answer")
    for times in (1, 2):
        killed = kill(kept)
        until(lambda killed=killed: is_back(kept, killed))  # type: ignore[misc]
        until(lambda times=times: len(said) == times)  # type: ignore[misc]
        assert await ask(kept, "SELECT answer FROM kept") == 42
    assert said == ["the database had died; it is started again, and what was committed is there"] * 2


async def test_while_it_cannot_be_started_the_reason_is_said_once_and_it_comes_back(
    kept: EmbeddedPostgres, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "PAUSE_FIRST_S", 0.1)
    monkeypatch.setattr(supervising, "PAUSE_MAX_S", 0.4)
    await ask(kept, "CREATE TABLE kept AS SELECT 42 AS answer")
    away = kept.cluster.with_name("pg-away")
    killed = kill(kept)
    kept.cluster.rename(away)
    until(lambda: bool(said))
    await asyncio.sleep(2)
    # No new database in its place, and the log is not filled.
    assert not kept.cluster.exists()
    (line,) = said
    assert "cannot be started" in line
    assert f"put {kept.cluster} back" in line
    away.rename(kept.cluster)
    until(lambda: is_back(kept, killed) and len(said) == 2)
    assert await ask(kept, "SELECT answer FROM kept") == 42


def test_a_server_that_was_stopped_in_order_stays_stopped(server: EmbeddedPostgres, said: list[str]) -> None:
    server.join_or_start()
    said.clear()
    with supervised(server, said.append):
        server.leave()
        sleep(3 * supervising.LOOK_S)
        assert server.pid is None
        assert not server.start_again()
    assert said == []


async def test_two_that_look_after_one_server_start_one(kept: EmbeddedPostgres, data_folder: Path) -> None:
    said: list[str] = []
    other = EmbeddedPostgres(data_folder, say=said.append)
    other.join_or_start()
    with supervised(other, said.append):
        killed = kill(kept)
        until(lambda: is_back(kept, killed))
        await asyncio.sleep(2 * supervising.LOOK_S)
        assert other.pid == kept.pid
        assert await ask(other, "SELECT count(*) FROM pg_stat_activity WHERE pid = pg_backend_pid()") == 1
    other.leave()
    assert kept.pid is not None
