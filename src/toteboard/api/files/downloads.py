"""Sends a sheet while it is made, off the event loop, and says how far it has come. Knows no SQL and no columns.

Who goes away ends the question to the database and gives the turn back.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import Response

from toteboard.api.files.export_queue import ExportJob
from toteboard.api.services import Services
from toteboard.http.problems import text_of
from toteboard.ledger.ledger import Actor, Outage
from toteboard.rules.refusals import Refusal, Refused
from toteboard.spreadsheets.export import SheetExport
from toteboard.spreadsheets.writing import FileUnwritten

log = logging.getLogger(__name__)

T = TypeVar("T")
AWAY = "The database cannot be reached now."
LATE = "It took longer than a download may."
UNWRITTEN = "The server has no room to write the file."
BROKEN = "Something went wrong on the server."


class Download(Response):
    """The answer to a request for a sheet. What goes wrong before its first byte is a problem as any other."""

    def __init__(self, services: Services, export: SheetExport, job: ExportJob, actor: Actor):
        super().__init__()
        self._services = services
        self._export = export
        self._job = job
        self._actor = actor
        self._is_begun = False
        self._is_whole = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        sending = asyncio.ensure_future(self._send(send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if self._is_whole:
                await asyncio.wait({sending})
        finally:
            if not sending.done():
                self._job.state = "left"
            sending.cancel()
            leaving.cancel()
            await asyncio.wait({sending, leaving})
        error = None if sending.cancelled() else sending.exception()
        if error is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        """Says it where the progress is asked for, and in the answer if that has not begun."""
        self._job.fail(*_words(error))
        if not self._is_begun:
            if isinstance(error, TimeoutError | FileUnwritten):
                raise Refused(Refusal.OUTAGE, self._job.detail) from error
            raise error
        # The connection is closed before the file's end: that is how a browser learns of it.
        log.warning("a download of %s ended in the middle: %s", self._export.sheet.name, self._job.detail)
        if not isinstance(error, Outage | TimeoutError):
            raise error

    async def _send(self, send: Any) -> None:
        export, services = self._export, self._services
        async with asyncio.timeout(services.settings.export_s), services.exports.turn():
            self._job.state = "making"
            thread = ThreadPoolExecutor(1, thread_name_prefix="export")
            parts = export.parts(
                services.replica,
                services.settings,
                off_loop=partial(_in, thread),
                begun=self._record,
                on_progress=self._job.follow,
            )
            try:
                async with aclosing(parts):
                    async for part in parts:
                        if not self._is_begun:
                            await self._begin(send)
                        await send({"type": "http.response.body", "body": part, "more_body": True})
                        self._job.bytes += len(part)
                self._is_whole = True
                self._job.state = "done"
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            finally:
                thread.shutdown(wait=False)

    async def _record(self) -> None:
        """People's names and money leave the house: who took them stands in the log, also of a download that breaks off."""
        self._job.follow()
        async with self._services.ledger.change(self._actor) as change:
            await change.audit(
                "sheet.exported",
                f"tournament:{self._export.tournament_id}",
                self._export.tournament_id,
                sheet=self._export.sheet.name,
                format=self._export.file_format,
            )

    async def _begin(self, send: Any) -> None:
        headers = {
            "content-type": self._export.media_type,
            "content-disposition": attachment(self._export.file_name),
        }
        if self._export.size is not None:
            headers["content-length"] = str(self._export.size)
        self._is_begun = True
        self._job.follow()
        self._job.state = "sending"
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})


def attachment(name: str) -> str:
    """A Content-Disposition for a file's name, in ASCII and in full (RFC 6266, RFC 5987)."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _words(error: BaseException) -> tuple[str, bool]:
    """What is told of a download that failed, and whether asking again can help."""
    if isinstance(error, Refused):
        return text_of(error), error.refusal.transient
    if isinstance(error, Outage):
        return AWAY, True
    if isinstance(error, FileUnwritten):
        return UNWRITTEN, True
    return (LATE if isinstance(error, TimeoutError) else BROKEN), True


async def _left(receive: Any) -> None:
    """Returns when nobody listens any more."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _in(thread: ThreadPoolExecutor, work: Callable[..., T], *args: Any, **more: Any) -> T:
    """Runs it in the thread, so that bets are not held up."""
    return await asyncio.get_running_loop().run_in_executor(thread, partial(work, *args, **more))
