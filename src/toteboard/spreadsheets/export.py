"""One sheet of a tournament on its way out: read page by page out of one snapshot and written as a file by parts.

The download and the command line both send what `parts` gives. Knows neither HTTP nor a terminal.
"""

import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

from toteboard.ledger.files import exports
from toteboard.ledger.ledger import Reader
from toteboard.rules.refusals import Refusal, Refused
from toteboard.settings import Settings
from toteboard.spreadsheets.sheets import Sheet
from toteboard.spreadsheets.writing import XLSX_ROWS_MAX, Writer, writer

# Bytes of a finished file read at once.
CHUNK = 262_144

# Runs a function that takes its time: in a thread, where bets must not be held up.
OffLoop = Callable[..., Awaitable[Any]]


async def here(work: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Runs it at once, for who has no loop to keep free."""
    return work(*args, **more)


@dataclass(slots=True)
class SheetExport:
    """A sheet of a tournament as "csv" or "xlsx", and how far it has come.

    `rows_of` is known once it is begun, `size` (bytes) once the file is whole: a CSV is sent while it is made, a
    workbook is whole only at its end.
    """

    tournament_id: int
    sheet: Sheet
    file_format: str
    rows: int = 0
    rows_of: int | None = None
    size: int | None = None
    media_type: str = ""
    file_name: str = ""

    @property
    def is_sent_by_pages(self) -> bool:
        """Whether it can be sent while it is made."""
        return self.file_format == "csv"

    async def parts(
        self,
        reader: Reader,
        settings: Settings,
        *,
        off_loop: OffLoop = here,
        begun: Callable[[], Awaitable[None]] | None = None,
        on_progress: Callable[[], None] = lambda: None,
    ) -> AsyncGenerator[bytes, None]:
        """The file. `begun` is awaited once it is sure that there will be one, `on_progress` called after each page.

        Raises Refused (INVALID) for a sheet longer than the file can be, Outage, FileUnwritten. Close it (`aclosing`).
        """
        made: Writer | None = None
        file: IO[bytes] | None = None
        try:
            async with reader.long_snapshot(statement_timeout_s=settings.export_statement_s) as conn:
                subject = await exports.subject(conn, self.tournament_id)
                self.rows_of = (await exports.counts(conn, self.tournament_id))[self.sheet.name]
                self._check(self.rows_of, settings.export_rows_max)
                self.file_name = (
                    f"{subject['slug']}-{self.sheet.name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.{self.file_format}"
                )
                if begun is not None:
                    await begun()
                made = await off_loop(writer, self.sheet, self.file_format, currency=subject["currency"])
                assert made is not None
                self.media_type = made.media_type
                if self.is_sent_by_pages:
                    yield made.head()
                async for rows in exports.pages(conn, self.sheet.name, self.tournament_id, rows=settings.export_page):
                    part = await off_loop(made.add, rows)
                    self.rows += len(rows)
                    on_progress()
                    if part:
                        yield part
            # The snapshot is over: whoever takes the file may be slow.
            file = await off_loop(made.end)
            if file is not None:
                self.size = await off_loop(_size_of, file)
                while part := await off_loop(file.read, CHUNK):
                    yield part
        finally:
            await off_loop(_clear_away, made, file)

    def _check(self, rows: int, rows_max: int) -> None:
        if self.file_format == "xlsx" and rows > XLSX_ROWS_MAX:
            raise _too_long("format", f"The sheet has {rows:,} rows and a workbook holds {XLSX_ROWS_MAX:,}. Take CSV.")
        if rows > rows_max:
            raise _too_long("sheet", f"The sheet has {rows:,} rows; this server sends at most {rows_max:,}.")


def _too_long(field: str, text: str) -> Refused:
    return Refused(Refusal.INVALID, text, errors=[{"field": field, "detail": text}])


def _size_of(file: IO[bytes]) -> int:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


def _clear_away(made: Writer | None, file: IO[bytes] | None) -> None:
    if made is not None:
        made.abandon()
    if file is not None:
        file.close()
