"""A full audit of the books in the background of a server: one at a time, bounded, with its progress. Knows no HTTP.

Kept in memory by the process that ran it: after a restart it is simply asked for again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from toteboard.background import cancel
from toteboard.ledger.ledger import Outage
from toteboard.ledger.replica import PrimaryReader
from toteboard.reconciliation.checks import CHECKS, Report, audit
from toteboard.reconciliation.reading import Books, opened_books

log = logging.getLogger(__name__)

State = Literal["none", "running", "done", "failed"]
Open = Callable[[], AbstractAsyncContextManager[Books]]


@dataclass(slots=True)
class Progress:
    """How far the last derivation has come; `report` is there once it is done, `error` once it failed."""

    state: State = "none"
    done: int = 0
    of: int = len(CHECKS)
    check: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    report: Report | None = None
    error: str = ""


class Derivation:
    """The derivation of this process. `stop` it with the program."""

    def __init__(self, open_books: Open, *, longest_s: int):
        self.last = Progress()
        self._open = open_books
        self._longest_s = longest_s
        self._task: asyncio.Task[None] | None = None

    def begin(self, now: datetime) -> bool:
        """Begins one; False where one is under way, which goes on."""
        if self.last.state == "running":
            return False
        self.last = Progress("running", started_at=now)
        self._task = asyncio.create_task(self._run(self.last), name="books")
        return True

    async def stop(self) -> None:
        """Ends a derivation that is under way; it is then failed."""
        if self._task is not None:
            await cancel([self._task])

    async def _run(self, progress: Progress) -> None:
        def on_progress(done: int, of: int, check: str) -> None:
            progress.done, progress.of, progress.check = done, of, check

        try:
            async with asyncio.timeout(self._longest_s), self._open() as books:
                progress.report = await audit(books, on_progress=on_progress)
        except TimeoutError:
            self._failed(progress, f"not done after {self._longest_s} s")
        except Outage as away:
            self._failed(progress, f"the database cannot be asked: {away}")
        except Exception as error:
            log.exception("the books could not be derived")
            self._failed(progress, f"{type(error).__name__}: {error}")
        else:
            progress.state = "done"
            if not progress.report.balanced:
                log.error("the books differ in %d places", progress.report.differences)
        finally:
            progress.finished_at = datetime.now(UTC)

    def _failed(self, progress: Progress, why: str) -> None:
        progress.state, progress.error = "failed", why


def of_reader(reader: PrimaryReader, *, longest_s: int) -> Derivation:
    """Derivations of these books, in a read-only snapshot and on connections of their own."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Books]:
        # As the application's own role: its login need not be a member of the auditor's.
        async with reader.chosen() as source, opened_books(source.dsn, role=source.role) as books:
            yield books

    return Derivation(opened, longest_s=longest_s)
