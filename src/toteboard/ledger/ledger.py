"""The only door to PostgreSQL: a reader's pool, and the change: one transaction with its audit rows and feed events.

Knows neither HTTP nor the rules of betting. The rooms beside it (people/, tournaments/, money/, …) say what is asked.

    async with Ledger.opened(dsn) as ledger, ledger.change(actor) as change:
        …
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import asyncpg

from toteboard.ledger.connection import Conn
from toteboard.ledger.reaching import AT_ITS_END, CHANGE_IDLE_S, BoundedConnection, connected
from toteboard.ledger.shares import Shares
from toteboard.ledger.statements import statements
from toteboard.ledger.wakeups import LocalWakeups, Wakeups
from toteboard.rules.refusals import Refusal, Refused

if TYPE_CHECKING:
    from asyncpg import Connection, Pool, Record

_SQL = statements("change")
log = logging.getLogger(__name__)
# A pool that cannot connect says so with a traceback each time; whoever asks it is told, and the loops say it in one line.
logging.getLogger("asyncpg.pool").setLevel(logging.CRITICAL)

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
    # A database that takes no connections for now, and one that only reads, as a replica does after a failover.
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.ReadOnlySQLTransactionError,
)
ACQUIRE_WAIT_S = 5
# Whoever keeps a connection asks short questions only.
KEPT_ANSWER_S = 10
# What PostgreSQL calls an error after which it goes on: the statement is undone. At FATAL and PANIC a commit may have been.
UNDONE = "ERROR"
# How PostgreSQL shows a connection that reads for long.
LONG_READER = "toteboard export"


def is_undone(error: BaseException | None) -> bool:
    """Whether the server itself says that the statement was undone, whatever passes or does not pass by itself."""
    return isinstance(error, asyncpg.PostgresError) and getattr(error, "severity_en", None) == UNDONE


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

    conn: Conn
    actor: Actor
    idle_s: int = CHANGE_IDLE_S
    events: list[tuple[int, str, str]] = field(default_factory=list)

    async def act_as(self, actor: Actor) -> None:
        """From here on it is their act: for the audit log, and for the database's own (functions/change_log.sql)."""
        self.actor = actor
        await self.conn.execute(
            _SQL["actor"],
            "" if actor.user_id is None else str(actor.user_id),
            "" if actor.ip is None else actor.ip,
            f"{self.idle_s}s",
        )

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


class Reader:
    """A pool of connections to look with."""

    def __init__(
        self,
        dsn: str,
        *,
        pool_max: int = 8,
        statement_timeout_s: int = 30,
        role: str | None = "toteboard_app",
        limits_everywhere: bool = False,
        pool_person_max: int | None = None,
    ):
        self.dsn = dsn
        self.role = role
        self._pool_max = pool_max
        # A server that stands still does not keep to its own limit.
        self._answer_s = statement_timeout_s + ACQUIRE_WAIT_S
        self._settings = {"application_name": "toteboard", "statement_timeout": f"{statement_timeout_s}s"}
        # Read in sql/functions/limited_together.sql.
        self._settings["toteboard.limits_everywhere"] = "on" if limits_everywhere else "off"
        # The application's login may be more than it needs to be; what it works as is less.
        if role:
            self._settings["role"] = role
        self._pool: Pool[Record] | None = None
        self._shares = Shares(pool_person_max or pool_max, ACQUIRE_WAIT_S)

    @classmethod
    @asynccontextmanager
    async def opened(cls, dsn: str, **more: Any) -> AsyncIterator[Self]:
        """One that is open while the block runs; `more` as for the class. Raises one of OUTAGES."""
        reader = cls(dsn, **{"pool_max": 2} | more)
        async with reader.running():
            yield reader

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The pool is there while the block runs. Raises one of OUTAGES where the database cannot be reached at first."""
        self._pool = await asyncpg.create_pool(
            self.dsn,
            min_size=1,
            max_size=self._pool_max,
            connection_class=BoundedConnection,
            server_settings=AT_ITS_END | self._settings,
            timeout=ACQUIRE_WAIT_S,
            command_timeout=self._answer_s,
        )
        try:
            yield
        finally:
            try:
                async with asyncio.timeout(ACQUIRE_WAIT_S):
                    await self._pool.close()
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
    async def read(self) -> AsyncIterator[Conn]:
        """A connection to look with. Raises Outage when there is none within ACQUIRE_WAIT_S or it breaks, and Refused
        (TOO_BUSY) where the person who asks has their share already.
        """
        assert self._pool is not None, "the pool is not open"
        try:
            async with self._shares.turn(), self._pool.acquire(timeout=ACQUIRE_WAIT_S) as conn:
                yield conn
        except OUTAGES as lost:
            raise Outage(str(lost) or type(lost).__name__) from lost

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Conn]:
        """A connection that sees one moment, however many questions it asks."""
        async with self.read() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            yield conn

    @asynccontextmanager
    async def long_snapshot(self, *, statement_timeout_s: int) -> AsyncIterator[Conn]:
        """As `snapshot`, for minutes: on a connection of its own, so that the pool's stay for the others. Raises Outage."""
        wanted = {
            "application_name": LONG_READER,
            "statement_timeout": f"{statement_timeout_s}s",
            # Whoever takes what was read may be slow, and nobody waits for a reader's locks.
            "idle_in_transaction_session_timeout": f"{statement_timeout_s}s",
        }
        backoff = statement_timeout_s + ACQUIRE_WAIT_S
        try:
            conn = await connected(self.dsn, self._settings | wanted, timeout_s=ACQUIRE_WAIT_S, answer_s=backoff)
            try:
                async with conn.transaction(isolation="repeatable_read", readonly=True):
                    yield conn
            finally:
                # Whoever leaves in the middle of a question has it cancelled.
                await conn.close(timeout=ACQUIRE_WAIT_S)
        except OUTAGES as lost:
            raise Outage(str(lost) or type(lost).__name__) from lost


