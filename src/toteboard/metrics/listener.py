"""The listener that Prometheus scrapes: a port of its own, beside the one of the application. Measures nothing.

The HTTP is prometheus-client's. A process that works alone is asked on its own loop; of several workers each answers on a
socket file in a folder of the parent's, and the parent makes one of what they say.
"""

import asyncio
import os
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import ProcessCollector, make_wsgi_app
from prometheus_client.core import CollectorRegistry, Metric
from prometheus_client.exposition import ThreadingWSGIServer, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from toteboard.metrics.figures import Figures
from toteboard.metrics.merging import Workers
from toteboard.metrics.reading import families

# How long the application's loop, or a worker, may take to answer; who scrapes waits ten seconds as a rule.
ANSWER_S = 5.0
# A connection on which nothing is asked for so long is closed.
SILENT_S = 10.0
BYTES_MAX = 16 * 1024 * 1024

Collect = Callable[[], Iterable[Metric]]


class _Quiet(WSGIRequestHandler):
    timeout = SILENT_S

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody is told that we were scraped."""


class _V6(ThreadingWSGIServer):
    address_family = socket.AF_INET6


class _Asked:
    """A collector of prometheus-client that asks at every scrape."""

    def __init__(self, collect: Collect):
        self._collect = collect

    def collect(self) -> Iterable[Metric]:
        return self._collect()


class Listener:
    """A bound port. It answers as long as `serving` is entered. Raises OSError where the port cannot be had."""

    def __init__(self, host: str, port: int):
        self._collect: Collect | None = None
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Asked(self._collected))
        server = _V6 if ":" in host else ThreadingWSGIServer
        self._server = make_server(host, port, make_wsgi_app(registry), server, handler_class=_Quiet)
        self.port: int = self._server.server_port

    def close(self) -> None:
        """Gives the port back."""
        self._server.server_close()

    @contextmanager
    def serving(self, collect: Collect) -> Iterator[None]:
        """It answers with what `collect` gives while the block runs."""
        self._collect = collect
        thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            thread.join()

    def _collected(self) -> Iterable[Metric]:
        return self._collect() if self._collect is not None else ()


# One process ----------------------------------------------------------------------------------------------------------


class OwnFigures:
    """The figures of this process, for another thread: taken on the loop, between two of its turns."""

    def __init__(self, take: Callable[[], Figures]):
        self._take = take
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        """From now on there is a loop to ask: the running one."""
        self._loop = asyncio.get_running_loop()

    def collect(self) -> Iterator[Metric]:
        """Empty before the start. Raises TimeoutError where the loop does not answer."""
        if self._loop is not None:
            yield from families(asyncio.run_coroutine_threadsafe(self._taken(), self._loop).result(ANSWER_S))
            yield from ProcessCollector(registry=None).collect()

    async def _taken(self) -> Figures:
        return self._take()


# Several workers ------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def answering(folder: str, take: Callable[[], Figures]) -> AsyncIterator[None]:
    """A worker says its metrics to whoever connects to its socket file in the folder, while the block runs."""
    path = Path(folder) / f"{os.getpid()}.sock"

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Asked(lambda: [*families(take()), *ProcessCollector(registry=None).collect()]))
        writer.write(generate_latest(registry))
        writer.close()

    server = await asyncio.start_unix_server(answer, path=str(path))
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


def of_workers(folder: Path) -> Collect:
    """What all workers say whose socket files are in the folder, made one."""
    workers = Workers()
    # Two scrapes at once would take each other's workers for gone.
    turn = threading.Lock()

    def collect() -> list[Metric]:
        with turn:
            told = {path.stem: text for path in folder.glob("*.sock") if (text := _said(path)) is not None}
            return list(workers.merged({worker: text_string_to_metric_families(text) for worker, text in told.items()}))

    return collect


def _said(path: Path) -> str | None:
    """What a worker says; None where nobody is there any more, or it ended while it answered.

    Raises TimeoutError for one that is only slow: taken for gone, it would be counted twice when it answers again.
    """
    said = bytearray()
    try:
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(ANSWER_S)
            asked.connect(str(path))
            while len(said) < BYTES_MAX and (part := asked.recv(65_536)):
                said += part
    except (ConnectionError, FileNotFoundError):
        path.unlink(missing_ok=True)
        return None
    return said.decode() if said.endswith(b"\n") else None
