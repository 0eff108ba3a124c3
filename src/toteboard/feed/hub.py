"""Brings events to those who look: finds boards, keeps a channel for each, tells people what is theirs.

Knows neither HTTP nor SQL. Nobody who listens is ever waited for.
"""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from toteboard.background import Loops, cancel
from toteboard.feed.bet_stream import BetStream, Names
from toteboard.feed.board import Board, Event
from toteboard.feed.bus import Bus
from toteboard.feed.channel import Channel
from toteboard.feed.messages import CloseCode, Message
from toteboard.feed.personal import bet_taken, bets_of, bets_settled, settlement_progress, wallet_changed
from toteboard.feed.subscriber import FeedUser, Subscriber
from toteboard.feed.tail import Tail, UnknownTournament
from toteboard.feed.watch import Identify, Watch
from toteboard.http.connections import Ended
from toteboard.ledger import feeds
from toteboard.ledger.ledger import Ledger
from toteboard.rules.events import EventKind
from toteboard.settings import Settings

log = logging.getLogger("toteboard.feed")


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


# Whoever went by themselves: a page closed, a phone asleep, a network lost.
CLIENT = "client"
# Why a socket ends: that, or what the server chose, by the close code or by what ended its connection.
CLOSED = (CLIENT, "stopping", Ended.UNREAD, Ended.FLOODED, *(code.name.lower() for code in CloseCode))


