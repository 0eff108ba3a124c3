"""`toteboard import`: reads a file, writes it into a tournament, says what it did."""

import asyncio
import re
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from toteboard.cli.database import database
from toteboard.cli.terminal import DATA, Data, Failed, Json, note, progress, say_json
from toteboard.imports.file import FileOptions, MarketKind, ReadFile, read_file
from toteboard.imports.merging import writing
from toteboard.imports.merging.recognised import Answer, Choice, answers_of
from toteboard.imports.merging.writing import Imported, ImportOrder
from toteboard.imports.people.report import PeopleReport
from toteboard.imports.people.writing import TakenOver, import_people
from toteboard.imports.plan import Plan
from toteboard.imports.report import ImportReport, report_of
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.rules.bounds import TAKEOUT_BPS_MAX, YEAR_MAX, YEAR_MIN
from toteboard.rules.money import CURRENCIES, format_minor
from toteboard.rules.names import NameRefused, clean_slug, slugify
from toteboard.rules.undecided import Slots
from toteboard.settings import Settings
from toteboard.spreadsheets.reading import FILE_BYTES_MAX, FileRefused
from toteboard.spreadsheets.times import DateOrder
from toteboard.words import word


class Doubtful(StrEnum):
    """What is said of every match that may be one that is there; ASK: nothing, and nothing is imported."""

    ASK = "ask"
    SAME = "same"
    OTHER = "other"
    SKIP = "skip"


_CHOICES: dict[Doubtful, Choice] = {Doubtful.SAME: "same", Doubtful.OTHER: "other", Doubtful.SKIP: "skip"}
# Of the columns that are not read, so many are named.
COLUMNS_SHOWN = 8
_SPAN = re.compile(r"^(?P<many>\d{1,6})(?P<unit>[smhd])$", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


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
    takeout_bps: Annotated[
        int, typer.Option(min=0, max=TAKEOUT_BPS_MAX, help="The house's share of a pool, 1000 is 10 %.")
    ] = 0,
    timezone: Annotated[str, typer.Option(help="The zone of times that name none.")] = "UTC",
    first_match_at: Annotated[
        str, typer.Option(metavar="TIME|now+1h", help="Move all matches so that the first one begins then.")
    ] = "",
    every: Annotated[str, typer.Option(metavar="10m", help="And let one follow the other after this long.")] = "",
    reschedule: Annotated[
        bool, typer.Option("--reschedule", help="Move the times of a tournament imported before.")
    ] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open the markets that can take bets.")] = False,
    sheet: Annotated[
        str, typer.Option(help="Which sheet of a workbook; without it, the one whose header says most.")
    ] = "",
    header_row: Annotated[int, typer.Option(min=0, help="The row of the header; 0: it is found.")] = 0,
    match: Annotated[str, typer.Option(help="What the one match of a sheet is called that has no column for it.")] = "",
    dates: Annotated[
        DateOrder | None, typer.Option(help="Which number of 03/04/2027 is the day; without it, as the column shows.")
    ] = None,
    skip: Annotated[list[int] | None, typer.Option(help="A row of a sheet to leave out; may be said again.")] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="3:same:42",
            help="Of a match that may be one that is there: same, other or skip, as --dry-run asks.",
        ),
    ] = None,
    doubtful: Annotated[
        Doubtful, typer.Option(help="What all matches are that may be one that is there and have no --answer.")
    ] = Doubtful.ASK,
    codes: Annotated[
        Slots, typer.Option(help="Whether 1A, 2B and W49 are sides to come: auto, as the file shows; yes; no.")
    ] = Slots.AUTO,
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
    options = FileOptions(
        name=name,
        kind=_kind(kind),
        zone=zone,
        slots=codes,
        sheet=sheet or None,
        header_row=header_row or None,
        match=match or None,
        dates=dates,
        skip=frozenset(skip or ()),
        exponent=CURRENCIES[currency].exponent,
    )
    read = read_path(file, options)
    title = name or title_of(file) if read.people else plan_of_file(read, file).name
    try:
        slug = clean_slug(slug) if slug else slugify(title)
    except NameRefused as bad:
        raise Failed(f"--slug: {bad}", 2) from None
    order = ImportOrder(
        slug=slug,
        file_name=file.name,
        sha256=read.sha256,
        name=title,
        currency=currency,
        timezone=timezone,
        takeout_bps=takeout_bps,
        open_markets=open_,
        first_at=moment_of(first_match_at, zone) if first_match_at else None,
        every=span_of(every) if every else None,
        reschedule=reschedule,
        dry_run=dry_run,
        answers=_answers(answer or []),
    )
    with database(data, Settings.read()) as dsn, progress() as bar:
        bar.add_task(f"importing {file.name}", total=None)
        try:
            done, taken_over = asyncio.run(_import(dsn, read, order, doubtful))
        except FileRefused as refused:
            raise _failed(refused, file) from None
    report = report_of(read, done, slug=slug, dry_run=dry_run, taken_over=taken_over)
    if as_json:
        say_json(asdict(report))
    elif report.people is not None:
        say_people(report, report.people)
    else:
        say_report(report)


