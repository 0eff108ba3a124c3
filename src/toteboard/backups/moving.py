"""Moves a whole database from one server to another that need not be of the same major version, by pg_dump and pg_restore.

Both run while it does and nobody else may write to either; what was moved is compared by whoever asked for it.
"""

import shutil
from pathlib import Path

from toteboard.backups.place import BackupFailed
from toteboard.backups.tools import connection, run
from toteboard.embedded.cluster import OWNER

JOBS = 2


def move(source: str, target: str, programs: Path, scratch: Path) -> None:
    """Roles, then everything in the database; `programs` are those of the target, whose pg_dump reads older servers too.

    Raises BackupFailed.
    """
    old, old_environment = connection(source)
    new, new_environment = connection(target)
    # The target's owner is there, with a password of its own; those who serve are given one when they first do.
    roles = run(
        programs / "pg_dumpall",
        *("--roles-only", "--no-role-passwords", "--dbname", old),
        environment=old_environment,
    )
    wanted = [
        line
        for line in roles.splitlines()
        if line.startswith(("CREATE ROLE", "ALTER ROLE", "GRANT ")) and line.split()[2].rstrip(";") != OWNER
    ]
    script = scratch / "roles.sql"
    script.write_text("\n".join(_without_grantor(line) for line in wanted) + "\n", encoding="utf-8")
    psql = ("--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", new, "--file", str(script))
    run(programs / "psql", *psql, environment=new_environment)
    dump = scratch / "dump"
    try:
        run(
            programs / "pg_dump",
            *("--dbname", old, "--format", "directory", "--jobs", str(JOBS), "--file", str(dump)),
            environment=old_environment,
        )
        run(
            programs / "pg_restore",
            *("--dbname", new, "--jobs", str(JOBS), "--exit-on-error", str(dump)),
            environment=new_environment,
        )
        run(programs / "vacuumdb", "--analyze-only", "--quiet", "--dbname", new, environment=new_environment)
    except BackupFailed as failed:
        raise BackupFailed(f"{failed}; the new --data is not whole: remove it, the old one is as it was") from failed
    finally:
        shutil.rmtree(dump, ignore_errors=True)


def _without_grantor(line: str) -> str:
    """Whoever granted it there may not be somebody here."""
    return line.partition(" GRANTED BY ")[0].rstrip(";") + ";" if line.startswith("GRANT ") else line
