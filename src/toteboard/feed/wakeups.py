"""Wake-ups by PostgreSQL's own NOTIFY. Knows no board: whoever is woken reads by sequence number.

NOTIFY is sent after the commit, from a connection of its own and at most every `FLUSH_S`: inside the betting transaction
it would hold a lock on the whole server until the commit has reached the disk (docs/adr/0005). One lost with its process
is made up for by the readers' own slow look (`tail_poll_s`).

Where there is a bus (bus.py) it carries what is committed, and NOTIFY only what the bus does not take. People whose sessions
or rights changed are told both ways: that is rare, and nobody may miss it.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from toteboard.background import Loops
from toteboard.feed.bus import Bus, BusAway, Subject
from toteboard.feed.bus_messages import encode
from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import OUTAGES
from toteboard.ledger.reaching import connected
from toteboard.ledger.wakeups import LocalWakeups

if TYPE_CHECKING:
    from asyncpg import Connection, Record

CHANNEL = "toteboard"
FLUSH_S = 0.02
CONNECT_WAIT_S = 5.0
# How often a connection that has nothing to tell is asked whether it still hears: one that does not would never know.
LOOK_S = 1.0
# NOTIFY takes 8,000 bytes; a flush that would be longer is cut in several.
NOTIFY_MAX = 200


class PostgresWakeups(LocalWakeups):
    """Wakes this process at once, and every other one on the same database within FLUSH_S."""

    def __init__(self, dsn: str, bus: Bus | None = None):
        super().__init__()
        self._dsn = dsn
        self._bus = bus
        if bus is not None:
            bus.on_committed(super().feed)
            bus.on_people(super().sessions)
        self._feeds: set[int] = set()
        self._users: set[int] = set()
        self._news = asyncio.Event()
        self._conn: Connection[Record] | None = None

    def feed(self, tournament_id: int) -> None:
        """Wakes who listens to the tournament, in every process, after the commit."""
        self._feeds.add(tournament_id)
        self._news.set()
        super().feed(tournament_id)

    def sessions(self, user_id: int) -> None:
        """Has every process forget the sessions of this person."""
        self._users.add(user_id)
        self._news.set()
        super().sessions(user_id)

    @asynccontextmanager
    async def running(self, loops: Loops) -> AsyncIterator[None]:
        """Listens and tells while the block runs. What is not told yet at its end is told then, if the database is there."""
        try:
            async with loops.running("wakeups", self._step, expected=(*OUTAGES, asyncpg.PostgresError)):
                yield
        finally:
            with contextlib.suppress(*OUTAGES, asyncpg.PostgresError):
                async with asyncio.timeout(CONNECT_WAIT_S):
                    await self.flush()
            self._drop()

    async def flush(self) -> None:
        """Tells what is not told yet. Raises one of OUTAGES, asyncpg.PostgresError."""
        await self._tell_the_bus()
        while self._feeds or self._users:
            conn = await self._connected()
            feeds = [self._feeds.pop() for _ in range(min(len(self._feeds), NOTIFY_MAX))]
            users = [self._users.pop() for _ in range(min(len(self._users), NOTIFY_MAX))]
            try:
                await conn.execute("SELECT pg_notify($1, $2)", CHANNEL, json.dumps({"feeds": feeds, "users": users}))
            except BaseException:
                # Told again once there is a connection.
                self._feeds.update(feeds)
                self._users.update(users)
                raise

    async def _tell_the_bus(self) -> None:
        if self._bus is None or not self._bus.connected:
            return
        feeds = sorted(self._feeds)
        try:
            if self._users:
                await self._bus.say(Subject.PEOPLE, encode(sorted(self._users)))
            if feeds:
                await self._bus.say(Subject.COMMITTED, encode(feeds))
                self._feeds.difference_update(feeds)
        except BusAway:
            # NOTIFY tells it.
            return

    async def _step(self) -> None:
        try:
            conn = await self._connected()
            with contextlib.suppress(TimeoutError):
                # Not wait_for: Python 3.11's forgets that it was cancelled where the news comes at the same moment.
                async with asyncio.timeout(LOOK_S):
                    await self._news.wait()
            if not self._news.is_set():
                await conn.execute("SELECT 1")
            self._news.clear()
            await self.flush()
            await asyncio.sleep(FLUSH_S)
        except BaseException:
            self._drop()
            raise

    async def _connected(self) -> "Connection[Record]":
        if self._conn is None or self._conn.is_closed():
            self._drop()
            settings = {"application_name": "toteboard wakeups"}
            conn = await connected(self._dsn, settings, timeout_s=CONNECT_WAIT_S, answer_s=CONNECT_WAIT_S)
            self._conn = conn
            await conn.add_listener(CHANNEL, self._heard)
        return self._conn

    def _drop(self) -> None:
        if self._conn is not None:
            self._conn.terminate()
            self._conn = None

    def _heard(self, conn: Conn, pid: int, _channel: str, text: object) -> None:
        # What we said ourselves is known here already; what comes while we stop is heard by nobody.
        if conn.is_closed() or pid == conn.get_server_pid():
            return
        news = json.loads(str(text))
        for tournament_id in news["feeds"]:
            super().feed(tournament_id)
        for user_id in news["users"]:
            super().sessions(user_id)
