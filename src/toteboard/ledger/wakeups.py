"""What tells other processes that something was committed. Only a wake-up: what is read afterwards decides.

The ledger is handed one of these and does not know how it reaches the others: feed/wakeups.py has PostgreSQL's own.
"""

from collections.abc import Callable
from typing import Protocol


class Wakeups(Protocol):
    """Two kinds of news: `feed(tournament_id)`, and `sessions(user_id)` when a session ended or a person changed."""

    def on_feed(self, listener: Callable[[int], None]) -> None: ...

    def on_sessions(self, listener: Callable[[int], None]) -> None: ...

    def feed(self, tournament_id: int) -> None:
        """Something was committed in this tournament."""

    def sessions(self, user_id: int) -> None:
        """This person's sessions or rights changed: what is remembered of them is stale."""


class LocalWakeups:
    """Wakes this process only, at once: for commands and for tests."""

    def __init__(self) -> None:
        self._feed_listeners: list[Callable[[int], None]] = []
        self._session_listeners: list[Callable[[int], None]] = []

    def on_feed(self, listener: Callable[[int], None]) -> None:
        self._feed_listeners.append(listener)

    def on_sessions(self, listener: Callable[[int], None]) -> None:
        self._session_listeners.append(listener)

    def feed(self, tournament_id: int) -> None:
        for listener in self._feed_listeners:
            listener(tournament_id)

    def sessions(self, user_id: int) -> None:
        for listener in self._session_listeners:
            listener(user_id)
