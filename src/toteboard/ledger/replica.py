"""Reads from a standby, for what may be a moment old and takes long: exports, statements, the audit log, the books, reports.

    async with replica.snapshot() as conn:
        …                                   # read_as_of now tells whoever answers as of when, and from where

How old the standby is, is measured: a place in the primary's log is noted with its time, and what the standby has replayed
is as of the last place that it has passed. A standby that is cut off grows older; its own clock is not believed.

Older than the bound, or away, it is not read. Then the rule says: `refuse`, an Outage, or `primary`, a few at a time.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from time import monotonic
from typing import Any

import asyncpg

from toteboard.background import Loops
from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import OUTAGES, Ledger, Outage, Reader, SharedReader
from toteboard.ledger.statements import statements
from toteboard.settings import ReplicaFallback

_SQL = statements("replica")
log = logging.getLogger(__name__)

AWAY: tuple[type[BaseException], ...] = (Outage, *OUTAGES)
# How often it is looked how old the standby is.
LOOK_S = 0.5
# Places in the primary's log that are remembered: ten minutes of them.
PLACES_MAX = 1200
# How often a standby is asked whether it has come to a place.
REACH_POLL_S = 0.02


class Source(StrEnum):
    """Where an answer was read from."""

    REPLICA = "replica"
    PRIMARY = "primary"


@dataclass(frozen=True, slots=True)
class AsOf:
    """What was read, is as of this moment by the primary's clock; `lag_ms` is how old that was when it was read."""

    at: datetime
    lag_ms: int
    source: Source


# What was read for the request that is being answered, where somebody wants to know.
read_as_of: ContextVar[list[AsOf] | None] = ContextVar("read_as_of", default=None)


def _note(as_of: AsOf) -> None:
    noted = read_as_of.get()
    if noted is not None:
        noted.append(as_of)


class PrimaryReader(SharedReader):
    """Where there is no standby: the primary, and it says so."""

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Conn]:
        async with super().read() as conn:
            _note(AsOf(datetime.now(UTC), 0, Source.PRIMARY))
            yield conn

    @asynccontextmanager
    async def long_snapshot(self, *, statement_timeout_s: int) -> AsyncIterator[Conn]:
        async with super().long_snapshot(statement_timeout_s=statement_timeout_s) as conn:
            _note(AsOf(datetime.now(UTC), 0, Source.PRIMARY))
            yield conn

    @asynccontextmanager
    async def chosen(self) -> AsyncIterator[Reader]:
        """Whom to read from, for who opens connections of their own."""
        yield self

    async def reached(self, place: int, *, wait_s: float) -> bool:
        """Whether what is read has what the primary had at this place of its log: always."""
        return True


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the primary's log: bytes from its beginning, when by its clock, and by our own."""

    at: datetime
    seen: float
    bytes: int


