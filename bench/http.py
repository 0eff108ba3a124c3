"""Bets through HTTP: the real server as a process of its own, a light client as another, CPU from /proc."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bench.ground import Backends, cpu_s

PORT = 18_430
ROOT = Path(__file__).parents[1]
START_S = 20


@asynccontextmanager
async def server(dsn: str, *, front: bool = True, lanes: int = 2) -> AsyncIterator[int]:
    """The application as `toteboard serve` runs it; its process id. `front=False`: bets by raw ASGI only."""
    environment = os.environ | {
        "TOTEBOARD_DATABASE_URL": dsn,
        "TOTEBOARD_LANES": str(lanes),
        "TOTEBOARD_SESSION_CACHE_S": "60",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.http_serve", str(PORT), str(int(front)), cwd=ROOT, env=environment
    )
    try:
        await _listening()
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def _listening() -> None:
    for _ in range(START_S * 20):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", PORT)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise TimeoutError("the server did not start")


async def measure(
    pid: int, postmaster: int, *, connections: int, seconds: float, per_second: float | None = None
) -> dict[str, Any]:
    """Bets a second, latency, and what a bet costs the application and PostgreSQL."""
    arguments = [str(PORT), str(connections), str(seconds)] + ([str(per_second)] if per_second else [])
    client = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.http_load",
        *arguments,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert client.stdin is not None
    assert client.stdout is not None
    await client.stdout.readline()
    backends = Backends(postmaster)
    backends.read()
    before = cpu_s(pid)
    client.stdin.write(b"go\n")
    said = json.loads(await client.stdout.readline())
    used = cpu_s(pid) - before
    backends.read()
    await client.wait()
    taken = max(1, said.pop("taken"))
    if said["others"]:
        raise RuntimeError(f"nothing is measured where bets are not taken: {said['others']}, as {said['example']}")
    del said["others"], said["example"]
    figures: dict[str, Any] = said | {
        "app_cpu_us_per_bet": round(used / taken * 1e6, 1),
        "postgres_cpu_us_per_bet": round(backends.seconds / taken * 1e6, 1),
    }
    return figures
