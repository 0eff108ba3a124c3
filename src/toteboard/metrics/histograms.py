"""How often what was measured fell between which bounds, since the start.

Plain, as bets are measured by it: an observation takes 0.3 µs, and 3 µs with prometheus-client's own.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

# Seconds. 250 ms is what an answer to a bet is promised within (deploy/prometheus).
LATENCY_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Bets in a set.
BATCH = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000)


@dataclass(frozen=True, slots=True)
class Spread:
    """A histogram at one moment: `counts` between the bounds, one more than there are bounds."""

    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    sum: float

    def __add__(self, other: "Spread") -> "Spread":
        counts = tuple(map(sum, zip(self.counts, other.counts, strict=True)))
        return Spread(self.bounds, counts, self.sum + other.sum)

    @property
    def count(self) -> int:
        """All that was measured."""
        return sum(self.counts)


class Histogram:
    """Counts values up to and with each bound."""

    __slots__ = ("_bounds", "_counts", "_sum")

    def __init__(self, bounds: Sequence[float]):
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(self._bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        """Counts a value."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def spread(self) -> Spread:
        """As it is now, frozen."""
        return Spread(self._bounds, tuple(self._counts), self._sum)