class Replica(PrimaryReader):
    """A standby of the same ledger, to look with only."""

    def __init__(
        self,
        primary: Ledger,
        dsn: str,
        *,
        lag_max_s: int,
        fallback: ReplicaFallback,
        primary_readers_max: int,
        **more: Any,
    ):
        super().__init__(primary)
        self.lag_max_s = lag_max_s
        self.fallback = fallback
        # Reads since the start, by where they were taken from; and those that were refused.
        self.reads: Counter[str] = Counter({Source.REPLICA: 0, Source.PRIMARY: 0, "refused": 0})
        self._primary = primary
        self._standby = Reader(dsn, **more)
        self._turns = asyncio.Semaphore(primary_readers_max)
        self._turns_max = primary_readers_max
        self._places: deque[_Place] = deque(maxlen=PLACES_MAX)
        self._passed: _Place | None = None
        self._is_open = False
        self._why_not = "it was not asked yet"
        self._said_why_not = ""

    @asynccontextmanager
    async def following(self, loops: Loops) -> AsyncIterator[None]:
        """It is connected, or tries to be, and looked at, while the block runs."""
        async with AsyncExitStack() as self._stack:
            async with loops.running("replica", self.step, every_s=LOOK_S, expected=AWAY):
                yield
            self._is_open = False

    @property
    def lag_s(self) -> float | None:
        """How old what the standby has is, in seconds; None while that is not known."""
        return None if self._passed is None else max(0.0, monotonic() - self._passed.seen)

    @property
    def why_not(self) -> str:
        """Why it is not read now; empty where it is."""
        lag_s = self.lag_s
        if self._why_not or lag_s is None:
            return self._why_not or "it has not come so far yet"
        return f"it is {lag_s:.0f} s behind" if lag_s > self.lag_max_s else ""

    async def step(self) -> None:
        """Looks once how old the standby is. Raises Outage."""
        async with self._primary.read() as conn:
            seen = monotonic()
            row = await conn.fetchrow(_SQL["place"])
            assert row is not None
            self._places.append(_Place(row["at"], seen, int(row["bytes"])))
        try:
            if not self._is_open:
                await self._stack.enter_async_context(self._standby.running())
                self._is_open = True
            replayed = await self._replayed()
        except AWAY as away:
            self._why_not = f"it cannot be asked: {str(away) or type(away).__name__}"
        else:
            self._why_not = ""
            for place in self._places:
                if place.bytes <= replayed and (self._passed is None or place.seen > self._passed.seen):
                    self._passed = place
        self._say()

    def _say(self) -> None:
        why_not = self.why_not
        if bool(why_not) != bool(self._said_why_not):
            if why_not:
                log.warning("the replica is not read, %s; meanwhile: %s", why_not, self.fallback)
            else:
                log.info("the replica is read")
            self._said_why_not = why_not

    async def _replayed(self) -> int:
        async with self._standby.read() as conn:
            return int(await conn.fetchval(_SQL["replayed"]))

    async def reached(self, place: int, *, wait_s: float) -> bool:
        """Whether what would be read now has what the primary had at this place, waiting so long for it. Raises Outage."""
        if self.why_not:
            return True
        until = monotonic() + wait_s
        while await self._replayed() < place:
            if monotonic() >= until:
                return False
            await asyncio.sleep(REACH_POLL_S)
        return True

    @asynccontextmanager
    async def chosen(self) -> AsyncIterator[Reader]:
        """Whom to read from by the rule. Raises Outage where that is nobody."""
        why_not = self.why_not
        if not why_not:
            self.reads[Source.REPLICA] += 1
            assert self._passed is not None
            _note(AsOf(self._passed.at, int((self.lag_s or 0.0) * 1000), Source.REPLICA))
            try:
                yield self._standby
            except asyncpg.SerializationError as conflict:
                # What was read has been vacuumed away, and the standby goes on rather than wait for us.
                raise Outage(f"the replica could not keep what was being read: {conflict}") from conflict
            return
        if self.fallback is ReplicaFallback.REFUSE or self._turns.locked():
            self.reads["refused"] += 1
            more = (
                ""
                if self.fallback is ReplicaFallback.REFUSE
                else f", and {self._turns_max} read from the primary already"
            )
            raise Outage(f"the replica is not read: {why_not}{more}")
        async with self._turns:
            self.reads[Source.PRIMARY] += 1
            _note(AsOf(datetime.now(UTC), 0, Source.PRIMARY))
            yield SharedReader(self._primary)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Conn]:
        async with self.chosen() as reader, reader.read() as conn:
            yield conn

    @asynccontextmanager
    async def long_snapshot(self, *, statement_timeout_s: int) -> AsyncIterator[Conn]:
        async with self.chosen() as reader, reader.long_snapshot(statement_timeout_s=statement_timeout_s) as conn:
            yield conn


async def place_now(conn: Conn) -> int:
    """Where the primary's log ends now: what was committed before is below."""
    row = await conn.fetchrow(_SQL["place"])
    assert row is not None
    return int(row["bytes"])
