"""Counts tries by key and says how long to wait, in bounded memory. Knows neither addresses nor accounts.

Per process: with several, somebody who reaches them all has as many times the tries.
"""

import math
from collections.abc import Hashable
from time import monotonic

from toteboard.api.problems import Problem
from toteboard.rules.refusals import Refusal

WINDOW_S = 300.0


class Throttle:
    """At most `tries_max` tries in a row per key, and then one more each `window_s / tries_max` seconds.

    One number a key: the moment at which all its tries are forgotten (the generic cell rate algorithm). Nobody is
    locked out for good, and who tries on while refused does not wait longer for it.
    """

    def __init__(self, *, tries_max: int, keys_max: int, window_s: float = WINDOW_S):
        self._window_s = window_s
        self._step_s = window_s / tries_max
        self._keys_max = keys_max
        # Oldest try first.
        self._clear_at: dict[Hashable, float] = {}

    def take(self, key: Hashable, now: float) -> float:
        """Counts a try and answers 0.0, or does not count it and answers the seconds to wait."""
        clear_at = max(self._clear_at.get(key, now), now) + self._step_s
        wait_s = clear_at - now - self._window_s
        # Sums of steps are not exact; a wait too short to tell is none.
        if wait_s > 1e-6:
            return wait_s
        self._clear_at.pop(key, None)
        while len(self._clear_at) >= self._keys_max:
            del self._clear_at[next(iter(self._clear_at))]
        self._clear_at[key] = clear_at
        return 0.0

    def give_back(self, key: Hashable) -> None:
        """The last try was a good one and does not count."""
        if key in self._clear_at:
            self._clear_at[key] -= self._step_s


def slow_down(throttle: Throttle, *key: Hashable) -> None:
    """Counts a try of now. Raises Problem (429) with Retry-After where it is one too many."""
    wait_s = throttle.take(key, monotonic())
    if wait_s:
        # Said in whole seconds, upwards: who waits that long is let in.
        raise Problem(Refusal.TOO_MANY, headers={"Retry-After": str(math.ceil(wait_s))})
