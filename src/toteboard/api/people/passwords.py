"""Hashes and checks passwords with argon2id, off the event loop and a few at a time. Knows no person."""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from toteboard.rules.refusals import Refusal, Refused
from toteboard.settings import Settings

T = TypeVar("T")

# With 19 MiB this is what OWASP's password storage cheat sheet asks of argon2id.
ROUNDS = 2
PARALLELISM = 1
# Of a crowd one after the other is looked at, not faster than this, and so many wait for their turn.
CROWD_TURN_S = 0.1
CROWD_WAITING_MAX = 10


@dataclass(slots=True)
class _Crowd:
    """Those of one network who take turns."""

    lane: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    next_at: float = 0.0


class Passwords:
    """A bounded number of threads' worth of argon2id; who would have to wait too long is told so."""

    def __init__(self, settings: Settings):
        self._hasher = PasswordHasher(
            time_cost=ROUNDS, memory_cost=settings.password_memory_kib, parallelism=PARALLELISM
        )
        self._lanes = asyncio.Semaphore(settings.password_lanes)
        self._waiting = 0
        self._waiting_max = settings.password_queue_max
        self._crowds: dict[Hashable, _Crowd] = {}
        # An unknown account is checked against this, so that it takes as long as a known one.
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """What is kept of a password. Raises Refused (503) where too many wait."""
        return await self._off_loop(lambda: self._hasher.hash(password))

    async def verify(self, kept: str | None, password: str, *, crowd: Hashable | None = None) -> bool:
        """Whether it is the password; as slow for None (no such account) as for a wrong one. Those of a crowd take turns.

        Raises Refused: TOO_BUSY, and TOO_MANY where too many of the crowd wait.
        """
        async with self._turn(crowd):
            return await self._off_loop(lambda: self._verify(kept, password))

    def _verify(self, kept: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(kept or self._nobody, password) and kept is not None
        except InvalidHashError:
            # An account without a password; it shall not be known by its speed.
            self._verify(None, password)
            return False
        except VerificationError:
            return False

    @asynccontextmanager
    async def _turn(self, of: Hashable | None) -> AsyncIterator[None]:
        if of is None:
            yield
            return
        crowd = self._crowds.setdefault(of, _Crowd())
        if crowd.waiting > CROWD_WAITING_MAX:
            raise Refused(Refusal.TOO_MANY, retry_after_s=1)
        crowd.waiting += 1
        try:
            async with crowd.lane:
                await asyncio.sleep(max(0.0, crowd.next_at - monotonic()))
                crowd.next_at = monotonic() + CROWD_TURN_S
                yield
        finally:
            crowd.waiting -= 1
            asyncio.get_running_loop().call_later(CROWD_TURN_S, self._part, of)

    def _part(self, of: Hashable) -> None:
        """A crowd that nobody is in any more is none."""
        crowd = self._crowds.get(of)
        if crowd is not None and not crowd.waiting and crowd.next_at <= monotonic():
            del self._crowds[of]

    async def _off_loop(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._waiting_max:
            raise Refused(Refusal.TOO_BUSY, "Many people are signing in at this moment.")
        self._waiting += 1
        try:
            async with self._lanes:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1
