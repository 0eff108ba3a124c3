"""`toteboard upgrade`: an embedded database that another PostgreSQL made, moved into a new --data of the one we carry."""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from toteboard.backups.moving import move
from toteboard.backups.place import BackupFailed
from toteboard.cli.audit import audited, say
from toteboard.cli.database import joined, reached
from toteboard.cli.terminal import DATA, Data, note
from toteboard.embedded.layout import find_layout
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.ledger.migrate import migrate
from toteboard.settings import Settings


def upgrade(
    source: Annotated[Path, typer.Option("--from", help="The data folder of before; its data stay as they are.")],
    programs: Annotated[
        Path,
        typer.Option(
            "--from-postgres", help="The programs of the PostgreSQL that made it, as /usr/lib/postgresql/16/bin."
        ),
    ],
    data: Data = DATA,
) -> None:
    """Move a database to this Toteboard's PostgreSQL, where another major version made it. Nobody serves from it now."""
    settings = Settings.read()
    layout = find_layout(data, Path(settings.postgres) if settings.postgres else None)
    if (layout.folder / "secret").exists():
        raise BackupFailed(f"{data} has a database already: name a new one with --data")
    if not (source / "secret").exists():
        raise BackupFailed(f"{source} has no database")
    with (
        EmbeddedPostgres(source, say=note, programs=programs) as before,
        joined(data, settings) as now,
        tempfile.TemporaryDirectory(prefix="toteboard-upgrade-") as scratch,
    ):
        # As it was and as it is, both in the schema of this release: then the same questions can be asked of both.
        reached(migrate(before.endpoint.dsn()))
        was = asyncio.run(audited(before.endpoint.dsn()))
        move(before.endpoint.dsn(), now.endpoint.dsn(), now.bin_dir, Path(scratch))
        report = asyncio.run(audited(now.endpoint.dsn()))
    say(report)
    if report.counted != was.counted:
        raise BackupFailed(f"{was.counted} before and {report.counted} now: keep the old one, and report this")
    if not report.balanced:
        raise typer.Exit(1)