async def _import(
    dsn: str, read: ReadFile, order: ImportOrder, doubtful: Doubtful
) -> tuple[Imported | None, TakenOver | None]:
    async with Ledger.opened(dsn) as ledger:
        # In the program's own name.
        if read.people is not None:
            return None, await import_people(ledger, Actor(), read.people, order)
        assert read.plan is not None, "without people it is of matches"
        return await _import_matches(ledger, read.plan, order, doubtful), None


async def _import_matches(ledger: Ledger, plan: Plan, order: ImportOrder, doubtful: Doubtful) -> Imported:
    looked = await writing.import_file(ledger, Actor(), plan, replace(order, dry_run=True))
    doubts = looked.identity.doubts
    if doubts and doubtful is not Doubtful.ASK:
        said = {no: Answer(_CHOICES[doubtful], doubt.match.id) for no, doubt in doubts.items()}
        order = replace(order, answers={**order.answers, **said})
    elif doubts and not order.dry_run:
        lines = "\n".join(f"  {question}" for question in _questions(looked))
        raise Failed(f"Nothing was imported: some matches may be ones that are there.\n{lines}")
    elif order.dry_run:
        return looked
    return await writing.import_file(ledger, Actor(), plan, order)


def _questions(done: Imported) -> list[str]:
    """A line for each match in doubt, and how to answer it."""
    return [
        f"{done.plan.matches[no].name} ({done.plan.matches[no].round or 'no round'}): the same as {doubt.match.name} "
        f"({doubt.match.round or 'no round'}, {doubt.match.bets} bets)? {doubt.why}. "
        f"--answer {no + 1}:same:{doubt.match.id}, {no + 1}:other or {no + 1}:skip"
        for no, doubt in done.identity.doubts.items()
    ]


def _answers(texts: list[str]) -> dict[int, Answer]:
    try:
        return answers_of(texts)
    except ValueError as bad:
        raise Failed(f"--answer: {bad}", 2) from None


def say_report(report: ImportReport) -> None:
    """What an import did, a line for each kind of it; warnings on stderr."""
    for warning in report.warnings:
        note(f"note: {warning}")
    if report.markets_begun:
        note("note: --first-match-at replays a past tournament")
    if report.dry_run:
        typer.echo("Nothing was written; this would be:")
    elif not report.new and not report.changed:
        typer.echo(f"Nothing to change in {report.slug}: everything in the file is there already.")
    typer.echo(
        f"{report.matches:,} matches, {report.outcomes:,} outcomes (new: {report.new:,}, "
        f"changed: {report.changed:,}, unchanged: {report.unchanged:,}, "
        f"results entered: {report.results_entered:,})"
    )
    if report.columns:
        typer.echo(f"Columns read: {_columns(report)}")
    for match in report.items:
        if match.may_be is not None:
            typer.echo(
                f"{match.name}: the same as {match.may_be.name} ({match.may_be.bets} bets)? {match.may_be.why}. "
                f"--answer {match.no}:same:{match.may_be.id}, {match.no}:other or {match.no}:skip"
            )
    if report.markets_opened:
        typer.echo(f"{report.markets_opened:,} markets opened for bets")
    if report.results_waiting:
        states = ", ".join(f"{count:,} {state}" for state, count in report.waiting_by_state.items())
        typer.echo(f"{report.results_waiting:,} results waiting: their markets are not closed yet ({states})")
    if report.first_at:
        typer.echo(f"The first match begins at {report.first_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC.")


