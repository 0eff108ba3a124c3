"""`toteboard backup`: a whole copy of the database in another folder, and with --follow every change after it."""

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from toteboard.backups.following import SLOT, following
from toteboard.backups.place import NAME_TIME, BackupFailed, Base, Place
from toteboard.backups.taking import Source, take
from toteboard.cli.database import backed_up, reached, terminating_is_interrupting
from toteboard.cli.terminal import DATA, Data, Failed, Json, log_as, note, say_json
from toteboard.ledger.operating import backups
from toteboard.settings import Settings

KEEP, EVERY_H = 7, 24.0
# How often it is looked whether the WAL still comes, and after what pause a base that failed is tried again.
LOOK_S, AGAIN_S = 5.0, 300.0

To = Annotated[Path, typer.Option("--to", help="The folder that has the backups, on another disk than the database.")]


def backup(
    to: To,
    follow: Annotated[
        bool,
        typer.Option("--follow", help="Go on: take every change as it is committed, and a new base again and again."),
    ] = False,
    every_h: Annotated[
        float, typer.Option("--every", min=0.01, max=24 * 31, help="Hours from a base to the next, with --follow.")
    ] = EVERY_H,
    keep: Annotated[int, typer.Option(min=1, max=1000, help="How many bases are kept; older ones go.")] = KEEP,
    rate: Annotated[str, typer.Option(help='At most so much a second is read for a base: "50M".')] = "",
    then: Annotated[
        str,
        typer.Option(
            help="A command for the shell after each base, to bring the folder elsewhere; $TOTEBOARD_BACKUP is it."
        ),
    ] = "",
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Copy the whole database to a folder, verified; with --follow whatever is committed after it too, until Ctrl-C."""
    settings = Settings.read()
    log_as(settings.log_format)
    place = Place(to)
    with terminating_is_interrupting(), backed_up(data, settings) as source:
        try:
            place.make()
            if follow:
                _Follower(source, place, every_s=every_h * 3600, keep=keep, rate=rate, then=then).run()
                return
            base = _take(source, place, wal=_continued(source, place), keep=keep, rate=rate, then=then)
        except OSError as error:
            raise BackupFailed(f"{error.filename or to}: {error.strerror}") from error
    if as_json:
        say_json(
            {
                "backup": base.name,
                "bytes": base.bytes,
                "until": base.ended_at.isoformat(),
                "folder": str(place.of(base)),
            }
        )


def _take(source: Source, place: Place, *, wal: str, keep: int, rate: str, then: str) -> Base:
    began = time.monotonic()
    base = take(source, place, wal=wal, now=lambda: reached(backups.now_of(source.dsn)), rate=rate)
    note(f"{place.of(base)}: {base.bytes / 1e6:,.0f} MB, verified, {time.monotonic() - began:.0f} s")
    for gone in place.prune(keep):
        note(f"{gone.name} is taken away: {keep} are kept")
    if then:
        ran = subprocess.run(then, shell=True, env=os.environ | {"TOTEBOARD_BACKUP": str(place.folder)}, check=False)  # noqa: S602
        if ran.returncode != 0:
            raise BackupFailed(f"the backup is in {place.of(base)}, but `{then}` ended with {ran.returncode}")
    # Last: what says that all is well is said of what is whole, and where it is wanted.
    told = backups.remember(
        source.dsn, "taken", stands_at=base.ended_at, size=base.bytes, whole=True, place=str(place.folder)
    )
    try:
        reached(told)
    except Failed as why:
        note(f"the database was not told of this backup, and alerts will say that it is missing: {why}")
    return base


def _continued(source: Source, place: Place) -> str:
    """The WAL that another `backup --follow` writes here now, "" where none does."""
    newest = max((path.name for path in (place.folder / "wal").iterdir()), default="")
    return newest if reached(backups.slot_state(source.dsn, SLOT)) not in (None, backups.LOST) else ""


class _Follower:
    """`--follow`: the WAL streams, and a base is taken whenever it is time."""

    def __init__(self, source: Source, place: Place, *, every_s: float, keep: int, rate: str, then: str):
        self._source = source
        self._place = place
        self._every_s = every_s
        self._take: Callable[[str], Base] = lambda wal: _take(source, place, wal=wal, keep=keep, rate=rate, then=then)

    def run(self) -> None:
        """Until Ctrl-C."""
        with suppress(KeyboardInterrupt):
            while True:
                self._follow(self._wal())
        note("Stopping. What is committed from now on is kept by the database until `backup --follow` runs again.")

    def _wal(self) -> str:
        """Where to go on, or where to begin: with a new slot nothing can be continued."""
        dsn = self._source.dsn
        newest = max((path.name for path in (self._place.folder / "wal").iterdir()), default="")
        if newest and reached(backups.slot_state(dsn, SLOT)) not in (None, backups.LOST):
            return newest
        try:
            reached(backups.make_slot(dsn, SLOT))
        except Failed as error:
            raise Failed(f"{error}; another `backup --follow` of this database may be running") from None
        name = reached(backups.now_of(dsn)).strftime(NAME_TIME)
        self._place.wal(name).mkdir(mode=0o700)
        return name

    def _follow(self, wal: str) -> None:
        """Until the slot is lost, after which one begins anew."""
        with following(self._source.dsn, self._source.programs, self._place.wal(wal), note) as runs:
            note(f"following: what is committed is in {self._place.wal(wal)} a moment later. Ctrl-C stops it.")
            due = self._due(wal)
            while True:
                if not runs():
                    note("what followed the database ended; beginning it again")
                    time.sleep(LOOK_S)
                    return
                if time.monotonic() >= due:
                    try:
                        self._take(wal)
                        due = time.monotonic() + self._every_s
                    except (BackupFailed, Failed, OSError) as error:
                        note(f"no backup was taken: {error}; trying again in {AGAIN_S:.0f} s")
                        due = time.monotonic() + AGAIN_S
                time.sleep(LOOK_S)
                with suppress(Failed):
                    # A database that is away keeps its slot.
                    if reached(backups.slot_state(self._source.dsn, SLOT)) in (None, backups.LOST):
                        note("the database could not keep what had not been taken: a new base is taken")
                        return

    def _due(self, wal: str) -> float:
        """When the next base is taken, on the monotonic clock: at once where none belongs to this WAL."""
        bases = [base for base in self._place.bases() if base.wal == wal]
        if not bases:
            return time.monotonic()
        since_s = (datetime.now(UTC) - bases[-1].ended_at).total_seconds()
        return time.monotonic() + max(0.0, self._every_s - since_s)
