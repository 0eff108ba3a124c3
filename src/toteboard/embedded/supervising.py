"""Keeps the embedded server up while somebody serves from it: one that died is started again. Knows nobody who asks it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from toteboard.embedded.following import LogFollower
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.embedded.unavailable import DatabaseUnavailable

LOOK_S = 0.5
# Between two starts of a server that does not stay: longer each time, and from the beginning once one has lived that long.
PAUSE_FIRST_S = 1.0
PAUSE_MAX_S = 60.0


@contextmanager
def supervised(server: EmbeddedPostgres, say: Callable[[str], None]) -> Iterator[None]:
    """While the block runs a server that died is started again; `say` gets one line each time, and why it could not be.

    What it writes into its log at WARNING or above is said in ours.
    """
    ended = threading.Event()
    thread = threading.Thread(target=_supervise, args=(server, say, ended), name="supervise the database", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()


def _supervise(server: EmbeddedPostgres, say: Callable[[str], None], ended: threading.Event) -> None:
    pause_s, started_at, said = 0.0, monotonic(), ""
    follower = LogFollower(server.log_path)
    while not ended.wait(LOOK_S):
        follower.step(server.log_path)
        if server.pid is not None:
            continue
        if pause_s and monotonic() - started_at > PAUSE_MAX_S:
            pause_s = 0.0
        if ended.wait(pause_s):
            return
        try:
            # Nobody's doing where its processes are still on their way out, or another Toteboard has started it.
            if not server.start_again():
                continue
            say("the database had died; it is started again, and what was committed is there")
            said = ""
        except DatabaseUnavailable as why:
            # The same reason is said once, however often it keeps the server down.
            if str(why) != said:
                said = str(why)
                say(f"the database has died and cannot be started: {said}; trying again")
        started_at = monotonic()
        pause_s = min(max(pause_s * 2, PAUSE_FIRST_S), PAUSE_MAX_S)
