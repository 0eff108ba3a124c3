"""Every bet, with its bettor's name, for the organizers who look. Knows neither odds nor totals.

Events carry no names; they are looked up, a set at a time, and remembered. While one look-up runs the next bets gather.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager

from cachetools import LRUCache

from toteboard.background import Loop, Loops
from toteboard.feed.board import Event
from toteboard.feed.channel import Channel
from toteboard.feed.markets import milli
from toteboard.feed.messages import BetRow, BetsTaken
from toteboard.feed.personal import bet_row, bets_of
from toteboard.ledger import feeds
from toteboard.ledger.ledger import Ledger, Outage
from toteboard.settings import Settings

# Who is no longer in the database under this number is shown without a name.
NAMELESS = ""


class Names:
    """What people are called, a bounded memory of it."""

    def __init__(self, ledger: Ledger, names_max: int):
        self._ledger = ledger
        self._kept: LRUCache[int, str] = LRUCache(names_max)

    def forget(self, user_id: int) -> None:
        """The name is asked for again the next time."""
        self._kept.pop(user_id, None)

    async def of(self, user_ids: Iterable[int]) -> dict[int, str]:
        """Everybody's name, in one question for those not yet known. Raises Outage."""
        wanted = set(user_ids)
        known = {user_id: self._kept[user_id] for user_id in wanted if user_id in self._kept}
        if unknown := wanted - known.keys():
            found = dict.fromkeys(unknown, NAMELESS) | await feeds.names(self._ledger, unknown)
            self._kept.update(found)
            known |= found
        return known


class BetStream:
    """Every bet as it comes in, for the organizers who look."""

    def __init__(self, names: Names, settings: Settings, loops: Loops, clock: Callable[[], float] = time.monotonic):
        self._names = names
        self._settings = settings
        self._loops = loops
        self._clock = clock
        self._queue: deque[tuple[Channel, Event]] = deque()
        self._queued = 0
        self._news = asyncio.Event()

    def running(self) -> AbstractAsyncContextManager[Loop]:
        """It shows what is queued while the block runs."""
        return self._loops.running("feed bets", self._step, expected=(Outage,))

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

    async def _step(self) -> None:
        await self._news.wait()
        self._news.clear()
        try:
            await self._tell(list(self._queue))
        except BaseException:
            self._news.set()
            raise

    async def _tell(self, queued: list[tuple[Channel, Event]]) -> None:
        names = await self._names.of({row[1] for _, event in queued for row in bets_of(event)})
        rows: dict[Channel, list[BetRow]] = {}
        for channel, event in queued:
            at_ms = milli(event.at)
            bets = rows.setdefault(channel, [])
            bets.extend(bet_row(row, name=names[row[1]], at_ms=at_ms) for row in bets_of(event))
            # The queue may have been cleared meanwhile, and those in it dropped to a snapshot.
            if self._queue and self._queue[0][1] is event:
                self._queue.popleft()
                self._queued -= len(bets_of(event))
        for channel, bets in rows.items():
            for start in range(0, len(bets), self._settings.desk_bets_max):
                chunk = bets[start : start + self._settings.desk_bets_max]
                channel.tell(channel.overseers, BetsTaken(bets=chunk), self._clock())
