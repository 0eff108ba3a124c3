"""Sends a sheet while it is made: out of one snapshot, page by page, off the event loop. Knows no SQL and no columns.

A CSV goes out page by page; a workbook is whole only at its end, so it lies in a temporary file first. Who goes away
ends the question to the database and gives the turn back.
"""

import asyncio
import logging
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import IO, Any, TypeVar
from urllib.parse import quote

from fastapi import Response

from toteboard.api.house import House
from toteboard.api.problems import Problem, invalid
from toteboard.api.turns import Making, Turns
from toteboard.ledger import exports
from toteboard.ledger.ledger import Actor, Outage
from toteboard.rules.refusals import Refusal
from toteboard.spreadsheets.sheets import Sheet
from toteboard.spreadsheets.writing import XLSX_ROWS_MAX, FileUnwritten, Writer, writer

log = logging.getLogger(__name__)

T = TypeVar("T")
CHUNK = 262_144
AWAY = "The database cannot be reached now."
LATE = "It took longer than a download may."
UNWRITTEN = "The server has no room to write the file."
BROKEN = "Something went wrong on the server."


@dataclass(frozen=True, slots=True)
class Asked:
    """Which sheet of which tournament, as what, by whom."""

    tournament_id: int
    sheet: Sheet
    file_format: str
    actor: Actor


class Download(Response):
    """The answer to a sheet that was asked for. What goes wrong before its first byte is a problem as any other."""

    def __init__(self, house: House, turns: Turns, asked: Asked, making: Making):
        super().__init__()
        self._house = house
        self._turns = turns
        self._asked = asked
        self._making = making
        self._writer: Writer | None = None
        self._file: IO[bytes] | None = None
        self._name = ""
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
                self._making.state = "left"
            sending.cancel()
            leaving.cancel()
            await asyncio.wait({sending, leaving})
        error = None if sending.cancelled() else sending.exception()
        if error is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        """Says it where the progress is asked for, and in the answer if that has not begun."""
        self._making.fail(*_words(error))
        if not self._is_begun:
            if isinstance(error, TimeoutError | FileUnwritten):
                raise Problem(Refusal.OUTAGE, self._making.detail) from error
            raise error
        # The connection is closed before the file's end: that is how a browser learns of it.
        log.warning("a download of %s ended in the middle: %s", self._asked.sheet.name, self._making.detail)
        if not isinstance(error, Outage | TimeoutError):
            raise error

    async def _send(self, send: Any) -> None:
        settings = self._house.settings
        async with asyncio.timeout(settings.export_s), self._turns.turn():
            self._making.state = "making"
            thread = ThreadPoolExecutor(1, thread_name_prefix="export")
            try:
                await self._make(send, thread)
                await self._send_file(send, thread)
            finally:
                # In its turn, behind what the thread is still at.
                await _in(thread, self._clear_away)
                thread.shutdown(wait=False)

    async def _record(self) -> None:
        """People's names and money leave the house: who took them stands in the log, also of a download that breaks off."""
        asked = self._asked
        async with self._house.ledger.change(asked.actor) as change:
            await change.audit(
                "sheet.exported",
                f"tournament:{asked.tournament_id}",
                asked.tournament_id,
                sheet=asked.sheet.name,
                format=asked.file_format,
            )

    async def _make(self, send: Any, thread: ThreadPoolExecutor) -> None:
        asked, making, settings = self._asked, self._making, self._house.settings
        async with self._house.ledger.long_snapshot(statement_timeout_s=settings.export_statement_s) as conn:
            subject = await exports.subject(conn, asked.tournament_id)
            making.rows_of = (await exports.counts(conn, asked.tournament_id))[asked.sheet.name]
            _check(making.rows_of, asked.file_format, settings.export_rows_max)
            await self._record()
            self._name = f"{subject['slug']}-{asked.sheet.name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.{asked.file_format}"
            made = await _in(thread, writer, asked.sheet, asked.file_format, currency=subject["currency"])
            self._writer = made
            is_sent_by_pages = asked.file_format == "csv"
            if is_sent_by_pages:
                await self._begin(send, made)
                await self._go_on(send, made.head())
            async for rows in exports.pages(conn, asked.sheet.name, asked.tournament_id, rows=settings.export_page):
                part = await _in(thread, made.add, rows)
                making.rows += len(rows)
                if part:
                    await self._go_on(send, part)
        if is_sent_by_pages:
            await self._finish(send)

    async def _send_file(self, send: Any, thread: ThreadPoolExecutor) -> None:
        """The rest of a file that is whole only at its end. The snapshot is over: its reader may be slow."""
        if self._is_whole:
            return
        made = self._writer
        assert made is not None
        size = await _in(thread, self._complete, made)
        self._making.bytes_of = size
        await self._begin(send, made, size)
        assert self._file is not None
        while part := await _in(thread, self._file.read, CHUNK):
            await self._go_on(send, part)
        await self._finish(send)

    def _complete(self, made: Writer) -> int:
        self._file = made.end()
        assert self._file is not None
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(0)
        return size

    def _clear_away(self) -> None:
        if self._writer is not None:
            self._writer.abandon()
        if self._file is not None:
            self._file.close()

    async def _begin(self, send: Any, made: Writer, size: int | None = None) -> None:
        headers = {
            "content-type": made.media_type,
            "content-disposition": attachment(self._name),
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }
        if size is not None:
            headers["content-length"] = str(size)
        self._is_begun = True
        self._making.state = "sending"
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})

    async def _go_on(self, send: Any, part: bytes) -> None:
        await send({"type": "http.response.body", "body": part, "more_body": True})
        self._making.bytes += len(part)

    async def _finish(self, send: Any) -> None:
        self._is_whole = True
        self._making.state = "done"
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def attachment(name: str) -> str:
    """A Content-Disposition for a file's name, in ASCII and in full (RFC 6266, RFC 5987)."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _check(rows: int, file_format: str, rows_max: int) -> None:
    """Raises Problem (422) for a sheet that is longer than the file can be, or than this server sends."""
    if file_format == "xlsx" and rows > XLSX_ROWS_MAX:
        raise invalid("format", f"the sheet has {rows:,} rows and a workbook holds {XLSX_ROWS_MAX:,}: take CSV")
    if rows > rows_max:
        raise invalid("sheet", f"the sheet has {rows:,} rows; this server sends at most {rows_max:,}")


def _words(error: BaseException) -> tuple[str, bool]:
    """What is told of a download that failed, and whether asking again can help."""
    if isinstance(error, Problem):
        said = [one["detail"] for one in error.extra.get("errors", [])]
        return error.detail or " ".join(said) or error.refusal.title, error.refusal.transient
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
