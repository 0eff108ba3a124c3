"""How many open feeds one process serves, and what a delivered message costs it.

    python -m bench.fanout [--sockets 2000 10000] [--seconds 15]

Three processes: the feed as it is run (uvicorn, hub, tail, a real database), a light client that opens the sockets and
counts frames, and this one, which commits an event ten times a second and reads the feed's CPU from /proc.
"""

import argparse
import asyncio
import contextlib
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from toteboard.background import Loops, cancel
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.feed.wakeups import PostgresWakeups
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.migrate import migrate

HOST = "127.0.0.1"
# Under the ephemeral ports, which the client's ends take.
PORT = 18_431
HZ = 10
# So many rows make an update of about 475 bytes.
OUTCOMES = 11
SETTLE_S = 2
RAMP_MAX_S = 120
ROOT = Path(__file__).parents[1]


async def measure(dsn: str, *, sockets: int = 10_000, seconds: float = 15, port: int = PORT) -> dict[str, Any]:
    """Opens `sockets` feeds of a new tournament in the database `dsn` (its owner's) and measures for `seconds`."""
    raise_open_files()
    tournament_id, outcomes = await _seed(dsn)
    async with _child("serve", dsn, str(port)) as server, _child("read", str(port), str(tournament_id)) as client:
        await _answer(server)
        began = time.monotonic()
        await _ask(client, {"sockets": sockets}, RAMP_MAX_S)
        ramp_s = time.monotonic() - began
        resting_kib = _resident_kib(server.pid)
        async with written(dsn, lambda ledger: _write(ledger, tournament_id, outcomes)):
            await asyncio.sleep(SETTLE_S)
            await _ask(client, {"mark": 0})
            cpu, client_cpu, began = _cpu_s(server.pid), _cpu_s(client.pid), time.monotonic()
            await asyncio.sleep(seconds)
            cpu, client_cpu = _cpu_s(server.pid) - cpu, _cpu_s(client.pid) - client_cpu
            took = time.monotonic() - began
            seen = await _ask(client, {"mark": 1})
    messages = seen["messages"]
    return {
        "sockets": sockets,
        "still_open": seen["open"],
        "seconds": round(took, 1),
        "ramp_s": round(ramp_s, 1),
        "message_bytes": round(seen["bytes"] / max(messages, 1)),
        "messages_per_s": round(messages / took),
        "messages_per_s_per_socket": round(messages / took / sockets, 2),
        "cpu_us_per_message": round(cpu / max(messages, 1) * 1e6, 2),
        "feed_cpu_percent": round(cpu / took * 100),
        "client_cpu_percent": round(client_cpu / took * 100),
        "latency_ms_p50": seen["latency_ms_p50"],
        "latency_ms_p99": seen["latency_ms_p99"],
        "kib_per_socket": round(resting_kib / sockets, 1),
    }


@contextlib.asynccontextmanager
async def written(dsn: str, write: Callable[[Ledger], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """`write` goes on while the block runs, on a ledger that wakes other processes. It must not end by itself."""
    wakeups = PostgresWakeups(dsn)
    async with Ledger.opened(dsn, wakeups=wakeups) as ledger, wakeups.running(Loops()):
        writer = asyncio.create_task(write(ledger))
        try:
            yield
            assert not writer.done(), "the writer ended early"
        finally:
            await cancel([writer])


def raise_open_files() -> None:
    """Asks for as many open files as we may have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _seed(dsn: str) -> tuple[int, list[int]]:
    conn = await asyncpg.connect(dsn, server_settings={"role": "toteboard_break_glass"})
    try:
        tournament_id = await conn.fetchval(
            "INSERT INTO tournaments (slug, name, currency) VALUES ($1, 'Fan-out', 'EUR') RETURNING id",
            f"fanout-{uuid4().hex[:12]}",
        )
        match_id = await conn.fetchval(
            "INSERT INTO matches (tournament_id, name) VALUES ($1, 'A v B') RETURNING id", tournament_id
        )
        market_id = await conn.fetchval(
            "INSERT INTO markets (tournament_id, match_id, name, kind, status)"
            " VALUES ($1, $2, 'Winner', 'pool', 'open') RETURNING id",
            tournament_id,
            match_id,
        )
        rows = await conn.fetch(
            "INSERT INTO outcomes (tournament_id, market_id, name, lane_no)"
            " SELECT $1, $2, 'Outcome ' || n, n FROM generate_series(1, $3) n RETURNING id",
            tournament_id,
            market_id,
            OUTCOMES,
        )
        return tournament_id, [row["id"] for row in rows]
    finally:
        await conn.close()


async def _write(ledger: Ledger, tournament_id: int, outcomes: list[int]) -> None:
    """One committed batch ten times a second: every outcome of the pool moves."""
    totals = {outcome_id: [0, 0] for outcome_id in outcomes}
    loop = asyncio.get_running_loop()
    due, number = loop.time(), 0
    while True:
        number += 1
        rows: list[list[Any]] = []
        for outcome_id in (outcomes[number % OUTCOMES], outcomes[(number + 3) % OUTCOMES]):
            totals[outcome_id][0] += 2500
            totals[outcome_id][1] += 1
            rows.append([str(uuid4()), 1, outcome_id, 2500, 2280])
        async with ledger.change(Actor()) as change:
            told = [[row[2], *totals[row[2]], 0] for row in rows]
            change.event(tournament_id, "bets", {"o": told, "b": rows})
        due += 1 / HZ
        await asyncio.sleep(max(0.0, due - loop.time()))


# The other two processes


@contextlib.asynccontextmanager
async def _child(*arguments: str) -> Any:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.fanout_" + arguments[0],
        *arguments[1:],
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        # Either ends when its input does.
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 20)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _ask(process: asyncio.subprocess.Process, question: dict[str, Any], seconds: float = 20) -> dict[str, Any]:
    assert process.stdin is not None
    process.stdin.write(json.dumps(question).encode() + b"\n")
    return await _answer(process, seconds)


async def _answer(process: asyncio.subprocess.Process, seconds: float = 20) -> dict[str, Any]:
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), seconds)
    if not line:
        raise RuntimeError("a process of the measurement ended early")
    answer: dict[str, Any] = json.loads(line)
    return answer


def _cpu_s(pid: int) -> float:
    """User and system time of a process, threads included."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _resident_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


def table(results: list[dict[str, Any]]) -> str:
    """The figures as a Markdown table, a row for each measurement."""
    names = list(results[0])
    lines = [names, ["---"] * len(names), *([str(result[name]) for name in names] for result in results)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


async def _main(sockets: list[int], seconds: float, dsn: str) -> None:
    await migrate(dsn)
    results = [await measure(dsn, sockets=count, seconds=seconds) for count in sockets]
    print(table(results))
    print(json.dumps(results))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, nargs="+", default=[2000, 10_000])
    parser.add_argument("--seconds", type=float, default=15)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="toteboard-"))
    folder.chmod(0o755 if os.geteuid() == 0 else 0o700)
    try:
        with EmbeddedPostgres(folder) as postgres:
            asyncio.run(_main(asked.sockets, asked.seconds, postgres.endpoint.dsn()))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
