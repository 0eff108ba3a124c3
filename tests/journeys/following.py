"""`toteboard backup --follow` as a process."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from .server import Site

WAIT_S = 60


class Follower:
    """It streams into `place`. `stop` is SIGTERM: what runs in the background hears no Ctrl-C."""

    def __init__(self, site: Site, place: Path, *words: str):
        self.log = (place.parent / f"{place.name}-{time.monotonic_ns()}.log").open("w+")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "toteboard", "backup", "--follow", "--to", str(place)),
                *("--data", str(site.folder), *words),
            ],
            env=site.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def words(self) -> str:
        self.log.seek(0)
        return self.log.read()

    def until(self, text: str, *, times: int = 1) -> None:
        """Waits until it has said this."""
        ended = time.monotonic() + WAIT_S
        while self.words().count(text) < times:
            assert self.process.poll() is None, self.words()
            assert time.monotonic() < ended, self.words()
            time.sleep(0.1)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WAIT_S)

    def children(self) -> list[str]:
        """The command lines of what it started."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            for pid in found
            if os.path.exists(f"/proc/{pid}")
        ]


@contextlib.contextmanager
def follower(site: Site, place: Path, *words: str) -> Iterator[Follower]:
    """One for the length of the block."""
    running = Follower(site, place, *words)
    try:
        yield running
    finally:
        running.stop()
        running.log.close()
