"""A folder of backups on disk: bases, and the WAL that was streamed after them. Starts nothing, asks no database.

    place/bases/20261128T050012Z/pg            PostgreSQL's own data folder, as it was
                                /base.json     what it is of
                                /secret        what opens an embedded database
    place/wal/20261128T045900Z/                segments without a gap, since that time

WAL that has a gap is begun in a new folder: each base says which it is continued by.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

PLACE_FORMAT = 1
NAME_TIME = "%Y%m%dT%H%M%SZ"
# A segment as pg_receivewal has it while it is being filled.
PARTIAL = ".partial"
SEGMENT = re.compile(r"[0-9A-F]{24}")


class BackupFailed(Exception):
    """What could not be backed up or restored. Its text is one line for the operator and names the way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """One base backup. `system` is PostgreSQL's own number of the database; times are the database's."""

    name: str
    system: str
    began_at: datetime
    ended_at: datetime
    # The first segment that is needed with it, and the folder that has what came later, "" for none.
    first_segment: str
    wal: str
    bytes: int
    user: str
    database: str
    toteboard: str

    def as_json(self) -> str:
        """As base.json has it."""
        told = asdict(self) | {"format": PLACE_FORMAT}
        return json.dumps(told, default=datetime.isoformat, indent=1) + "\n"


class Place:
    """The folder. Nobody but its owner reads it: whoever has it has the ledger and its secret."""

    def __init__(self, folder: Path):
        self.folder = Path(os.path.abspath(folder))

    def make(self) -> None:
        """Raises OSError."""
        for folder in (self.folder, self.folder / "bases", self.folder / "wal"):
            folder.mkdir(mode=0o700, parents=folder == self.folder, exist_ok=True)

    def bases(self) -> list[Base]:
        """Whole ones, the oldest first. Raises BackupFailed where one cannot be understood."""
        return sorted(
            (_read_base(path) for path in (self.folder / "bases").glob("*/base.json") if path.parent.suffix != ".new"),
            key=lambda base: base.ended_at,
        )

    def base_for(self, at: datetime | None) -> Base:
        """The newest, or the newest that was done by then. Raises BackupFailed."""
        bases = self.bases()
        if not bases:
            raise BackupFailed(f"{self.folder} has no backup: name the folder that `toteboard backup --to` was given")
        done = [base for base in bases if at is None or base.ended_at <= at]
        if not done:
            raise BackupFailed(
                f"the oldest backup in {self.folder} was done at {bases[0].ended_at:%Y-%m-%d %H:%M:%S %Z}"
            )
        return done[-1]

    def of(self, base: Base) -> Path:
        """Where a base is."""
        return self.folder / "bases" / base.name

    def wal(self, name: str) -> Path:
        """Where WAL is."""
        return self.folder / "wal" / name

    def segments_after(self, base: Base) -> list[Path]:
        """What was streamed since a base began, histories of timelines among it, in order."""
        if not base.wal:
            return []
        found = sorted(path for path in self.wal(base.wal).iterdir() if path.is_file())
        return [
            path
            for path in found
            # Without the timeline, which is another after a restore.
            if not SEGMENT.match(path.name) or path.name[8:24] >= base.first_segment[8:]
        ]

    def prune(self, keep: int) -> list[Base]:
        """Takes away all bases but the newest `keep`, and the WAL that only they needed. Those that went."""
        bases = self.bases()
        gone, kept = bases[:-keep], bases[-keep:]
        for base in gone:
            # No longer whole from the first moment on.
            (self.of(base) / "base.json").unlink()
            shutil.rmtree(self.of(base))
        newest = max((path.name for path in (self.folder / "wal").iterdir()), default="")
        for wal in (self.folder / "wal").iterdir():
            needed = [base for base in kept if base.wal == wal.name]
            if not needed and wal.name != newest:
                shutil.rmtree(wal)
            elif needed:
                first = min(base.first_segment for base in needed)
                for path in wal.iterdir():
                    if SEGMENT.match(path.name) and path.name[8:24] < first[8:]:
                        path.unlink()
        return gone

    @contextlib.contextmanager
    def only_one(self) -> Iterator[None]:
        """While the block runs nobody else takes a base here. Raises BackupFailed where somebody does."""
        lock = os.open(self.folder / "base.lock", os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupFailed(f"another backup to {self.folder} is under way") from None
            yield
        finally:
            os.close(lock)


def _read_base(path: Path) -> Base:
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if told.pop("format") != PLACE_FORMAT:
            raise BackupFailed(f"{path} is of another version of Toteboard: restore it with that one")
        times = {name: datetime.fromisoformat(told[name]) for name in ("began_at", "ended_at")}
        return Base(**told | times)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupFailed(f"{path} cannot be read ({error}): move {path.parent} away") from error
