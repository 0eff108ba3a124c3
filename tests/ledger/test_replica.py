"""A real standby: read while it is near enough, and by the rule where it is not. Nothing is read from elsewhere unsaid."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from postgres_nodes import PostgresNode, dsn
from toteboard.background import Loops
from toteboard.ledger import feeds
from toteboard.ledger.ledger import Actor, Ledger, Outage
from toteboard.ledger.migrate import migrate
from toteboard.ledger.replica import AsOf, Replica, Source, place_now, read_as_of
from toteboard.settings import ReplicaFallback


@pytest.fixture(scope="module")
def nodes(module_folder: Path) -> Iterator[tuple[PostgresNode, PostgresNode]]:
    primary, standby = PostgresNode(module_folder, "primary"), PostgresNode(module_folder, "standby")
    try:
        primary.create()
        asyncio.run(migrate(dsn(primary, user="postgres")))
        standby.follow(primary)
        yield primary, standby
    finally:
        standby.end()
        primary.end()


@pytest.fixture(autouse=True)
def going_on(nodes: tuple[PostgresNode, PostgresNode]) -> None:
    nodes[1].sql("SELECT pg_wal_replay_resume()")


@asynccontextmanager
async def reading(
    nodes: tuple[PostgresNode, PostgresNode],
    *,
    lag_max_s: int = 30,
    fallback: str = "primary",
    loops: Loops | None = None,
) -> AsyncIterator[tuple[Ledger, Replica]]:
    primary, standby = nodes
    there = dsn(standby, user="toteboard_app").replace("read-write", "any")
    async with AsyncExitStack() as stack:
        ledger = await stack.enter_async_context(Ledger.opened(dsn(primary, user="toteboard_app"), pool_max=4))
        rule = ReplicaFallback(fallback)
        replica = Replica(ledger, there, lag_max_s=lag_max_s, fallback=rule, primary_readers_max=1, role=None)
        await stack.enter_async_context(replica.following(loops or Loops()))
        await until(lambda: not replica.why_not)
        read_as_of.set([])
        yield ledger, replica


async def until(is_so: Callable[[], object], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def noted() -> list[AsOf]:
    found = read_as_of.get()
    assert found is not None
    return found


async def is_standby(replica: Replica) -> bool:
    async with replica.snapshot() as conn:
        return bool(await conn.fetchval("SELECT pg_is_in_recovery()"))


async def test_it_is_read_and_says_as_of_when(nodes: tuple[PostgresNode, PostgresNode]) -> None:
    async with reading(nodes) as (ledger, replica):
        before = time.time()
        async with ledger.change(Actor()) as change:
            await change.audit("test.written", "server:1")
        async with ledger.read() as conn:
            place = await place_now(conn)
        assert await replica.reached(place, wait_s=5)
        assert await is_standby(replica)
        async with replica.long_snapshot(statement_timeout_s=5) as conn:
            assert await conn.fetchval("SELECT count(*) FROM audit_log WHERE action = 'test.written'") == 1
        first, second = noted()
        assert {first.source, second.source} == {Source.REPLICA}
        assert before - 2 < first.at.timestamp() <= time.time()
        assert first.lag_ms < 2000
        assert replica.reads == {"replica": 2, "primary": 0, "refused": 0}


async def test_one_that_stands_still_grows_older_and_is_not_read(
    nodes: tuple[PostgresNode, PostgresNode], caplog: pytest.LogCaptureFixture
) -> None:
    async with reading(nodes, lag_max_s=1) as (ledger, replica):
        nodes[1].sql("SELECT pg_wal_replay_pause()")
        async with ledger.change(Actor()) as change:
            await change.audit("test.written", "server:2")
        async with ledger.read() as conn:
            place = await place_now(conn)
        assert not await replica.reached(place, wait_s=0.1)
        await until(lambda: replica.why_not)
        assert "behind" in replica.why_not
        noted().clear()
        assert not await is_standby(replica)
        assert [one.source for one in noted()] == [Source.PRIMARY]
        await until(lambda: "the replica is not read" in caplog.text)
        nodes[1].sql("SELECT pg_wal_replay_resume()")
        await until(lambda: not replica.why_not)
        assert await is_standby(replica)


async def test_only_so_many_read_from_the_primary_instead(nodes: tuple[PostgresNode, PostgresNode]) -> None:
    async with reading(nodes, lag_max_s=1) as (ledger, replica):
        nodes[1].sql("SELECT pg_wal_replay_pause()")
        async with ledger.change(Actor()) as change:
            await change.audit("test.written", "server:3")
        await until(lambda: replica.why_not)
        async with replica.read():
            with pytest.raises(Outage, match="1 read from the primary already"):
                await is_standby(replica)
        assert not await is_standby(replica)
        assert replica.reads["refused"] == 1


async def test_where_the_rule_is_to_refuse_nothing_is_read_from_the_primary(
    nodes: tuple[PostgresNode, PostgresNode],
) -> None:
    async with reading(nodes, lag_max_s=1, fallback="refuse") as (ledger, replica):
        nodes[1].sql("SELECT pg_wal_replay_pause()")
        async with ledger.change(Actor()) as change:
            await change.audit("test.written", "server:4")
        await until(lambda: replica.why_not)
        with pytest.raises(Outage, match="the replica is not read: it is 1 s behind"):
            await is_standby(replica)
        assert noted() == []


async def test_one_that_is_away_is_not_read_and_read_again_when_it_is_back(
    nodes: tuple[PostgresNode, PostgresNode],
) -> None:
    async with reading(nodes) as (_, replica):
        nodes[1].kill()
        await until(lambda: replica.why_not)
        assert "cannot be asked" in replica.why_not
        assert not await is_standby(replica)
        nodes[1].start()
        await until(lambda: not replica.why_not, 30)
        assert await is_standby(replica)


async def test_nothing_can_be_written_there(nodes: tuple[PostgresNode, PostgresNode]) -> None:
    async with reading(nodes) as (_, replica):
        with pytest.raises(Outage, match="read-only"):
            async with replica.read() as conn:
                await conn.execute("INSERT INTO audit_log (action, subject) VALUES ('x', 'y')")


async def test_a_process_begins_without_its_replica(nodes: tuple[PostgresNode, PostgresNode]) -> None:
    primary, _ = nodes
    async with Ledger.opened(dsn(primary, user="toteboard_app")) as ledger:
        nowhere = "postgresql://toteboard_app:app@127.0.0.1:9/toteboard"
        replica = Replica(
            ledger, nowhere, lag_max_s=1, fallback=ReplicaFallback.PRIMARY, primary_readers_max=1, role=None
        )
        async with replica.following(Loops()):
            assert not await is_standby(replica)


async def test_a_standby_that_is_promoted_is_another_history_of_every_feed(
    nodes: tuple[PostgresNode, PostgresNode],
) -> None:
    """What the primary had told and not copied is not in it, and its numbers come again: boards are read anew. Last here."""
    primary, standby = nodes
    primary.sql(
        "SET ROLE toteboard_break_glass; INSERT INTO tournaments (slug, name, currency) VALUES ('cup', 'Cup', 'EUR')"
    )
    async with Ledger.opened(dsn(primary, user="toteboard_app")) as ledger, ledger.read() as conn:
        [before] = (await feeds.open_heads(conn)).values()
        assert list((await feeds.heads(conn, [1])).values()) == [before]
    primary.kill()
    standby.promote()
    async with Ledger.opened(dsn(primary, standby, user="toteboard_app")) as ledger, ledger.read() as conn:
        [after] = (await feeds.open_heads(conn)).values()
    assert (after.seq, after.epoch == before.epoch) == (before.seq, False)
    assert after.epoch.rpartition("-")[0] == before.epoch.rpartition("-")[0]
