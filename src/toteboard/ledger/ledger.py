"""The only door to PostgreSQL: the pool, and the change: one transaction with its audit rows and feed events.

Knows neither HTTP nor the rules of betting. The rooms beside it (people.py, tournaments.py, …) say what is asked.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from toteboard.ledger.statements import statements
from toteboard.ledger.wakeups import Wakeups

_SQL = statements("change")

# What a lost or overfull database looks like from here; all of it passes by itself.
OUTAGES: tuple[type[BaseException], ...] = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    # A server that goes between two messages of one question: "cannot switch to state 12".
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresSystemError,
)
ACQUIRE_WAIT_S = 5
# How PostgreSQL shows a connection that reads for long.
LONG_READER = "toteboard export"


class Outage(Exception):
    """The database cannot be asked now. Nothing was taken, unless the commit itself was lost."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for a change, for the audit log. `user_id` is None for the program itself."""

    user_id: int | None = None
    ip: str | None = None


@dataclass(slots=True)
class Change:
    """One transaction. Its audit rows are written as they are said, its events last, under their feed's lock."""

    conn: Any
    actor: Actor
    events: list[tuple[int, str, str]] = field(default_factory=list)

    async def audit(self, action: str, subject: str, tournament_id: int | None = None, **details: Any) -> None:
        """Adds a row to the audit log: `action` is past tense with a dot ("market.opened"), `subject` "market:42"."""
        text = json.dumps(details, ensure_ascii=False, default=str) if details else None
        await self.conn.execute(_SQL["audit"], tournament_id, self.actor.user_id, self.actor.ip, action, subject, text)

    def event(self, tournament_id: int, kind: str, payload: str | dict[str, Any]) -> None:
        """Queues an event for the feed; `payload` is JSON text or what becomes it."""
        text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False, default=str)
        self.events.append((tournament_id, kind, text))

    async def write_events(self) -> None:
        """Last of all, and tournaments in order: the feed's row is locked until the commit that follows at once."""
        for tournament_id, kind, text in sorted(self.events, key=lambda event: event[0]):
            await self.conn.execute(_SQL["event"], tournament_id, kind, text)


class Ledger:
    """The pool and the changes made through it. `wakeups` tells the feeds that something was committed."""

    def __init__(
        self, dsn: str, *, pool_max: int = 8, statement_timeout_s: int = 30, role: str | None = "toteboard_app"
    ):
        self.dsn = dsn
        self.role = role
        self.wakeups = Wakeups(dsn)
        self._pool_max = pool_max
        # A server that stands still does not keep to its own limit.
        self._answer_s = statement_timeout_s + ACQUIRE_WAIT_S
        self._settings = {"application_name": "toteboard", "statement_timeout": f"{statement_timeout_s}s"}
        # The application's login may be more than it needs to be; what it works as is less.
        if role:
            self._settings["role"] = role
        self._pool: asyncpg.Pool | None = None

    async def connect(self) -> Any:
        """A connection outside the pool, for a lane or a tail that keeps it."""
        return await asyncpg.connect(self.dsn, server_settings=self._settings, timeout=ACQUIRE_WAIT_S)

    async def start(self) -> None:
        self._pool = await asyncpg.create_pool(
            self.dsn,
            min_size=1,
            max_size=self._pool_max,
            server_settings=self._settings,
            timeout=ACQUIRE_WAIT_S,
            command_timeout=self._answer_s,
        )
        await self.wakeups.start()

    async def stop(self) -> None:
        await self.wakeups.stop()
        if self._pool is not None:
            try:
                await asyncio.wait_for(self._pool.close(), ACQUIRE_WAIT_S)
            except TimeoutError:
                self._pool.terminate()

    @property
    def connections(self) -> tuple[int, int, int]:
        """Of the pool: in use, open, at most."""
        if self._pool is None:
            return 0, 0, self._pool_max
        opened = self._pool.get_size()
        return opened - self._pool.get_idle_size(), opened, self._pool_max

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        """A connection to look with. Raises Outage when there is none within ACQUIRE_WAIT_S or it breaks."""
        assert self._pool is not None, "the ledger was not started"
        try:
            async with self._pool.acquire(timeout=ACQUIRE_WAIT_S) as conn:
                yield conn
        except OUTAGES as lost:
            raise Outage(str(lost) or type(lost).__name__) from lost

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Any]:
        """A connection that sees one moment, however many questions it asks."""
        async with self.read() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            yield conn

    @asynccontextmanager
    async def long_snapshot(self, *, statement_timeout_s: int) -> AsyncIterator[Any]:
        """As `snapshot`, for minutes: on a connection of its own, so that the pool's stay for the others. Raises Outage."""
        wanted = {"application_name": LONG_READER, "statement_timeout": f"{statement_timeout_s}s"}
        patience = statement_timeout_s + ACQUIRE_WAIT_S
        try:
            conn = await asyncpg.connect(
                self.dsn, server_settings=self._settings | wanted, timeout=ACQUIRE_WAIT_S, command_timeout=patience
            )
            try:
                async with conn.transaction(isolation="repeatable_read", readonly=True):
                    yield conn
            finally:
                # Whoever leaves in the middle of a question has it cancelled.
                await conn.close(timeout=ACQUIRE_WAIT_S)
        except OUTAGES as lost:
            raise Outage(str(lost) or type(lost).__name__) from lost

    @asynccontextmanager
    async def change(self, actor: Actor) -> AsyncIterator[Change]:
        """One transaction, committed when the block ends, rolled back when it raises. Then the feeds are woken."""
        async with self.read() as conn:
            async with conn.transaction():
                change = Change(conn, actor)
                yield change
                await change.write_events()
            for tournament_id in {event[0] for event in change.events}:
                self.wakeups.feed(tournament_id)