def say_people(report: ImportReport, people: PeopleReport) -> None:
    """What a file of people did; warnings on stderr."""
    for warning in report.warnings:
        note(f"note: {warning}")
    if report.dry_run:
        typer.echo("Nothing was written; this would be:")
    elif not people.people_new and not people.deposits and not people.bets_new:
        typer.echo(f"Nothing to change in {report.slug}: everything in the file is there already.")
    currency = people.currency
    typer.echo(
        f"{people.people_new + people.people_known:,} people (new: {people.people_new:,}), "
        f"{people.deposits:,} opening balances paid in: {format_minor(people.deposited, currency)} {currency}"
    )
    typer.echo(
        f"{people.bets_new + people.bets_unchanged:,} bets (taken over: {people.bets_new:,}, there already: "
        f"{people.bets_unchanged:,}), staked: {format_minor(people.staked, currency)} {currency}"
    )
    if people.matches_new:
        typer.echo(f"New matches, drafts to complete: {', '.join(people.matches_new)}")


def title_of(file: Path) -> str:
    """What a file is called, for people."""
    return file.stem.replace("_", " ").replace("-", " ")


def _columns(report: ImportReport) -> str:
    read = [f"{column.header} ({word('import_column', column.meaning)})" for column in report.columns if column.meaning]
    left = [column.header for column in report.columns if not column.meaning and column.header]
    shown = ", ".join(left[:COLUMNS_SHOWN]) + (
        f" and {len(left) - COLUMNS_SHOWN} more" if len(left) > COLUMNS_SHOWN else ""
    )
    return ", ".join(read) + (f"; not read: {shown}" if left else "")


def read_path(file: Path, options: FileOptions) -> ReadFile:
    """A file of any format; without a name the tournament is called as the file. Raises Failed."""
    title = options.name or title_of(file)
    try:
        with file.open("rb") as opened:
            content = opened.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise Failed(f"{file}: {error.strerror}") from None
    if not content:
        raise Failed(f"{file}: the file is empty")
    try:
        return read_file(content, replace(options, name=title))
    except FileRefused as refused:
        raise _failed(refused, file) from None


def plan_of_file(read: ReadFile, file: Path) -> Plan:
    """The plan in it. Raises Failed, a line for each row that is wrong."""
    if read.plan is None:
        assert read.wrong is not None, "a file is read, or something is wrong"
        raise _failed(read.wrong, file)
    return read.plan


def _failed(refused: FileRefused, file: Path) -> Failed:
    return Failed("\n".join(f"{file.name}: {error}" for error in refused.errors))


def _kind(text: str) -> MarketKind:
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
    try:
        if text.startswith(("now+", "now-")):
            at = now + span_of(text[4:]) if text[3] == "+" else now - span_of(text[4:])
        else:
            at = datetime.fromisoformat(text)
    except OverflowError:
        raise Failed(f"--first-match-at {text!r} is outside the calendar", 2) from None
    except ValueError:
        raise Failed(f"--first-match-at {text!r} is neither now+1h nor a time like 2026-06-11T13:00", 2) from None
    if not YEAR_MIN < at.year < YEAR_MAX:
        raise Failed(f"--first-match-at {text!r}: the year is between {YEAR_MIN} and {YEAR_MAX}", 2)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
