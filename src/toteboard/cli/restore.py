"""`toteboard restore`: a database again from a folder of backups, whole or as it was at a moment."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from toteboard.backups import restoring
from toteboard.backups.place import BackupFailed, Place
from toteboard.cli.database import joined, reached
from toteboard.cli.listening import same_data
from toteboard.cli.terminal import DATA, Data, Failed, Json, note, say_json
from toteboard.embedded.layout import ClusterLayout, find_layout
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.embedded.unavailable import DatabaseUnavailable, from_output, tail
from toteboard.ledger.ledger import OUTAGES
from toteboard.ledger.migrate import migrate
from toteboard.ledger.operating import backups
from toteboard.settings import Settings

From = Annotated[Path, typer.Option("--from", help="The folder that has the backups.")]
At = Annotated[
    str,
    typer.Option(help="As it was then: 2026-11-28T21:04:00+01:00. Without it, up to the last change that is there."),
]


def restore(
    source: From,
    at: At = "",
    into: Annotated[
        Path | None,
        typer.Option(help="For a PostgreSQL of your own: unpack its data folder there, to be started by you."),
    ] = None,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Make a new --data from a backup. What is there already is never written over."""
    settings, place = Settings.read(), Place(source)
    when = moment(at)
    base = place.base_for(when)
    try:
        if into is not None:
            into.mkdir(mode=0o700, parents=True, exist_ok=True)
            cluster = restoring.unpack(place, base, into, at=when, owner=None)
            note(f"start a PostgreSQL {(cluster / 'PG_VERSION').read_text().strip()} on {cluster}, as its owner:")
            note(f"it recovers by itself; then `ALTER SYSTEM RESET` {', '.join(restoring.SET)}")
            return
        if not (place.of(base) / "secret").exists():
            raise BackupFailed("this is of a PostgreSQL of your own: --into FOLDER unpacks it for one")
        layout = find_layout(data, Path(settings.postgres) if settings.postgres else None)
        if (layout.folder / "secret").exists():
            raise BackupFailed(f"{data} has a database already: restore into a new --data, and keep that one")
        owner = layout.os_user
        note(f"unpacking {base.name} ({base.bytes / 1e6:,.0f} MB)")
        restoring.unpack(place, base, layout.home, at=when, owner=(owner.uid, owner.gid) if owner.switch else None)
        shutil.copyfile(place.of(base) / "secret", layout.folder / "secret")
        (layout.folder / "secret").chmod(0o600)
    except OSError as error:
        raise BackupFailed(f"{error.filename or source}: {error.strerror}") from error
    with _gone_where_it_fails(layout), joined(data, settings) as embedded:
        dsn = embedded.endpoint.dsn()
        stands_at = _recovered(embedded, data)
        asyncio.run(backups.forget_recovery(dsn, restoring.SET))
        restoring.done(layout.home)
        reached(migrate(dsn))
        asyncio.run(backups.say_restored(dsn, base=base.name, stands_at=stands_at))
    until = stands_at or base.ended_at
    if as_json:
        say_json({"backup": base.name, "until": until.isoformat()})
    else:
        note(
            f"It stands as of {until:%Y-%m-%d %H:%M:%S %Z}. Before you open the doors: toteboard audit{same_data(data)}"
        )


def _recovered(embedded: EmbeddedPostgres, data: Path) -> datetime | None:
    try:
        return asyncio.run(backups.recovered(embedded.endpoint.dsn()))
    except OUTAGES:
        raise from_output(tail(embedded.log_path), data, embedded.log_path) from None


@contextmanager
def _gone_where_it_fails(layout: ClusterLayout) -> Iterator[None]:
    """A folder that was empty before is so again where its database does not come up: it can be tried once more."""
    try:
        yield
    except DatabaseUnavailable:
        shutil.rmtree(layout.cluster, ignore_errors=True)
        restoring.done(layout.home)
        (layout.folder / "secret").unlink(missing_ok=True)
        raise


def moment(text: str) -> datetime | None:
    """A time with its zone; without one, as this machine's clock. Raises Failed."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise Failed(f"--at is a time as 2026-11-28T21:04:00+01:00, not {text!r}", 2) from None
