"""One person's share of a pool of connections: however much they ask at once, so many work for them and the rest waits.

asking.set(user_id)                       # who the running request is from; nobody: no share is kept
async with shares.turn():
    …                                     # a connection
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from toteboard.rules.refusals import Refusal, Refused

asking: ContextVar[int | None] = ContextVar("asking", default=None)
# A request that has a connection and needs a second one waits for nobody, least of all for itself.
_has_turn: ContextVar[bool] = ContextVar("has_turn", default=False)


class Shares:
    """Turns by person, `most` at once for each; who waits longer than `wait_s` is Refused (TOO_BUSY)."""

    def __init__(self, most: int, wait_s: float):
        self._most = most
        self._wait_s = wait_s
        # Of each person who asks now: their turns, and how many of their requests have one or wait for one.
        self._turns: dict[int, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One turn of whoever asks. Raises Refused (TOO_BUSY)."""
        who = asking.get()
        if who is None or _has_turn.get():
            yield
            return
        turns, asked = self._turns.get(who) or (asyncio.Semaphore(self._most), 0)
        self._turns[who] = (turns, asked + 1)
        try:
            try:
                async with asyncio.timeout(self._wait_s):
                    await turns.acquire()
            except TimeoutError:
                raise Refused(Refusal.TOO_BUSY, "Your other requests are not answered yet.") from None
            token = _has_turn.set(True)
            try:
                yield
            finally:
                _has_turn.reset(token)
                turns.release()
        finally:
            turns, asked = self._turns.pop(who)
            if asked > 1:
                self._turns[who] = (turns, asked - 1)
