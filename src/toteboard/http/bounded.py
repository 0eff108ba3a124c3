"""uvicorn's HTTP protocol within bounds: what of a request's head is taken, how much at once, and what is nothing but wrong.

Whatever is refused here no application has seen. Fields after the body (trailers) are never headers: they are dropped.
tests/tidy says at once when the class beneath changes.
"""

import asyncio
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from toteboard.http.connections import Connections, Ended, Seat
from toteboard.http.headers import RAW
from toteboard.http.problems import MEDIA_TYPE, problem_body
from toteboard.rules.refusals import Refusal

VERSIONS = frozenset({"1.0", "1.1"})
# What stands between a name and a value and after it.
HEADER_FRAMING = 4
# Told to stop, a connection is heard so long for what is on its way; then, what was sent meanwhile is taken from the network
# for a moment and dropped: a connection that is closed on unread bytes takes the last answer with it.
DRAIN_S = 0.5
LINGER_S = 0.5
_WHY = {Refusal.HEADERS: Ended.HEADERS, Refusal.MALFORMED: Ended.MALFORMED, Refusal.TIMEOUT: Ended.SLOW}


class Wrong(Exception):
    """Stops the parser: the request is refused."""


class _LastAnswers:
    """What a cycle of uvicorn's writes to once the process stops: as the transport, but that it is closed in peace."""

    def __init__(self, protocol: "BoundedProtocol"):
        self._protocol = protocol
        self.write = protocol.transport.write
        self.is_closing = protocol.transport.is_closing

    def close(self) -> None:
        self._protocol.close_in_peace()


