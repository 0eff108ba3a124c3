"""The feed's WebSocket: who may open it, what a client may say, when it is closed. Knows no event and no board.

The handshake and the client's frames are uvicorn's; what we send goes to the transport as ready-made frames.
"""

import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast
from urllib.parse import parse_qs

import msgspec
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from toteboard.feed.frames import message_frame
from toteboard.feed.hub import CLIENT, Hub
from toteboard.feed.messages import CloseCode, Ping, Pong
from toteboard.feed.subscriber import Subscriber
from toteboard.feed.tail import TooManyBoards, UnknownTournament
from toteboard.http.connections import Connections, Ended, Seat
from toteboard.http.origin import is_own_origin
from toteboard.http.problems import MEDIA_TYPE, problem_body, problem_headers
from toteboard.ledger.ledger import Outage
from toteboard.rules.refusals import Refusal
from toteboard.settings import Settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TRANSPORT = "toteboard.transport"
WHY = "toteboard.why"
MESSAGES_S = 10
USUAL = Settings()
# What says who somebody is; all that is kept of a socket's headers.
CREDENTIALS = (b"cookie", b"authorization")


class FeedProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own, handing its transport to the application, and hearing a client within bounds.

    The seat is the one that its request had (http/connections.py). tests/tidy says when the class beneath changes.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # None where it does not follow on a request of ours.
        self.bounds: Connections | None = getattr(self.app, "connections", None)
        settings: Settings = getattr(self.app, "settings", USUAL)
        self._bytes_max: int = settings.socket_bytes_max
        self._frames_max: int = settings.socket_frames_max
        self._buffer_max: int = settings.socket_buffer_max
        self.seat: Seat | None = None
        self.why_ended: Ended | None = None
        # Heard since the window began.
        self._window = 0.0
        self._bytes = 0
        self._frames = 0

    def take_seat(self, seat: Seat | None) -> None:
        """From now on the connection is a feed's. What was sent along with the handshake may have ended it already."""
        if seat is None:
            return
        if self.disconnected and self.bounds is not None:
            self.bounds.leave(seat)
            return
        self.seat = seat
        seat.holder = self
        seat.waiting_since = seat.unread_since = seat.idle_since = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self.seat is not None and self.bounds is not None:
            self.bounds.leave(self.seat)
        super().connection_lost(exc)

    def end(self, why: Ended) -> None:
        """Cuts it off: who floods or does not read would not read why."""
        if self.bounds is not None:
            self.bounds.ended[why] += 1
        self.why_ended = why
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing() or not self._is_heard(len(data), 0):
            return
        super().data_received(data)

    def handle_ping(self) -> None:
        if self._is_heard(0, 1):
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        if self._is_heard(0, 1):
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        if self._is_heard(0, 1):
            super().handle_cont(event)

    def _is_heard(self, size: int, frames: int) -> bool:
        """Counts what comes in; False, and the connection is cut, where it is too much, or nobody reads the answers."""
        now = self.loop.time()
        if now - self._window >= MESSAGES_S:
            self._window, self._bytes, self._frames = now, 0, 0
        # The handshake itself came through the same door.
        self._bytes += size if self.handshake_initiated else 0
        self._frames += frames
        if self._bytes > self._bytes_max or self._frames > self._frames_max:
            self.end(Ended.FLOODED)
            return False
        if frames and self.transport.get_write_buffer_size() > 2 * self._buffer_max:
            self.end(Ended.UNREAD)
            return False
        return True

    def why(self) -> str | None:
        """Why the server ended the connection, where it was not the application that did; None where it did not."""
        if self.why_ended is not None:
            return self.why_ended.value
        return "stopping" if self.bounds is not None and self.bounds.stopping else None

    async def run_asgi(self) -> None:
        extensions = cast(dict[str, Any], self.scope["extensions"])
        extensions[TRANSPORT] = self.transport
        extensions[WHY] = self.why
        await super().run_asgi()


def uvicorn_options(settings: Settings) -> dict[str, Any]:
    """What uvicorn's Config needs so that its WebSockets are ours."""
    return {
        "ws": FeedProtocol,
        "ws_max_size": settings.socket_message_max,
        "ws_per_message_deflate": False,
        # Beats tell a client what pings would; a socket that takes none falls behind and is closed.
        "ws_ping_interval": None,
    }


