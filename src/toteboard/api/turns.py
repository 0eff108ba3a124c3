"""How many sheets are made at once, who waits for a turn, and how far each download has come. Knows no sheet and no SQL."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from toteboard.api.problems import Problem
from toteboard.rules.refusals import Refusal
from toteboard.settings import Settings

State = Literal["waiting", "making", "sending", "done", "failed", "left"]


@dataclass(slots=True)
class Making:
    """One download as it is now. `rows_of` and `bytes_of` are None while nobody knows."""

    user_id: int
    state: State = "waiting"
    rows: int = 0
    rows_of: int | None = None
    bytes: int = 0
    bytes_of: int | None = None
    # Why it failed, and whether asking again can help.
    detail: str = ""
    retry: bool = True

    def fail(self, detail: str, retry: bool) -> None:
        self.state, self.detail, self.retry = "failed", detail, retry


class Turns:
    """A bounded number of turns, a bounded line before them, and the latest downloads by the number their asker gave."""

    def __init__(self, settings: Settings):
        self._lanes = asyncio.Semaphore(settings.exports_max)
        self._waiting = 0
        self._waiting_max = settings.exports_queue_max
        self._wait_s = settings.export_wait_s
        self._retry_after_s = max(settings.retry_after_s, 5)
        self._remembered: OrderedDict[UUID, Making] = OrderedDict()
        self._remembered_max = settings.exports_remembered_max

    def begin(self, number: UUID | None, user_id: int) -> Making:
        """A download; a number that is somebody else's is not taken from them."""
        making = Making(user_id)
        before = self._remembered.get(number) if number else None
        if number and (before is None or before.user_id == user_id):
            self._remembered[number] = making
            self._remembered.move_to_end(number)
            while len(self._remembered) > self._remembered_max:
                self._remembered.popitem(last=False)
        return making

    def find(self, number: UUID, user_id: int) -> Making | None:
        """Somebody's own download, as long as it is remembered."""
        making = self._remembered.get(number)
        return making if making and making.user_id == user_id else None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits for a turn and keeps it for the block. Raises Problem (503) where the line is too long, or too slow."""
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

    def _busy(self) -> Problem:
        return Problem(
            Refusal.TOO_BUSY,
            "Other sheets are being made at this moment. Try again in a little while.",
            headers={"Retry-After": str(self._retry_after_s)},
        )
