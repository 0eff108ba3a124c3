"""Answers by method, route and status, and how long they took. Knows no path: routes are as the program writes them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from toteboard.metrics.histograms import LATENCY_S, Histogram, Spread

# Whoever makes up methods makes up no series of ours.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class RouteFigures:
    """What was answered at a route ("/api/match/{match_id}"), and in how many seconds."""

    method: str
    route: str
    statuses: Mapping[int, int]
    seconds: Spread


class Route:
    """One route's answers, counted."""

    __slots__ = ("seconds", "statuses")

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.seconds = Histogram(LATENCY_S)

    def answered(self, status: int, seconds: float) -> None:
        """Counts an answer; the time is from the end of the request's head until its answer begins."""
        self.statuses[status] += 1
        self.seconds.observe(seconds)


class Requests:
    """All answers of this process."""

    def __init__(self) -> None:
        self._routes: dict[tuple[str, str], Route] = {}

    def of(self, method: str, route: str) -> Route:
        """The route's counts, to be kept by whoever counts often."""
        key = (method if method in METHODS else "other", route)
        found = self._routes.get(key)
        if found is None:
            found = self._routes[key] = Route()
        return found

    def figures(self) -> list[RouteFigures]:
        """Every route that was asked for, in order of its name."""
        return [
            RouteFigures(method, route, dict(counts.statuses), counts.seconds.spread())
            for (method, route), counts in sorted(self._routes.items())
        ]
