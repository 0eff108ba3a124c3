"""What PostgreSQL alone does: pgbench's TPC-B, a transaction a bet, and our sets."""

import asyncio
import os
import random
import re
import subprocess
import time
from typing import Any

import asyncpg

from bench.ground import BETTORS, OUTCOMES, quantile_ms, uuid7

PLACE = "SELECT * FROM place_bets($1, $2, $3, $4, $5, $6, $7)"
SCALE = 20


def tpc_b(bin_dir: str, dsn: str, *, protocol: str, seconds: int, clients: int = 16, prepare: bool = False) -> float:
    """Transactions a second of pgbench's TPC-B-like script, durable as everything here."""
    environment = os.environ | {"LD_LIBRARY_PATH": f"{bin_dir}/../lib"}
    if prepare:
        subprocess.run(
            [f"{bin_dir}/pgbench", "-i", "-q", "-s", str(SCALE), dsn], check=True, capture_output=True, env=environment
        )
    done = subprocess.run(
        [f"{bin_dir}/pgbench", "-n", "-M", protocol, "-c", str(clients), "-j", "2", "-T", str(seconds), dsn],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


async def sets(dsn: str, *, size: int, lanes: int, seconds: float) -> dict[str, Any]:
    """Bets a second placed in sets of `size` over `lanes` connections that share no wallet."""
    stop = time.perf_counter() + seconds
    lanes_done = await asyncio.gather(*[_lane(dsn, lane, lanes, size, stop) for lane in range(lanes)])
    took = [latency for _, latencies in lanes_done for latency in latencies]
    return {
        "size": size,
        "lanes": lanes,
        "bets_per_s": round(sum(bets for bets, _ in lanes_done) / seconds),
        "p50_ms": quantile_ms(took, 0.5),
        "p99_ms": quantile_ms(took, 0.99),
    }


async def _lane(dsn: str, lane: int, lanes: int, size: int, stop: float) -> tuple[int, list[float]]:
    conn = await asyncpg.connect(dsn, server_settings={"role": "toteboard_app"})
    place = await conn.prepare(PLACE)
    mine = [user for user in range(1, BETTORS + 1) if user % lanes == lane]
    placed, took = 0, []
    while (began := time.perf_counter()) < stop:
        users = random.sample(mine, size)
        row = await place.fetchrow(
            [uuid7() for _ in users],
            users,
            [random.randint(1, OUTCOMES) for _ in users],
            [random.randint(100, 10_000) for _ in users],
            ["EUR"] * size,
            [None] * size,
            ["127.0.0.1"] * size,
        )
        took.append(time.perf_counter() - began)
        assert row is not None
        assert not any(row["o_verdict"]), set(row["o_verdict"])
        placed += size
    await conn.close()
    return placed, took
