"""Tells other processes that something was committed. Only a wake-up: what is read afterwards decides.

NOTIFY is sent after the commit, from a connection of its own and at most every `FLUSH_S`: inside the betting transaction
it would hold a lock on the whole server until the commit has reached the disk (docs/adr/0005). One lost with its process
is made up for by the readers' own slow look (`tail_poll_s`).
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

import asyncpg

CHANNEL = "toteboard"
FLUSH_S = 0.02
RECONNECT_S = 1.0
# NOTIFY takes 8,000 bytes; a flush that would be longer is cut in several.
TOLD_MAX = 200


class Wakeups:
    """Two kinds of news: `feed(tournament_id)`, and `sessions(user_id)` when a session ended or a person changed."""

    def __init__(self, dsn: str):
        self._dsn = dsn
        self._feed_listeners: list[Callable[[int], None]] = []
        self._session_listeners: list[Callable[[int], None]] = []
        self._feeds: set[int] = set()
        self._users: set[int] = set()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._own = 0

    def on_feed(self, listener: Callable[[int], None]) -> None:
        self._feed_listeners.append(listener)

    def on_sessions(self, listener: Callable[[int], None]) -> None:
        self._session_listeners.append(listener)

    def feed(self, tournament_id: int) -> None:
        """Something was committed in this tournament: here at once, elsewhere within FLUSH_S."""
        self._feeds.add(tournament_id)
        self._news.set()
        for listener in self._feed_listeners:
            listener(tournament_id)

    def sessions(self, user_id: int) -> None:
        """This person's sessions or rights changed: what is remembered of them is stale."""
        self._users.add(user_id)
        self._news.set()
        for listener in self._session_listeners:
            listener(user_id)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="wakeups")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            conn = None
            try:
                conn = await asyncpg.connect(self._dsn, server_settings={"application_name": "toteboard wakeups"})
                self._own = conn.get_server_pid()
                await conn.add_listener(CHANNEL, self._heard)
                await self._tell(conn)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                # The database is away; readers poll meanwhile.
                await asyncio.sleep(RECONNECT_S)
            finally:
                if conn is not None:
                    conn.terminate()

    async def _tell(self, conn: Any) -> None:
        while not conn.is_closed():
            with contextlib.suppress(TimeoutError):
                # Not wait_for: Python 3.11's forgets that it was cancelled where the news comes at the same moment.
                async with asyncio.timeout(RECONNECT_S):
                    await self._news.wait()
            self._news.clear()
            while self._feeds or self._users:
                feeds = [self._feeds.pop() for _ in range(min(len(self._feeds), TOLD_MAX))]
                users = [self._users.pop() for _ in range(min(len(self._users), TOLD_MAX))]
                await conn.execute("SELECT pg_notify($1, $2)", CHANNEL, json.dumps({"feeds": feeds, "users": users}))
            await asyncio.sleep(FLUSH_S)

    def _heard(self, _conn: Any, pid: int, _channel: str, text: str) -> None:
        # What we said ourselves is known here already.
        if pid == self._own:
            return
        news = json.loads(text)
        for tournament_id in news["feeds"]:
            for listener in self._feed_listeners:
                listener(tournament_id)
        for user_id in news["users"]:
            for listener in self._session_listeners:
                listener(user_id)
