"""Remembers what stands around an outcome (names, ids, currency), so that a bet's answer needs no question.

Only names can change under it, and a name may be `FRESH_S` old; the ledger itself is never remembered. Knows no bet.
"""

import asyncio
import time

import msgspec
from cachetools import FIFOCache

from toteboard.ledger.ledger import Ledger
from toteboard.ledger.money import bets

FRESH_S = 2.0
OUTCOMES_MAX = 20_000
# What stands around an outcome that nobody knows.
UNKNOWN = b""


class OutcomeCache:
    """The end of a bet's JSON by outcome, from `"tournament_id"` to the closing brace."""

    def __init__(self, ledger: Ledger):
        self._ledger = ledger
        # By outcome: until when it is fresh, and the JSON.
        self._held: FIFOCache[int, tuple[float, bytes]] = FIFOCache(OUTCOMES_MAX)
        self._fetching: dict[int, asyncio.Task[None]] = {}

    def known(self, outcome_id: int) -> bytes | None:
        """The JSON, UNKNOWN for an outcome that is not there, or None where it has to be learnt. Never asks the database.

        One that has grown old is given a last time, while it is fetched again: otherwise every bet of a rush would wait.
        """
        held = self._held.get(outcome_id)
        if held is None:
            return None
        if held[0] < time.monotonic():
            if held[1] is UNKNOWN:
                # It may exist by now.
                return None
            self._begin_fetch(outcome_id)
        return held[1]

    async def learn(self, outcome_id: int) -> None:
        """Fetches it, once for all who wait for it. Raises Outage."""
        await asyncio.shield(self._begin_fetch(outcome_id))

    def _begin_fetch(self, outcome_id: int) -> asyncio.Task[None]:
        fetching = self._fetching.get(outcome_id)
        if fetching is None:
            fetching = asyncio.get_running_loop().create_task(self._fetch(outcome_id), name=f"outcome {outcome_id}")
            self._fetching[outcome_id] = fetching
            fetching.add_done_callback(lambda done: self._fetched(outcome_id, done))
        return fetching

    def _fetched(self, outcome_id: int, done: asyncio.Task[None]) -> None:
        del self._fetching[outcome_id]
        if not done.cancelled():
            # Perhaps nobody waited for it; an outage is told by the lane as well.
            done.exception()

    async def _fetch(self, outcome_id: int) -> None:
        async with self._ledger.read() as conn:
            row = await bets.around_outcome(conn, outcome_id)
        around = UNKNOWN if row is None else msgspec.json.encode(row)[1:]
        self._held[outcome_id] = (time.monotonic() + FRESH_S, around)
