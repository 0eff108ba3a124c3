"""Load and speed, in one run on one embedded server: a table for people, JSON for scripts.

make bench                                 everything, about eight minutes
python -m bench --quick                    shorter rounds, no growth, a small fan-out
python -m bench --only sql http            some of: sql http growth reports foreign-keys fanout screens
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
from rich.console import Console
from rich.table import Table

from bench import fanout, http, reports, screens, sql
from bench.ground import fdatasync_ms, machine, seed
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.ledger.migrate import migrate

PARTS = ("sql", "http", "growth", "reports", "foreign-keys", "fanout", "screens")
OUT = Path(__file__).parent / "out"
STORED = 2_000_000


class Bench:
    """One run. `found` is what is printed and written."""

    def __init__(self, server: EmbeddedPostgres, *, seconds: float, quick: bool):
        self._server = server
        self._seconds = seconds
        self._quick = quick
        self._databases = 0
        self.found: dict[str, Any] = {}

    async def database(self, **ground: Any) -> str:
        """The DSN of a fresh database with the tournament in it."""
        self._databases += 1
        name = f"bench_{self._databases}"
        conn = await asyncpg.connect(self._server.endpoint.dsn())
        await conn.execute(f"CREATE DATABASE {name}")
        await conn.close()
        dsn = self._server.endpoint.dsn(database=name)
        await migrate(dsn)
        await seed(dsn, **ground)
        return dsn

    @property
    def postmaster(self) -> int:
        pid = self._server.pid
        assert pid is not None
        return pid

    def tpc_b(self, dsn: str, *, prepare: bool = False) -> dict[str, float]:
        bin_dir, seconds = str(self._server.bin_dir), max(3, int(self._seconds))
        return {
            protocol: round(sql.tpc_b(bin_dir, dsn, protocol=protocol, seconds=seconds, prepare=prepare and not number))
            for number, protocol in enumerate(("simple", "prepared"))
        }

    async def sql(self) -> None:
        dsn = await self.database()
        self.found["tpc_b_before"] = self.tpc_b(dsn, prepare=True)
        one_each = await sql.sets(dsn, size=1, lanes=16, seconds=self._seconds)
        self.found["a_transaction_a_bet"] = one_each
        self.found["sets"] = [
            await sql.sets(dsn, size=size, lanes=lanes, seconds=self._seconds)
            for size, lanes in ((1, 1), (50, 2), (250, 1), (250, 2), (500, 2), (1000, 2))
        ]
        self.found["tpc_b_after_sql"] = self.tpc_b(dsn)

    async def http(self) -> None:
        dsn = await self.database()
        rounds: list[dict[str, Any]] = []
        async with http.server(dsn) as pid:
            await http.measure(pid, self.postmaster, connections=250, seconds=self._seconds / 2)
            for connections in (64, 256, 512, 1000):
                rounds.append(await http.measure(pid, self.postmaster, connections=connections, seconds=self._seconds))
            best = max(entry["bets_per_s"] for entry in rounds)
            self.found["http"] = rounds
            self.found["http_lone"] = await http.measure(pid, self.postmaster, connections=1, seconds=self._seconds)
            self.found["http_half_load"] = await http.measure(
                pid, self.postmaster, connections=128, seconds=self._seconds, per_second=best / 2
            )
        async with http.server(dsn, front=False) as pid:
            await http.measure(pid, self.postmaster, connections=250, seconds=self._seconds / 2)
            self.found["http_raw_asgi"] = await http.measure(
                pid, self.postmaster, connections=256, seconds=self._seconds
            )
        self.found["tpc_b_after_http"] = self.tpc_b(dsn, prepare=True)

    async def growth(self) -> None:
        found: dict[str, Any] = {}
        for name, stored in (("empty", 0), ("stored_2m", STORED)):
            dsn = await self.database(stored=stored)
            sets = await sql.sets(dsn, size=250, lanes=2, seconds=self._seconds)
            async with http.server(dsn) as pid:
                await http.measure(pid, self.postmaster, connections=250, seconds=self._seconds / 2)
                through = await http.measure(pid, self.postmaster, connections=256, seconds=self._seconds)
            found[name] = {"sets": sets, "http": through}
        self.found["growth"] = found

    async def reports(self) -> None:
        dsn = await self.database(stored=STORED // 10 if self._quick else STORED)
        self.found["reports"] = await reports.measure(dsn, self.postmaster, seconds=self._seconds)

    async def foreign_keys(self) -> None:
        found: dict[str, Any] = {}
        for name, keys in (("without", False), ("with", True)):
            dsn = await self.database(foreign_keys=keys)
            sets = await sql.sets(dsn, size=250, lanes=2, seconds=self._seconds)
            async with http.server(dsn) as pid:
                await http.measure(pid, self.postmaster, connections=250, seconds=self._seconds / 2)
                through = await http.measure(pid, self.postmaster, connections=256, seconds=self._seconds)
            found[name] = {"sets": sets, "http": through}
        self.found["foreign_keys"] = found

    async def fanout(self) -> None:
        dsn = await self.database()
        sockets = (1000,) if self._quick else (2000, 10_000)
        self.found["fanout"] = [
            await fanout.measure(dsn, sockets=count, seconds=5 if self._quick else 12) for count in sockets
        ]

    async def screens(self) -> None:
        self.found["screens"] = await screens.measure(await self.database(), seconds=8 if self._quick else 20)


def targets(found: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    """What was to be reached: name, wanted, measured, whether it is."""
    rows: list[tuple[str, str, str, bool]] = []

    def row(name: str, wanted: float, value: float, *, at_most: bool = False, unit: str = "×") -> None:
        reached = value <= wanted if at_most else value >= wanted
        rows.append((name, f"{'≤' if at_most else '≥'} {wanted:g} {unit}", f"{value:.2f} {unit}", reached))

    if "sets" in found:
        tpc = max(found["tpc_b_before"]["prepared"], found["tpc_b_after_sql"]["prepared"])
        row("SQL only / TPC-B prepared", 8, max(s["bets_per_s"] for s in found["sets"]) / tpc)
    if "http" in found:
        tpc = max(part["prepared"] for name, part in found.items() if name.startswith("tpc_b"))
        best = max(found["http"], key=lambda entry: entry["bets_per_s"])
        row("through HTTP / TPC-B prepared", 3.5, best["bets_per_s"] / tpc)
        row("app CPU per accepted bet", 120, best["app_cpu_us_per_bet"], at_most=True, unit="µs")
        row("lone bet p50 / fdatasync", 3, found["http_lone"]["p50_ms"] / found["fdatasync_ms"], at_most=True)
    if "growth" in found:
        empty, full = found["growth"]["empty"], found["growth"]["stored_2m"]
        row("SQL only, 2 M stored / empty", 0.8, full["sets"]["bets_per_s"] / empty["sets"]["bets_per_s"])
        row("through HTTP, 2 M stored / empty", 0.8, full["http"]["bets_per_s"] / empty["http"]["bets_per_s"])
    if "fanout" in found:
        most = found["fanout"][-1]
        row(f"fan-out, {most['sockets']} sockets", 9, most["cpu_us_per_message"], at_most=True, unit="µs/message")
    if "screens" in found:
        seen = found["screens"]
        row("first board on 4G", 1500, seen["first_board_4g_ms"], at_most=True, unit="ms")
        row("frame p95, 200 outcomes at 10 Hz", 16.7, seen["board_moving"]["frame_ms_p95"], at_most=True, unit="ms")
    return rows


def show(found: dict[str, Any]) -> None:
    console = Console()
    table = Table("measured", "wanted", "got", "", title="Targets")
    for name, wanted, got, reached in targets(found):
        table.add_row(name, wanted, got, "reached" if reached else "MISSED")
    console.print(table)
    for part, values in found.items():
        console.print(f"[bold]{part}[/bold]")
        for entry in values if isinstance(values, list) else [values]:
            console.print("   ", entry)


async def run(server: EmbeddedPostgres, wanted: list[str], *, quick: bool) -> tuple[dict[str, Any], list[str]]:
    """What was found, and the parts that failed: minutes of measuring are not lost with one of them."""
    bench = Bench(server, seconds=3 if quick else 8, quick=quick)
    bench.found = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "fdatasync_ms": round(fdatasync_ms(server.cluster), 3),
    }
    failed: list[str] = []
    for part in wanted:
        print(f"… {part}", flush=True)
        try:
            await getattr(bench, part.replace("-", "_"))()
        except Exception:
            traceback.print_exc()
            failed.append(part)
    return bench.found, failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="toteboard-bench-"))
    folder.chmod(0o755)
    try:
        with EmbeddedPostgres(folder) as server:
            found, failed = asyncio.run(run(server, given.only, quick=given.quick))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    OUT.mkdir(exist_ok=True)
    file = OUT / "last.json"
    file.write_text(json.dumps(found, indent=2) + "\n")
    show(found)
    print(f"\nas JSON: {file}")
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")


if __name__ == "__main__":
    main()
