"""What the subscribers of one tournament are sent, and when. Knows no handshake and no SQL; the time is passed in.

Nothing is lost by sending less often: an update holds the latest value of everything that changed since the one before.
"""

import asyncio
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

from toteboard.feed.board import Board
from toteboard.feed.cadence import Cadence
from toteboard.feed.frames import encode, header, message_frame
from toteboard.feed.messages import Again, Beat, CloseCode, Message, SettlementProgress
from toteboard.feed.subscriber import Subscriber
from toteboard.settings import Settings

AGAIN = message_frame(Again())


@dataclass(frozen=True, slots=True)
class Encoded:
    """A board's JSON as of its event `seq`, made at `at`."""

    board: Board
    seq: int
    at: float
    text: bytes


class Channel:
    """One tournament's subscribers. `turn` is called whenever `news` is set or the time it gave has come."""

    def __init__(self, board: Board, settings: Settings, *, now: float, wall_ms: Callable[[], int]):
        self.board = board
        # Set when there is something to send that was not there before.
        self.news = asyncio.Event()
        self.subscribers: dict[Subscriber, None] = {}
        self.by_user: dict[int, set[Subscriber]] = {}
        self.overseers: set[Subscriber] = set()
        self.frames = self.bytes = 0
        self.fell_behind = 0
        self._settings = settings
        self._wall_ms = wall_ms
        self._cadence = Cadence(hz=settings.feed_hz, beat_s=settings.beat_s, now=now)
        self._sent_seq = board.seq
        # Those who came since the last update, and the event their snapshot ended with.
        self._fresh: dict[Subscriber, int] = {}
        self._behind: set[Subscriber] = set()
        self._restart = False
        self._settling: dict[int, SettlementProgress] = {}
        # Something is to be sent and its time is known.
        self._waiting = False
        self._encoded: Encoded | None = None

    # Coming and going

    def join(self, subscriber: Subscriber, *, after: int | None = None, epoch: str | None = None, now: float) -> None:
        """Takes a subscriber in: everything since `after` in one update if that can be told, else a snapshot."""
        board = self.board
        if not self.subscribers:
            # What happened while nobody was here is nobody's news.
            self._sent_seq = board.seq
            self._settling.clear()
        self.subscribers[subscriber] = None
        self.take_place(subscriber)
        known = after is not None and epoch == board.epoch and board.reaches(after)
        if after is None or not known or board.seq - after > self._settings.resume_max:
            self._start_over(subscriber, now)
            return
        if board.changed_seq > after:
            subscriber.write(self._update(after), now)
        else:
            subscriber.write(self._beat(), now)
        self._fresh[subscriber] = board.seq

    def leave(self, subscriber: Subscriber) -> None:
        """The subscriber hears nothing from here any more."""
        self.subscribers.pop(subscriber, None)
        self._fresh.pop(subscriber, None)
        self._behind.discard(subscriber)
        self.leave_place(subscriber)

    def take_place(self, subscriber: Subscriber) -> None:
        """Puts it where its person's messages are looked for; left and taken again when their rights change."""
        if subscriber.user is not None:
            self.by_user.setdefault(subscriber.user.user_id, set()).add(subscriber)
            if subscriber.user.sees_every_bet(self.board.id):
                self.overseers.add(subscriber)

    def leave_place(self, subscriber: Subscriber) -> None:
        """Takes it from where its person's messages are looked for."""
        self.overseers.discard(subscriber)
        if subscriber.user is not None and (own := self.by_user.get(subscriber.user.user_id)) is not None:
            own.discard(subscriber)
            if not own:
                del self.by_user[subscriber.user.user_id]

    # News

    def followed(self) -> None:
        """Events were folded into the board."""
        # Once it is known that something waits for its time, nothing is gained by saying so again.
        if not self._waiting and self.board.changed_seq > self._sent_seq:
            self.news.set()

    def settling(self, progress: SettlementProgress) -> None:
        """A settlement went on; of each market only the latest is told."""
        self._settling[progress.market_id] = progress
        if not self._waiting:
            self.news.set()

    def reloaded(self, board: Board) -> None:
        """Another history, or a hole in this one: everybody starts over."""
        self.board = board
        self._restart = True
        self._settling.clear()
        self.news.set()

    def tell(self, subscribers: Iterable[Subscriber], message: Message, now: float) -> None:
        """A private message, at once. Whoever is behind does without: `again` says to look for oneself."""
        frame = message_frame(message)
        for subscriber in list(subscribers):
            self._write(subscriber, frame, now)

    def miss(self, subscribers: Iterable[Subscriber], now: float) -> None:
        """These could not be told everything: they are dropped to a snapshot."""
        for subscriber in list(subscribers):
            if subscriber.behind_since is None:
                subscriber.behind_since = now
                self._fall_behind(subscriber)

    @property
    def behind(self) -> int:
        """Readers that are written nothing now, for they took too little."""
        return len(self._behind)

    def close_all(self, code: CloseCode, reason: str) -> None:
        """Closes every socket of the channel, with the code and the reason."""
        for subscriber in list(self.subscribers):
            subscriber.close(code, reason)

    # Sending

    async def turn(self, now: float) -> float:
        """Sends what is due and gives everybody else a turn now and then. Returns when to come again."""
        self._let_catch_up(now)
        if self._restart:
            await self._start_all_over(now)
        elif self._has_news() and now >= self._cadence.news_at:
            await self._send_news(now)
        elif not self._has_news() and now >= self._cadence.beat_at:
            self._cadence.sent(now)
            await self._broadcast(self._beat(), now)
        self._waiting = self._has_news()
        due = self._cadence.news_at if self._waiting else self._cadence.beat_at
        # Whoever is behind is looked at again, news or not.
        return min(due, now + 1 / self._settings.feed_hz) if self._behind else due

    def _has_news(self) -> bool:
        return self.board.changed_seq > self._sent_seq or bool(self._settling)

    async def _send_news(self, now: float) -> None:
        since, fresh, progress = self._sent_seq, self._fresh, self._settling
        if not all(map(self.board.reaches, {since, *fresh.values()})):
            await self._start_all_over(now)
            return
        self._cadence.sent(now)
        self._sent_seq, self._fresh, self._settling = self.board.seq, {}, {}
        tail = b"".join(map(message_frame, progress.values()))
        # Whoever came since the last update is told what happened since their own snapshot: nothing twice or lost.
        apart = {subscriber: seq for subscriber, seq in fresh.items() if seq != since}
        frames = {seq: self._update(seq) + tail for seq in {since, *apart.values()}}
        for subscriber, seq in apart.items():
            self._write(subscriber, frames[seq], now)
        await self._broadcast(frames[since], now, but=apart)

    async def _start_all_over(self, now: float) -> None:
        self._restart = False
        self._cadence.sent(now)
        self._sent_seq, self._fresh = self.board.seq, {}
        for number, subscriber in enumerate(list(self.subscribers), 1):
            if subscriber.behind_since is None:
                self._start_over(subscriber, now)
            if number % self._settings.socket_slice == 0:
                await asyncio.sleep(0)

    async def _broadcast(self, frame: bytes, now: float, but: Container[Subscriber] = ()) -> None:
        for number, subscriber in enumerate(list(self.subscribers), 1):
            if subscriber not in but:
                self._write(subscriber, frame, now)
            if number % self._settings.socket_slice == 0:
                await asyncio.sleep(0)

    def _write(self, subscriber: Subscriber, frame: bytes, now: float) -> None:
        if subscriber.write(frame, now):
            self.frames += 1
            self.bytes += len(frame)
        elif subscriber.behind_since is not None and subscriber not in self._behind:
            self._fall_behind(subscriber)

    def _fall_behind(self, subscriber: Subscriber) -> None:
        self._behind.add(subscriber)
        self._fresh.pop(subscriber, None)
        self.fell_behind += 1
        self.news.set()

    def _let_catch_up(self, now: float) -> None:
        for subscriber in list(self._behind):
            assert subscriber.behind_since is not None
            if subscriber.transport.is_closing():
                self._behind.discard(subscriber)
            elif subscriber.drained:
                self._behind.discard(subscriber)
                self._start_over(subscriber, now, AGAIN)
            elif now - subscriber.behind_since >= self._settings.socket_behind_s:
                self._behind.discard(subscriber)
                subscriber.close(CloseCode.TOO_SLOW, "too slow")

    # Messages

    def _update(self, after: int) -> bytes:
        """The frame of an update, or nothing where nothing to be seen has changed."""
        if self.board.changed_seq <= after:
            return b""
        return message_frame(self.board.update_since(after, now_ms=self._wall_ms()))

    def _beat(self) -> bytes:
        return message_frame(Beat(seq=self.board.seq, now=self._wall_ms()))

    def _start_over(self, subscriber: Subscriber, now: float, before: bytes = b"") -> None:
        seq, board = self._encoded_board(now)
        opening = {"t": "snapshot", "seq": seq, "epoch": self.board.epoch, "now": self._wall_ms()}
        # The board is encoded once for all who come; only what stands around it is each one's own.
        opened = encode(opening)[:-1] + b',"board":'
        head = header(len(opened) + len(board) + 1)
        subscriber.start_over([before + head + opened, board, b"}"])
        self._fresh[subscriber] = seq
        self.frames += 1
        self.bytes += len(before) + len(head) + len(opened) + len(board) + 1

    def encoded_board(self, now: float) -> bytes:
        """The board as JSON, at most one gap between updates old."""
        return self._encoded_board(now)[1]

    def _encoded_board(self, now: float) -> tuple[int, bytes]:
        board, kept = self.board, self._encoded
        if kept is not None and kept.board is board and board.reaches(kept.seq):
            current = kept.seq >= board.changed_seq
            # Whoever is given a board older than the last update would never hear of what that one told.
            if current or (kept.seq >= self._sent_seq and now - kept.at < 1 / self._settings.feed_hz):
                return kept.seq, kept.text
        self._encoded = Encoded(board, board.seq, now, encode(board.snapshot()))
        return board.seq, self._encoded.text
