"""A proxy between a client and a server that can fall silent: it takes what it is sent, and passes nothing on any more.

Or it is broken off until it is mended: it ends every connection, and takes none.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from toteboard.embedded.postgres import Endpoint
from wire_client import listening_socket

PIECE = 65536


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Relay:
    """On a port, to a server."""

    def __init__(self, reach: Callable[[], Awaitable[Streams]], port: int):
        self.port = port
        self._reach = reach
        self._broken = False
        self._silent: set[object] = set()
        self._passing: dict[object, list[asyncio.StreamWriter]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def fall_silent(self) -> None:
        """On the connections that there are. Nobody is told, and new ones are served."""
        self._silent.update(self._passing)

    def break_off(self) -> None:
        """Everybody is told, and new connections end at once, until it is mended."""
        self._broken = True
        for writer in (writer for both in self._passing.values() for writer in both):
            writer.transport.abort()
        self._passing.clear()

    def mend(self) -> None:
        self._broken = False

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._broken:
            writer.transport.abort()
            return
        there_reader, there_writer = await self._reach()
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


RelayT = TypeVar("RelayT", bound=Relay)


class DatabaseRelay(Relay):
    """To a database's unix socket."""

    def __init__(self, server: Endpoint, port: int):
        super().__init__(lambda: asyncio.open_unix_connection(f"{server.host}/.s.PGSQL.{server.port}"), port)
        self._server = server

    def dsn(self, database: str) -> str:
        """The owner's, through here, of the database that this DSN names."""
        name = database.partition("?")[0].rpartition("/")[2]
        return f"postgresql://{self._server.user}:{self._server.password}@127.0.0.1:{self.port}/{name}"


@asynccontextmanager
async def relayed(server: Endpoint) -> AsyncIterator[DatabaseRelay]:
    listening = listening_socket()
    async with _passing(DatabaseRelay(server, listening.getsockname()[1]), listening) as relay:
        yield relay


@asynccontextmanager
async def relayed_port(port: int) -> AsyncIterator[Relay]:
    """To a server's port of this machine."""
    listening = listening_socket()
    there = Relay(lambda: asyncio.open_connection("127.0.0.1", port), listening.getsockname()[1])
    async with _passing(there, listening) as relay:
        yield relay


@asynccontextmanager
async def _passing(relay: RelayT, listening: socket.socket) -> AsyncIterator[RelayT]:
    listener = await asyncio.start_server(relay.pass_on, sock=listening)
    try:
        yield relay
    finally:
        listener.close()
        relay.end()
