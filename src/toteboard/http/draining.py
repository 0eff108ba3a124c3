"""Told to stop, a process first says that it is not ready, and serves on until whoever sends it requests has seen that.

Otherwise a proxy finds a closed port before its next look: a request that it had begun to send is then nobody's.
"""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from toteboard.http.connections import Connections


@contextmanager
def drained(connections: Connections, seconds: float) -> Iterator[None]:
    """While the block runs, SIGTERM does what it did before after so many seconds; a second one, or Ctrl-C, does it at once.

    Only where the process has a handler of its own for it already, and in its main thread; with 0 nothing is changed.
    """
    handler = signal.getsignal(signal.SIGTERM)
    if seconds == 0 or not callable(handler):
        yield
        return
    loop = asyncio.get_running_loop()

    def stop(number: int, frame: FrameType | None) -> None:
        if connections.draining:
            handler(number, frame)
            return
        connections.draining = True
        loop.call_soon_threadsafe(loop.call_later, seconds, handler, number, frame)

    try:
        signal.signal(signal.SIGTERM, stop)
    except ValueError:
        # A test's server in a thread is told to stop by other means.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, handler)
