"""Locks between processes and patient waiting for them. Knows files and processes, nothing of databases."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

# How long nothing is said while waiting.
SILENCE_S = 5.0
POLL_FIRST_S = 0.01
POLL_MAX_S = 0.5


class Backoff:
    """Waits a little longer each time and says so when it has been silent for SILENCE_S."""

    def __init__(self, say: Callable[[str], None]):
        self._say = say
        self._pause_s = POLL_FIRST_S
        self._start = self._noted_at = self._alive_at = time.monotonic()

    def alive(self) -> None:
        """Something moved: the silence begins anew."""
        self._alive_at = time.monotonic()

    def unseen_for(self) -> float:
        """Seconds since something moved."""
        return time.monotonic() - self._alive_at

    def a_while(self, text: str) -> None:
        """Waits a little longer than before; says `text` once it takes long."""
        time.sleep(self._pause_s)
        self._pause_s = min(self._pause_s * 1.3, POLL_MAX_S)
        now = time.monotonic()
        if now - self._noted_at >= SILENCE_S:
            self._noted_at = now
            self._say(f"{text}; waiting, {now - self._start:.0f} s so far")


def open_lock(home: Path, name: str) -> int:
    """Opened to read only: flock needs no more, and the next user of the folder may be another one."""
    path = home / name
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        fd = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        if os.geteuid() == 0:
            owner = home.stat()
            os.fchown(fd, owner.st_uid, owner.st_gid)
        return fd


def try_lock(home: Path, name: str) -> int | None:
    """The open descriptor of a lock now held by us alone, or None when somebody else has it."""
    fd = open_lock(home, name)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    except BaseException:
        os.close(fd)
        raise
    return fd


def runs_in(pid: int, cluster: Path) -> bool:
    """Whether that process is a postmaster of that cluster: it works in its folder. Without /proc, whether it lives."""
    if Path("/proc/self").exists():
        try:
            return os.path.samefile(f"/proc/{pid}/cwd", cluster)
        except OSError:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
