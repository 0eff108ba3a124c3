"""The whole application on a real uvicorn server and a free port, and a client that sends exactly the bytes it is told.

async with served(scenario.dsn) as port, wired(port) as wire:
    answer = await wire.ask(bet_request(who, {"outcome_id": 1, "stake": 5, "currency": "EUR"}))
"""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import uvicorn

from ports import free_port
from scenarios import Bettor, LedgerScenario
from toteboard import serving
from toteboard.api.people.sessions import csrf_of, hash_of, new_token
from toteboard.asgi import Application
from toteboard.settings import Settings

HOST = "tote.test"
WAIT_S = 30


def listening_socket() -> socket.socket:
    """A socket that listens on a free port."""
    return socket.create_server(("127.0.0.1", free_port()))


@dataclass(frozen=True)
class Who:
    """A token and how it is sent: `headers` make the request theirs."""

    token: bytes
    kind: str

    @property
    def headers(self) -> dict[str, str]:
        if self.kind == "token":
            return {"Authorization": f"Bearer {self.token.decode()}"}
        return {
            "Cookie": f"toteboard_session={self.token.decode()}",
            "Origin": f"http://{HOST}",
            "X-CSRF-Token": csrf_of(self.token),
        }


async def signed_in(scenario: LedgerScenario, bettor: Bettor, kind: str = "token") -> Who:
    token = new_token(b"tb_" if kind == "token" else b"")
    await scenario.conn.execute(
        "INSERT INTO sessions (token_hash, user_id, kind, expires_at) VALUES ($1, $2, $3, now() + $4::interval)",
        hash_of(token),
        bettor.user_id,
        kind,
        timedelta(days=1),
    )
    return Who(token, kind)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def code(self) -> str:
        assert self.headers["content-type"] == "application/problem+json", self
        assert self.body["status"] == self.status
        return str(self.body["code"])


def request(
    method: str, path: str, headers: Mapping[str, str | None], body: bytes = b"", version: str = "1.1"
) -> bytes:
    """A request's bytes; a header that is None is left out."""
    usual: dict[str, str | None] = {"Host": HOST}
    if method == "POST":
        usual |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = [f"{name}: {value}" for name, value in (usual | dict(headers)).items() if value is not None]
    return "\r\n".join([f"{method} {path} HTTP/{version}", *lines, "", ""]).encode("latin-1") + body


def bet_request(
    who: Who | None,
    body: Any,
    *,
    key: str | None = "",
    path: str = "/api/bet",
    version: str = "1.1",
    **headers: str | None,
) -> bytes:
    """POST /api/bet. `body` is bytes or what becomes JSON; `key` None leaves it out, empty is a new one."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    given: dict[str, str | None] = {"Idempotency-Key": str(uuid4()) if key == "" else key}
    given |= who.headers if who else {}
    return request("POST", path, given | {n.replace("_", "-"): v for n, v in headers.items()}, text, version)


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.reader = reader
        self.writer = writer

    def send(self, *parts: bytes) -> None:
        self.writer.write(b"".join(parts))

    async def answer(self) -> Answer:
        """The next answer; EOFError where the server closed without one."""
        async with asyncio.timeout(WAIT_S):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in head[1:] if line)}
            status = int(head[0].split()[1])
            text = await self.reader.readexactly(int(headers.get("content-length", "0")))
        kind = headers.get("content-type", "")
        return Answer(status, headers, json.loads(text) if text and "json" in kind else text)

    async def ask(self, sent: bytes) -> Answer:
        self.send(sent)
        return await self.answer()

    async def closed(self) -> bool:
        """Whether the server closed the connection (waits for it)."""
        async with asyncio.timeout(WAIT_S):
            return await self.reader.read(1) == b""


@asynccontextmanager
async def wired(port: int) -> AsyncIterator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()


async def asked(port: int, sent: bytes) -> Answer:
    """One request on a connection of its own."""
    async with wired(port) as wire:
        return await wire.ask(sent)


@asynccontextmanager
async def served(dsn: str, **wanted: Any) -> AsyncIterator[int]:
    """The application as `toteboard serve` runs it, in a thread with a loop of its own. The port."""
    settings = Settings.read({}, database_url=dsn, **wanted)
    listening = listening_socket()
    server = uvicorn.Server(serving.config(settings, Application(settings)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        async with asyncio.timeout(WAIT_S):
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                await asyncio.sleep(0.02)
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        await asyncio.to_thread(thread.join, WAIT_S)
        listening.close()
        assert not thread.is_alive(), "the server did not stop"
