"""What attacks a server, each a process of its own: `python attackers.py NAME PORT SECONDS`. Only 127.0.0.1, bounded in time.

Each prints, as one line of JSON, how often it did what it does, and how many of its connections the server has ended.
"""

import json
import os
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

HOST = b"Host: tote.test\r\n"
CHUNK = 65_536


def connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=2)
    connection.setblocking(False)
    return connection


def is_ended(connection: socket.socket) -> bool:
    """Whether the server has closed it; what it sent before is read and forgotten."""
    try:
        while connection.recv(CHUNK):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def pushed(connection: socket.socket, data: bytes) -> int:
    """How much of it the kernel takes now; -1 where the connection is no more."""
    try:
        return connection.send(data)
    except BlockingIOError:
        time.sleep(0.002)
        return 0
    except OSError:
        return -1


def rounds(seconds: float) -> Iterator[int]:
    until, n = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        yield n
        n += 1


@contextmanager
def reopened(port: int, many: int) -> Iterator[list[socket.socket]]:
    connections = [connected(port) for _ in range(many)]
    try:
        yield connections
    finally:
        for connection in connections:
            connection.close()


def headers(port: int, seconds: float) -> dict[str, int]:
    """Headers without end, on one connection after the other."""
    sent = ended = 0
    connection = connected(port)
    connection.send(b"GET / HTTP/1.1\r\n" + HOST)
    for n in rounds(seconds):
        took = pushed(connection, b"X-%d: " % n + b"a" * CHUNK + b"\r\n")
        sent += max(took, 0)
        if took < 0:
            ended += 1
            connection.close()
            connection = connected(port)
            connection.send(b"GET / HTTP/1.1\r\n" + HOST)
    connection.close()
    return {"sent": sent, "ended": ended}


def silent(port: int, seconds: float) -> dict[str, int]:
    """Three hundred connections, half of them silent and half with half a request."""
    with reopened(port, 300) as connections:
        for connection in connections[::2]:
            connection.send(b"POST /api/bet HTTP/1.1\r\n" + HOST)
        time.sleep(seconds)
        return {"opened": len(connections), "ended": sum(is_ended(one) for one in connections)}


def pipelined(port: int, seconds: float) -> dict[str, int]:
    """Requests without end whose answers are never read."""
    one = b"POST /api/bet HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    many, sent, ended = one * 400, 0, 0
    connection = connected(port)
    for _ in rounds(seconds):
        took = pushed(connection, many)
        sent += max(took, 0)
        if took < 0:
            ended += 1
            connection.close()
            connection = connected(port)
    connection.close()
    return {"sent": sent, "ended": ended}


def unread(port: int, seconds: float) -> dict[str, int]:
    """Bets and large answers asked for in small packets; no answer is ever read."""
    bet = b"POST /api/bet HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    few = bet * 4 + b"GET /api/openapi.json HTTP/1.1\r\n" + HOST + b"\r\n" + bet * 4
    sent = ended = 0
    with reopened(port, 4) as connections:
        for _ in rounds(seconds):
            for number, connection in enumerate(connections):
                took = pushed(connection, few)
                if took < 0:
                    ended += 1
                    connection.close()
                    connections[number] = connected(port)
                else:
                    # What the kernel took in part would be no request: such a connection waits.
                    sent += took
            time.sleep(0.02)
    return {"sent": sent, "ended": ended}


def handshake(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=2)
    connection.sendall(
        b"GET /api/feed?tournament=1 HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(1)
        if not part:
            raise OSError("no handshake")
        head += part
    assert b" 101 " in head, head
    connection.setblocking(False)
    return connection


def pings(port: int, seconds: float) -> dict[str, int]:
    """Pings without end on a feed; pongs are never read."""
    mask = os.urandom(4)
    ping = bytes((0x89, 0x80 | 4)) + mask + struct.pack("4s", b"tote")
    sent = ended = 0
    connection = handshake(port)
    for _ in rounds(seconds):
        took = pushed(connection, ping * 4000)
        sent += max(took, 0)
        if took < 0:
            ended += 1
            connection.close()
            connection = handshake(port)
    connection.close()
    return {"sent": sent, "ended": ended}


def bodies(port: int, seconds: float) -> dict[str, int]:
    """A body without end behind a request that has none to say."""
    sent = ended = 0
    head = b"GET /api/server HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
    part = b"%x\r\n" % CHUNK + b"a" * CHUNK + b"\r\n"
    connection = connected(port)
    connection.send(head)
    left = b""
    for _ in rounds(seconds):
        left = left or part
        took = pushed(connection, left)
        if took < 0:
            ended += 1
            connection.close()
            connection = connected(port)
            connection.send(head)
            left = b""
        else:
            sent += took
            left = left[took:]
    connection.close()
    return {"sent": sent, "ended": ended}


ATTACKS: dict[str, Callable[[int, float], dict[str, int]]] = {
    one.__name__: one for one in (headers, silent, pipelined, unread, pings, bodies)
}

if __name__ == "__main__":
    name, port, seconds = sys.argv[1:]
    sys.stdout.write(json.dumps(ATTACKS[name](int(port), float(seconds))))
