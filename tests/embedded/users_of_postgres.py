"""Another program that uses the embedded server, for tests that need a second process or a second user.

It joins, says its DSN on a line, and leaves when its standard input ends; what is wrong it says after `refused:`.
"""

import os
import pwd
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

WAIT_S = 60
NOBODY = pwd.getpwnam("nobody").pw_uid
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

_PROGRAM = """
import encodings.idna, os, sys
from pathlib import Path
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.embedded.unavailable import DatabaseUnavailable
folder, uid = Path(sys.argv[1]), int(sys.argv[2])
if uid:
    # Everything is imported by now: the interpreter itself may be closed to that user.
    os.setgroups([]); os.setgid(uid); os.setuid(uid)
server = EmbeddedPostgres(folder, say=lambda text: None)
try:
    print(server.join_or_start(), server.pid, flush=True)
except DatabaseUnavailable as unavailable:
    print(f"refused: {unavailable}", flush=True)
    sys.exit(1)
sys.stdin.read()
server.leave()
"""


class Neighbour:
    """One such program, running."""

    def __init__(self, process: "subprocess.Popen[str]"):
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    def answer(self) -> str:
        """Its DSN, or what it was refused."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], WAIT_S)
        assert ready, f"no answer in {WAIT_S} s"
        return self._process.stdout.readline().strip()

    def leave(self) -> None:
        """Asks it to leave and waits until it has."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(WAIT_S)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(WAIT_S)


@contextmanager
def neighbour(folder: Path, *, uid: int = 0) -> Iterator[Neighbour]:
    """Starts one, as user `uid` if that is not 0, and takes it away with the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(folder), str(uid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    with process:
        running = Neighbour(process)
        try:
            yield running
        finally:
            if process.poll() is None:
                running.leave()
