"""`toteboard migrate`."""

import typer

from toteboard.cli.database import database, reached
from toteboard.cli.terminal import DATA, Data, Json, say_json
from toteboard.ledger.migrate import migrate as bring_up_to_date
from toteboard.settings import Settings


def migrate(
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Bring the database's schema up to date. `serve` does it by itself for the embedded database."""
    with database(data, Settings.read(), up_to_date=False) as dsn:
        report = reached(bring_up_to_date(dsn))
    if as_json:
        say_json({"applied": report.applied, "functions": report.functions})
        return
    for name in report.applied:
        typer.echo(f"applied {name}")
    if report.functions:
        typer.echo(f"{len(report.functions)} functions brought up to date")
    if not report:
        typer.echo("The database is up to date.")