# What a handshake is closed with where the server cannot answer it with a problem.
_CODE = {
    Refusal.FORBIDDEN: CloseCode.FORBIDDEN,
    Refusal.NOT_FOUND: CloseCode.GONE,
    Refusal.TOO_BUSY: CloseCode.UNAVAILABLE,
    Refusal.OUTAGE: CloseCode.UNAVAILABLE,
    Refusal.MISDIRECTED: CloseCode.MISDIRECTED,
}

_ping = msgspec.json.Decoder(Ping).decode
_NUMBER_MAX = 2**53


class FeedSocket:
    """The ASGI application behind /api/feed."""

    def __init__(self, hub: Hub, settings: Settings):
        self._hub = hub
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["type"] == "websocket.connect"
        if not self._is_from_own_page(scope):
            await refuse_handshake(scope, send, Refusal.FORBIDDEN, retry_after_s=self._settings.retry_after_s)
            return
        if not self._hub.take_seat():
            await refuse_handshake(scope, send, Refusal.TOO_BUSY, retry_after_s=self._settings.retry_after_s)
            return
        try:
            await self._open(scope, receive, send)
        finally:
            self._hub.give_seat()

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = _query(scope["query_string"])
        credentials = [(name, value) for name, value in scope["headers"] if name in CREDENTIALS]
        try:
            channel = await self._hub.channel(await self._hub.find(query.get("tournament", "")))
            user = await self._hub.identify(credentials) if credentials else None
        except UnknownTournament:
            await refuse_handshake(scope, send, Refusal.NOT_FOUND, retry_after_s=self._settings.retry_after_s)
            return
        except TooManyBoards:
            await refuse_handshake(scope, send, Refusal.TOO_BUSY, retry_after_s=self._settings.retry_after_s)
            return
        except Outage:
            await refuse_handshake(scope, send, Refusal.OUTAGE, retry_after_s=self._settings.retry_after_s)
            return
        await send({"type": "websocket.accept"})
        subscriber = Subscriber(
            scope["extensions"][TRANSPORT],
            buffer_max=self._settings.socket_buffer_max,
            user=user,
            credentials=credentials if user else (),
        )
        subscriber.bound_unsent(self._settings.socket_unsent_max)
        try:
            self._hub.join(channel, subscriber, after=_number(query.get("after")), epoch=query.get("epoch"))
            await self._listen(subscriber, receive)
        finally:
            self._hub.leave(subscriber)
            by_us = (
                subscriber.closed_for.name.lower() if subscriber.closed_for is not None else scope["extensions"][WHY]()
            )
            self._hub.closed[by_us or CLIENT] += 1

    async def _listen(self, subscriber: Subscriber, receive: Receive) -> None:
        """Answers pings until the client goes. Whoever says anything else, or too much, is closed."""
        heard: deque[float] = deque(maxlen=self._settings.socket_messages_max)
        while (message := await receive())["type"] == "websocket.receive":
            now = time.monotonic()
            if len(heard) == heard.maxlen and now - heard[0] < MESSAGES_S:
                subscriber.close(CloseCode.MISBEHAVED, "too many messages")
                return
            heard.append(now)
            text = message.get("text") or ""
            number = _pinged(text) if len(text) <= self._settings.socket_message_max else None
            if number is None:
                subscriber.close(CloseCode.MISBEHAVED, "only pings are understood")
                return
            subscriber.write(message_frame(Pong(n=number)), now)

    def _is_from_own_page(self, scope: Scope) -> bool:
        """A browser names the page it comes from; a script names none."""
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        return origin is None or is_own_origin(scope, origin, self._settings)


async def refuse_handshake(scope: Scope, send: Send, refusal: Refusal, *, retry_after_s: int) -> None:
    """Answers the handshake with a problem, or closes it where the server cannot."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": _CODE[refusal], "reason": refusal.code})
        return
    headers = [(b"content-type", MEDIA_TYPE.encode()), *problem_headers(refusal, retry_after_s=retry_after_s)]
    await send({"type": "websocket.http.response.start", "status": refusal.http_status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": problem_body(refusal)})


def _query(text: bytes) -> dict[str, str]:
    try:
        return {name: values[-1] for name, values in parse_qs(text.decode("latin-1"), max_num_fields=8).items()}
    except ValueError:
        return {}


def _number(text: str | None) -> int | None:
    """A sequence number; None for whatever is none, which gets a snapshot."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _pinged(text: str) -> int | None:
    try:
        ping = _ping(text)
    except (msgspec.DecodeError, UnicodeError):
        return None
    return ping.n if abs(ping.n) <= _NUMBER_MAX else None
