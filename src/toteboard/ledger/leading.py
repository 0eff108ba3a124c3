"""One process at a time for what must run once: paying, closing, telling the bus. Knows nothing of what is led.

The lock is PostgreSQL's own, held by a session: whoever dies loses it with their connection, and whoever stands still loses
it after STILL_S, when PostgreSQL ends a session that asks nothing. It spares work and doubled messages. That nobody is paid
twice is kept by the locks of rows, by whomever they are taken.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import IntEnum
from time import monotonic

from toteboard.background import Loops
from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import OUTAGES, Ledger
from toteboard.ledger.statements import statements

_SQL = statements("leading")
# How often the leader shows that it lives, and the others try.
BEAT_S = 0.5
# A leader that is not heard of for so long is one no more, in PostgreSQL's eyes and a little earlier in its own.
STILL_S = 5
SURE_S = STILL_S - 1.0

log = logging.getLogger(__name__)
Step = Callable[[], Awaitable[object]]


class Leads(IntEnum):
    """What is led, by the number of its lock. Each may have its leader in another process."""

    WORK = 1
    RELAY = 2


class Leader:
    """Whether this process leads; one of them does, as long as any can reach the database."""

    def __init__(self, ledger: Ledger, what: Leads, *, may: Callable[[], bool] = lambda: True):
        self.what = what
        # Whether this process could do what is led.
        self._may = may
        self._ledger = ledger
        self._conn: Conn | None = None
        # By our own clock, when the lock was last known to be ours; None while it is not.
        self._led_at: float | None = None

    @property
    def leads(self) -> bool:
        """Whether this process leads now, as far as it can know."""
        return self._led_at is not None and monotonic() - self._led_at < SURE_S

    @asynccontextmanager
    async def running(self, loops: Loops) -> AsyncIterator[None]:
        """It stands for the lead while the block runs, and gives it up at its end."""
        try:
            async with loops.running(f"lead {self.what.name.lower()}", self.step, every_s=BEAT_S, expected=OUTAGES):
                yield
        finally:
            self.give_up()

    async def step(self) -> None:
        """Tries to lead, or shows that it still does. Raises one of OUTAGES."""
        if not self._may():
            self.give_up()
            return
        try:
            if self._conn is None:
                self._conn = await self._ledger.connect()
            asked_at = monotonic()
            if self._led_at is not None:
                await self._conn.execute(_SQL["alive"])
                self._led_at = asked_at
            elif await self._conn.fetchval(_SQL["lead"], self.what.value, f"{STILL_S}s"):
                self._led_at = asked_at
                log.info("this process leads: %s", self.what.name.lower())
        except BaseException:
            self.give_up()
            raise

    def give_up(self) -> None:
        """Another one may lead, at once."""
        if self._led_at is not None:
            log.info("this process no longer leads: %s", self.what.name.lower())
        if self._conn is not None:
            self._conn.terminate()
        self._conn = self._led_at = None

    def only(self, step: Step) -> Step:
        """The step, taken where this process leads."""

        async def led() -> None:
            if self.leads:
                await step()

        return led

    async def _try(self) -> None:
        conn = await self._ledger.connect()
        try:
            if await conn.fetchval(_SQL["lead"], self.what.value, f"{STILL_S}s"):
                self._conn, self._seen_at = conn, monotonic()
                log.info("this process leads: %s", self.what.name.lower())
        finally:
            if self._conn is not conn:
                conn.terminate()
