"""The client's process for bench/fanout.py: raw sockets and epoll, so that reading costs less than what is measured.

Reads questions from its input, a line of JSON each: `{"sockets": n}` opens that many feeds and answers when all have
their snapshot; `{"mark": 0}` answers what was counted since the last question. Ends when the input does.
"""

import json
import os
import select
import socket
import sys
import time
from typing import Any

from bench.fanout import HOST, raise_open_files

# Connections whose snapshot has not come yet.
OPENING_MAX = 200
# Of so many messages one is looked at for how old it is.
SAMPLE = 20


class Readers:
    """Open feeds, and what came over them."""

    def __init__(self, port: int, tournament: str):
        self._port = port
        self._request = (
            f"GET /api/feed?tournament={tournament} HTTP/1.1\r\nHost: {HOST}:{port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        # What is left of the last read: None while the handshake is under way.
        self._rest: dict[int, bytes | None] = {}
        self._opening: set[int] = set()
        self.messages = self.bytes = 0
        self.ages: list[float] = []

    def fileno(self) -> int:
        return self._poll.fileno()

    def open(self, count: int) -> None:
        """Opens feeds until there are `count`, and returns when all have their snapshot."""
        while len(self._sockets) < count or self._opening:
            while len(self._sockets) < count and len(self._opening) < OPENING_MAX:
                sock = socket.create_connection((HOST, self._port))
                sock.sendall(self._request)
                sock.setblocking(False)
                fd = sock.fileno()
                self._sockets[fd], self._rest[fd] = sock, None
                self._opening.add(fd)
                self._poll.register(fd, select.EPOLLIN)
            self.read(1)

    def mark(self) -> dict[str, Any]:
        """What came since the last mark."""
        ages = sorted(self.ages) or [0.0]
        seen = {
            "open": len(self._sockets),
            "messages": self.messages,
            "bytes": self.bytes,
            "latency_ms_p50": round(ages[len(ages) // 2], 1),
            "latency_ms_p99": round(ages[len(ages) * 99 // 100], 1),
        }
        self.messages = self.bytes = 0
        self.ages = []
        return seen

    def read(self, wait_s: float) -> None:
        """Takes what is there."""
        for fd, _ in self._poll.poll(wait_s):
            data = os.read(fd, 65_536)
            if not data:
                self._poll.unregister(fd)
                self._sockets.pop(fd).close()
                self._opening.discard(fd)
                continue
            rest = self._rest[fd]
            # The common case first: one short frame, whole.
            if (
                rest == b""
                and not self._opening
                and data[1] == 126
                and len(data) == 4 + int.from_bytes(data[2:4], "big")
            ):
                self._count(data)
            else:
                self._take(fd, data if rest is None else rest + data)

    def _take(self, fd: int, data: bytes) -> None:
        if self._rest[fd] is None:
            if b"\r\n\r\n" not in data:
                raise SystemExit("the handshake came in pieces")
            if not data.startswith(b"HTTP/1.1 101"):
                raise SystemExit(data.partition(b"\r\n")[0].decode())
            data = data.partition(b"\r\n\r\n")[2]
        while (length := _frame_length(data)) is not None and len(data) >= length:
            self._opening.discard(fd)
            self._count(data[:length])
            data = data[length:]
        self._rest[fd] = data

    def _count(self, frame: bytes) -> None:
        self.messages += 1
        self.bytes += len(frame)
        if self.messages % SAMPLE == 0 and (at := frame.find(b'"now":')) > 0:
            sent_ms = int(frame[at + 6 : at + 19])
            self.ages.append(time.time() * 1000 - sent_ms)


def _frame_length(data: bytes) -> int | None:
    """How long the first frame is, header and all; None while that cannot be told."""
    if len(data) < 2:
        return None
    length = data[1]
    if length < 126:
        return 2 + length
    size = 2 if length == 126 else 8
    return 2 + size + int.from_bytes(data[2 : 2 + size], "big") if len(data) >= 2 + size else None


def main(port: int, tournament: str) -> None:
    readers = Readers(port, tournament)
    both = select.epoll()
    both.register(sys.stdin.fileno(), select.EPOLLIN)
    both.register(readers.fileno(), select.EPOLLIN)
    while True:
        for fd, _ in both.poll():
            if fd == readers.fileno():
                readers.read(0)
                continue
            line = sys.stdin.readline()
            if not line:
                return
            question = json.loads(line)
            if "sockets" in question:
                readers.open(question["sockets"])
            print(json.dumps(readers.mark()), flush=True)


if __name__ == "__main__":
    raise_open_files()
    main(int(sys.argv[1]), sys.argv[2])