class Hub:
    """The feeds of this process; the ledger is open before it runs and after."""

    def __init__(
        self,
        ledger: Ledger,
        settings: Settings,
        identify: Identify,
        *,
        loops: Loops,
        bus: Bus | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall_ms: Callable[[], int] = _wall_ms,
    ):
        self.identify = identify
        self.sockets = self.opened = 0
        # Sockets that have ended since the start, by reason.
        self.closed: Counter[str] = Counter(dict.fromkeys(CLOSED, 0))
        self._ledger = ledger
        self._settings = settings
        self._clock = clock
        self._wall_ms = wall_ms
        self._channels: dict[int, Channel] = {}
        self._pumps: dict[Channel, asyncio.Task[None]] = {}
        self._names = Names(ledger, settings.names_max)
        self._bet_stream = BetStream(self._names, settings, loops, clock)
        self._watch = Watch(identify, settings, loops, self._user_changed)
        self._where: dict[Subscriber, Channel] = {}
        self._frames_before = self._behind_before = self._bytes_before = 0
        self.tail = Tail(ledger, settings, loops, bus)
        self.tail.follower = self
        ledger.wakeups.on_sessions(self._names.forget)
        ledger.wakeups.on_sessions(self._watch.sessions_changed)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """It serves while the block runs."""
        try:
            async with self.tail.running(), self._bet_stream.running(), self._watch.running():
                yield
        finally:
            await cancel(self._pumps.values())

    # Figures for the metrics

    @property
    def frames(self) -> int:
        """Messages written since the start."""
        return self._frames_before + sum(channel.frames for channel in self._channels.values())

    @property
    def bytes_written(self) -> int:
        """Of these messages, since the start."""
        return self._bytes_before + sum(channel.bytes for channel in self._channels.values())

    @property
    def fell_behind(self) -> int:
        """How often a reader was too slow, since the start."""
        return self._behind_before + sum(channel.fell_behind for channel in self._channels.values())

    @property
    def behind(self) -> int:
        """Readers that are too slow now."""
        return sum(channel.behind for channel in self._channels.values())

    # Boards

    async def find(self, id_or_slug: str) -> int:
        """The tournament's id. Raises UnknownTournament, Outage."""
        number = feeds.number_of(id_or_slug)
        for tournament_id, board in self.tail.boards.items():
            if tournament_id == number or (number is None and board.tournament.slug == id_or_slug):
                return tournament_id
        found = await feeds.tournament_id(self._ledger, id_or_slug)
        if found is None:
            raise UnknownTournament(id_or_slug)
        return found

    async def board(self, id_or_slug: str) -> bytes | None:
        """The Board of docs/api.md as JSON, or None where there is no such tournament. Raises Outage."""
        try:
            channel = await self.channel(await self.find(id_or_slug))
        except UnknownTournament:
            return None
        return channel.encoded_board(self._clock())

    async def channel(self, tournament_id: int) -> Channel:
        """The channel of a tournament, its board read if need be. Raises UnknownTournament, TooManyBoards, Outage."""
        read = await self.tail.board(tournament_id)
        channel = self._channels.get(tournament_id)
        if channel is None:
            # Between its reading and our turn the board may have been read again.
            board = self.tail.boards.get(tournament_id, read)
            channel = self._channels[tournament_id] = self.new_channel(board)
        return channel

    def new_channel(self, board: Board) -> Channel:
        """A channel for those who look at this board."""
        return Channel(board, self._settings, now=self._clock(), wall_ms=self._wall_ms)

    # Sockets

    def take_seat(self) -> bool:
        """Counts a socket in, unless there are `sockets_max`; whoever took a seat gives it back."""
        if self.sockets >= self._settings.sockets_max:
            return False
        self.sockets += 1
        return True

    def give_seat(self) -> None:
        """A socket has ended: another may come."""
        self.sockets -= 1

    def join(self, channel: Channel, subscriber: Subscriber, *, after: int | None, epoch: str | None) -> None:
        """From now on the subscriber is told; the first thing at once."""
        tournament_id = channel.board.id
        if self._channels.get(tournament_id) is not channel:
            subscriber.close(CloseCode.GONE, "come again")
            return
        self.opened += 1
        self._where[subscriber] = channel
        channel.join(subscriber, after=after, epoch=epoch, now=self._clock())
        self._watch.add(subscriber)
        pump = self._pumps.get(channel)
        if pump is None or pump.done():
            self._pumps[channel] = asyncio.create_task(self._pump(channel), name=f"feed {tournament_id}")

    def leave(self, subscriber: Subscriber) -> None:
        """The subscriber has gone."""
        channel = self._where.pop(subscriber, None)
        if channel is not None:
            self._watch.remove(subscriber)
            channel.leave(subscriber)
            channel.news.set()

    def _user_changed(self, subscriber: Subscriber, user: FeedUser) -> None:
        channel = self._where.get(subscriber)
        if channel is not None:
            channel.leave_place(subscriber)
            subscriber.user = user
            channel.take_place(subscriber)

    async def _pump(self, channel: Channel) -> None:
        try:
            while channel.subscribers:
                channel.news.clear()
                due = await channel.turn(self._clock())
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(max(0.0, due - self._clock())):
                        await channel.news.wait()
        except Exception:
            log.exception("the feed of tournament %d stumbled", channel.board.id)
            # Whoever comes again finds a new pump and a snapshot.
            channel.close_all(CloseCode.FAILED, "come again")
        finally:
            if self._pumps.get(channel) is asyncio.current_task():
                del self._pumps[channel]

    # Following the tail

    def followed(self, board: Board, events: list[Event]) -> None:
        """The tail has folded these events into the board."""
        channel = self._channels.get(board.id)
        if channel is None or not channel.subscribers:
            return
        for event in events:
            if event.kind == EventKind.BETS:
                self._tell_bets(channel, event)
            elif event.kind == EventKind.SETTLEMENT:
                channel.settling(settlement_progress(event.payload))
                for user_id, message in bets_settled(event.payload):
                    self._tell(channel, user_id, message)
            elif event.kind == EventKind.WALLET:
                self._tell(channel, event.payload["user_id"], wallet_changed(event.payload))
        channel.followed()

    def _tell_bets(self, channel: Channel, event: Event) -> None:
        if channel.by_user:
            for row in bets_of(event):
                if row[1] in channel.by_user:
                    self._tell(channel, row[1], bet_taken(channel.board, row, event.at))
        if channel.overseers:
            self._bet_stream.show(channel, event)

    def _tell(self, channel: Channel, user_id: int, message: Message) -> None:
        own = channel.by_user.get(user_id)
        if own:
            channel.tell(own, message, self._clock())

    def reloaded(self, board: Board) -> None:
        """The board was read anew: everybody gets a snapshot."""
        channel = self._channels.get(board.id)
        if channel is not None:
            channel.reloaded(board)

    def dropped(self, tournament_id: int) -> None:
        """The tournament is gone; its sockets are closed."""
        channel = self._channels.pop(tournament_id, None)
        if channel is not None:
            self._frames_before += channel.frames
            self._bytes_before += channel.bytes
            self._behind_before += channel.fell_behind
            channel.close_all(CloseCode.GONE, "no longer here")

    def looked_at(self, tournament_id: int) -> bool:
        """Whether anybody looks at the tournament."""
        channel = self._channels.get(tournament_id)
        return channel is not None and bool(channel.subscribers)
