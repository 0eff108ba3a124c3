"""`toteboard audit`."""

import asyncio

import typer

from toteboard.cli.database import database
from toteboard.cli.terminal import DATA, Data, Json, progress, say_json
from toteboard.reconciliation.checks import Checked, Report
from toteboard.reconciliation.checks import audit as audit_books
from toteboard.reconciliation.reading import opened_books
from toteboard.settings import Settings

PAYING_SHOWN_MAX = 20


def audit(data: Data = DATA, as_json: Json = False) -> None:
    """Derive every balance, total and payout again from what is only ever added, and name what differs.

    Exit code 0: everything agrees. 1: something differs.
    """
    with database(data, Settings.read()) as dsn:
        report = asyncio.run(_audit(dsn))
    if as_json:
        say_json(report.as_json())
    else:
        say(report)
    if not report.balanced:
        raise typer.Exit(1)


async def _audit(dsn: str) -> Report:
    async with opened_books(dsn) as books:
        with progress() as bar:
            task = bar.add_task("counting", total=None)
            return await audit_books(
                books, on_progress=lambda done, of, title: bar.update(task, completed=done, total=of, description=title)
            )


async def audited(dsn: str) -> Report:
    """All checks of this database, without a word meanwhile."""
    async with opened_books(dsn) as books:
        return await audit_books(books)


def say(report: Report) -> None:
    """A report for people."""
    counted = report.counted
    typer.echo(
        f"Looked at {counted['tournaments']:,} tournaments, {counted['bets']:,} bets, "
        f"{counted['transfers']:,} transfers, {counted['settlements']:,} settlements, "
        f"{counted['events']:,} events, {counted['audit_rows']:,} audit rows, "
        f"{counted['changes']:,} rows the database saw change."
    )
    if counted["glass_broken"]:
        typer.echo(f"The glass was broken {counted['glass_broken']:,} times: see break_glass.used in the audit log.")
    for check in report.checks:
        _say_check(check)
    for paying in report.paying[:PAYING_SHOWN_MAX]:
        typer.echo(
            f"still paying: settlement {paying.settlement_id} of market {paying.market_id}, "
            f"{paying.bets_done:,} of {paying.bets:,} bets; its market is compared when it is done"
        )
    if len(report.paying) > PAYING_SHOWN_MAX:
        typer.echo(f"still paying: {len(report.paying) - PAYING_SHOWN_MAX} more")
    typer.echo("The books balance." if report.balanced else f"The books differ in {report.differences:,} places.")


def _say_check(check: Checked) -> None:
    typer.echo(f"{'ok    ' if check.found == 0 else 'DIFFER'}  {check.title}")
    for different in check.differences:
        typer.echo(f"        {different.subject}: stands as {different.stored}; should be {different.derived}")
    if check.found > len(check.differences):
        typer.echo(f"        … and {check.found - len(check.differences):,} more")
