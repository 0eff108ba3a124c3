"""Turns whatever kept the database from starting into one line that names the way out. Starts nothing itself."""

import errno
import re
from pathlib import Path

LOG_TAIL_MAX = 64 * 1024

_FULL = "the disk under {folder} is full: free some space (a new database takes 100 MB) or choose another --data"
_HELD = (
    "another PostgreSQL, perhaps in another container, already uses {folder}: stop that one or choose another --data"
)
_MEMORY = (
    "the system does not give PostgreSQL the shared memory it asks for: free some memory, or give the container more"
    " (docker run --shm-size, ulimits)"
)

# What PostgreSQL says (in English, by LC_ALL=C) and what the operator is told instead. The first match wins.
_SAYINGS: tuple[tuple[str, str], ...] = (
    (r"No space left on device|Disk quota exceeded|File too large", _FULL),
    (r"lock file \"[^\"]+\" already exists|pre-existing shared memory block|Address already in use", _HELD),
    (r"could not (create|map|resize|get size for) (anonymous )?shared memory|could not create semaphores", _MEMORY),
    (r"Cannot allocate memory|out of memory", _MEMORY),
    (
        r"could not look up effective user ID (?P<uid>\d+)",
        "user {uid} has no name on this system and PostgreSQL insists on one: add it to /etc/passwd, or run as another",
    ),
    (
        r"database files are incompatible with server|initialized by PostgreSQL version",
        "{folder} was made by another major version of PostgreSQL: use the Toteboard that made it or another --data",
    ),
    (
        r"recovery ended before configured recovery target was reached",
        "the backup ends before that moment: leave --at out for all that it has",
    ),
    (r"Read-only file system", "{folder} is on a read-only file system: remount it writable or choose another --data"),
    (
        r"could not (open|access) [^:]+: Permission denied|wrong ownership|invalid permissions",
        "{folder} has files its database may not read (owner or mode were changed): give them back to the owner of its"
        " folder pg, mode 0700, or choose another --data",
    ),
    (
        r"could not locate a valid checkpoint record|invalid checkpoint|incorrect checksum in control file",
        "the database in {folder} is damaged ({error}): restore a backup into another --data",
    ),
)


class DatabaseUnavailable(Exception):
    """The database cannot be used now. Its text is one line for the operator and names the way out."""

    def __init__(self, text: str):
        super().__init__(" ".join(text.split()))


def from_os_error(error: OSError, folder: Path) -> DatabaseUnavailable:
    """What the operating system refused while the folder was being looked at or written to."""
    path = error.filename or str(folder)
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            text = _FULL.format(folder=folder)
        case errno.EROFS:
            text = f"{folder} is on a read-only file system: remount it writable or choose another --data"
        case errno.EACCES | errno.EPERM:
            text = f"{path} may not be read or written by this user: change its owner or mode, or choose another --data"
        case errno.ENOTDIR | errno.EEXIST:
            text = f"{path} is in the way, it is not a folder: move it or choose another --data"
        case errno.ENOLCK | errno.EOPNOTSUPP:
            text = f"the file system of {folder} knows no locks: choose a --data on a local disk"
        case _:
            text = f"{path}: {error.strerror or error}: the database cannot use it, choose another --data"
    return DatabaseUnavailable(text)


def from_output(output: str, folder: Path, log: Path | None = None) -> DatabaseUnavailable:
    """What initdb or the postmaster left behind as its last words. `log` is named when no saying is known."""
    for pattern, line in _SAYINGS:
        found = re.search(pattern, output)
        if found:
            return DatabaseUnavailable(line.format(folder=folder, error=found.group(0), **found.groupdict()))
    grave = re.findall(r"(?:PANIC|FATAL|[Ee]rror): +(.+)", output) or [
        line for line in output.splitlines() if line.strip()
    ]
    error_line = grave[-1].strip() if grave else "it said nothing (was it killed for want of memory?)"
    see = f"; the whole story is in {log}" if log else ""
    return DatabaseUnavailable(f"the database in {folder} does not start: {error_line}{see}")


def tail(path: Path, start: int = 0) -> str:
    """The end of a log from `start` on, at most LOG_TAIL_MAX bytes of it; empty where there is none."""
    try:
        with path.open("rb") as log:
            size = log.seek(0, 2)
            # A log that was begun anew since is shorter than it was.
            log.seek(max(start if start <= size else 0, size - LOG_TAIL_MAX))
            return log.read().decode("utf-8", "replace")
    except OSError:
        return ""
