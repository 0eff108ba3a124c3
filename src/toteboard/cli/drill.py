"""`toteboard drill`: restores a backup elsewhere, derives its books, says how old it is, and takes it away again."""

import asyncio
import shutil
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from toteboard.backups import restoring
from toteboard.backups.place import BackupFailed, Base, Place
from toteboard.backups.scratch import started
from toteboard.backups.taking import verify
from toteboard.cli.audit import audited
from toteboard.cli.database import database, reached
from toteboard.cli.restore import At, From, moment
from toteboard.cli.terminal import DATA, Data, Failed, Json, note, say_json
from toteboard.embedded.layout import find_layout, major_version
from toteboard.embedded.unavailable import DatabaseUnavailable
from toteboard.ledger.migrate import migrate
from toteboard.ledger.operating import backups
from toteboard.reconciliation.checks import Report
from toteboard.settings import Settings


def drill(
    source: From,
    at: At = "",
    scratch: Annotated[
        Path | None,
        typer.Option(help="Where there is room for it; the system's folder for temporary files without it."),
    ] = None,
    remembered: Annotated[
        bool, typer.Option("--remember/--no-remember", help="Note in the database of --data when it was tried.")
    ] = True,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Try the backup: restore it elsewhere, migrate it, derive its books. What serves is not touched.

    Exit code 0: it is whole and balances. 1: it is not, or does not.
    """
    settings, place, began = Settings.read(), Place(source), time.monotonic()
    when = moment(at)
    base = place.base_for(when)
    # Its user, who is not always us, has to come through.
    folder = Path(tempfile.mkdtemp(prefix="toteboard-drill-", dir=scratch))
    folder.chmod(0o711)
    try:
        report, stands_at = _tried(settings, place, base, folder, when)
    except OSError as error:
        raise BackupFailed(f"{error.filename or folder}: {error.strerror}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    until = stands_at or base.ended_at
    took_s = time.monotonic() - began
    if remembered:
        _remember(settings, data, place, base, until, whole=report.balanced)
    if as_json:
        say_json(
            {
                "backup": base.name,
                "until": until.isoformat(),
                "age_s": round((datetime.now(UTC) - until).total_seconds()),
                "took_s": round(took_s, 1),
            }
            | report.as_json()
        )
    else:
        typer.echo(f"Restored {base.name} and what came after it in {took_s:.0f} s: {base.bytes / 1e6:,.0f} MB.")
        typer.echo(f"It stands as of {until:%Y-%m-%d %H:%M:%S %Z}, {_age(datetime.now(UTC) - until)} ago.")
        typer.echo(f"It has {report.counted['bets']:,} bets in {report.counted['tournaments']:,} tournaments.")
        for check in report.checks:
            if check.found:
                typer.echo(f"DIFFER  {check.title}: {check.found:,}")
        typer.echo("The books balance." if report.balanced else f"The books differ in {report.differences:,} places.")
    if not report.balanced:
        raise typer.Exit(1)


def _tried(
    settings: Settings, place: Place, base: Base, folder: Path, at: datetime | None
) -> tuple[Report, datetime | None]:
    layout = find_layout(folder, Path(settings.postgres) if settings.postgres else None)
    made_by = (place.of(base) / "pg/PG_VERSION").read_text(encoding="utf-8").strip()
    if made_by != str(major_version(layout.bin_dir)):
        raise BackupFailed(f"the backup is of PostgreSQL {made_by}: name its programs with TOTEBOARD_POSTGRES")
    verify(layout.bin_dir, place.of(base) / "pg")
    user = layout.os_user
    restoring.unpack(place, base, layout.home, at=at, owner=(user.uid, user.gid) if user.switch else None)
    with started(layout, base) as dsn:
        stands_at = asyncio.run(backups.recovered(dsn))
        reached(migrate(dsn))
        return asyncio.run(audited(dsn)), stands_at


def _remember(settings: Settings, data: Path, place: Place, base: Base, until: datetime, *, whole: bool) -> None:
    if not settings.database_url and not (data / "secret").exists():
        note(f"no database in {data}: nobody is told that this was tried")
        return
    try:
        with database(data, settings, up_to_date=False) as dsn:
            told = backups.remember(
                dsn, "drilled", stands_at=until, size=base.bytes, whole=whole, place=str(place.folder)
            )
            asyncio.run(told)
    except (DatabaseUnavailable, Failed, OSError) as why:
        note(f"the database was not told that this was tried: {why}")


def _age(since: timedelta) -> str:
    seconds = int(since.total_seconds())
    for size, name in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds // size} {name}"
    return f"{max(seconds, 0)} seconds"
