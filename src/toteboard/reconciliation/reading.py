"""What an audit of the books asks of the database: one moment, many questions. Judges nothing itself."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from toteboard.ledger.connection import Conn, fetch_one
from toteboard.ledger.ledger import Reader
from toteboard.ledger.statements import statements
from toteboard.rules.pools import RULES

_SQL = statements("reconciliation")
CHECK_STATEMENTS = {
    name: text
    for of in ("money", "bets", "settlements", "changes")
    for name, text in statements(f"reconciliation_{of}").items()
}

# A sum over all bets of a large ledger takes minutes, and works in memory as far as this.
STATEMENT_TIMEOUT_S = 3600
WORK_MEM = "64MB"


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a projection is not what it should be: `subject` is "bet:…", "account:7", …"""

    subject: str
    stored: str
    derived: str


@dataclass(frozen=True, slots=True)
class Paying:
    """A settlement that is still under way."""

    settlement_id: int
    market_id: int
    version: int
    bets_done: int
    bets: int
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class SettledOutcome:
    """An outcome of a settled market, with what was staked on it; minor units."""

    outcome_id: int
    staked: int
    late: int
    withdrawn: bool
    withdrawn_at: datetime | None
    deduction_bps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledMarket:
    """A market's paid settlement, and all that its terms follow from. `result` and `terms` are JSON text.

    Of one that was corrected since (`is_last` false) the bets say no more what it paid.
    """

    market_id: int
    version: int
    is_last: bool
    settlement_kind: str
    kind: str
    # The columns that a pool is divided by (rules/pools.py).
    pool: dict[str, Any]
    places: int
    result: str
    terms: str
    # What it says it came to, by its columns.
    sums: dict[str, int | None]
    # Of its bets as they stand: how many, and in minor units what was refunded and what else was paid.
    bets: int
    refunded: int
    paid_out: int
    # Whether it is by the result and the true start that stand, and its pool went where it may.
    is_result: bool
    is_started_otherwise: bool
    goes_on_rightly: bool
    outcomes: tuple[SettledOutcome, ...]


# Columns of a settlement that the rules make of its bets.
SUMS = (
    *("gross", "refunds", "takeout", "paid", "breakage", "house_added", "house_won", "bets"),
    *("carried_in", "carried_out", "carried_out_gross", "carried_before", "carried_to"),
)


class Books:
    """The ledger as of one moment."""

    def __init__(self, conn: Conn):
        self._conn = conn

    async def differences(self, check: str, *, most: int) -> tuple[int, list[Difference]]:
        """How many differences the named check of sql/reconciliation_*.sql finds, and the first `most` of them."""
        rows = await self._conn.fetch(
            f"SELECT count(*) OVER () AS found, checked.* FROM ({CHECK_STATEMENTS[check]}) AS checked LIMIT $1",  # noqa: S608 our own text
            most,
        )
        found = rows[0]["found"] if rows else 0
        return found, [Difference(row["subject"], row["stored"], row["derived"]) for row in rows]

    async def plan_of(self, check: str) -> dict[str, Any]:
        """How PostgreSQL would look for them, as EXPLAIN says it in JSON."""
        return dict(
            json.loads(await self._conn.fetchval(f"EXPLAIN (FORMAT JSON) {CHECK_STATEMENTS[check]}"))[0]["Plan"]
        )

    async def settled_markets(self) -> list[SettledMarket]:
        """Every market that was settled, with all its settlements."""
        versions: dict[int, list[Any]] = defaultdict(list)
        for row in await self._conn.fetch(_SQL["paid_settlements"]):
            versions[row["settlement_id"]].append(row)
        return [
            SettledMarket(
                market_id=rows[0]["market_id"],
                version=rows[0]["version"],
                is_last=rows[0]["is_last"],
                settlement_kind=rows[0]["settlement_kind"],
                kind=rows[0]["kind"],
                pool={name: rows[0][name] for name in RULES},
                places=rows[0]["places"],
                result=rows[0]["result"],
                terms=rows[0]["terms"],
                sums={name: rows[0][name] for name in SUMS},
                bets=rows[0]["bets_there"],
                **{
                    name: rows[0][name]
                    for name in ("refunded", "paid_out", "is_result", "is_started_otherwise", "goes_on_rightly")
                },
                outcomes=tuple(
                    SettledOutcome(**{name: row[name] for name in SettledOutcome.__slots__}) for row in rows
                ),
            )
            for rows in versions.values()
        ]

    async def paying(self) -> list[Paying]:
        """Markets that are being paid: their sums are not final."""
        return [Paying(*row) for row in await self._conn.fetch(_SQL["paying"])]

    async def counted(self) -> dict[str, int]:
        """How many rows of what there are."""
        return dict(await fetch_one(self._conn, _SQL["counted"]))


@asynccontextmanager
async def opened_books(dsn: str, *, role: str | None = "toteboard_auditor") -> AsyncIterator[Books]:
    """The books of this database as of now, as the auditor's role, which cannot write. Raises Outage."""
    async with (
        Reader.opened(dsn, statement_timeout_s=STATEMENT_TIMEOUT_S, role=role) as reader,
        reader.snapshot() as conn,
    ):
        await conn.execute(_SQL["work_mem"], WORK_MEM)
        yield Books(conn)
