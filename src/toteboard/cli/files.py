"""`toteboard import`: reads a file, writes it into a tournament, says what it did."""

import asyncio
import hashlib
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from toteboard.cli.database import database
from toteboard.cli.terminal import DATA, Data, Failed, Json, note, progress, say_json
from toteboard.ledger.imports import Imported, ImportOrder, import_plan
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.rules.money import CURRENCIES
from toteboard.rules.names import NameRefused, clean_slug, slugify
from toteboard.rules.plan import Plan
from toteboard.settings import Settings
from toteboard.spreadsheets.columns import exact
from toteboard.spreadsheets.files import Format, format_of, table_of
from toteboard.spreadsheets.planned import plan_of
from toteboard.spreadsheets.reading import FILE_BYTES_MAX, FileRefused
from toteboard.spreadsheets.worldcup import read_worldcup

_SPAN = re.compile(r"^(?P<many>\d{1,6})(?P<unit>[smhd])$", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

Kind = Literal["pool", "fixed"]


def import_file(
    file: Annotated[
        Path, typer.Argument(help="A World Cup JSON (openfootball), a CSV or a workbook (.xlsx); see docs/import.md.")
    ],
    slug: Annotated[str, typer.Option(help="The tournament; without it, made from the file's name for itself.")] = "",
    name: Annotated[
        str, typer.Option(help="What the tournament of a CSV or workbook is called; without it, the file's name.")
    ] = "",
    currency: Annotated[str, typer.Option(help="The tournament's one currency, ISO 4217 or PTS.")] = "EUR",
    kind: Annotated[str, typer.Option(help="pool or fixed, for a JSON file; a sheet says it by its odds.")] = "pool",
    takeout_bps: Annotated[int, typer.Option(min=0, max=5000, help="The house's share of a pool, 1000 is 10 %.")] = 0,
    timezone: Annotated[str, typer.Option(help="The zone of times that name none.")] = "UTC",
    first_match_at: Annotated[
        str, typer.Option(metavar="TIME|now+1h", help="Move all matches so that the first one begins then.")
    ] = "",
    every: Annotated[str, typer.Option(metavar="10m", help="And let one follow the other after this long.")] = "",
    reschedule: Annotated[
        bool, typer.Option("--reschedule", help="Move the times of a tournament imported before.")
    ] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open the markets that can take bets.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done and do nothing.")] = False,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Put a file's matches, markets and results into a tournament: all of them or nothing.

    The same file again changes nothing; a newer one brings new names, times and the results of closed markets.
    """
    zone = _zone(timezone)
    if currency not in CURRENCIES:
        raise Failed(f"{currency!r} is not a currency of the list: {', '.join(CURRENCIES)}", 2)
    read = read_file(file, name=name, kind=_kind(kind), zone=zone)
    plan = read.plan
    try:
        slug = clean_slug(slug) if slug else slugify(plan.name)
    except NameRefused as bad:
        raise Failed(f"--slug: {bad}", 2) from None
    order = ImportOrder(
        slug=slug,
        file_name=file.name,
        sha256=read.sha256,
        currency=currency,
        timezone=timezone,
        takeout_bps=takeout_bps,
        open_markets=open_,
        first_at=moment_of(first_match_at, zone) if first_match_at else None,
        every=span_of(every) if every else None,
        reschedule=reschedule,
        dry_run=dry_run,
    )
    with database(data, Settings.read()) as dsn, progress() as bar:
        bar.add_task(f"importing {len(plan.matches)} matches", total=None)
        imported = asyncio.run(write_plan(dsn, plan, order))
    if as_json:
        say_json(asdict(imported))
    else:
        say_imported(imported)


async def write_plan(dsn: str, plan: Plan, order: ImportOrder) -> Imported:
    """Imports a plan, in the program's own name."""
    ledger = Ledger(dsn, pool_max=2)
    await ledger.start()
    try:
        async with ledger.change(Actor()) as change:
            return await import_plan(change, plan, order)
    finally:
        await ledger.stop()


def say_imported(imported: Imported) -> None:
    """What an import did, a line for each kind of it; warnings on stderr."""
    for warning in imported.warnings:
        note(f"note: {warning}")
    if imported.begun:
        note("note: --first-match-at replays a past tournament")
    if imported.dry_run:
        typer.echo("Nothing was written; this would be:")
    elif not imported.anything:
        typer.echo(f"Nothing to change in {imported.slug}: everything in the file is there already.")
    typer.echo(
        f"{imported.matches:,} matches, {imported.outcomes:,} outcomes (new: {imported.new:,}, "
        f"changed: {imported.changed:,}, unchanged: {imported.unchanged:,}, "
        f"results entered: {imported.results_entered:,})"
    )
    if imported.markets_opened:
        typer.echo(f"{imported.markets_opened:,} markets opened for bets")
    if waiting := imported.results_waiting:
        by_status = ", ".join(f"{many} {status}" for status, many in sorted(waiting.items()))
        typer.echo(f"{sum(waiting.values()):,} results waiting: their markets are not closed yet ({by_status})")
    if imported.first_at and imported.new:
        typer.echo(f"The first match begins at {imported.first_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC.")


@dataclass(frozen=True, slots=True)
class ReadFile:
    plan: Plan
    sha256: bytes


def read_file(file: Path, *, name: str = "", kind: Kind = "pool", zone: Any = UTC) -> ReadFile:
    """The plan of a file of either kind. Raises Failed, a line for each row that is wrong."""
    content = _content(file)
    return ReadFile(_plan(file, content, name=name, kind=kind, zone=zone), hashlib.sha256(content).digest())


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise Failed(f"{file}: {error.strerror}") from None
    if not content:
        raise Failed(f"{file}: the file is empty")
    return content


def _plan(file: Path, content: bytes, *, name: str, kind: Kind, zone: Any) -> Plan:
    try:
        if file.suffix.lower() == ".json" or format_of(content) is Format.WORLDCUP:
            return read_worldcup(content, zone=zone, kind=kind)
        table = table_of(content)
        title = name or file.stem.replace("_", " ").replace("-", " ")
        return plan_of(table, exact(table.header), name=title, zone=zone)
    except FileRefused as refused:
        raise Failed("\n".join(f"{file.name}: {error}" for error in refused.errors)) from None


def _kind(text: str) -> Kind:
    if text == "pool":
        return "pool"
    if text == "fixed":
        return "fixed"
    raise Failed(f"--kind is {text!r}; it is pool or fixed", 2)


def _zone(text: str) -> Any:
    if text.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise Failed(f"--timezone {text!r} is not a zone like Europe/Berlin", 2) from None


def span_of(text: str) -> timedelta:
    """ "90s", "10m", "1h" or "2d". Raises Failed."""
    found = _SPAN.match(text)
    if found is None or int(found["many"]) == 0:
        raise Failed(f"{text!r} is not a span of time like 90s, 10m, 1h or 2d", 2)
    return timedelta(**{_UNITS[found["unit"]]: int(found["many"])})


def moment_of(text: str, zone: Any, *, now: datetime | None = None) -> datetime:
    """ "now", "now+1h", or ISO 8601 in the tournament's zone unless it says its own; to the second. Raises Failed."""
    now = (now or datetime.now(UTC)).replace(microsecond=0)
    if text == "now":
        return now
    if text.startswith(("now+", "now-")):
        return now + span_of(text[4:]) if text[3] == "+" else now - span_of(text[4:])
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Failed(f"--first-match-at {text!r} is neither now+1h nor a time like 2026-06-11T13:00", 2) from None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
