"""A measure over the last minute, second by second, for whoever looks at a page."""

import time
from collections.abc import Callable
from dataclasses import dataclass

# A minute by seconds.
WINDOW_S = 60


@dataclass(frozen=True, slots=True)
class Summary:
    """What was measured in the last WINDOW_S seconds; `last` may be older, None is never."""

    last: int | None
    count: int
    sum: int
    max: int

    @property
    def mean(self) -> int | None:
        """Rounded down; None where nothing was measured."""
        return self.sum // self.count if self.count else None


class Window:
    """A measure over the last minute, second by second."""

    __slots__ = ("_clock", "_counts", "_maxima", "_seconds", "_sums", "last")

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.last: int | None = None
        self._clock = clock
        self._seconds = [-1] * WINDOW_S
        self._counts = [0] * WINDOW_S
        self._sums = [0] * WINDOW_S
        self._maxima = [0] * WINDOW_S

    def add(self, value: int) -> None:
        """Counts a value in the current second."""
        second = int(self._clock())
        i = second % WINDOW_S
        if self._seconds[i] != second:
            self._seconds[i], self._counts[i], self._sums[i], self._maxima[i] = second, 0, 0, 0
        self.last = value
        self._counts[i] += 1
        self._sums[i] += value
        self._maxima[i] = max(self._maxima[i], value)

    def summary(self) -> Summary:
        """The last minute: how many, mean, largest and newest."""
        live = self._live()
        return Summary(
            self.last,
            sum(self._counts[i] for i in live),
            sum(self._sums[i] for i in live),
            max((self._maxima[i] for i in live), default=0),
        )

    def sums(self) -> list[int]:
        """By second, the oldest first, the running one left out."""
        return self._by_second(self._sums)

    def maxima(self) -> list[int]:
        """By second, the oldest first, the running one left out."""
        return self._by_second(self._maxima)

    def _live(self) -> list[int]:
        now = int(self._clock())
        return [i for i, second in enumerate(self._seconds) if now - WINDOW_S < second <= now]

    def _by_second(self, values: list[int]) -> list[int]:
        now = int(self._clock())
        seconds = range(now - WINDOW_S + 1, now)
        return [values[s % WINDOW_S] if self._seconds[s % WINDOW_S] == s else 0 for s in seconds]
