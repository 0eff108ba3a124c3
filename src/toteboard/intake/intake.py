"""The way in for bets: a wallet always takes the same lane, so that lanes do not wait for each other's wallets."""

import asyncio

from toteboard.intake import batcher
from toteboard.intake.batcher import Answered, Lane, PlaceBet
from toteboard.ledger.bets import BetConnection, Verdict
from toteboard.ledger.ledger import OUTAGES, Ledger
from toteboard.settings import Settings


class Intake:
    """`settings.lanes` lanes, each with a connection of its own. Started and stopped with the application."""

    def __init__(self, ledger: Ledger, settings: Settings):
        self._connections = [
            BetConnection(ledger, ledger.wakeups.feed, wait_s=settings.queue_wait_s) for _ in range(settings.lanes)
        ]
        self.lanes = [
            Lane(
                place=connection.place,
                outages=OUTAGES,
                batch_max=settings.batch_max,
                queue_max=settings.queue_max,
                wait_s=settings.queue_wait_s,
            )
            for connection in self._connections
        ]
        self._tasks: list[asyncio.Task[None]] = []

    def ask(self, bet: PlaceBet, answered: Answered) -> None:
        """Queues the bet; `answered` gets a Verdict, Unknown or Busy. Raises Busy when its lane is full."""
        self.lanes[bet.user_id % len(self.lanes)].ask(bet, answered)

    async def verdict(self, bet: PlaceBet) -> Verdict:
        """As `ask`, to be awaited. Raises Busy or Unknown."""
        answer: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()

        def answered(verdict: Verdict | Exception) -> None:
            if answer.done():
                return
            if isinstance(verdict, Exception):
                answer.set_exception(verdict)
            else:
                answer.set_result(verdict)

        self.ask(bet, answered)
        return await answer

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(lane.run(), name=f"lane {n}") for n, lane in enumerate(self.lanes)]

    async def stop(self) -> None:
        await batcher.stop(self._tasks)
        for connection in self._connections:
            await connection.close()
