"""Streams the WAL as it is written, with PostgreSQL's pg_receivewal: what was committed is in the place a moment later.

The database keeps for us what we have not got, by a replication slot (ledger/operating/backups.py makes it).
"""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from toteboard.backups.tools import connection

SLOT = "toteboard_backup"
STOP_S = 10.0
# It says why each time it tries again; the same reason is said once.
_ERROR = "pg_receivewal: error: "


@contextmanager
def following(dsn: str, programs: Path, into: Path, say: Callable[[str], None]) -> Iterator[Callable[[], bool]]:
    """While the block runs. What is yielded says whether it still runs; it connects again by itself, every five seconds."""
    address, environment = connection(dsn)
    process = subprocess.Popen(  # noqa: S603
        [
            programs / "pg_receivewal",
            *("--dbname", address, "--no-password", "--directory", str(into), "--slot", SLOT),
            # What came is on disk before the database hears that we have it.
            "--synchronous",
        ],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        # Ctrl-C in the terminal is for us; we then stop it in order.
        start_new_session=True,
    )
    ending = threading.Event()
    teller = threading.Thread(target=_tell, args=(process, say, ending), name="what pg_receivewal says", daemon=True)
    teller.start()
    try:
        yield lambda: process.poll() is None
    finally:
        ending.set()
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        teller.join(STOP_S)


def _tell(process: "subprocess.Popen[str]", say: Callable[[str], None], ending: threading.Event) -> None:
    assert process.stderr is not None
    said = ""
    with suppress(ValueError):
        for line in process.stderr:
            # What goes on in the next line is libpq's advice.
            text = line.strip().removeprefix(_ERROR)
            if line.startswith(_ERROR) and text != said and not ending.is_set():
                said = text
                say(f"what is committed does not come: {text}")
