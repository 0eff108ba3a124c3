"""Ports for servers of tests: each worker of the test run has its own, and gives none out twice."""

import os
import socket
from itertools import cycle

WORKERS = 4
FIRST, EACH = 12_000, 5_000

_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
# Begins elsewhere at every run: what an earlier one left open is not asked for first.
_BEGIN = os.getpid() % EACH
_PORTS = cycle(FIRST + _WORKER * EACH + (_BEGIN + step) % EACH for step in range(EACH))


def free_port() -> int:
    """A port that nobody listens on, below those that the system gives to outgoing connections."""
    for _ in range(EACH):
        port = next(_PORTS)
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port")
