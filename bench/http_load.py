"""A light client: keeps connections busy with bets and counts the answers. Runs as a process of its own.

    python -m bench.http_load PORT CONNECTIONS SECONDS [PER_SECOND]

Without PER_SECOND each connection asks again as soon as it is answered; with it, that many bets start a second. Plain sockets
and epoll, requests written out beforehand: what the client takes is not there for the server.
"""

import json
import random
import resource
import select
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from bench.ground import BETTORS, OUTCOMES, quantile_ms, uuid7

HOST = "127.0.0.1"
# More than any round here takes; the requests are kept in memory.
BETS_MAX_PER_S = 25_000
ANSWER_MAX = 4096
# How long answers to the last requests are waited for.
LINGER_S = 2


class Bettor:
    """One connection, one request under way at a time."""

    __slots__ = ("began", "left", "requests", "socket")

    def __init__(self, requests: Iterator[bytes], port: int):
        self.requests = requests
        self.socket = socket.create_connection((HOST, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.left = b""
        self.began = 0.0

    def ask(self) -> None:
        self.began = time.perf_counter()
        self.socket.send(next(self.requests))

    def answer(self) -> bytes | None:
        """The answer when it is complete: our own server's, a head and one JSON object."""
        data = self.left + self.socket.recv(ANSWER_MAX)
        if data[-1:] != b"}" or b"\r\n\r\n" not in data:
            self.left = data
            return None
        self.left = b""
        return data


class Load:
    """Connections under load, and what came back."""

    def __init__(self, port: int, connections: int, seconds: float):
        each = int(BETS_MAX_PER_S * seconds / connections) + 1
        self._bettors = [Bettor(requests, port) for requests in written_out(connections, each)]
        self._by_fd = {bettor.socket.fileno(): bettor for bettor in self._bettors}
        self._epoll = select.epoll()
        for fd in self._by_fd:
            self._epoll.register(fd, select.EPOLLIN)
        self.took: list[float] = []
        self.others: dict[str, int] = {}
        self.example = ""

    def closed_loop(self, seconds: float) -> None:
        """Everybody asks again as soon as they are answered."""
        stop = time.perf_counter() + seconds
        for bettor in self._bettors:
            bettor.ask()
        while time.perf_counter() < stop:
            for bettor in self._answered(1.0):
                bettor.ask()
        self._linger(len(self._bettors))

    def paced(self, seconds: float, per_second: float) -> None:
        """As many bets a second as asked for, each by a connection that is free."""
        free = deque(self._bettors)
        due = time.perf_counter()
        stop = due + seconds
        while due < stop:
            while free and due <= time.perf_counter():
                free.popleft().ask()
                due += 1 / per_second
            free.extend(self._answered(max(0.0, min(0.05, due - time.perf_counter()))))
        self._linger(len(self._bettors) - len(free))

    def _linger(self, waiting: int) -> None:
        until = time.perf_counter() + LINGER_S
        counted = len(self.took)
        while waiting > 0 and time.perf_counter() < until:
            waiting -= len(list(self._answered(0.1)))
        # Answers after the bell are no part of the rate.
        del self.took[counted:]

    def _answered(self, wait_s: float) -> Iterator[Bettor]:
        for fd, _ in self._epoll.poll(wait_s):
            bettor = self._by_fd[fd]
            data = bettor.answer()
            if data is None:
                continue
            if data[9:12] == b"201":
                self.took.append(time.perf_counter() - bettor.began)
            else:
                status = data[9:12].decode()
                self.others[status] = self.others.get(status, 0) + 1
                self.example = data[-300:].decode()
            yield bettor


def written_out(connections: int, each: int) -> list[Iterator[bytes]]:
    """The requests of every connection, keys in about the order in which they will be used."""
    rounds = [[_request(number, turn, connections) for number in range(connections)] for turn in range(each)]
    return [iter([turn[number] for turn in rounds]) for number in range(connections)]


def _request(number: int, turn: int, connections: int) -> bytes:
    user = (number * (BETTORS // connections) + turn) % BETTORS + 1
    body = b'{"outcome_id":%d,"stake":%d,"currency":"EUR"}' % (random.randint(1, OUTCOMES), random.randint(100, 10_000))
    return (
        b"POST /api/bet HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer tb_bench%d\r\n"
        b"idempotency-key: %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
        % (user, str(uuid7()).encode(), len(body), body)
    )


def main() -> None:
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    per_second = float(sys.argv[4]) if len(sys.argv) > 4 else None
    load = Load(port, connections, seconds)
    print("ready", flush=True)
    sys.stdin.readline()
    before = resource.getrusage(resource.RUSAGE_SELF)
    if per_second is None:
        load.closed_loop(seconds)
    else:
        load.paced(seconds, per_second)
    after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    taken = len(load.took)
    figures: dict[str, Any] = {
        "connections": connections,
        "bets_per_s": round(taken / seconds),
        "taken": taken,
        "p50_ms": quantile_ms(load.took, 0.5),
        "p99_ms": quantile_ms(load.took, 0.99),
        "client_cpu_us_per_bet": round(used / max(1, taken) * 1e6, 1),
        "others": load.others,
        "example": load.example,
    }
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
