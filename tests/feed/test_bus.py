"""Boards that follow through a real NATS of three: in order, nothing twice, nothing missing, whatever is killed or cut off.

Each feed and the relay have connections of their own, as processes do; a cut lies between one of them and NATS or PostgreSQL.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from databases import by_hand
from nats_cluster import NatsCluster
from relay import DatabaseRelay, Relay, relayed, relayed_port
from toteboard.background import Loops
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.feed.board import Board
from toteboard.feed.bus import SILENT_S, Bus, Subject
from toteboard.feed.relay import Relay as EventRelay
from toteboard.feed.tail import Tail
from toteboard.feed.wakeups import PostgresWakeups
from toteboard.ledger.leading import Leader, Leads
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.settings import Settings

from .ledgers import Seeded, place, seed
from .test_board import arrived
from .test_tail import Notes, until

SETTINGS = Settings(tail_poll_s=1)


@pytest.fixture(scope="module")
def nats(module_folder: Path) -> Iterator[NatsCluster]:
    with NatsCluster(module_folder) as cluster:
        yield cluster


@dataclass
class Feed:
    """A process that serves a feed."""

    bus: Bus
    tail: Tail
    notes: Notes
    board: Board
    # Its ways out, which can be cut.
    to_nats: Relay
    to_database: DatabaseRelay
    loops: Loops

    @property
    def turns(self) -> int:
        """Of its tail, since it began."""
        return next(loop.turns for loop in self.loops if loop.name == "feed tail")

    async def reaches(self, seq: int) -> None:
        await until(lambda: self.board.seq == seq, 5)

    @property
    def seqs(self) -> list[int]:
        return [event.seq for event in self.notes.events]


class House:
    """One database, one NATS, and the processes on them that a test starts."""

    def __init__(self, database: str, server: EmbeddedPostgres, nats: NatsCluster, seeded: Seeded):
        self.database = database
        self.seeded = seeded
        self.nats = nats
        self._server = server
        self.stack = AsyncExitStack()

    def _bus(self, url: str, **hears: bool) -> Bus:
        # A prefix for each test: the cluster is all of theirs.
        prefix = self.database.partition("?")[0].rpartition("/")[2] + f".{id(self)}"
        return Bus(url, prefix, **({"hears_commits": False, "hears_events": False} | hears))

    async def api(self) -> Ledger:
        """Who commits, and reads nothing."""
        loops, bus = Loops(), self._bus(self.nats.url)
        wakeups = PostgresWakeups(self.database, bus)
        ledger = await self.stack.enter_async_context(Ledger.opened(self.database, wakeups=wakeups, pool_max=4))
        await self.stack.enter_async_context(wakeups.running(loops))
        await self.stack.enter_async_context(bus.running(loops))
        await until(lambda: bus.connected, 10)
        return ledger

    async def worker(self, stack: AsyncExitStack | None = None, url: str = "") -> tuple[EventRelay, Bus]:
        """Who tells the bus."""
        stack = stack or self.stack
        loops, bus = Loops(), self._bus(url or self.nats.url, hears_commits=True)
        wakeups = PostgresWakeups(self.database, bus)
        ledger = await stack.enter_async_context(Ledger.opened(self.database, wakeups=wakeups, pool_max=2))
        relay = EventRelay(ledger, bus, SETTINGS)
        for one in (wakeups.running(loops), bus.running(loops), relay.running(loops)):
            await stack.enter_async_context(one)
        return relay, bus

    async def feed(self) -> Feed:
        """Who serves spectators, once it takes its events from the bus."""
        to_database = await self.stack.enter_async_context(relayed(self._server.endpoint))
        to_nats = await self.stack.enter_async_context(relayed_port(self.nats.ports[0]))
        loops, bus = Loops(), self._bus(NatsCluster.url_of(to_nats.port), hears_commits=True, hears_events=True)
        dsn = to_database.dsn(self.database)
        wakeups = PostgresWakeups(dsn, bus)
        ledger = await self.stack.enter_async_context(Ledger.opened(dsn, wakeups=wakeups, pool_max=2))
        tail = Tail(ledger, SETTINGS, loops, bus)
        tail.follower = notes = Notes()
        for one in (wakeups.running(loops), bus.running(loops), tail.running()):
            await self.stack.enter_async_context(one)
        board = await tail.board(self.seeded.tournament_id)
        return Feed(bus, tail, notes, board, to_nats, to_database, loops)

    async def bet(self, ledger: Ledger, many: int, *, every_s: float = 0.0) -> None:
        users, outcomes = self.seeded.users, self.seeded.outcomes
        for number in range(many):
            await place(ledger, self.seeded, (users[number % 3], outcomes[number % 3], 1 + number))
            await asyncio.sleep(every_s)

    async def equals_the_database(self, feed: Feed, seq: int) -> None:
        """The board is what the database says, and was told every event once, in order."""
        await until(lambda: feed.board.seq == seq, 30)
        assert feed.seqs == list(range(feed.seqs[0], seq + 1))
        loops = Loops()
        async with Ledger.opened(self.database) as ledger:
            read = await Tail(ledger, SETTINGS, loops)._load(self.seeded.tournament_id)
        assert arrived(feed.board.snapshot()) == arrived(read.snapshot())
        assert feed.notes.reloads == 0


@pytest.fixture
async def house(database: str, postgres: EmbeddedPostgres, nats: NatsCluster) -> AsyncIterator[House]:
    house = House(database, postgres, nats, await seed(database))
    async with house.stack:
        yield house


async def heard(*feeds: Feed) -> None:
    await until(lambda: all(feed.bus.is_heard for feed in feeds), 15)


async def test_feeds_take_events_from_the_bus_without_asking_the_database(house: House) -> None:
    api, (relay, _) = await house.api(), await house.worker()
    feeds = [await house.feed() for _ in range(2)]
    await heard(*feeds)
    await house.bet(api, 1)
    await until(lambda: all(feed.board.seq == 1 for feed in feeds))
    for feed in feeds:
        feed.to_database.break_off()
    await house.bet(api, 40)
    for feed in feeds:
        await feed.reaches(41)
        assert feed.tail.is_current(1)
        feed.to_database.mend()
        await house.equals_the_database(feed, 41)
        assert feed.tail.holes == 0
    assert relay.told == 41


async def test_a_feed_that_has_nothing_to_do_does_nothing(house: House) -> None:
    await house.worker()
    feed = await house.feed()
    await heard(feed)
    await asyncio.sleep(1)
    before = feed.turns
    await asyncio.sleep(1)
    assert feed.turns - before <= 3, "it looks once in ten seconds"
    feed.to_nats.break_off()
    await asyncio.sleep(SILENT_S + 1)
    before = feed.turns
    await asyncio.sleep(1)
    assert feed.turns - before <= 10, "it looks four times a second"


async def test_one_of_three_is_killed_under_load(house: House) -> None:
    api, _ = await house.api(), await house.worker()
    feeds = [await house.feed() for _ in range(3)]
    await heard(*feeds)
    betting = asyncio.create_task(house.bet(api, 200, every_s=0.01))
    await asyncio.sleep(0.5)
    house.nats.kill(0)
    await asyncio.sleep(0.5)
    assert not any(feed.bus.is_heard for feed in feeds), "their only way to NATS is through the one that was killed"
    house.nats.start(0)
    await betting
    await heard(*feeds)
    await house.bet(api, 5)
    for feed in feeds:
        await house.equals_the_database(feed, 205)
        assert feed.bus.silences == 1


@pytest.mark.parametrize("how", ["fall_silent", "break_off"])
async def test_a_feed_that_lost_nats_goes_on_from_the_database_and_says_so(
    house: House, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    api, _ = await house.api(), await house.worker()
    cut, other = await house.feed(), await house.feed()
    await heard(cut, other)
    await house.bet(api, 10)
    await until(lambda: cut.board.seq == 10)
    getattr(cut.to_nats, how)()
    await asyncio.sleep(SILENT_S / 2)
    await house.bet(api, 30, every_s=0.05)
    await until(lambda: cut.board.seq == 40, 3)
    assert "the bus is silent: events come from the database" in caplog.text
    assert other.bus.is_heard
    cut.to_nats.mend()
    await heard(cut)
    await house.bet(api, 10)
    for feed in (cut, other):
        await house.equals_the_database(feed, 50)


async def test_a_hole_is_filled_from_the_database_while_more_comes(house: House) -> None:
    api, _ = await house.api(), await house.worker()
    feed = await house.feed()
    await heard(feed)
    take, came, lost = feed.bus._take, 0, 0

    def lossy(subject: str, rest: str, data: bytes) -> None:
        nonlocal came, lost
        came += subject == Subject.EVENTS
        if subject == Subject.EVENTS and came % 7 == 0:
            lost += 1
            return
        take(subject, rest, data)

    feed.bus._take = lossy  # type: ignore[method-assign]
    await house.bet(api, 120, every_s=0.01)
    await house.equals_the_database(feed, 120)
    assert lost > 5
    assert 1 <= feed.tail.holes <= lost


async def test_what_is_lost_last_is_missed_by_the_beat(house: House) -> None:
    api, _ = await house.api(), await house.worker()
    feed = await house.feed()
    await heard(feed)
    feed.bus._on_events.clear()
    await house.bet(api, 3)
    await house.equals_the_database(feed, 3)


async def test_another_worker_tells_when_the_one_that_did_is_gone(house: House) -> None:
    api = await house.api()
    async with AsyncExitStack() as first_process:
        first, _ = await house.worker(first_process)
        await until(lambda: first.leader.leads, 5)
        second, _ = await house.worker()
        feed = await house.feed()
        await heard(feed)
        await house.bet(api, 10)
        await until(lambda: feed.board.seq == 10)
        assert (first.told, second.told) == (10, 0)
    await house.bet(api, 10, every_s=0.05)
    await until(lambda: second.leader.leads, 5)
    await heard(feed)
    await house.bet(api, 10)
    await house.equals_the_database(feed, 30)
    assert second.told >= 10


async def test_a_worker_that_does_not_reach_nats_leaves_the_telling_to_another(house: House) -> None:
    async with relayed_port(house.nats.ports[1]) as way:
        first, _ = await house.worker(url=NatsCluster.url_of(way.port))
        await until(lambda: first.leader.leads, 5)
        second, _ = await house.worker()
        way.break_off()
        await until(lambda: second.leader.leads and not first.leader.leads, 5)


async def test_two_never_lead_at_once_and_one_that_stands_still_loses_the_lead(database: str) -> None:
    async with Ledger.opened(database) as ledger:
        one, other = Leader(ledger, Leads.WORK), Leader(ledger, Leads.WORK)
        await one.step()
        await other.step()
        assert (one.leads, other.leads) == (True, False)
        relay = Leader(ledger, Leads.RELAY)
        await relay.step()
        assert relay.leads, "another lead is another lock"
        async with asyncio.timeout(10):
            # `one` stands still: it asks nothing any more.
            while not other.leads:
                await other.step()
                assert not (one.leads and other.leads)
                await asyncio.sleep(0.1)
        with pytest.raises(Exception, match=r"idle|closed"):
            await one.step()
        assert not one.leads
        one.give_up()
        other.give_up()
        relay.give_up()


async def test_sessions_that_end_are_known_everywhere_within_a_second_with_and_without_nats(house: House) -> None:
    api, feed = await house.api(), await house.feed()
    ended: list[int] = []
    feed.tail._ledger.wakeups.on_sessions(ended.append)
    await until(lambda: feed.bus.connected, 5)
    api.wakeups.sessions(7)
    await until(lambda: 7 in ended, 1)
    feed.to_nats.break_off()
    api.wakeups.sessions(8)
    await until(lambda: 8 in ended, 1)


@pytest.mark.parametrize(
    "message", [b"", b"{}", b"[]", b"\xff", b'{"epoch":"x","events":[[1,2,"bets","nothing"]]}', b"[1e400]"]
)
async def test_what_is_not_ours_on_the_bus_changes_nothing(house: House, message: bytes) -> None:
    api, (_, bus) = await house.api(), await house.worker()
    feed = await house.feed()
    await heard(feed)
    for subject in Subject:
        await bus.say(subject, message, of=house.seeded.tournament_id if subject is Subject.EVENTS else None)
    await house.bet(api, 3)
    await house.equals_the_database(feed, 3)
    assert feed.bus.unreadable >= 2


async def test_another_history_is_read_again(house: House) -> None:
    api, _ = await house.api(), await house.worker()
    feed = await house.feed()
    await heard(feed)
    await house.bet(api, 3)
    await until(lambda: feed.board.seq == 3)
    conn = await by_hand(house.database)
    await conn.execute("UPDATE feeds SET epoch = gen_random_uuid()")
    await conn.close()
    await until(lambda: feed.notes.reloads == 1, 5)
    await house.bet(api, 1)
    await until(lambda: feed.tail.boards[house.seeded.tournament_id].seq == 4)


async def test_events_longer_than_a_message_are_taken_from_the_database(house: House) -> None:
    api, _ = await house.api(), await house.worker()
    feed = await house.feed()
    await heard(feed)
    await house.bet(api, 1)
    async with api.change(Actor()) as change:
        change.event(house.seeded.tournament_id, "wallet", {"user_id": 1, "note": "x" * 2_000_000})
    await house.bet(api, 1)
    await until(lambda: feed.board.seq == 3, 10)
    assert feed.seqs == [1, 2, 3]
