"""Many requests become few sets: a lane gathers bets while its last set commits, then sends all that has gathered.

No timer: a lone bet goes at once, a rush shares its commits. Knows neither HTTP nor SQL; `place` is what takes a set.
"""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from toteboard.ledger.money.bets import NothingTaken, Verdict
from toteboard.metrics.histograms import BATCH, LATENCY_S, Histogram
from toteboard.metrics.windows import Window

log = logging.getLogger(__name__)

TAKEN, TAKEN_BEFORE, ASK_AGAIN = 0, -1, -2
# A bet that could not be decided beside its neighbours goes first next time. A set built for it, under a limit of the market,
# can need half its own length in rounds; past the bound nothing was taken, and asking again is safe.
ROUNDS_MAX = 50
SAY_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class PlaceBet:
    """A bet as asked: parsed, not yet judged. `stake` in minor units, `min_odds_milli` in thousandths."""

    bet_id: UUID
    user_id: int
    outcome_id: int
    stake: int
    currency: str
    min_odds_milli: int | None
    ip: str | None


class Unknown(Exception):
    """The connection was lost while the set committed: whether the bet was taken is known only by asking for it."""


class Busy(Exception):
    """The queue is full, or the bet waited too long in it. Nothing was taken."""


# What a bet that got no verdict is counted as; any other error is "error".
FAILED: dict[type[Exception], str] = {
    Unknown: "unknown",
    Busy: "busy",
    NothingTaken: "nothing_taken",
    Exception: "error",
}

Place = Callable[[Sequence[PlaceBet]], Awaitable[Sequence[Verdict]]]
# Called once, as soon as the set is decided: a future a bet would cost a turn of the loop each.
Answered = Callable[[Verdict | Exception], None]


@dataclass(slots=True)
class _Waiting:
    bet: PlaceBet
    answered: Answered
    since: float
    rounds: int = 0
    # Failed by itself, with no neighbour to blame.
    failed_alone: bool = False


@dataclass(slots=True)
class LaneCounts:
    """What the lane has done, for metrics and /ops."""

    sets: int = 0
    bets: int = 0
    errors: int = 0
    last_set: int = 0
    # When bets were last answered that they could not be placed, by the lane's clock.
    refused_at: float | None = None
    # Until a set is placed again, or it is known that one could be.
    is_failing: bool = False
    last_error: str = ""
    # Of the last minute: bets in a set, how long its first bet had waited, and how long the set itself took.
    sizes: Window = field(default_factory=Window)
    waits_ms: Window = field(default_factory=Window)
    sets_ms: Window = field(default_factory=Window)
    # Since the start: answers by verdict (its number, or what failed), what was staked by currency, and the same three.
    verdicts: Counter[int | str] = field(default_factory=lambda: Counter(dict.fromkeys((TAKEN, *FAILED.values()), 0)))
    stakes: Counter[str] = field(default_factory=Counter)
    batch: Histogram = field(default_factory=partial(Histogram, BATCH))
    waited_s: Histogram = field(default_factory=partial(Histogram, LATENCY_S))
    set_s: Histogram = field(default_factory=partial(Histogram, LATENCY_S))


