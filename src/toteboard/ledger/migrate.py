"""Brings a database to the tables and functions this program needs, or says in one line why it may not.

Migrations (`migrations/NNNN_name.sql`) are applied once, in order. Functions (`sql/functions/*.sql`) are applied again
whenever their text changes. Both are plain SQL; this module does not know what is in them.

Two releases serve beside each other while one is rolled out: expand, migrate, contract (CONTRIBUTING.md). A program goes on
with a database that a newer one has migrated, and changes nothing in it, unless a migration that it does not know opens
with `-- contracts`.

A migration and its row in migration_log are one transaction. Only a file that opens with `-- not transactional` (for
CREATE INDEX CONCURRENTLY; one statement) is logged before and after instead, and is half-migrated in between.
"""

import asyncio
import hashlib
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg

from toteboard.ledger.connection import Conn
from toteboard.ledger.statements import statements

MIGRATIONS = Path(str(files("toteboard.ledger").joinpath("migrations")))
FUNCTIONS = Path(str(files("toteboard.ledger").joinpath("sql", "functions")))
RELEASE = version("toteboard")

# One runner in a database at a time: "tote" in ASCII.
ADVISORY_LOCK = 0x746F7465
RUNNER_WAIT_S = 120.0
RUNNER_POLL_S = 0.1
CONNECT_WAIT_S = 10.0
# A table somebody holds for longer is not waited for: everybody else would queue up behind us.
TABLE_WAIT_S = 20

_SQL = statements("migrate")
_FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_NOT_TRANSACTIONAL = "-- not transactional"
# Takes away what the release before still uses.
_CONTRACTS = "-- contracts"
_FORGET = "DELETE FROM migration_log WHERE number ="
# A plpgsql BEGIN has no semicolon and its END is not at issue: COMMIT would cut our transaction in two.
_OWN_TRANSACTION = re.compile(r"^\s*(BEGIN|START TRANSACTION|COMMIT|ROLLBACK)\s*;", re.MULTILINE | re.IGNORECASE)


class MigrationRefused(Exception):
    """The database may not be migrated, or not be used, as it is. One line that names the way out."""

    def __init__(self, text: str):
        super().__init__(" ".join(text.split()))


class HalfMigrated(MigrationRefused):
    """What is in the database is neither before nor after a migration we know."""


@dataclass(frozen=True, slots=True)
class SqlFile:
    """A migration, or a function with number 0."""

    number: int
    name: str
    sql: str
    sha256: str

    @property
    def transactional(self) -> bool:
        """Whether it runs in a transaction; a first line says where it must not."""
        return not self.sql.startswith(_NOT_TRANSACTIONAL)

    @property
    def contracts(self) -> bool:
        """Whether programs that do not know it cannot go on."""
        return self.sql.startswith(_CONTRACTS)


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """The names of the files that were applied, in order; of those that would be, from `pending`."""

    applied: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    # A newer program has migrated it: there is nothing to do for this one.
    is_newer: bool = False

    def __bool__(self) -> bool:
        return bool(self.applied or self.functions)


async def migrate(dsn: str, *, migrations: Path = MIGRATIONS, functions: Path = FUNCTIONS) -> MigrationReport:
    """Applies what is missing, as the owner. Two runners at a time take turns; the second finds nothing to do.

    Raises HalfMigrated or MigrationRefused; what a failing file did is rolled back.
    """
    wanted, repeatable = read_migrations(migrations), read_functions(functions)
    async with _connection(dsn) as conn, _turn(conn):
        await _refuse_foreign(conn)
        await conn.execute(_SQL["make_logs"])
        log = await conn.fetch(_SQL["migrations"])
        missing = _missing(wanted, log)
        functions_log = await conn.fetch(_SQL["functions"])
        if _is_newer(wanted, log, functions_log):
            return MigrationReport(is_newer=True)
        for file in missing:
            await (_apply(conn, file) if file.transactional else _apply_in_the_open(conn, file))
        changed = _changed(repeatable, functions_log)
        await _replace_functions(conn, changed)
        return MigrationReport([file.name for file in missing], [file.name for file in changed])


