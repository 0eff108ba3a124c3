"""One open feed: a transport that is written to and never waited for. Knows no board."""

import asyncio
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from toteboard.feed.frames import close_frame
from toteboard.feed.messages import CloseCode

CLOSE_WAIT_S = 10
Headers = Iterable[tuple[bytes, bytes]]


class Transport(Protocol):
    """What of asyncio's transport is used, so that tests can do without a network."""

    def write(self, data: bytes) -> None: ...
    def writelines(self, list_of_data: Iterable[bytes]) -> None: ...
    def get_write_buffer_size(self) -> int: ...
    def is_closing(self) -> bool: ...
    def close(self) -> None: ...
    def abort(self) -> None: ...
    def get_extra_info(self, name: str, default: Any = None) -> Any: ...


@dataclass(frozen=True, slots=True)
class FeedUser:
    """A person behind a socket, as the feed needs to know them."""

    user_id: int
    session_id: int
    admin: bool
    oversees: frozenset[int]

    def sees_every_bet(self, tournament_id: int) -> bool:
        """Whether they run or audit the tournament."""
        return self.admin or tournament_id in self.oversees


class Subscriber:
    """A reader of one tournament's feed. One that takes less than it is sent falls behind and is written no more."""

    __slots__ = ("_buffer_max", "_limit", "behind_since", "closed_for", "credentials", "transport", "user")

    def __init__(
        self, transport: Transport, *, buffer_max: int, user: FeedUser | None = None, credentials: Headers = ()
    ):
        self.transport = transport
        self.user = user
        # The headers that said who it is, to ask again.
        self.credentials = tuple(credentials)
        self.behind_since: float | None = None
        # Why the server closed it, where it did.
        self.closed_for: CloseCode | None = None
        self._buffer_max = buffer_max
        self._limit = buffer_max

    def bound_unsent(self, unsent_max: int) -> None:
        """Keeps the kernel from hiding a slow reader behind megabytes of old news, where the system can."""
        sock = self.transport.get_extra_info("socket")
        option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
        if option is not None and sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, option, unsent_max)

    def write(self, frame: bytes, now: float) -> bool:
        """Writes, or marks it as behind; False if nothing was written."""
        transport = self.transport
        if self.behind_since is not None or transport.is_closing():
            return False
        if transport.get_write_buffer_size() > self._limit:
            self.behind_since = now
            return False
        transport.write(frame)
        return True

    def start_over(self, parts: list[bytes]) -> None:
        """Writes a snapshot, which may be larger than the buffer's bound without counting as slow."""
        self.behind_since = None
        self._limit = self._buffer_max + sum(map(len, parts))
        if not self.transport.is_closing():
            self.transport.writelines(parts)

    @property
    def drained(self) -> bool:
        """Whether all that was sent to it has left this process."""
        return self.transport.get_write_buffer_size() == 0

    def close(self, code: CloseCode, reason: str) -> None:
        """Says why and closes; nothing is written after this. One that is behind would not read it and is cut off."""
        if self.transport.is_closing():
            return
        self.closed_for = code
        if self.behind_since is not None:
            self.transport.abort()
            return
        self.transport.write(close_frame(code, reason))
        self.transport.close()
        # What it was sent before goes out first; that is not waited for without end.
        asyncio.get_running_loop().call_later(CLOSE_WAIT_S, self.transport.abort)
