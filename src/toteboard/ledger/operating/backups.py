"""What the database is asked while it is backed up and restored, and what it remembers of that. Runs no program."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.statements import statements

_SQL = statements("backups")
CONNECT_WAIT_S = 10.0
RECOVERY_POLL_S = 0.2
# As PostgreSQL calls a slot whose WAL it had to take away.
LOST = "lost"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Which database is signed in to, and as whom."""

    system: str
    login: str
    database: str
    is_replica: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The last backup that was taken ("taken") or tried ("drilled")."""

    kind: str
    at: datetime
    stands_at: datetime
    bytes: int
    whole: bool
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Who streams from this database, or has a slot and does not: bytes behind, None where that is not told, and seconds."""

    name: str
    streams: bool
    behind_bytes: int | None
    behind_s: float


async def source_of(dsn: str) -> SourceRow:
    """Raises OSError, asyncpg's errors."""
    row = await _ask(dsn, "source")
    assert row is not None
    return SourceRow(*row)


async def now_of(dsn: str) -> datetime:
    """The database's clock."""
    row = await _ask(dsn, "now")
    assert row is not None
    found: datetime = row[0]
    return found


async def slot_state(dsn: str, slot: str) -> str | None:
    """As PostgreSQL says it: "reserved", "extended", "unreserved", "lost"; None where there is none."""
    row = await _ask(dsn, "slot", slot)
    return None if row is None else str(row[0])


async def make_slot(dsn: str, slot: str) -> None:
    """Anew: one that was lost goes."""
    await drop_slot(dsn, slot)
    await _ask(dsn, "make_slot", slot)


async def drop_slot(dsn: str, slot: str) -> None:
    """Nothing where there is none. Raises asyncpg.ObjectInUseError while somebody reads from it."""
    await _ask(dsn, "drop_slot", slot)


async def remember(dsn: str, kind: str, *, stands_at: datetime, size: int, whole: bool, place: str) -> None:
    """By the owner of the database."""
    await _ask(dsn, "remember", kind, stands_at, size, whole, place[-500:])


async def last(conn: Conn) -> list[Remembered]:
    """The newest of each kind."""
    return [Remembered(**row) for row in await conn.fetch(_SQL["last"])]


async def streams(conn: Conn) -> list[Stream]:
    """Replicas, and the backup that follows."""
    return [Stream(**row) for row in await conn.fetch(_SQL["replication"])]


async def recovered(dsn: str) -> datetime | None:
    """Waits until the database takes changes again, however long; then the time of the last change it came up to."""
    stands_at: datetime | None = None
    while True:
        row = await _ask(dsn, "recovery")
        assert row is not None
        stands_at = row["stands_at"] or stands_at
        if not row["is_recovering"]:
            return stands_at
        await asyncio.sleep(RECOVERY_POLL_S)


async def forget_recovery(dsn: str, names: tuple[str, ...]) -> None:
    """Takes the settings of a recovery out again. By a superuser."""
    conn = await asyncpg.connect(dsn, timeout=CONNECT_WAIT_S)
    try:
        for name in names:
            await conn.execute(await conn.fetchval(_SQL["reset"], name))
    finally:
        await conn.close()


async def say_restored(dsn: str, *, base: str, stands_at: datetime | None) -> None:
    """In the audit log of what was restored: what came after is not in it."""
    async with Ledger.opened(dsn) as ledger, ledger.change(Actor()) as change:
        await change.audit("books.restored", "books:all", backup=base, until=stands_at and stands_at.isoformat())


async def _ask(dsn: str, name: str, *values: object) -> "asyncpg.Record | None":
    conn = await asyncpg.connect(dsn, timeout=CONNECT_WAIT_S)
    try:
        return await conn.fetchrow(_SQL[name], *values)
    finally:
        await conn.close()
