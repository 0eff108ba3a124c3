"""Tells the bus every event, once, in order, with its number. One process at a time does (ledger/leading.py).

Knows no board. It begins where the database stands; what was committed before it began, or lost on the way, whoever listens
finds missing by the numbers and takes from the database.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from time import monotonic

from toteboard.background import Loops
from toteboard.feed import bus_messages
from toteboard.feed.bus import BEAT_S, Bus, BusAway, Subject
from toteboard.feed.bus_messages import Beat
from toteboard.ledger import feeds
from toteboard.ledger.connection import Conn, Row
from toteboard.ledger.feeds import Head
from toteboard.ledger.leading import Leader, Leads
from toteboard.ledger.ledger import OUTAGES, Ledger
from toteboard.settings import Settings

log = logging.getLogger("toteboard.feed")

# A beat says how far the tournaments are that had events in so many seconds: whoever lost a message has that long to hear.
HEADS_S = 5.0
# Wake-ups of a busy moment gather for so long, so that one query answers several.
GAP_S = 0.002


class Relay:
    """The relay of one process; it tells the bus while it leads."""

    def __init__(self, ledger: Ledger, bus: Bus, settings: Settings):
        # Who does not reach the bus leaves the lead to somebody who does.
        self.leader = Leader(ledger, Leads.RELAY, may=lambda: bus.connected)
        # Events told since the start.
        self.told = 0
        self._ledger = ledger
        self._bus = bus
        self._settings = settings
        self._conn: Conn | None = None
        # How far each tournament was told; None while another one tells.
        self._heads: dict[int, Head] | None = None
        self._told_at: dict[int, float] = {}
        self._woken: set[int] = set()
        self._news = asyncio.Event()
        self._beats = 0
        self._beat_at = self._look_at = 0.0
        ledger.wakeups.on_feed(self._wake)

    @asynccontextmanager
    async def running(self, loops: Loops) -> AsyncIterator[None]:
        """It tells, or stands by, while the block runs."""
        async with AsyncExitStack() as stack:
            stack.callback(self._begin_anew)
            await stack.enter_async_context(self.leader.running(loops))
            await stack.enter_async_context(loops.running("relay", self._step, expected=(*OUTAGES, BusAway)))
            yield

    def _wake(self, tournament_id: int) -> None:
        if self._heads is not None:
            self._woken.add(tournament_id)
            self._news.set()

    async def _step(self) -> None:
        if not self.leader.leads:
            self._begin_anew()
            await asyncio.sleep(BEAT_S)
            return
        try:
            if self._conn is None:
                self._conn = await self._ledger.connect()
            if self._heads is None:
                self._heads = await feeds.open_heads(self._conn)
                self._look_at = monotonic() + self._settings.tail_poll_s
            await self._turn(self._conn, self._heads)
        except BaseException:
            self._begin_anew()
            raise

    def _begin_anew(self) -> None:
        self._heads = None
        self._woken.clear()
        self._told_at.clear()
        if self._conn is not None:
            self._conn.terminate()
            self._conn = None

    async def _turn(self, conn: Conn, heads: dict[int, Head]) -> None:
        if monotonic() >= self._beat_at:
            await self._beat(heads)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, self._beat_at - monotonic())):
                await self._news.wait()
        if monotonic() >= self._look_at:
            self._compare(heads, await feeds.open_heads(conn))
            self._look_at = monotonic() + self._settings.tail_poll_s
        if self._woken:
            await asyncio.sleep(GAP_S)
            await self._tell(conn, heads)

    async def _beat(self, heads: dict[int, Head]) -> None:
        now = monotonic()
        self._told_at = {key: at for key, at in self._told_at.items() if now - at < HEADS_S}
        self._beats += 1
        recent = {key: (heads[key].epoch, heads[key].seq) for key in self._told_at if key in heads}
        await self._bus.say(Subject.BEAT, bus_messages.encode(Beat(self._beats, recent)))
        self._beat_at = now + BEAT_S

    def _compare(self, heads: dict[int, Head], found: dict[int, Head]) -> None:
        """What no wake-up told, and what is another history now."""
        for tournament_id, head in found.items():
            known = heads.get(tournament_id)
            if known is not None and known.epoch == head.epoch and known.seq <= head.seq:
                if known.seq < head.seq:
                    self._wake(tournament_id)
            elif known != head:
                self._jump(heads, tournament_id, head)
        for gone in heads.keys() - found.keys():
            # Archived: woken again it is begun where it stands.
            del heads[gone]

    def _jump(self, heads: dict[int, Head], tournament_id: int, head: Head) -> None:
        """Goes on from here; the next beats say so, and who listens takes the rest from the database."""
        heads[tournament_id] = head
        self._told_at[tournament_id] = monotonic()

    async def _tell(self, conn: Conn, heads: dict[int, Head]) -> None:
        """One page of every tournament that was woken; one with a full page is gone on with."""
        woken, self._woken = self._woken, set()
        self._news.clear()
        for tournament_id, head in (await feeds.heads(conn, woken - heads.keys())).items():
            self._jump(heads, tournament_id, head)
        wanted = {key: heads[key].seq for key in woken if key in heads}
        pages: dict[int, list[Row]] = {}
        for row in await feeds.events_after(conn, wanted, page_max=self._settings.tail_page_max):
            pages.setdefault(row["tournament_id"], []).append(row)
        if not self.leader.leads:
            raise BusAway("another process tells the bus now")
        for tournament_id, rows in pages.items():
            epoch = heads[tournament_id].epoch
            for message in bus_messages.told(epoch, rows):
                await self._bus.say(Subject.EVENTS, message, of=tournament_id)
            heads[tournament_id] = Head(epoch, rows[-1]["seq"])
            self._told_at[tournament_id] = monotonic()
            self.told += len(rows)
            if len(rows) == self._settings.tail_page_max:
                self._wake(tournament_id)
