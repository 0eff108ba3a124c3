"""Opens the database a command works on: the operator's own, or the embedded one under --data. Asks it nothing."""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import asyncpg

from toteboard.backups.taking import Source
from toteboard.cli.terminal import Failed, note
from toteboard.embedded.layout import client_programs
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.embedded.supervising import supervised
from toteboard.ledger.ledger import OUTAGES
from toteboard.ledger.logins import APPLICATION, give_login, owns_ledger
from toteboard.ledger.migrate import MigrationReport, check, migrate
from toteboard.ledger.operating.backups import source_of
from toteboard.settings import Settings

Answer = TypeVar("Answer")
# A database that is away, one that refuses us, and an address that is none.
_UNREACHED: tuple[type[BaseException], ...] = (*OUTAGES, asyncpg.PostgresError, ValueError, OverflowError)


@contextmanager
def database(data: Path, settings: Settings, *, up_to_date: bool = True) -> Iterator[str]:
    """The DSN of the database, running while the block does. `up_to_date`: the embedded one is migrated first.

    A database of one's own is migrated by `toteboard migrate`, when its operator says so. Raises DatabaseUnavailable,
    MigrationRefused.
    """
    if url := settings.database_url or settings.app_database_url:
        if up_to_date:
            reached(check(url))
        yield url
        return
    with joined(data, settings) as embedded:
        dsn = embedded.endpoint.dsn()
        if up_to_date:
            reached(migrate(dsn))
        yield dsn


@contextmanager
def backed_up(data: Path, settings: Settings) -> Iterator[Source]:
    """The database that is backed up, running while the block does. Raises DatabaseUnavailable, Failed."""
    programs = Path(settings.postgres) if settings.postgres else None
    if settings.database_url:
        yield _source(settings.database_url, client_programs(programs), None)
        return
    with joined(data, settings) as embedded, supervised(embedded, note):
        yield _source(embedded.endpoint.dsn(), embedded.bin_dir, embedded.secret)


def _source(dsn: str, programs: Path, secret: Path | None) -> Source:
    row = reached(source_of(dsn))
    return Source(
        dsn=dsn,
        programs=programs,
        system=row.system,
        user=row.login,
        database=row.database,
        secret=secret,
        toteboard=version("toteboard"),
    )


@contextmanager
def served_database(data: Path, settings: Settings) -> Iterator[tuple[str, Settings]]:
    """The database to serve from: the owner's DSN, for what is prepared first, and the settings to serve with.

    They have the login that owns nothing. An embedded database that dies is started again. Raises as `database`.
    """
    if settings.app_database_url and not settings.database_url:
        # Who only serves needs no owner: what was migrated is read by the application's login too.
        _note_newer(reached(check(settings.app_database_url)))
        yield settings.app_database_url, settings
        return
    if settings.database_url:
        _note_newer(reached(check(settings.database_url)))
        if settings.app_database_url:
            # The owner's login is for migrations: nobody who serves gets to see it.
            yield settings.database_url, settings.changed(database_url="")
            return
        if reached(owns_ledger(settings.database_url)):
            note(
                "Toteboard works under a login that owns its tables: docs/operating.md says how to give it one of its own."
            )
        yield settings.database_url, settings
        return
    with joined(data, settings) as embedded:
        dsn, application = embedded.endpoint.dsn(), embedded.endpoint_for(APPLICATION)
        _note_newer(reached(migrate(dsn)))
        reached(give_login(dsn, application.password))
        with supervised(embedded, note):
            yield dsn, settings.changed(app_database_url=application.dsn(), data_folder=str(embedded.cluster))


def _note_newer(report: MigrationReport) -> None:
    if report.is_newer:
        note("A newer Toteboard has migrated this database; this one goes on beside it.")


@contextmanager
def joined(data: Path, settings: Settings) -> Iterator[EmbeddedPostgres]:
    programs = Path(settings.postgres) if settings.postgres else None
    embedded = EmbeddedPostgres(data, say=note, programs=programs)
    with terminating_is_interrupting():
        try:
            embedded.join_or_start()
            yield embedded
        finally:
            embedded.leave()


def reached(question: Coroutine[Any, Any, Answer]) -> Answer:
    """The answer to the first question to a database. Raises Failed, saying why it cannot be reached."""
    try:
        return asyncio.run(question)
    except _UNREACHED as error:
        raise Failed(f"the database cannot be reached: {error or type(error).__name__}") from None


@contextmanager
def terminating_is_interrupting() -> Iterator[None]:
    """While the block runs SIGTERM and SIGHUP are as Ctrl-C: what was started is stopped in order."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
