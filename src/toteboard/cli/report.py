"""`toteboard report`: what a tournament comes to, table by table, on the terminal or into a file."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from toteboard.cli.database import database
from toteboard.cli.terminal import DATA, Data, Failed, note, progress
from toteboard.ledger.ledger import Ledger, Outage
from toteboard.ledger.replica import PrimaryReader
from toteboard.ledger.tournaments import tournaments
from toteboard.reports.making import Report, made
from toteboard.reports.tables import TABLES
from toteboard.reports.writing import TooLong, written
from toteboard.rules.money import format_minor
from toteboard.settings import Settings
from toteboard.spreadsheets.sheets import CURRENCY, Kind, iso
from toteboard.words import label

# Lines of a table on a terminal; a file has all of them.
SHOWN_MAX = 40


def report(
    slug: Annotated[str, typer.Argument(help="The tournament, by its slug or id.")],
    table: Annotated[str, typer.Argument(help=f"{', '.join(TABLES)}; see docs/reports.md.")] = "rounds",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; .xlsx makes a workbook, anything else a CSV.")
    ] = None,
    data: Data = DATA,
) -> None:
    """What a tournament comes to: turnover, exposure, the house's result, bettors, refusals, who came back."""
    if table not in TABLES:
        raise Failed(f"{table!r} is not a table: {', '.join(TABLES)}", 2)
    settings = Settings.read()
    with database(data, settings) as dsn:
        found = asyncio.run(_made(dsn, slug, settings))
    if output is None:
        _show(found, table)
    else:
        try:
            output.write_bytes(written(found, table, "xlsx" if output.suffix.lower() == ".xlsx" else "csv"))
        except TooLong as too_long:
            raise Failed(str(too_long)) from None
        except OSError as error:
            raise Failed(f"{output}: {error.strerror or error}") from None
    note(
        f"{len(found.tables[table]):,} rows of {table}, as of {iso(found.as_of.at)}"
        + (f", in {output}" if output else "")
    )


async def _made(dsn: str, slug: str, settings: Settings) -> Report:
    try:
        async with Ledger.opened(settings.replica_url or dsn, role=None) as ledger:
            reader = PrimaryReader(ledger)
            async with reader.read() as conn:
                tournament_id = await tournaments.find(conn, slug)
            with progress() as bar:
                task = bar.add_task("bets", total=None)
                found = tournament_id and await made(
                    reader,
                    tournament_id,
                    settings,
                    on_progress=lambda done, of: bar.update(task, completed=done, total=of),
                )
    except Outage as away:
        raise Failed(f"the database cannot be reached: {away}") from None
    if not found:
        raise Failed(f"there is no tournament {slug!r}", 2)
    return found


def _show(found: Report, name: str) -> None:
    columns = [column for column in TABLES[name].columns if column is not CURRENCY]
    shown = Table(box=None, pad_edge=False)
    for column in columns:
        is_number = column.kind in (Kind.AMOUNT, Kind.WHOLE)
        heading = label(column.name) + (f" ({found.currency})" if column.kind is Kind.AMOUNT else "")
        shown.add_column(heading, justify="right" if is_number else "left")
    for row in found.tables[name][:SHOWN_MAX]:
        cells = []
        for column in columns:
            value = column.cell(row)
            match column.kind:
                case Kind.AMOUNT:
                    cells.append("" if value is None else format_minor(value, found.currency))
                case Kind.TIME:
                    cells.append("" if value is None else f"{value:%Y-%m-%d %H:%M}")
                case _:
                    cells.append("" if value is None else str(value))
        shown.add_row(*cells)
    Console().print(shown)
    if len(found.tables[name]) > SHOWN_MAX:
        note(f"… and {len(found.tables[name]) - SHOWN_MAX:,} more: --output FILE has all of them")
