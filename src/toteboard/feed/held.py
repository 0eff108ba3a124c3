"""Events that came before what they follow on: kept by tournament until what is missing is read. Does no I/O."""

from collections import deque

from toteboard.feed.board import Event

# Events of one tournament; of more the oldest are let go, and read again.
HELD_MAX = 1000


class Held:
    """What waits, in the order of its numbers."""

    def __init__(self) -> None:
        self._events: dict[int, deque[Event]] = {}

    def __contains__(self, tournament_id: int) -> bool:
        return tournament_id in self._events

    def keep(self, tournament_id: int, events: list[Event]) -> None:
        """These wait, behind those that wait already."""
        self._events.setdefault(tournament_id, deque(maxlen=HELD_MAX)).extend(events)

    def take(self, tournament_id: int, seq: int) -> tuple[list[Event], list[Event]]:
        """Those that follow on `seq` without a hole, and those that wait on; none of them is kept here any more."""
        later = [event for event in self._events.pop(tournament_id, ()) if event.seq > seq]
        follows: list[Event] = []
        for event in later:
            if event.seq == seq + len(follows) + 1:
                follows.append(event)
        return follows, [event for event in later if event.seq > seq + len(follows)]

    def forget(self, tournament_id: int) -> None:
        """Nobody waits for these."""
        self._events.pop(tournament_id, None)
