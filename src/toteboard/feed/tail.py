"""Reads committed events in order and keeps the boards that somebody looks at. Knows no subscriber and no socket.

A wake-up only says where to look; the sequence number decides what is read. What no wake-up told, a slow look at all
boards finds, in one query. When the database is away the boards stand still, and go on from where they were.

Where events come from the bus (bus.py) nobody asks the database for them, except for what the numbers show to be missing;
when the bus falls silent the tail goes on from the database. Going from one to the other it compares all boards.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import msgspec

from toteboard.background import Loops, cancel
from toteboard.feed.board import PULSE_S, TAPE_MAX, Board, Event, Unfoldable
from toteboard.feed.bus import Bus
from toteboard.feed.held import Held
from toteboard.ledger import feeds
from toteboard.ledger.connection import Conn
from toteboard.ledger.feeds import Head
from toteboard.ledger.ledger import OUTAGES, Ledger, Outage
from toteboard.metrics.windows import Window
from toteboard.settings import Settings

log = logging.getLogger("toteboard.feed")
AWAY: tuple[type[BaseException], ...] = (*OUTAGES, Outage)
# While the bus tells us, the slow look is only for what it cannot: a tournament that is gone, or another history.
BUS_LOOK_S = 10.0
# While it should and does not: whoever commits may tell only the bus.
SILENT_LOOK_S = 0.25
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class UnknownTournament(LookupError):
    """There is no such tournament."""


class TooManyBoards(Outage):
    """Every board this process may keep is being looked at; to whoever asks for one more it is an outage too."""


class Follower(Protocol):
    """Who is told of the boards; none of these calls may block."""

    def followed(self, board: Board, events: list[Event]) -> None:
        """These events were folded into this board just now."""

    def reloaded(self, board: Board) -> None:
        """This board takes the place of the one before: nothing can be said of what lies between."""

    def dropped(self, tournament_id: int) -> None:
        """The board is no longer kept."""

    def looked_at(self, tournament_id: int) -> bool:
        """Whether the board is to be kept although nobody asked for it lately."""


class Tail:
    """The boards of this process."""

    def __init__(self, ledger: Ledger, settings: Settings, loops: Loops, bus: Bus | None = None):
        self.boards: dict[int, Board] = {}
        self.follower: Follower | None = None
        # From an event's moment to its place on the board, as the database's clock and ours have it.
        self.lag_ms = Window()
        # When all boards were last compared with the database, by our own clock, and how many events they were short.
        self.compared_at: float | None = None
        self.events_behind = 0
        # Holes in what the bus told, since the start.
        self.holes = 0
        self._ledger = ledger
        self._bus = bus
        self._held = Held()
        self._settings = settings
        self._loops = loops
        self._used_at: dict[int, float] = {}
        self._loading: dict[int, asyncio.Task[Board]] = {}
        self._woken: set[int] = set()
        self._spoilt: set[int] = set()
        self._news = asyncio.Event()
        self._look_at = self._last_look = 0.0
        self._conn: Conn | None = None
        ledger.wakeups.on_feed(self._wake)
        if bus is not None:
            bus.on_events(self._told)
            bus.on_beat(self._beaten)
            bus.on_change(self._look_soon)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """It follows while the block runs."""
        try:
            async with self._loops.running("feed tail", self._step, expected=AWAY):
                yield
        finally:
            await cancel(self._loading.values())
            self._drop_connection()

    async def board(self, tournament_id: int) -> Board:
        """The board, read from the database if nobody looked at it before. It is kept a while after the last asking.

        Raises UnknownTournament, TooManyBoards, Outage.
        """
        self._used_at[tournament_id] = time.monotonic()
        board = self.boards.get(tournament_id)
        if board is not None:
            return board
        if tournament_id not in self._loading:
            self._make_room(tournament_id)
            task = self._loading[tournament_id] = asyncio.create_task(self._load_first(tournament_id))
            task.add_done_callback(lambda _: self._loading.pop(tournament_id, None))
        # Several may wait for the same board; that one of them goes away is nothing to the others.
        return await asyncio.shield(self._loading[tournament_id])

    def _make_room(self, tournament_id: int) -> None:
        if len(self.boards) + len(self._loading) < self._settings.boards_max:
            return
        idle = [key for key in self.boards if not self._looked_at(key)]
        if not idle:
            del self._used_at[tournament_id]
            raise TooManyBoards
        self._drop(min(idle, key=lambda key: self._used_at.get(key, 0)))

    async def _load_first(self, tournament_id: int) -> Board:
        try:
            board = await self._load(tournament_id)
        except BaseException:
            self._used_at.pop(tournament_id, None)
            raise
        self.boards[tournament_id] = board
        # What was committed while the board was read woke nobody.
        self._read_on(tournament_id)
        return board

    async def _load(self, tournament_id: int) -> Board:
        look_back_max = self._settings.pulse_look_back
        rows = await feeds.board_rows(
            self._ledger, tournament_id, look_back_max=look_back_max, pulse_s=PULSE_S, tape_max=TAPE_MAX
        )
        if rows is None:
            raise UnknownTournament(tournament_id)
        return Board.from_snapshot(
            epoch=rows.epoch,
            seq=rows.seq,
            tournament=rows.tournament,
            matches=rows.matches,
            markets=rows.markets,
            pulse=rows.pulse,
            tape=rows.tape,
        )

    def is_current(self, within_s: float) -> bool:
        """Whether all boards were compared with the database in the last `within_s` seconds, and fell short by nothing."""
        return self.compared_at is not None and time.monotonic() - self.compared_at < within_s

    # The loop

    def _wake(self, tournament_id: int) -> None:
        # What the bus tells need not be asked for.
        if self._bus is None or not self._bus.is_heard:
            self._read_on(tournament_id)

    def _read_on(self, tournament_id: int) -> None:
        if tournament_id in self.boards:
            self._woken.add(tournament_id)
            self._news.set()

    async def _step(self) -> None:
        try:
            if self._conn is None:
                self._conn = await self._ledger.connect()
                self._look_at = 0.0
            await self._turn(self._conn)
        except BaseException as error:
            self._drop_connection()
            if isinstance(error, Exception) and not isinstance(error, AWAY):
                # A silent feed is worse than a board read twice.
                self._spoilt |= self.boards.keys()
            raise

    def _drop_connection(self) -> None:
        if self._conn is not None:
            self._conn.terminate()
            self._conn = None

    async def _turn(self, conn: Conn) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, self._look_at - time.monotonic())):
                await self._news.wait()
        self._news.clear()
        if time.monotonic() >= self._look_at:
            await self._look(conn)
            self._last_look = time.monotonic()
            self._look_at = self._last_look + self._look_every_s
        for tournament_id in list(self._spoilt):
            await self._reload_or_drop(tournament_id)
        if self._woken:
            await self._read(conn)
            # Wake-ups of a busy moment gather here, so that one query answers several.
            await asyncio.sleep(self._settings.tail_gap_ms / 1000)

    @property
    def _look_every_s(self) -> float:
        if self._bus is None:
            return self._settings.tail_poll_s
        return BUS_LOOK_S if self._bus.is_heard else min(SILENT_LOOK_S, self._settings.tail_poll_s)

    def _look_soon(self) -> None:
        """At once, or where that was just done, in a moment: whoever makes us look does not make us look all the time."""
        self._look_at = min(self._look_at, self._last_look + SILENT_LOOK_S)
        self._news.set()

    async def _look(self, conn: Conn) -> None:
        """The slow look at every board: what no wake-up told, another history, nobody there any more."""
        self._drop_idle()
        if not self.boards:
            self.compared_at, self.events_behind = time.monotonic(), 0
            return
        # A board that is loaded while we ask is newer than the answer.
        wanted = dict(self.boards)
        heads = await feeds.heads(conn, wanted)
        for tournament_id, board in wanted.items():
            head = heads.get(tournament_id)
            if head is None:
                self._drop(tournament_id)
            elif head.epoch != board.epoch or head.seq < board.seq:
                self._spoilt.add(tournament_id)
            elif head.seq > board.seq:
                self._read_on(tournament_id)
        self.events_behind = sum(max(0, heads[key].seq - board.seq) for key, board in wanted.items() if key in heads)
        self.compared_at = time.monotonic()

    async def _read(self, conn: Conn) -> None:
        """One page of every board that was woken; whoever got a full one is read on."""
        wanted = {key: self.boards[key].seq for key in self._woken if key in self.boards}
        self._woken.clear()
        if not wanted:
            return
        try:
            rows = await feeds.events_after(conn, wanted, page_max=self._settings.tail_page_max)
        except BaseException:
            for tournament_id in wanted:
                self._read_on(tournament_id)
            raise
        pages: dict[int, list[Any]] = {}
        for row in rows:
            pages.setdefault(row["tournament_id"], []).append(row)
        for tournament_id, page in pages.items():
            self._fold(tournament_id, page)
            if len(page) == self._settings.tail_page_max:
                self._read_on(tournament_id)
        for tournament_id in wanted:
            self._take_held(tournament_id)

    def _fold(self, tournament_id: int, page: list[Any]) -> None:
        board = self.boards.get(tournament_id)
        if board is None:
            return
        # A board that was reloaded while the page was on its way knows the beginning of it.
        self._fold_events(
            board,
            [
                Event(row["seq"], row["at"], row["kind"], _decode(row["payload"]))
                for row in page
                if row["seq"] > board.seq
            ],
        )

    def _fold_events(self, board: Board, events: list[Event]) -> None:
        folded = []
        try:
            for event in events:
                board.fold(event)
                folded.append(event)
        except Unfoldable as why:
            log.warning("the board of tournament %d is read again: %s", board.id, why)
            self._spoilt.add(board.id)
            self._look_at = 0.0
            self._news.set()
            return
        if folded:
            # The first of a page has waited longest.
            self.lag_ms.add(max(0, int((time.time() - folded[0].at.timestamp()) * 1000)))
        if self.follower is not None and folded:
            self.follower.followed(board, folded)

    # From the bus

    def _told(self, tournament_id: int, epoch: str, events: list[Event]) -> None:
        board = self.boards.get(tournament_id)
        if board is None or not events:
            return
        if epoch != board.epoch:
            self._look_soon()
            return
        new = [event for event in events if event.seq > board.seq]
        if not new:
            return
        if tournament_id in self._held or new[0].seq > board.seq + 1:
            self._hold(tournament_id, new)
        else:
            self._fold_events(board, new)

    def _hold(self, tournament_id: int, events: list[Event]) -> None:
        """Keeps them until what is missing before them is read."""
        self.holes += tournament_id not in self._held
        self._held.keep(tournament_id, events)
        self._read_on(tournament_id)

    def _take_held(self, tournament_id: int) -> None:
        """Folds what waited, as far as it follows on what was read."""
        board = self.boards.get(tournament_id)
        if board is None or tournament_id not in self._held:
            return
        follows, rest = self._held.take(tournament_id, board.seq)
        if follows:
            self._fold_events(board, follows)
        if rest:
            self._hold(tournament_id, rest)

    def _beaten(self, heads: dict[int, Head]) -> None:
        """How far the relay has come: what did not reach us is read."""
        self.events_behind = 0
        for tournament_id, head in heads.items():
            board = self.boards.get(tournament_id)
            if board is None:
                continue
            if head.epoch != board.epoch:
                self._look_soon()
            elif head.seq > board.seq:
                self.events_behind += head.seq - board.seq
                if tournament_id not in self._held:
                    self.holes += 1
                    self._read_on(tournament_id)
        self.compared_at = time.monotonic()

    async def _reload_or_drop(self, tournament_id: int) -> None:
        """A board that cannot be read is dropped, with its readers: no other is kept from going on."""
        try:
            await self._reload(tournament_id)
        except AWAY:
            raise
        except Exception:
            log.exception("the board of tournament %s cannot be read", tournament_id)
            self._drop(tournament_id)

    async def _reload(self, tournament_id: int) -> None:
        try:
            board = await self._load(tournament_id)
        except UnknownTournament:
            self._drop(tournament_id)
            return
        self._spoilt.discard(tournament_id)
        if tournament_id in self.boards:
            self.boards[tournament_id] = board
            if self.follower is not None:
                self.follower.reloaded(board)

    # Letting go

    def _drop_idle(self) -> None:
        since = time.monotonic() - self._settings.board_idle_s
        for key in list(self.boards):
            if self._looked_at(key):
                self._used_at[key] = time.monotonic()
            elif self._used_at.get(key, 0.0) < since:
                self._drop(key)

    def _looked_at(self, tournament_id: int) -> bool:
        return self.follower is not None and self.follower.looked_at(tournament_id)

    def _drop(self, tournament_id: int) -> None:
        self.boards.pop(tournament_id, None)
        self._used_at.pop(tournament_id, None)
        self._woken.discard(tournament_id)
        self._spoilt.discard(tournament_id)
        self._held.forget(tournament_id)
        if self.follower is not None:
            self.follower.dropped(tournament_id)
