"""A small HTTP server in the test's own loop, for the doubles: they are asked over a real connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn


@dataclass(frozen=True)
class Asked:
    """A request to a double; header names in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


# A status, headers and the bytes of a body.
Answered = tuple[int, dict[str, str], bytes]
Answering = Callable[[Asked], Awaitable[Answered]]


@asynccontextmanager
async def serving(answer: Answering) -> AsyncIterator[str]:
    """Serves on a port of its own; gives the base URL."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        status, told, content = await answer(Asked(scope["method"], scope["path"], headers, body))
        raw = [(name.encode(), value.encode()) for name, value in told.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": content})

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off"))
    # The test's signals are the test's.
    running = asyncio.create_task(server._serve())
    while not server.started:
        assert not running.done(), "the double does not start"
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running
