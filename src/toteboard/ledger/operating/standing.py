"""How the whole ledger stands, for whoever scrapes it: settlements to be paid, markets that are open, identity checks."""

import time
from dataclasses import dataclass, field

from toteboard.ledger.ledger import Reader
from toteboard.ledger.operating import backups
from toteboard.ledger.operating.backups import Remembered, Stream
from toteboard.ledger.statements import statements

_SQL = statements("ops")
# How many tournaments are told apart: each is a series for whoever scrapes us.
TOURNAMENTS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """One look. `slugs` and `open_markets` by tournament, of those not archived, the newest first; times in seconds."""

    settlements_unfinished: int = 0
    settlement_oldest_s: float = 0.0
    bets_paid: int = 0
    slugs: dict[int, str] = field(default_factory=dict)
    open_markets: dict[int, int] = field(default_factory=dict)
    # By provider and status.
    checks: dict[tuple[str, str], int] = field(default_factory=dict)
    # On the clock of time.monotonic.
    next_close_at: float | None = None
    backups: list[Remembered] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)


class Standing:
    """The last look of this process; None before the first."""

    def __init__(self, reader: Reader):
        self._reader = reader
        self.last: Stands | None = None

    async def step(self) -> None:
        """Looks once. Raises Outage."""
        async with self._reader.read() as conn:
            unfinished = await conn.fetchrow(_SQL["unfinished"])
            assert unfinished is not None
            tournaments = await conn.fetch(_SQL["tournaments_open"], TOURNAMENTS_MAX)
            checks = await conn.fetch(_SQL["checks"])
            next_close_s = await conn.fetchval(_SQL["next_close"])
            last, streams = await backups.last(conn), await backups.streams(conn)
        self.last = Stands(
            settlements_unfinished=unfinished["many"],
            settlement_oldest_s=float(unfinished["oldest_s"]),
            bets_paid=unfinished["bets_paid"],
            slugs={row["id"]: row["slug"] for row in tournaments},
            open_markets={row["id"]: row["open_markets"] for row in tournaments},
            checks={(row["provider"], row["status"]): row["many"] for row in checks},
            next_close_at=None if next_close_s is None else time.monotonic() + next_close_s,
            backups=last,
            streams=streams,
        )