@dataclass(slots=True)
class Lane:
    """One queue, one set in flight."""

    place: Place
    # Exceptions that mean the database was lost, not that a bet was bad.
    outages: tuple[type[BaseException], ...]
    batch_max: int
    queue_max: int
    wait_s: float
    clock: Callable[[], float] = time.monotonic
    figures: LaneCounts = field(default_factory=LaneCounts)
    _queue: deque[_Waiting] = field(default_factory=deque)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _ended: bool = False
    _said_at: float = 0.0

    def __len__(self) -> int:
        return len(self._queue)

    def submit(self, bet: PlaceBet, answered: Answered) -> None:
        """Queues the bet; `answered` gets its Verdict, or Unknown, NothingTaken or Busy.

        Raises Busy when the queue is full, or the lane has ended.
        """
        if self._ended or len(self._queue) >= self.queue_max:
            self.figures.verdicts["busy"] += 1
            raise Busy
        self._queue.append(_Waiting(bet, answered, self.clock()))
        self._news.set()

    async def step(self) -> None:
        """Waits for bets and decides one set of them."""
        await self._news.wait()
        batch = self._gather()
        if batch:
            await self._send(batch)
        if not self._queue:
            self._news.clear()

    def end(self) -> None:
        """No bet is taken any more. What still waits is told that nothing was taken."""
        self._ended = True
        for waiting in self._queue:
            self._fail_one(waiting, Busy())
        self._queue.clear()

    def _gather(self) -> list[_Waiting]:
        """The next set: in order of arrival, one bet per wallet and key; the others stay where they were."""
        batch: list[_Waiting] = []
        left: list[_Waiting] = []
        people: set[int] = set()
        keys: set[UUID] = set()
        stale = self.clock() - self.wait_s
        queue = self._queue
        while queue and len(batch) < self.batch_max:
            waiting = queue.popleft()
            bet = waiting.bet
            if waiting.since < stale:
                self._fail_one(waiting, Busy())
            elif bet.user_id in people or bet.bet_id in keys:
                left.append(waiting)
            else:
                people.add(bet.user_id)
                keys.add(bet.bet_id)
                batch.append(waiting)
        queue.extendleft(reversed(left))
        return batch

    async def _send(self, batch: list[_Waiting]) -> None:
        began = self.clock()
        try:
            verdicts = await self.place([waiting.bet for waiting in batch])
        except asyncio.CancelledError:
            # We are stopped; whether the set was committed nobody waits to hear.
            for waiting in batch:
                self._fail_one(waiting, Unknown())
            raise
        except NothingTaken as away:
            self._fail(away)
            for waiting in batch:
                self._fail_one(waiting, away)
        except self.outages as lost:
            self._fail(lost)
            for waiting in batch:
                self._fail_one(waiting, Unknown())
        except Exception as error:
            self._note(error)
            await self._split(batch, error)
        else:
            if len(verdicts) != len(batch):
                # A bug, and nobody can say which verdict is whose: each is told to ask for its bet.
                for waiting in batch:
                    self._fail_one(waiting, Unknown())
                raise AssertionError(f"{len(verdicts)} verdicts for {len(batch)} bets")
            self.figures.is_failing = False
            self.figures.sets += 1
            self.figures.bets += len(batch)
            self.figures.last_set = len(batch)
            self._measure(batch, began - batch[0].since, self.clock() - began)
            again = []
            counts, stakes = self.figures.verdicts, self.figures.stakes
            for waiting, verdict in zip(batch, verdicts, strict=True):
                if verdict.number == ASK_AGAIN:
                    again.append(waiting)
                    continue
                counts[verdict.number] += 1
                if verdict.number == TAKEN:
                    stakes[waiting.bet.currency] += waiting.bet.stake
                _answer(waiting, verdict)
            self._again(again)

    def _measure(self, batch: list[_Waiting], waited_s: float, set_s: float) -> None:
        figures = self.figures
        figures.sizes.add(len(batch))
        figures.waits_ms.add(int(waited_s * 1000))
        figures.sets_ms.add(int(set_s * 1000))
        figures.batch.observe(len(batch))
        figures.waited_s.observe(waited_s)
        figures.set_s.observe(set_s)

    def _again(self, batch: list[_Waiting]) -> None:
        for waiting in reversed(batch):
            waiting.rounds += 1
            if waiting.rounds > ROUNDS_MAX:
                self._fail_one(waiting, Busy())
            else:
                self._queue.appendleft(waiting)

    async def _split(self, batch: list[_Waiting], error: Exception) -> None:
        """An unexpected error took the whole set back. Halve it until the culprit stands alone."""
        if len(batch) == 1:
            waiting = batch[0]
            if waiting.failed_alone:
                log.error(
                    "a bet could not be placed",
                    extra={"bet": str(waiting.bet.bet_id), "user": waiting.bet.user_id},
                    exc_info=error,
                )
                self._fail_one(waiting, error)
            else:
                # Alone now: a key or a lock that a neighbour in another lane held may be free.
                waiting.failed_alone = True
                await self._send(batch)
            return
        middle = len(batch) // 2
        await self._send(batch[:middle])
        await self._send(batch[middle:])

    def _fail_one(self, waiting: _Waiting, error: Exception) -> None:
        self.figures.verdicts[FAILED.get(type(error), FAILED[Exception])] += 1
        _answer(waiting, error)

    def _fail(self, error: BaseException) -> None:
        self._note(error)
        self.figures.refused_at, self.figures.is_failing = self.clock(), True

    def _note(self, error: BaseException) -> None:
        figures, text = self.figures, f"{type(error).__name__}: {error}"
        figures.errors += 1
        now = self.clock()
        # A database that is away fails set after set: the same is said once in a while, with how many there were.
        if text != figures.last_error or now - self._said_at > SAY_EVERY_S:
            self._said_at = now
            log.error("a set of bets could not be placed (%s so far): %s", figures.errors, text)
        figures.last_error = text


def _answer(waiting: _Waiting, answer: Verdict | Exception) -> None:
    try:
        waiting.answered(answer)
    except Exception:
        # Whoever asked may be gone; the neighbours in the set still get theirs.
        log.exception("an answer could not be given")
