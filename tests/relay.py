"""A proxy between a client and a server, which can fall silent: it takes what it is sent, and passes nothing on any more."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from toteboard.embedded.postgres import Endpoint
from wire_client import listening_socket

PIECE = 65536


class Relay:
    """On a port, to a server's unix socket."""

    def __init__(self, server: Endpoint, port: int):
        self._server = server
        self._port = port
        self._target = f"{server.host}/.s.PGSQL.{server.port}"
        self._silent: set[object] = set()
        self._passing: dict[object, list[asyncio.StreamWriter]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def dsn(self, database: str) -> str:
        """The owner's, through here, of the database that this DSN names."""
        name = database.partition("?")[0].rpartition("/")[2]
        return f"postgresql://{self._server.user}:{self._server.password}@127.0.0.1:{self._port}/{name}"

    def fall_silent(self) -> None:
        """On the connections that there are. Nobody is told, and new ones are served."""
        self._silent.update(self._passing)

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_unix_connection(self._target)
        one = object()
        self._passing[one] = [writer, there_writer]
        for source, target in ((reader, there_writer), (there_reader, writer)):
            task = asyncio.create_task(self._one_way(one, source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _one_way(self, one: object, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(PIECE):
                if one not in self._silent:
                    target.write(piece)
                    await target.drain()
        if one not in self._silent:
            target.close()

    def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        for writer in (writer for both in self._passing.values() for writer in both):
            writer.close()


@asynccontextmanager
async def relayed(server: Endpoint) -> AsyncIterator[Relay]:
    listening = listening_socket()
    relay = Relay(server, listening.getsockname()[1])
    listener = await asyncio.start_server(relay.pass_on, sock=listening)
    try:
        yield relay
    finally:
        listener.close()
        relay.end()
