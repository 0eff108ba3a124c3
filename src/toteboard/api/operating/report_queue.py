"""The reports of a process: made in the background, one for all who ask, bounded, and kept for a while. Knows no HTTP."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

from cachetools import LRUCache

from toteboard.background import cancel
from toteboard.ledger.ledger import Outage
from toteboard.ledger.replica import PrimaryReader
from toteboard.reports.making import Report, made
from toteboard.rules.refusals import Refusal, Refused
from toteboard.settings import Settings

log = logging.getLogger(__name__)

# A report older than this is made anew when somebody looks at it; so long one that failed is not tried again.
STALE_S = 300.0
FAILED_S = 5.0

State = Literal["making", "done", "failed"]


@dataclass(slots=True)
class Making:
    """A report under way, or how it ended: bets read, and of how many."""

    state: State = "making"
    done: int = 0
    of: int = 0
    error: str = ""
    since: float = field(default_factory=monotonic)


class Reports:
    """The reports of this process. `running` ends what is under way with it."""

    def __init__(self, reader: PrimaryReader, settings: Settings):
        self._reader = reader
        self._settings = settings
        self._kept: LRUCache[int, Report] = LRUCache(settings.reports_kept_max)
        self._making: LRUCache[int, Making] = LRUCache(settings.reports_kept_max + settings.reports_queue_max + 1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(settings.reports_max)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Reports are made while the block runs."""
        try:
            yield
        finally:
            await cancel(self._tasks)

    def find(self, tournament_id: int) -> tuple[Making | None, Report | None]:
        """How the last one that was asked for stands, and the last one that was made."""
        return self._making.get(tournament_id), self._kept.get(tournament_id)

    def ask(self, tournament_id: int, *, anew: bool = False) -> None:
        """Begins one where none is under way, and none was made lately or it is to be made `anew`.

        Raises Refused (TOO_BUSY) where too many wait.
        """
        making, kept = self.find(tournament_id)
        if making is not None and making.state == "making":
            return
        if not anew and making is not None and monotonic() - making.since < (STALE_S if kept else FAILED_S):
            return
        if len(self._tasks) >= self._settings.reports_max + self._settings.reports_queue_max:
            raise Refused(Refusal.TOO_BUSY, "Too many reports are being made. Try again in a moment.")
        making = self._making[tournament_id] = Making()
        task = asyncio.create_task(self._make(tournament_id, making), name=f"report {tournament_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _make(self, tournament_id: int, making: Making) -> None:
        def follow(done: int, of: int) -> None:
            making.done, making.of = done, of

        try:
            async with self._turns, asyncio.timeout(self._settings.report_s):
                report = await made(self._reader, tournament_id, self._settings, on_progress=follow)
        except Outage as away:
            making.error = str(away)
        except TimeoutError:
            making.error = "It took longer than a report may."
        except Exception:
            log.exception("the report of tournament %d could not be made", tournament_id)
            making.error = "Something went wrong on the server."
        else:
            if report is not None:
                self._kept[tournament_id] = report
            making.state = "done"
        finally:
            if making.state == "making":
                making.state, making.error = "failed", making.error or "The server stopped."
            making.since = monotonic()
