"""Opens the database a command works on: the operator's own, or the embedded one under --data. Asks it nothing."""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import asyncpg

from toteboard.cli.terminal import Failed, note
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.embedded.supervising import supervised
from toteboard.ledger.migrate import check, migrate
from toteboard.settings import Settings

Answer = TypeVar("Answer")


@contextmanager
def database(data: Path, settings: Settings, *, up_to_date: bool = True, keep_up: bool = False) -> Iterator[str]:
    """The DSN of the database, running while the block does. `up_to_date`: the embedded one is migrated first.

    `keep_up`: an embedded one that dies is started again.

    A database of one's own is migrated by `toteboard migrate`, when its operator says so. Raises DatabaseUnavailable,
    MigrationRefused.
    """
    if settings.database_url:
        if up_to_date:
            reached(check(settings.database_url))
        yield settings.database_url
        return
    embedded = EmbeddedPostgres(data, say=note)
    with terminating_is_interrupting():
        try:
            dsn = embedded.join_or_start()
            if up_to_date:
                reached(migrate(dsn))
            with supervised(embedded, note) if keep_up else nullcontext():
                yield dsn
        finally:
            embedded.leave()


def reached(question: Coroutine[Any, Any, Answer]) -> Answer:
    """The answer to the first question to a database. Raises Failed, saying why it cannot be reached."""
    try:
        return asyncio.run(question)
    except (OSError, ValueError, OverflowError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
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
