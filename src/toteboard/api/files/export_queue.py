"""How many sheets are made at once, who waits for a turn, and how far each download has come. Knows no sheet and no SQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from cachetools import FIFOCache

from toteboard.rules.refusals import Refusal, Refused
from toteboard.settings import Settings
from toteboard.spreadsheets.export import SheetExport

State = Literal["waiting", "making", "sending", "done", "failed", "left"]


@dataclass(slots=True)
class ExportJob:
    """One download as it is now. `rows_of` and `bytes_of` are None while nobody knows."""

    user_id: int
    export: SheetExport
    state: State = "waiting"
    rows: int = 0
    rows_of: int | None = None
    bytes: int = 0
    bytes_of: int | None = None
    # Why it failed, and whether asking again can help.
    detail: str = ""
    retry: bool = True

    def follow(self) -> None:
        """As far as the export has come."""
        self.rows, self.rows_of, self.bytes_of = self.export.rows, self.export.rows_of, self.export.size

    def fail(self, detail: str, retry: bool) -> None:
        """It came to nothing; `retry` says whether asking again can help."""
        self.state, self.detail, self.retry = "failed", detail, retry


class ExportQueue:
    """A bounded number of turns, a bounded line before them, and the latest downloads by the number their client gave."""

    def __init__(self, settings: Settings):
        self._lanes = asyncio.Semaphore(settings.exports_max)
        self._waiting = 0
        self._waiting_max = settings.exports_queue_max
        self._wait_s = settings.export_wait_s
        self._retry_after_s = max(settings.retry_after_s, 5)
        self._remembered: FIFOCache[UUID, ExportJob] = FIFOCache(settings.exports_remembered_max)

    def begin(self, number: UUID | None, user_id: int, export: SheetExport) -> ExportJob:
        """A download; a number that is somebody else's is not taken from them."""
        job = ExportJob(user_id, export)
        before = self._remembered.get(number) if number else None
        if number and (before is None or before.user_id == user_id):
            self._remembered[number] = job
        return job

    def find(self, number: UUID, user_id: int) -> ExportJob | None:
        """Somebody's own download, as long as it is remembered."""
        job = self._remembered.get(number)
        return job if job and job.user_id == user_id else None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits for a turn and keeps it for the block. Raises Refused (TOO_BUSY) where the line is too long, or too slow."""
        if self._lanes.locked() and self._waiting >= self._waiting_max:
            raise self._busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_s):
                await self._lanes.acquire()
        except TimeoutError:
            raise self._busy() from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._lanes.release()

    def _busy(self) -> Refused:
        return Refused(
            Refusal.TOO_BUSY,
            "Other sheets are being made at this moment. Try again in a little while.",
            retry_after_s=self._retry_after_s,
        )
