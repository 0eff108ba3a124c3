"""Asks again who is behind a socket, when told that their sessions changed and every so often. Knows no cookie."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from toteboard.background import Loops
from toteboard.feed.messages import CloseCode
from toteboard.feed.subscriber import FeedUser, Headers, Subscriber
from toteboard.ledger.ledger import Outage
from toteboard.settings import Settings

log = logging.getLogger("toteboard.feed")

Identify = Callable[[Headers], Awaitable[FeedUser | None]]


class Watch:
    """The sockets of people who signed in. A session that ended closes its sockets at once."""

    def __init__(
        self, identify: Identify, settings: Settings, loops: Loops, changed: Callable[[Subscriber, FeedUser], None]
    ):
        self._identify = identify
        self._settings = settings
        self._loops = loops
        self._changed = changed
        self._by_user: dict[int, set[Subscriber]] = {}
        self._stale: set[int] = set()
        self._news = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """It watches while the block runs."""
        async with (
            self._loops.running("feed sessions", self._step),
            self._loops.running("feed sessions, slowly", self._look_again),
        ):
            yield

    def add(self, subscriber: Subscriber) -> None:
        if subscriber.user is not None:
            self._by_user.setdefault(subscriber.user.user_id, set()).add(subscriber)

    def remove(self, subscriber: Subscriber) -> None:
        if subscriber.user is not None and (own := self._by_user.get(subscriber.user.user_id)) is not None:
            own.discard(subscriber)
            if not own:
                del self._by_user[subscriber.user.user_id]

    def sessions_changed(self, user_id: int) -> None:
        """Called by the ledger's wake-ups. What others remember of the person is gone by the time we ask."""
        if user_id in self._by_user:
            self._stale.add(user_id)
            self._news.set()

    async def _step(self) -> None:
        await self._news.wait()
        self._news.clear()
        while self._stale:
            user_id = self._stale.pop()
            for subscriber in list(self._by_user.get(user_id, ())):
                await self._ask(subscriber)

    async def _look_again(self) -> None:
        """A wake-up can be lost, and a session can just run out: everybody is asked once in `socket_recheck_s`."""
        everybody = list(self._by_user)
        for user_id in everybody:
            self._stale.add(user_id)
            self._news.set()
            await asyncio.sleep(self._settings.socket_recheck_s / len(everybody))
        if not everybody:
            await asyncio.sleep(self._settings.socket_recheck_s)

    async def _ask(self, subscriber: Subscriber) -> None:
        try:
            user = await self._identify(subscriber.credentials)
        except Outage:
            # Nobody's session ends because the database is away; the slow look comes back to it.
            return
        before = subscriber.user
        assert before is not None
        if user is None or user.user_id != before.user_id:
            log.info("a feed of user %d is closed: the session ended", before.user_id)
            subscriber.close(CloseCode.SIGNED_OUT, "signed out")
        elif user != before:
            self._changed(subscriber, user)
