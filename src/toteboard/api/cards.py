"""Remembers what stands around an outcome (names, ids, currency), so that a bet's answer needs no question.

Only names can change under it, and a name may be `CARD_S` old; the ledger itself is never remembered. Knows no bet.
"""

import asyncio
import time

import msgspec

from toteboard.ledger import bets
from toteboard.ledger.ledger import Ledger

CARD_S = 2.0
CARDS_MAX = 20_000
# What stands around an outcome that nobody knows.
BLANK = b""


class Cards:
    """The end of a bet's JSON by outcome, from `"tournament_id"` to the closing brace."""

    def __init__(self, ledger: Ledger):
        self._ledger = ledger
        self._held: dict[int, tuple[float, bytes]] = {}
        self._asking: dict[int, asyncio.Task[None]] = {}

    def known(self, outcome_id: int) -> bytes | None:
        """The card, BLANK for an unknown outcome, or None where it has to be learnt. Never asks the database.

        One that has grown old is given a last time, while it is asked for again: otherwise every bet of a rush would wait.
        """
        held = self._held.get(outcome_id)
        if held is None:
            return None
        if held[0] < time.monotonic():
            if held[1] is BLANK:
                # It may exist by now.
                return None
            self._ask(outcome_id)
        return held[1]

    async def learn(self, outcome_id: int) -> None:
        """Asks for the card, once for all who wait for it. Raises Outage."""
        await asyncio.shield(self._ask(outcome_id))

    def _ask(self, outcome_id: int) -> asyncio.Task[None]:
        asking = self._asking.get(outcome_id)
        if asking is None:
            asking = asyncio.get_running_loop().create_task(self._fetch(outcome_id), name=f"card {outcome_id}")
            self._asking[outcome_id] = asking
            asking.add_done_callback(lambda done: self._asked(outcome_id, done))
        return asking

    def _asked(self, outcome_id: int, done: asyncio.Task[None]) -> None:
        del self._asking[outcome_id]
        if not done.cancelled():
            # Perhaps nobody waited for it; an outage is told by the lane as well.
            done.exception()

    async def _fetch(self, outcome_id: int) -> None:
        async with self._ledger.read() as conn:
            row = await bets.card(conn, outcome_id)
        if len(self._held) >= CARDS_MAX:
            self._held.clear()
        card = BLANK if row is None else msgspec.json.encode(row)[1:]
        self._held[outcome_id] = (time.monotonic() + CARD_S, card)
