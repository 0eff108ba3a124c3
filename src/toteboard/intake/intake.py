"""The way in for bets: a wallet always takes the same lane, so that lanes do not wait for each other's wallets."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from toteboard.background import Loops
from toteboard.intake.batcher import Answered, Lane, PlaceBet
from toteboard.intake.traced import traced
from toteboard.ledger.ledger import OUTAGES, Ledger
from toteboard.ledger.money.bets import BetConnection
from toteboard.ledger.operating import health
from toteboard.settings import Settings
from toteboard.tracing.traces import Traces


class Intake:
    """`settings.lanes` lanes, each with a connection of its own."""

    def __init__(self, ledger: Ledger, settings: Settings, loops: Loops, traces: Traces | None = None):
        self._ledger = ledger
        self._loops = loops
        self._connections = [
            BetConnection(ledger, ledger.wakeups.feed, wait_s=settings.queue_wait_s) for _ in range(settings.lanes)
        ]
        self.lanes = [
            Lane(
                place=connection.place if traces is None else traced(connection.place, traces, number),
                outages=OUTAGES,
                batch_max=settings.batch_max,
                queue_max=settings.queue_max,
                wait_s=settings.queue_wait_s,
            )
            for number, connection in enumerate(self._connections)
        ]

    def submit(self, bet: PlaceBet, answered: Answered) -> None:
        """Queues the bet; `answered` gets a Verdict, Unknown, NothingTaken or Busy. Raises Busy when its lane is full."""
        self.lanes[bet.user_id % len(self.lanes)].submit(bet, answered)

    async def why_not_writable(self) -> str:
        """Why bets could not be written; empty where they could. It is tried once after a set that failed. Raises Outage."""
        why = await health.why_not_writable(self._ledger, is_tried=any(lane.figures.is_failing for lane in self.lanes))
        if not why:
            for lane in self.lanes:
                lane.figures.is_failing = False
        return why

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The lanes take bets while the block runs. What still waits at its end is told that nothing was taken."""
        async with AsyncExitStack() as stack:
            for connection in self._connections:
                stack.push_async_callback(connection.close)
            for number, lane in enumerate(self.lanes):
                stack.callback(lane.end)
                await stack.enter_async_context(self._loops.running(f"lane {number}", lane.step))
            yield