async def pending(dsn: str, *, migrations: Path = MIGRATIONS, functions: Path = FUNCTIONS) -> MigrationReport:
    """What `migrate` would apply. Changes nothing. Raises HalfMigrated or MigrationRefused as it would."""
    wanted, repeatable = read_migrations(migrations), read_functions(functions)
    async with _connection(dsn) as conn:
        await _refuse_foreign(conn)
        if await conn.fetchval(_SQL["is_new"]):
            return MigrationReport([file.name for file in wanted], [file.name for file in repeatable])
        log, functions_log = await conn.fetch(_SQL["migrations"]), await conn.fetch(_SQL["functions"])
        missing, changed = _missing(wanted, log), _changed(repeatable, functions_log)
        if _is_newer(wanted, log, functions_log):
            return MigrationReport(is_newer=True)
        return MigrationReport([file.name for file in missing], [file.name for file in changed])


async def check(dsn: str, *, migrations: Path = MIGRATIONS, functions: Path = FUNCTIONS) -> MigrationReport:
    """For a program that may not migrate: raises MigrationRefused unless the database has all that it needs."""
    todo = await pending(dsn, migrations=migrations, functions=functions)
    if todo:
        first = (todo.applied + todo.functions)[0]
        count = len(todo.applied) + len(todo.functions)
        raise MigrationRefused(
            f"the database is older than this Toteboard ({count} to apply, first {first}): run `toteboard migrate`"
        )
    return todo


def read_migrations(folder: Path) -> list[SqlFile]:
    """The migrations in order. Their numbers run from 1 without a gap; anything else is a packaging mistake."""
    found = [_read(path) for path in sorted(folder.glob("*.sql"))]
    for expected, file in enumerate(found, start=1):
        if not _FILE_NAME.fullmatch(file.name):
            raise MigrationRefused(f"migration {file.name} is not named like 0001_what_it_does.sql: rename it")
        if file.number != expected:
            raise MigrationRefused(
                f"migration {file.name} should have number {expected:04d}: a file is missing or doubled, install again"
            )
        if _OWN_TRANSACTION.search(file.sql):
            raise MigrationRefused(
                f"migration {file.name} has its own BEGIN or COMMIT: take it out, the runner has one"
            )
    return found


def read_functions(folder: Path) -> list[SqlFile]:
    """The functions, by name: that is the order they are applied in."""
    return [_read(path) for path in sorted(folder.glob("*.sql"))]


def _read(path: Path) -> SqlFile:
    # A checkout may have changed the line ends; the SQL is the same.
    sql = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    numbered = _FILE_NAME.fullmatch(path.name)
    return SqlFile(int(numbered[1]) if numbered else 0, path.name, sql, hashlib.sha256(sql.encode()).hexdigest())


def _missing(wanted: list[SqlFile], log: list[Any]) -> list[SqlFile]:
    """What the log lacks of the wanted files, once it is sure that the log is the beginning of them."""
    by_number = {file.number: file for file in wanted}
    for number_wanted, row in enumerate(log, start=1):
        known = by_number.get(row["number"])
        if row["applied_at"] is None:
            raise HalfMigrated(
                f"migration {row['name']} was begun at {row['started_at']:%Y-%m-%d %H:%M} and did not finish: it runs"
                " outside a transaction, so look at what it left, undo it (for an index: DROP INDEX CONCURRENTLY IF"
                f" EXISTS …), then {_FORGET} {row['number']}; and migrate again"
            )
        if known is None and not row["contracts"]:
            continue
        if known is None:
            raise HalfMigrated(
                f"the database is newer than this Toteboard (it has migration {row['name']}, this one ends with"
                f" {wanted[-1].name if wanted else 'none'}): use the newer Toteboard, or restore a backup from before"
            )
        if known.sha256 != row["sha256"]:
            raise HalfMigrated(
                f"migration {known.name} is not the one that was applied as {row['name']} on"
                f" {row['applied_at']:%Y-%m-%d}: use the Toteboard that applied it, or restore a backup"
            )
        if row["number"] != number_wanted:
            raise HalfMigrated(
                f"migration {by_number[number_wanted].name} is missing in the database although {row['name']} is there:"
                " restore a backup"
            )
    return wanted[len(log) :]


