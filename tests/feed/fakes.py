"""A transport without a network, and a channel on a clock that the test moves."""

from collections.abc import Iterable
from typing import Any

import msgspec

from toteboard.feed.board import Board
from toteboard.feed.channel import Channel
from toteboard.feed.subscriber import FeedUser, Subscriber
from toteboard.settings import Settings

SETTINGS = Settings()


class FakeTransport:
    """Keeps what is written. `stalled`: the reader takes nothing, so that it waits in the buffer."""

    def __init__(self) -> None:
        self.written = b""
        self.stalled = False
        self.waiting = 0
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed, "written to after it was closed"
        self.written += data
        if self.stalled:
            self.waiting += len(data)

    def writelines(self, list_of_data: Iterable[bytes]) -> None:
        self.write(b"".join(list_of_data))

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def drain(self) -> None:
        self.stalled = False
        self.waiting = 0

    def messages(self) -> list[Any]:
        """What was written since the last call, a dict for a message and a code for a close."""
        found: list[Any] = []
        data, self.written = self.written, b""
        while data:
            length, at = data[1], 2
            if length == 126:
                length, at = int.from_bytes(data[2:4], "big"), 4
            elif length == 127:
                length, at = int.from_bytes(data[2:10], "big"), 10
            body, last = data[at : at + length], data[0] == 0x88
            found.append(int.from_bytes(body[:2], "big") if last else msgspec.json.decode(body))
            data = data[at + length :]
        return found


class FakeClock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class ChannelScenario:
    """A channel whose pump is the test: `at` moves the clock and gives it its turn."""

    def __init__(self, board: Board, **wanted: Any) -> None:
        self.now = 1000.0
        self.settings = Settings(**wanted)
        self.channel = Channel(board, self.settings, now=self.now, wall_ms=lambda: 42)

    def join(self, *, who: FeedUser | None = None, after: int | None = None, epoch: str | None = None) -> FakeTransport:
        transport = FakeTransport()
        subscriber = Subscriber(transport, buffer_max=self.settings.socket_buffer_max, user=who)
        self.channel.join(subscriber, after=after, epoch=epoch, now=self.now)
        return transport

    async def at(self, seconds: float) -> float:
        """Moves on to `seconds` after the start; returns when the channel wants its next turn, in the same count."""
        self.now = 1000.0 + seconds
        return await self.channel.turn(self.now) - 1000.0


def person(user_id: int, *, admin: bool = False, oversees: Iterable[int] = ()) -> FeedUser:
    return FeedUser(user_id=user_id, session_id=user_id, admin=admin, oversees=frozenset(oversees))


def kinds(messages: list[Any]) -> list[Any]:
    return [message["t"] if isinstance(message, dict) else message for message in messages]
