"""`toteboard export`: one sheet of a tournament into a file, the same as in the browser."""

import asyncio
import os
import sys
from contextlib import aclosing
from pathlib import Path
from typing import IO, Annotated

import typer

from toteboard.cli.database import database
from toteboard.cli.terminal import DATA, Data, Failed, note, progress
from toteboard.ledger.ledger import Reader
from toteboard.ledger.tournaments import tournaments
from toteboard.settings import Settings
from toteboard.spreadsheets.export import SheetExport
from toteboard.spreadsheets.sheets import SHEETS
from toteboard.spreadsheets.writing import FileUnwritten

PIPE = Path("-")


def export_sheet(
    slug: Annotated[str, typer.Argument(help="The tournament, by its slug or id.")],
    sheet: Annotated[str, typer.Argument(help=f"{', '.join(SHEETS)}; see docs/exports.md.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file; .xlsx makes a workbook, anything else a CSV. - is stdout.")
    ] = PIPE,
    data: Data = DATA,
) -> None:
    """Take a sheet of a tournament away, as CSV or XLSX; all of it is of one moment."""
    if sheet not in SHEETS:
        raise Failed(f"{sheet!r} is not a sheet: {', '.join(SHEETS)}", 2)
    file_format = "xlsx" if output.suffix.lower() == ".xlsx" else "csv"
    # Only a whole file gets the name that was asked for.
    unfinished = output.with_name(f"{output.name}.part")
    try:
        with database(data, Settings.read()) as dsn:
            if output == PIPE:
                rows = asyncio.run(_write(dsn, slug, sheet, file_format, sys.stdout.buffer))
            else:
                with unfinished.open("wb") as file:
                    rows = asyncio.run(_write(dsn, slug, sheet, file_format, file))
                unfinished.replace(output)
    except (OSError, FileUnwritten) as error:
        raise Failed(f"{output}: {getattr(error, 'strerror', None) or error}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    note(f"{rows:,} rows of {sheet}" + ("" if output == PIPE else f" in {output}"))


async def _write(dsn: str, slug: str, sheet: str, file_format: str, out: IO[bytes]) -> int:
    settings = Settings.read()
    reader = Reader(dsn)
    async with reader.long_snapshot(statement_timeout_s=settings.export_statement_s) as conn:
        tournament_id = await tournaments.find(conn, slug)
    if tournament_id is None:
        raise Failed(f"there is no tournament {slug!r}", 2)
    export = SheetExport(tournament_id, SHEETS[sheet], file_format)
    with progress() as bar:
        task = bar.add_task(sheet, total=None)
        parts = export.parts(
            reader, settings, on_progress=lambda: bar.update(task, completed=export.rows, total=export.rows_of)
        )
        async with aclosing(parts):
            async for part in parts:
                _put(out, part)
    return export.rows


def _put(out: IO[bytes], part: bytes) -> None:
    try:
        out.write(part)
        out.flush()
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain again while it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
    except OSError as error:
        raise FileUnwritten(error.strerror or str(error)) from error
