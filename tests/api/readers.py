"""Somebody who downloads: takes the answer part by part, as slowly as the test wants, and may go away in the middle."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from .clients import ApiClient

WAIT_S = 20
MANY = 1000


class Reader:
    """One request under way. Nothing is sent until it is asked for."""

    def __init__(self, client: ApiClient, path: str, **query: Any):
        self._wanted: asyncio.Queue[None] = asyncio.Queue()
        self._given: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._gone = asyncio.Event()
        self._is_asked = False
        request = client.build_request("GET", path)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": urlencode(query).encode(),
            "scheme": "http",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("192.0.2.7", 40_000),
            "server": ("tote.test", 80),
            "root_path": "",
        }
        self.asking = asyncio.ensure_future(client.app(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        if not self._is_asked:
            self._is_asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        await self._wanted.get()
        self._given.put_nowait(message)

    async def next(self) -> dict[str, Any]:
        """The next message, waited for."""
        self._wanted.put_nowait(None)
        async with asyncio.timeout(WAIT_S):
            return await self._given.get()

    async def begun(self) -> int:
        """The status of the answer."""
        return int((await self.next())["status"])

    async def part(self) -> bytes:
        return bytes((await self.next())["body"])

    async def rest(self) -> bytes:
        """All that follows, to the end of the answer."""
        read = b""
        while True:
            message = await self.next()
            read += bytes(message["body"])
            if not message.get("more_body"):
                await self.over()
                return read

    async def drain(self) -> None:
        """Takes whatever comes, until the server is done."""
        for _ in range(MANY):
            self._wanted.put_nowait(None)
        await self.over()

    async def leave(self) -> None:
        self._gone.set()
        await self.over()

    async def over(self) -> None:
        """The server is done with the request, however it ended."""
        async with asyncio.timeout(WAIT_S):
            await asyncio.wait({self.asking})


@asynccontextmanager
async def reading(client: ApiClient, path: str, **query: Any) -> AsyncIterator[Reader]:
    reader = Reader(client, path, **query)
    try:
        yield reader
    finally:
        await reader.leave()
        if not reader.asking.cancelled():
            reader.asking.exception()
