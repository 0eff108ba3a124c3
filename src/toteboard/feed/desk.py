"""Every bet, with its bettor's name, for the organizers who look. Knows neither odds nor totals.

Events carry no names; they are looked up, a set at a time, and remembered. While one look-up runs the next bets gather.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable

from toteboard.feed.board import Event
from toteboard.feed.channel import Channel
from toteboard.feed.markets import milli
from toteboard.feed.private import bet_row, bets_of
from toteboard.ledger import feeds
from toteboard.ledger.ledger import Ledger, Outage
from toteboard.settings import Settings

log = logging.getLogger("toteboard.feed")
# Who is no longer in the database under this number is shown without a name.
NAMELESS = ""


class Names:
    """What people are called, a bounded memory of it."""

    def __init__(self, ledger: Ledger, names_max: int):
        self._ledger = ledger
        self._names_max = names_max
        self._kept: dict[int, str] = {}

    def forget(self, user_id: int) -> None:
        self._kept.pop(user_id, None)

    async def of(self, user_ids: Iterable[int]) -> dict[int, str]:
        """Everybody's name, in one question for those not yet known. Raises Outage."""
        wanted = set(user_ids)
        known = {user_id: self._kept[user_id] for user_id in wanted if user_id in self._kept}
        if unknown := wanted - known.keys():
            found = dict.fromkeys(unknown, NAMELESS) | await feeds.names(self._ledger, unknown)
            self._kept |= found
            while len(self._kept) > self._names_max:
                del self._kept[next(iter(self._kept))]
            known |= found
        return known


class Desk:
    """The organizers' view of the bets. `start` and `stop` it with the hub."""

    def __init__(self, names: Names, settings: Settings, clock: Callable[[], float] = time.monotonic):
        self._names = names
        self._settings = settings
        self._clock = clock
        self._queue: deque[tuple[Channel, Event]] = deque()
        self._queued = 0
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="feed desk")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def show(self, channel: Channel, event: Event) -> None:
        """Queues the bets of an event for the channel's organizers."""
        if self._queued > self._settings.desk_queue_max:
            for behind in {queued for queued, _ in self._queue} | {channel}:
                behind.miss(behind.overseers, self._clock())
            self._queue.clear()
            self._queued = 0
            return
        self._queue.append((channel, event))
        self._queued += len(bets_of(event))
        self._news.set()

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._tell(list(self._queue))
            except Outage as away:
                log.warning("organizers wait for names: %s", away)
                await asyncio.sleep(self._settings.tail_poll_s)
                self._news.set()

    async def _tell(self, queued: list[tuple[Channel, Event]]) -> None:
        names = await self._names.of({row[1] for _, event in queued for row in bets_of(event)})
        rows: dict[Channel, list[list[object]]] = {}
        for channel, event in queued:
            at_ms = milli(event.at)
            told = rows.setdefault(channel, [])
            told.extend(bet_row(row, name=names[row[1]], at_ms=at_ms) for row in bets_of(event))
            # The queue may have been cleared meanwhile, and those in it dropped to a snapshot.
            if self._queue and self._queue[0][1] is event:
                self._queue.popleft()
                self._queued -= len(bets_of(event))
        for channel, told in rows.items():
            for start in range(0, len(told), self._settings.desk_bets_max):
                chunk = told[start : start + self._settings.desk_bets_max]
                channel.tell(channel.overseers, {"t": "bets", "bets": chunk}, self._clock())
