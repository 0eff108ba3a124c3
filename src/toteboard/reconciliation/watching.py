"""Watches the books as money moves: what came since the last look, by tournament and kind of account, against what stands.

Cheap whatever the ledger has become: transfers are summed up once, and from then on only those that are new. What it sees
is that money was made or lost; which account it was, `toteboard audit` says. A tournament that differs at two looks one
after the other is stopped (ledger/tournaments/stopping.py).
"""

import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass

from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments import stopping
from toteboard.ledger.tournaments.stopping import Differs
from toteboard.rules.refusals import Refused

# `begun` and `over` are the audit log's: what is committed later than its number says is waited for there too.
_SQL = statements("audit") | statements("books")
# The first look sums up all there is.
FIRST_LOOK_S = 900

Sums = Counter[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A transfer's number, and a transaction that began later: once that one is over, nothing comes below the number."""

    newest: int
    begun: int


class BooksWatch:
    """The watch of one process; `step` is a look. Several processes may watch the same books."""

    def __init__(self, ledger: Ledger):
        self._ledger = ledger
        # What transfers up to `_settled` came to: none of them is still to come.
        self._base: Sums = Counter()
        self._bets_base: Counter[int] = Counter()
        self._settled = 0
        self._mark: Mark | None = None
        self._is_begun = False
        # By tournament, what differed at the last look, and how many bets there were; when that was, in seconds since 1970.
        self.differing: dict[int, Differs] = {}
        self.bets: Counter[int] = Counter()
        self.looked_at: float | None = None

    async def step(self) -> None:
        """Looks once, stops what differed at the last look too, and forgets what no longer does. Raises Outage."""
        now = await self._look()
        confirmed = {of: differs for of, differs in now.items() if self.differing.get(of) == differs}
        self.differing, self.looked_at = now, time.time()
        for tournament_id, differs in confirmed.items():
            # Archived, where nobody bets, or in use at this moment: the next look comes.
            with suppress(Refused):
                async with self._ledger.change(Actor()) as change:
                    await stopping.stop(change, tournament_id, differs)
        async with self._ledger.read() as conn:
            over = [row["id"] for row in await conn.fetch(_SQL["differing"], list(now))]
        for tournament_id in over:
            async with self._ledger.change(Actor()) as change:
                await stopping.forget(change, tournament_id)

    async def _look(self) -> dict[int, Differs]:
        mark = await self._new_mark()
        if self._is_begun:
            async with self._ledger.snapshot() as conn:
                found = await self._differences(conn)
        else:
            async with self._ledger.long_snapshot(statement_timeout_s=FIRST_LOOK_S) as conn:
                found = await self._differences(conn)
            self._is_begun = True
        if self._mark is None:
            self._mark = mark
        return found

    async def _new_mark(self) -> Mark:
        async with self._ledger.read() as conn:
            newest = await conn.fetchval(_SQL["newest"])
            return Mark(newest, await conn.fetchval(_SQL["begun"]))

    async def _differences(self, conn: Conn) -> dict[int, Differs]:
        mark = self._mark if self._mark is not None and await conn.fetchval(_SQL["over"]) > self._mark.begun else None
        derived, settled = self._base.copy(), self._base.copy()
        bets, bets_settled = self._bets_base.copy(), self._bets_base.copy()
        for row in await conn.fetch(_SQL["flows"], self._settled, mark.newest if mark else self._settled):
            derived[row["tournament_id"], row["kind"]] += int(row["amount"])
            settled[row["tournament_id"], row["kind"]] += int(row["settled"])
            bets[row["tournament_id"]] += row["bets"]
            bets_settled[row["tournament_id"]] += row["bets_settled"]
        self.bets = bets
        stored: Sums = Counter()
        for row in await conn.fetch(_SQL["balances"]):
            stored[row["tournament_id"], row["kind"]] = int(row["balance"])
        found: dict[int, Differs] = defaultdict(list)
        whole: Counter[int] = Counter()
        for (tournament_id, kind), balance in stored.items():
            whole[tournament_id] += balance
            if off := balance - derived[tournament_id, kind]:
                found[tournament_id].append({"what": kind, "off": str(off)})
        for tournament_id, off in whole.items():
            if off:
                found[tournament_id].append({"what": "all", "off": str(off)})
        for row in await conn.fetch(_SQL["escrows"]):
            found[row["tournament_id"]].append({"what": f"market:{row['market_id']}", "off": str(int(row["off"]))})
        if mark is not None:
            self._base, self._bets_base, self._settled, self._mark = settled, bets_settled, mark.newest, None
        return {of: sorted(differs, key=lambda one: one["what"]) for of, differs in found.items()}
