"""Unpacks a backup into a folder where a PostgreSQL can start on it, up to its end or to a moment. Starts none.

What PostgreSQL has to do is written into its own settings and taken out again once it has done it.
"""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from toteboard.backups.place import PARTIAL, BackupFailed, Base, Place

# Beside the data folder, while it is read.
WAL_FOLDER = "restored-wal"
# What is set while it recovers.
SET = ("restore_command", "recovery_target_time", "recovery_target_action")
ROOM = 1.2
# Folders of a data folder that may be empty: what brings a backup to object storage leaves them out, and PostgreSQL does not
# start without them. Source: `subdirs` of PostgreSQL's src/bin/initdb/initdb.c, 16 to 18.
FOLDERS = (
    *(
        "global",
        "base",
        "base/1",
        "pg_xact",
        "pg_wal/archive_status",
        "pg_wal/summaries",
        "pg_commit_ts",
        "pg_dynshmem",
    ),
    *(
        "pg_notify",
        "pg_serial",
        "pg_snapshots",
        "pg_subtrans",
        "pg_twophase",
        "pg_multixact/members",
        "pg_multixact/offsets",
    ),
    *("pg_replslot", "pg_tblspc", "pg_stat", "pg_stat_tmp", "pg_logical/snapshots", "pg_logical/mappings"),
)


def unpack(place: Place, base: Base, home: Path, *, at: datetime | None, owner: tuple[int, int] | None) -> Path:
    """The data folder `home`/pg, ready to be started. `owner` (user, group) gets the files, where root restores.

    Raises BackupFailed, OSError. Nothing is left of one that is not whole.
    """
    cluster, new, wal = home / "pg", home / "pg.new", home / WAL_FOLDER
    if cluster.exists():
        raise BackupFailed(f"{home} has a database already: restore into a new folder, and keep that one")
    segments = place.segments_after(base)
    needed = base.bytes + sum(path.stat().st_size for path in segments)
    if shutil.disk_usage(home).free < needed * ROOM:
        raise BackupFailed(f"{home} has too little room: {needed * ROOM / 1e9:.1f} GB are needed")
    for left in (new, wal):
        shutil.rmtree(left, ignore_errors=True)
    try:
        shutil.copytree(place.of(base) / "pg", new, symlinks=True)
        new.chmod(0o700)
        for folder in FOLDERS:
            (new / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        if segments:
            wal.mkdir(mode=0o700)
            for path in segments:
                whole = wal / path.name.removesuffix(PARTIAL)
                # A partial segment beside its whole one is an older state of it.
                if path.suffix != PARTIAL or not path.with_name(whole.name).exists():
                    shutil.copyfile(path, whole)
            (new / "recovery.signal").touch(mode=0o600)
            _append(new / "postgresql.auto.conf", _settings(at))
        elif at is not None:
            raise BackupFailed("this backup has no WAL beside it: it can be restored as it was taken, without --at")
        if owner is not None:
            for path in (new, wal):
                _give(path, *owner)
        new.rename(cluster)
    except BaseException:
        for left in (new, wal):
            shutil.rmtree(left, ignore_errors=True)
        raise
    return cluster


def done(home: Path) -> None:
    """It has recovered: what it recovered from is taken away."""
    shutil.rmtree(home / WAL_FOLDER, ignore_errors=True)


def _settings(at: datetime | None) -> str:
    # PostgreSQL runs this in its data folder.
    lines = [f'restore_command = \'test -f "../{WAL_FOLDER}/%f" && cp "../{WAL_FOLDER}/%f" "%p"\'']
    if at is not None:
        lines.append(f"recovery_target_time = '{at.astimezone(UTC).isoformat(sep=' ')}'")
    lines.append("recovery_target_action = 'promote'")
    return "".join(f"{line}\n" for line in lines)


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def _give(folder: Path, uid: int, gid: int) -> None:
    if not folder.exists():
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, gid, follow_symlinks=False)
