"""What is answered before FastAPI: bets and board snapshots by raw ASGI, and bets by the HTTP parser itself.

uvicorn's protocol builds a task, an event and a cycle for every request. `FrontProtocol` puts a slimmer cycle in that
place for POST /api/bet; whatever is unusual about a request (pipelined, an Expect header) takes the ordinary way.
tests/tidy says at once when uvicorn's class changes.
"""

import asyncio
import time
from http import HTTPStatus
from typing import Any

from toteboard.api.placing import Placing
from toteboard.http.bounded import BoundedProtocol
from toteboard.http.headers import RAW, RAW_TLS_ONLY, is_tls_alone
from toteboard.http.problems import MEDIA_TYPE, problem_body, refuse, respond
from toteboard.ledger.ledger import Outage
from toteboard.metrics.requests import Route
from toteboard.rules.refusals import Refusal, Refused

PATH = "/api/bet"
_TARGET = PATH.encode()
_PROBLEM = MEDIA_TYPE.encode()
_HEADS = {
    status.value: b"HTTP/1.1 %d %s\r\ncontent-type: %s\r\n%b"
    % (status.value, status.phrase.encode(), b"application/json" if status.value < 300 else _PROBLEM, RAW)
    for status in HTTPStatus
}


async def place(placing: Placing, scope: Any, receive: Any, send: Any, *, retry_after_s: int) -> None:
    """POST /api/bet by ASGI. The body is bounded in size and time."""
    body = bytearray()
    more = True
    try:
        async with asyncio.timeout(placing.body_wait_s):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > placing.body_max:
                    await refuse(send, Refused(Refusal.TOO_LARGE), retry_after_s=retry_after_s)
                    return
    except TimeoutError:
        await refuse(send, Refused(Refusal.TIMEOUT), retry_after_s=retry_after_s)
        return
    status, text = await placing.place(scope, bytes(body))
    retry = ((b"retry-after", b"%d" % retry_after_s),) if status == 503 else ()
    await respond(send, status, text, retry)


class _BetCycle:
    """Stands where uvicorn's RequestResponseCycle would, for one POST /api/bet."""

    __slots__ = (
        "began",
        "begun",
        "body",
        "disconnected",
        "keep_alive",
        "more_body",
        "protocol",
        "response_complete",
        "timer",
        "transport",
    )

    def __init__(self, protocol: "FrontProtocol", keep_alive: bool):
        self.protocol = protocol
        self.keep_alive = keep_alive
        self.transport: Any = protocol.transport
        self.body = bytearray()
        self.more_body = True
        self.began = time.perf_counter()
        self.begun = False
        self.disconnected = False
        self.response_complete = False
        self.timer: asyncio.TimerHandle | None = None

    @property
    def message_event(self) -> "_BetCycle":
        return self

    def set(self) -> None:
        """uvicorn's protocol says that body arrived, that it is complete, or that the connection is lost."""
        if self.begun or self.disconnected:
            return
        if len(self.body) > self.protocol.placing.body_max:
            self.begun = True
            self.keep_alive = False
            self.answer(413, problem_body(Refusal.TOO_LARGE))
        elif not self.more_body:
            self.begun = True
            if self.timer is not None:
                self.timer.cancel()
            self.place()

    def wait(self) -> None:
        """The packet ended before the body did: the rest has a time limit."""
        self.timer = self.protocol.loop.call_later(self.protocol.placing.body_wait_s, self.late)

    def late(self) -> None:
        if not self.begun and not self.disconnected and not self.protocol.transport.is_closing():
            self.begun = True
            self.keep_alive = False
            self.answer(408, problem_body(Refusal.TIMEOUT))

    def place(self) -> None:
        placing = self.protocol.placing
        scope = self.protocol.scope
        body = bytes(self.body)
        if not placing.begin(scope, body, self.answer):
            task = self.protocol.loop.create_task(self.place_slowly(scope, body))
            self.protocol.tasks.add(task)
            task.add_done_callback(self.protocol.tasks.discard)

    async def place_slowly(self, scope: Any, body: bytes) -> None:
        self.answer(*await self.protocol.placing.place(scope, body))

    def answer(self, status: int, text: bytes) -> None:
        """Writes the answer, if anybody is still there to read it."""
        if self.disconnected or self.response_complete or self.protocol.transport.is_closing():
            return
        self.response_complete = True
        protocol = self.protocol
        close = b"" if self.keep_alive else b"connection: close\r\n"
        if status == 503:
            close += b"retry-after: %d\r\n" % protocol.retry_after_s
        protocol.transport.write(
            b"%b%bcontent-length: %d\r\n%b\r\n%b" % (_HEADS[status], protocol.default_headers(), len(text), close, text)
        )
        if not self.keep_alive:
            self.transport.close()
        protocol.bets.answered(status, time.perf_counter() - self.began)
        protocol.on_response_complete()


class FrontProtocol(BoundedProtocol):
    """The HTTP protocol, with bets answered where they are parsed."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.placing: Placing = getattr(self.app, "placing", None)  # type: ignore[assignment]
        self.bets: Route = self.app.requests.of("POST", PATH)
        self.retry_after_s: int = getattr(self.app, "retry_after_s", 1)
        # Said by the pages behind a proxy that only its header tells of; no answer to a bet looks for that.
        self._tls = RAW_TLS_ONLY if is_tls_alone(self.app.settings) else b""

    def on_headers_complete(self) -> None:
        self.check_head()
        before: Any = self.cycle
        if (
            self.url == _TARGET
            and self.placing is not None
            and not self.expect_100_continue
            and (self.cycle is None or self.cycle.response_complete)
            and self.version == "1.1"
            and self.parser.get_method() == b"POST"
        ):
            self.scope["method"] = "POST"
            self.scope["path"] = PATH
            self.cycle = _BetCycle(self, self.parser.should_keep_alive())  # type: ignore[assignment]
        else:
            # Not BoundedProtocol's, which would look at the head once more.
            super(BoundedProtocol, self).on_headers_complete()
        if self.bounds.stopping and self.cycle is not before:
            self.on_new_cycle(before)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        cycle: Any = self.cycle
        if cycle.__class__ is _BetCycle and not cycle.begun and cycle.timer is None:
            cycle.wait()

    def default_headers(self) -> bytes:
        """uvicorn's own headers (Date) and that of TLS, joined once a second instead of once an answer."""
        now = self.server_state.default_headers
        held: Any = getattr(self.server_state, "toteboard_joined", None)
        if held is None or held[0] is not now:
            held = (now, b"".join(b"%b: %b\r\n" % header for header in now) + self._tls)
            self.server_state.toteboard_joined = held  # type: ignore[attr-defined]
        return held[1]  # type: ignore[no-any-return]


async def board(hub: Any, scope: Any, _receive: Any, send: Any, *, retry_after_s: int) -> None:
    """GET /api/tournament/{id or slug}/board: the snapshot as the feed's own board holds it, ready-made."""
    name = scope["path"].split("/")[3]
    try:
        text = await hub.board(name)
    except Outage:
        refused = Refused(Refusal.OUTAGE)
    else:
        if text is not None:
            await respond(send, 200, text)
            return
        refused = Refused(Refusal.NOT_FOUND, "There is no such tournament.")
    await refuse(send, refused, retry_after_s=retry_after_s)