def _is_newer(wanted: list[SqlFile], log: list[Any], functions_log: list[Any]) -> bool:
    """Whether a newer program has been at it: by a migration that this one does not know, or by its release."""
    known = {file.number for file in wanted}
    return any(row["number"] not in known for row in log) or any(
        row["release"] is not None and _release(row["release"]) > _release(RELEASE) for row in functions_log
    )


def _release(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _changed(repeatable: list[SqlFile], log: list[Any]) -> list[SqlFile]:
    applied = {row["name"]: row["sha256"] for row in log}
    return [file for file in repeatable if applied.get(file.name) != file.sha256]


@asynccontextmanager
async def _connection(dsn: str) -> AsyncIterator[Any]:
    backoff = {"application_name": "toteboard migrate", "statement_timeout": "0", "lock_timeout": f"{TABLE_WAIT_S}s"}
    conn = await asyncpg.connect(dsn, timeout=CONNECT_WAIT_S, server_settings=backoff)
    try:
        yield conn
    finally:
        await conn.close()


@asynccontextmanager
async def _turn(conn: Conn) -> AsyncIterator[None]:
    """Our turn to migrate. Asked again and again, never waited for in SQL.

    A waiting statement holds a snapshot, and the other runner's CREATE INDEX CONCURRENTLY would wait for that.
    """
    give_up = time.monotonic() + RUNNER_WAIT_S
    while not await conn.fetchval(_SQL["try_turn"], ADVISORY_LOCK):
        if time.monotonic() > give_up:
            raise MigrationRefused(
                f"another migration of this database has been running for {RUNNER_WAIT_S:.0f} s:"
                " wait for it, or look for its connection in pg_stat_activity (application_name 'toteboard migrate')"
            )
        await asyncio.sleep(RUNNER_POLL_S)
    # The lock is the connection's and goes with it.
    yield


async def _refuse_foreign(conn: Conn) -> None:
    table = await conn.fetchval(_SQL["foreign_table"])
    if table is not None:
        raise MigrationRefused(
            f"the database holds tables that are not Toteboard's ({table} is one): give it an empty database of its own"
        )


async def _apply(conn: Conn, file: SqlFile) -> None:
    try:
        async with conn.transaction():
            await conn.execute(file.sql)
            await conn.execute(_SQL["log_applied"], file.number, file.name, file.sha256, file.contracts)
    except asyncpg.PostgresError as error:
        raise MigrationRefused(
            f"migration {file.name} failed and was rolled back: {_in_words(error)}; the database is as it was before it"
        ) from error


async def _apply_in_the_open(conn: Conn, file: SqlFile) -> None:
    await conn.execute(_SQL["log_started"], file.number, file.name, file.sha256, file.contracts)
    try:
        await conn.execute(file.sql)
    except asyncpg.PostgresError as error:
        raise HalfMigrated(
            f"migration {file.name} runs outside a transaction and failed: {_in_words(error)}; look at what it left,"
            f" undo it, then {_FORGET} {file.number}; and migrate again"
        ) from error
    await conn.execute(_SQL["log_finished"], file.number)


async def _replace_functions(conn: Conn, changed: list[SqlFile]) -> None:
    """All or none: functions that call each other are never of two versions."""
    name = ""
    try:
        async with conn.transaction():
            for file in changed:
                name = file.name
                await conn.execute(file.sql)
                await conn.execute(_SQL["log_function"], file.name, file.sha256, RELEASE)
    except asyncpg.PostgresError as error:
        raise MigrationRefused(
            f"function file {name} failed: {_in_words(error)}; all functions are as they were before"
        ) from error


def _in_words(error: asyncpg.PostgresError) -> str:
    where = f" (at character {error.position})" if getattr(error, "position", None) else ""
    return f"{error}{where}"