class BoundedProtocol(HttpToolsProtocol):
    """One connection. The application says its bounds: `app.connections`; without them uvicorn's own way is taken."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.bounds: Connections = self.app.connections
        settings = self.app.settings
        self._head_max: int = settings.header_bytes_max
        self._headers_max: int = settings.headers_max
        self._pipeline_max: int = settings.pipeline_max
        # Twice the largest file: who sends one that is too large reads why, behind a proxy too.
        self._discarded_max: int = 2 * settings.import_bytes_max
        self.seat: Seat | None = None
        # A head that is not complete; how much of it came in packets that neither began nor ended it, and at most in all that
        # did not end it; and how much comes in this one.
        self._in_head = False
        self._unparsed = 0
        self._came = 0
        self._packet = 0
        # Of the last head.
        self._hosts = 0
        self.version = ""
        self._began = False
        # Requests that came at once: those behind the first are pipelined, answered though they may be by now.
        self._in_packet = 0
        self._discarded = 0
        # An answer is written and the client has not read it: the next request waits.
        self._held = False
        self._ending = False
        self._wrong: Refusal | None = None
        self._why = Ended.MALFORMED

    # The connection ---------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        seat = self.bounds.admit(self, self.client[0] if self.client else None, self.loop.time())
        if isinstance(seat, Seat):
            self.seat = seat
            if self.bounds.stopping:
                self.loop.call_later(DRAIN_S, self._hear_no_more)
        else:
            self._ending = True
            transport.write(problem_response(Refusal.TOO_BUSY, retry_after_s=1))
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.seat is not None:
            self.bounds.leave(self.seat)
        super().connection_lost(exc)

    def end(self, why: Ended) -> None:
        """Ends the connection: with an answer where nothing else is being answered, at once where nobody reads."""
        if self.seat is not None:
            self.seat.waiting_since = self.seat.unread_since = self.seat.idle_since = None
        if why in (Ended.UNREAD, Ended.IDLE):
            self.bounds.ended[why] += 1
            self._ending = True
            if why is Ended.IDLE:
                self._close()
            else:
                self.transport.abort()
        else:
            self._refuse(Refusal.TIMEOUT, why)

    def _refuse(self, refusal: Refusal, why: Ended) -> None:
        if self._ending or self.transport.is_closing():
            return
        self._ending = True
        self.bounds.ended[why] += 1
        # Answers come in order: behind one that is under way nothing is said. And who has said nothing is told nothing.
        is_asked = self._in_head or refusal is not Refusal.TIMEOUT
        if is_asked and (self.cycle is None or self.cycle.response_complete):
            self.transport.write(problem_response(refusal))
        self._close()

    def _close(self) -> None:
        """Closes once all is written; who does not read that either is ended as one who does not read."""
        self.transport.close()
        if self.seat is not None:
            self.seat.unread_since = self.loop.time()

    # Stopping ---------------------------------------------------------------------------------------------------------

    def shutdown(self) -> None:
        """uvicorn's, but that what has arrived is answered: an idle connection may have a request on its way."""
        self.bounds.stopping = True
        if self.cycle is not None and not self.cycle.response_complete:
            self.make_last()
        self.loop.call_later(DRAIN_S, self._hear_no_more)

    def make_last(self) -> None:
        """The request that was read last is the last to be answered, unless another comes in time."""
        self.cycle.keep_alive = False
        self.cycle.transport = _LastAnswers(self)  # type: ignore[assignment]

    def _hear_no_more(self) -> None:
        self._ending = True
        if self.cycle is None or self.cycle.response_complete:
            self.close_in_peace()

    def close_in_peace(self) -> None:
        """Ends the connection once the client has what was written: the writing at once, the reading a moment later."""
        self._ending = True
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER_S, self.transport.close)

    def on_new_cycle(self, before: Any) -> None:
        """A request's head is there; `before` is the one that was read before it."""
        if self.bounds.stopping:
            if before is not None and not before.response_complete:
                before.keep_alive = True
            self.make_last()

    # What comes in ----------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self._ending:
            return
        seat = self.seat
        if seat is not None:
            seat.idle_since = None
        self._began = False
        self._in_packet = 0
        self._packet = len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._upgrade()
            return
        except httptools.HttpParserError:
            self._refuse(self._wrong or Refusal.MALFORMED, self._why)
            return
        if self._in_head:
            # What came before it in its first packet is not of it; one packet is bounded by itself.
            self._unparsed += 0 if self._began else self._packet
            self._came += self._packet
            if self._unparsed > self._head_max:
                self._refuse(Refusal.HEADERS, Ended.HEADERS)
            elif seat is not None and seat.waiting_since is None:
                seat.waiting_since = self.loop.time()
        elif (
            not self._began
            and seat is not None
            and seat.waiting_since is None
            and (self.cycle is None or self.cycle.response_complete)
        ):
            # Bytes that begin no request.
            seat.waiting_since = self.loop.time()

    def on_message_begin(self) -> None:
        self._in_head = self._began = True
        self._unparsed = self._came = self._discarded = self._hosts = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """uvicorn's, but that a trailer is dropped: whatever it says, it was not said in time."""
        if not self._in_head:
            return
        name = name.lower()
        if name == b"host":
            self._hosts += 1
        elif name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self.check_head()
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            self.on_new_cycle(before)

    def check_head(self) -> None:
        """Goes on with a head that every server would read as this one does. Raises Wrong."""
        came = self._came + self._packet
        self._in_head = False
        self._unparsed = 0
        if self.seat is not None:
            self.seat.waiting_since = None
        version = self.version = self.parser.get_http_version()
        if version not in VERSIONS:
            self._stop(Refusal.MALFORMED)
        # No head is larger than what came of it; as a rule that is all there is to look at.
        is_large = came > self._head_max and self._head_size() > self._head_max
        if is_large or len(self.headers) > self._headers_max:
            self._stop(Refusal.HEADERS)
        if self._hosts != 1 and (self._hosts or version == "1.1"):
            self._stop(Refusal.MALFORMED)
        self._in_packet += 1
        if len(self.pipeline) >= self._pipeline_max or self._in_packet > self._pipeline_max:
            self._why = Ended.PIPELINED
            self._stop(Refusal.MALFORMED)
        if self.parser.should_upgrade() and _has_body(self.headers):
            # A handshake has no body: two servers would not agree where it ends.
            self._stop(Refusal.MALFORMED)

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + HEADER_FRAMING for name, value in self.headers)

    def _stop(self, refusal: Refusal) -> None:
        self._wrong = refusal
        self._why = self._why if self._why is Ended.PIPELINED else _WHY[refusal]
        raise Wrong

    def on_body(self, body: bytes) -> None:
        if self.cycle is not None and self.cycle.response_complete:
            # Answered before it was read: some more is taken, so that the answer arrives, and not without end.
            self._discarded += len(body)
            if self._discarded > self._discarded_max:
                self._stop(Refusal.MALFORMED)
        super().on_body(body)

    def _upgrade(self) -> None:
        if not self._should_upgrade():
            # Answered as if it had not asked: not worth a line of the log, which anybody could fill so.
            return
        seat, self.seat = self.seat, None
        self.handle_websocket_upgrade()
        # From now on it is the feed's, with the seat it has.
        self.transport.get_protocol().take_seat(seat)  # type: ignore[attr-defined]

    # What goes out ----------------------------------------------------------------------------------------------------

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.seat is not None:
            self.seat.unread_since = self.loop.time()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.seat is not None:
            self.seat.unread_since = None
        if self._held:
            self._held = False
            self.on_response_complete()

    def on_response_complete(self) -> None:
        if self.flow.write_paused and not self.transport.is_closing():
            # Whoever does not read the answers they have is asked nothing more.
            self._held = True
            self.flow.pause_reading()
            return
        # As uvicorn does it, but for a timer a request: who asks nothing for long is seen by the look at all connections.
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self.seat is not None:
            now = self.loop.time()
            self.seat.idle_since = now
            if self.cycle.more_body and self.cycle.response_complete:
                self.seat.waiting_since = now


def _has_body(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"0") for name, value in headers
    )


def problem_response(refusal: Refusal, *, retry_after_s: int | None = None) -> bytes:
    """A whole answer, where there is no request to answer yet: the problem, and that the connection ends."""
    status = HTTPStatus(refusal.http_status)
    body = problem_body(refusal)
    retry = "" if retry_after_s is None else f"retry-after: {retry_after_s}\r\n"
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n{RAW.decode()}"
        f"content-length: {len(body)}\r\n{retry}connection: close\r\n\r\n"
    )
    return head.encode() + body
