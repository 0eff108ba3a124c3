"""Takes a base backup with PostgreSQL's pg_basebackup and has it verified by pg_verifybackup before it counts."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from toteboard.backups.place import NAME_TIME, BackupFailed, Base, Place
from toteboard.backups.tools import connection, run
from toteboard.embedded.cluster import sync

_FIRST = re.compile(r"^START WAL LOCATION: .* \(file ([0-9A-F]{24})\)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The database that is backed up. `secret` is the file that opens it, where it is an embedded one."""

    dsn: str
    programs: Path
    system: str
    user: str
    database: str
    secret: Path | None
    toteboard: str


def take(source: Source, place: Place, *, wal: str, now: Callable[[], datetime], rate: str = "") -> Base:
    """A whole, verified base backup. `now` is the database's clock, `rate` as pg_basebackup's --max-rate, "50M".

    Raises BackupFailed; nothing is left of a base that is not whole.
    """
    place.make()
    with place.only_one():
        for left in (place.folder / "bases").glob("*.new"):
            shutil.rmtree(left)
        _refuse_other(source, place)
        began_at = now()
        name = began_at.strftime(NAME_TIME)
        new = place.folder / "bases" / f"{name}.new"
        new.mkdir(mode=0o700)
        try:
            address, environment = connection(source.dsn)
            run(
                source.programs / "pg_basebackup",
                *("--dbname", address, "--no-password", "--pgdata", str(new / "pg")),
                # Whole without the WAL beside it: what is needed to open it is streamed into it.
                *("--wal-method", "stream", "--checkpoint", "fast", "--label", f"toteboard {name}"),
                *("--manifest-checksums", "SHA256"),
                *(("--max-rate", rate) if rate else ()),
                environment=environment,
            )
            ended_at = now()
            verify(source.programs, new / "pg")
            if source.secret is not None:
                shutil.copyfile(source.secret, new / "secret")
                (new / "secret").chmod(0o600)
            base = Base(
                name=name,
                system=source.system,
                began_at=began_at,
                ended_at=ended_at,
                first_segment=first_segment(new / "pg"),
                wal=wal,
                bytes=sum(path.lstat().st_size for path in (new / "pg").rglob("*") if path.is_file()),
                user=source.user,
                database=source.database,
                toteboard=source.toteboard,
            )
            (new / "base.json").write_text(base.as_json(), encoding="utf-8")
            # As pg_basebackup does with its own: it counts only once it is on disk.
            for path in new.glob("[bs]e*"):
                sync(path)
            sync(new)
            new.rename(place.of(base))
            sync(new.parent)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
    return base


def verify(programs: Path, cluster: Path) -> None:
    """Every file is there as it was sent, and the WAL can be read. Raises BackupFailed."""
    run(programs / "pg_verifybackup", "--quiet", str(cluster))


def first_segment(cluster: Path) -> str:
    """The first WAL file that a base needs."""
    found = _FIRST.search((cluster / "backup_label").read_text(encoding="utf-8"))
    if found is None:
        raise BackupFailed(f"{cluster / 'backup_label'} does not say where its WAL begins")
    return found.group(1)


def _refuse_other(source: Source, place: Place) -> None:
    for base in place.bases():
        if base.system != source.system:
            raise BackupFailed(f"{place.folder} has backups of another database: give this one a folder of its own")
