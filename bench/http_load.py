"""A light client: keeps connections busy with bets and counts the answers. Runs as a process of its own.

    python -m bench.http_load PORT CONNECTIONS SECONDS [PER_SECOND]

Without PER_SECOND each connection asks again as soon as it is answered; with it, that many bets start a second.
"""

import asyncio
import json
import random
import sys
import time
from typing import Any

import uvloop

from bench.ground import BETTORS, OUTCOMES, quantile_ms, uuid7

HOST = "127.0.0.1"


class Bettor(asyncio.Protocol):
    """One connection; `asked` bets one after the other."""

    def __init__(self, first: int, step: int, answered: "Answered"):
        self._user, self._step = first, step
        self._answered = answered
        self._left = b""
        self.transport: Any = None
        self.busy = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def ask(self) -> None:
        self._user = self._user % BETTORS + self._step
        if self._user > BETTORS:
            self._user -= BETTORS
        body = b'{"outcome_id":%d,"stake":%d,"currency":"EUR"}' % (
            random.randint(1, OUTCOMES),
            random.randint(100, 10_000),
        )
        self.busy = True
        self._began = time.perf_counter()
        self.transport.write(
            b"POST /api/bet HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer tb_bench%d\r\n"
            b"idempotency-key: %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
            % (self._user, str(uuid7()).encode(), len(body), body)
        )

    def data_received(self, data: bytes) -> None:
        self._left += data
        head, found, rest = self._left.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(rest) < length:
            return
        self._left = rest[length:]
        self.busy = False
        self._answered.add(head[9:12], time.perf_counter() - self._began, rest[:length])
        if self._answered.again():
            self.ask()


class Answered:
    """What came back."""

    def __init__(self, *, closed_loop: bool):
        self._closed_loop = closed_loop
        self.counting = False
        self.running = True
        self.taken = 0
        self.took: list[float] = []
        self.others: dict[str, int] = {}
        self.example = ""

    def add(self, status: bytes, seconds: float, body: bytes) -> None:
        if not self.counting:
            return
        if status == b"201":
            self.taken += 1
            self.took.append(seconds)
        else:
            self.others[status.decode()] = self.others.get(status.decode(), 0) + 1
            self.example = body[:300].decode()

    def again(self) -> bool:
        return self._closed_loop and self.running


async def _paced(bettors: list[Bettor], per_second: float, stop: float) -> None:
    loop = asyncio.get_running_loop()
    due = loop.time()
    while due < stop:
        free = next((bettor for bettor in bettors if not bettor.busy), None)
        if free is not None:
            free.ask()
            bettors.append(bettors.pop(0))
        due += 1 / per_second
        await asyncio.sleep(max(0.0, due - loop.time()))


async def load(port: int, connections: int, seconds: float, per_second: float | None) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    answered = Answered(closed_loop=per_second is None)
    step = max(1, BETTORS // connections)
    bettors = []
    for number in range(connections):
        _, bettor = await loop.create_connection(lambda n=number: Bettor(n * step, 1, answered), HOST, port)  # type: ignore[misc]
        bettors.append(bettor)
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    answered.counting = True
    began = loop.time()
    if per_second is None:
        for bettor in bettors:
            bettor.ask()
        await asyncio.sleep(seconds)
    else:
        await _paced(bettors, per_second, began + seconds)
    took = loop.time() - began
    answered.counting = answered.running = False
    return {
        "connections": connections,
        "bets_per_s": round(answered.taken / took),
        "taken": answered.taken,
        "p50_ms": quantile_ms(answered.took, 0.5),
        "p99_ms": quantile_ms(answered.took, 0.99),
        "others": answered.others,
        "example": answered.example,
    }


def main() -> None:
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    per_second = float(sys.argv[4]) if len(sys.argv) > 4 else None
    uvloop.install()
    print(json.dumps(asyncio.run(load(port, connections, seconds, per_second))), flush=True)


if __name__ == "__main__":
    main()
