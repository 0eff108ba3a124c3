"""A tournament to measure on, and what the operating system says of processes and disk."""

import os
import random
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

BETTORS = 10_000
OUTCOMES = 12
TICK = os.sysconf("SC_CLK_TCK")

# Ten thousand verified bettors, four markets (two pools, two fixed) of three outcomes: twelve hot rows.
SEED = """
INSERT INTO users (email, name, password_hash, kyc)
SELECT 'bettor' || n || '@example.org', 'Bettor ' || n, 'none', 'verified' FROM generate_series(1, 10000) n;
INSERT INTO tournaments (slug, name, currency) VALUES ('bench', 'Bench', 'EUR');
INSERT INTO members (tournament_id, user_id, role) SELECT t.id, u.id, 'bettor' FROM tournaments t, users u;
INSERT INTO accounts (tournament_id, kind, user_id) SELECT t.id, 'wallet', u.id FROM tournaments t, users u;
INSERT INTO matches (tournament_id, name) SELECT t.id, 'Match ' || n FROM tournaments t, generate_series(1, 4) n;
INSERT INTO markets (tournament_id, match_id, name, kind, status, takeout_bps)
SELECT tournament_id, id, 'Winner', CASE WHEN id % 2 = 0 THEN 'fixed' ELSE 'pool' END, 'open', 500 FROM matches;
INSERT INTO outcomes (tournament_id, market_id, name, lane_no, odds_milli)
SELECT m.tournament_id, m.id, 'Outcome ' || n, n, CASE WHEN m.kind = 'fixed' THEN 2000 + n * 100 END
  FROM markets m, generate_series(1, 3) n;
INSERT INTO sessions (token_hash, user_id, kind, expires_at)
SELECT sha256(('tb_bench' || id)::bytea), id, 'token', now() + interval '1 day' FROM users;
INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, at)
SELECT w.tournament_id, cash.id, w.id, 100000000000, 'deposit', now()
  FROM accounts w JOIN accounts cash ON cash.kind = 'cash' AND cash.tournament_id = w.tournament_id WHERE w.kind = 'wallet';
"""

# Two million bets as they would lie there, with their transfers and audit rows.
GROW = """
INSERT INTO bets (id, tournament_id, wallet_id, user_id, market_id, outcome_id, stake, odds_milli, placed_at)
SELECT gen.id, w.tournament_id, w.id, w.user_id, o.market_id, o.id, 500, 2000, now() - interval '1 hour'
  FROM (SELECT n, uuidv7(- interval '2 hours' + n * interval '1 millisecond') AS id,
               1 + n % 10000 AS user_id, 1 + n % 12 AS outcome FROM generate_series(1, $1::int) n) gen
  JOIN accounts w ON w.kind = 'wallet' AND w.user_id = gen.user_id
  JOIN outcomes o ON o.id = gen.outcome ORDER BY gen.n
"""
GROW_TRANSFERS = """
INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, bet_id, at)
SELECT b.tournament_id, b.wallet_id, e.id, b.stake, 'stake', b.id, b.placed_at
  FROM bets b JOIN accounts e ON e.kind = 'escrow' AND e.market_id = b.market_id ORDER BY b.no
"""
# What accounts and outcomes hold is what was moved: betting stops on books that differ.
BALANCES = """
UPDATE accounts SET balance = moved.amount
  FROM (SELECT account, sum(amount) AS amount
          FROM (SELECT credit_account AS account, amount FROM transfers
                UNION ALL SELECT debit_account, -amount FROM transfers) sides GROUP BY account) moved
 WHERE accounts.id = moved.account;
UPDATE outcome_totals SET stakes = staked.stakes, bets = staked.bets, returns = staked.returns
  FROM (SELECT bets.outcome_id, sum(bets.stake) AS stakes, count(*) AS bets,
               CASE WHEN markets.kind = 'fixed' THEN sum(bets.stake * bets.odds_milli / 1000) ELSE 0 END AS returns
          FROM bets JOIN markets ON markets.id = bets.market_id GROUP BY bets.outcome_id, markets.kind) staked
 WHERE outcome_totals.outcome_id = staked.outcome_id;
"""
GROW_AUDIT = """
INSERT INTO audit_log (at, tournament_id, user_id, action, subject)
SELECT placed_at, tournament_id, user_id, 'bet.placed', 'bet:' || id FROM bets ORDER BY no
"""
FOREIGN_KEYS = """
ALTER TABLE bets ADD FOREIGN KEY (wallet_id) REFERENCES accounts, ADD FOREIGN KEY (market_id) REFERENCES markets,
    ADD FOREIGN KEY (outcome_id) REFERENCES outcomes;
ALTER TABLE transfers ADD FOREIGN KEY (debit_account) REFERENCES accounts,
    ADD FOREIGN KEY (credit_account) REFERENCES accounts;
"""


async def seed(dsn: str, *, stored: int = 0, foreign_keys: bool = False) -> None:
    """Fills a migrated database: the tournament, and as many stored bets as asked for."""
    conn = await asyncpg.connect(dsn)
    try:
        # What the program alone writes; not as its own doors do, which would take hours.
        await conn.execute("SET ROLE toteboard_break_glass")
        await conn.execute(SEED)
        if stored:
            await conn.execute(GROW, stored, timeout=600)
            await conn.execute(GROW_TRANSFERS, timeout=600)
            await conn.execute(GROW_AUDIT, timeout=600)
        await conn.execute(BALANCES, timeout=600)
        await conn.execute("RESET ROLE")
        if foreign_keys:
            await conn.execute(FOREIGN_KEYS)
        await conn.execute("VACUUM ANALYZE", timeout=600)
        await conn.execute("CHECKPOINT", timeout=600)
    finally:
        await conn.close()


def uuid7() -> UUID:
    """A version 7 UUID, as the web client makes them."""
    ms = time.time_ns() // 1_000_000
    return UUID(int=(ms << 80) | (7 << 76) | (random.getrandbits(12) << 64) | (2 << 62) | random.getrandbits(62))


def cpu_s(pid: int) -> float:
    """User and system seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def children(pid: int) -> list[int]:
    """The processes a process has started: PostgreSQL's backends under its postmaster."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


class Backends:
    """CPU of all of PostgreSQL between two moments, also of backends that ended in between (their last reading)."""

    def __init__(self, postmaster: int):
        self._postmaster = postmaster
        self._first: dict[int, float] = {}
        self._last: dict[int, float] = {}

    def read(self) -> None:
        for pid in children(self._postmaster):
            try:
                now = cpu_s(pid)
            except (OSError, IndexError):
                continue
            self._first.setdefault(pid, now)
            self._last[pid] = now

    @property
    def seconds(self) -> float:
        return sum(last - self._first[pid] for pid, last in self._last.items())


def fdatasync_ms(folder: Path) -> float:
    """The median of writing 8 KiB and waiting until the disk has them."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        took = []
        for number in range(200):
            os.pwrite(file.fileno(), b"x" * 8192, number * 8192)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


def quantile_ms(seconds: list[float], share: float) -> float:
    """A quantile of latencies, in milliseconds."""
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 2) if ordered else 0.0


def machine() -> dict[str, Any]:
    """What this was measured on."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "?",
    )
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024**2
    python = subprocess.run(["python3", "--version"], capture_output=True, text=True, check=False).stdout.split()
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gib": memory,
        "kernel": os.uname().release,
        "python": python[-1:],
    }