class Ledger(Reader):
    """A reader that also changes. `wakeups` tells the feeds that something was committed."""

    def __init__(self, dsn: str, *, wakeups: Wakeups | None = None, **more: Any):
        super().__init__(dsn, **more)
        self.wakeups: Wakeups = wakeups or LocalWakeups()

    def reader(self) -> "SharedReader":
        """The same database, to look with only."""
        return SharedReader(self)

    async def connect(self) -> "Connection[Record]":
        """A connection outside the pool, for a lane or a tail that keeps it. No question waits longer than KEPT_ANSWER_S."""
        return await connected(self.dsn, self._settings, timeout_s=ACQUIRE_WAIT_S, answer_s=KEPT_ANSWER_S)

    @asynccontextmanager
    async def change(self, actor: Actor, *, idle_s: int = CHANGE_IDLE_S) -> AsyncIterator[Change]:
        """One transaction, committed when the block ends, rolled back when it raises. Then the feeds are woken.

        Whoever asks nothing in it for `idle_s` seconds has lost it: PostgreSQL undoes it, and the next question is an Outage.

        Two that waited for each other are told apart by PostgreSQL: one of them is Refused (TOO_BUSY), nothing of it is done.
        """
        async with self.read() as conn:
            try:
                async with conn.transaction():
                    change = await _begun(conn, actor, idle_s)
                    yield change
                    await change.write_events()
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError) as entangled:
                log.warning("a change was undone, for another one at the same moment: %s", entangled)
                raise Refused(
                    Refusal.TOO_BUSY, "Somebody else changed the same at this moment. Try again."
                ) from entangled
            for tournament_id in {event[0] for event in change.events}:
                self.wakeups.feed(tournament_id)

    @asynccontextmanager
    async def rehearsal(self, actor: Actor, *, idle_s: int = CHANGE_IDLE_S) -> AsyncIterator[Change]:
        """A change that is looked at and rolled back, whatever happens: a preview computed by the very decision."""
        async with self.read() as conn:
            transaction = conn.transaction()
            await transaction.start()
            try:
                yield await _begun(conn, actor, idle_s)
            finally:
                await transaction.rollback()


async def _begun(conn: Conn, actor: Actor, idle_s: int) -> Change:
    """A change whose transaction says who asks."""
    change = Change(conn, actor, idle_s)
    await change.act_as(actor)
    return change


class SharedReader(Reader):
    """A reader on the pool of another one, which opens and closes it."""

    def __init__(self, owner: Reader):
        super().__init__(owner.dsn, role=owner.role)
        self._owner = owner
        self._settings = owner._settings

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The pool is its owner's."""
        yield

    @property
    def connections(self) -> tuple[int, int, int]:
        return self._owner.connections

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Conn]:
        async with self._owner.read() as conn:
            yield conn
