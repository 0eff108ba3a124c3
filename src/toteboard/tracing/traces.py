"""Spans of bets. A trace's number is the bet's own, and a span's follows from it: no process has to tell another.

The HTTP parser's process and the one that shows a bet to a spectator may be two, and know nothing of each other: both know
the bet. Whatever happens here, a bet is not kept by it. Knows no library.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

# Bets that wait for their answer, whose beginnings are remembered.
BEGUN_MAX = 10_000
ROOT = "POST /api/bet"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a bet's way; times in nanoseconds since 1970. The root has no parent."""

    trace: int
    number: int
    parent: int | None
    name: str
    began_ns: int
    ended_ns: int
    attributes: Mapping[str, str | int]


# Takes spans; must not block.
Export = Callable[[Span], None]


@dataclass(frozen=True, slots=True)
class _Begun:
    head_ns: int
    parsed_ns: int


class Traces:
    """Traces one bet in `one_in`, chosen by its number: every process chooses the same. `here` tells processes apart."""

    def __init__(self, export: Export, *, one_in: int, here: str):
        self._export = export
        self._one_in = one_in
        self._here = here
        self._begun: OrderedDict[UUID, _Begun] = OrderedDict()

    def takes(self, bet_id: UUID) -> bool:
        """Whether this bet is one of those that are traced."""
        number: int = bet_id.int
        # A trace of number 0 is none.
        return number % self._one_in == 0 and number != 0

    def parsed(self, bet_id: UUID, head_ns: int, entered_ns: int) -> None:
        """A request has become this bet. Once more, as where something had to be learnt first, changes nothing."""
        if bet_id in self._begun:
            return
        now = time.time_ns()
        if len(self._begun) >= BEGUN_MAX:
            self._begun.popitem(last=False)
        self._begun[bet_id] = _Begun(head_ns, now)
        self.record(bet_id, "parse", entered_ns, now)

    def decided(self, bet_id: UUID, began_ns: int, ended_ns: int, *, bets: int, lane: int) -> None:
        """A set with this bet was sent and is decided; until then the bet waited."""
        begun = self._begun.get(bet_id)
        if begun is not None:
            self.record(bet_id, "queue", begun.parsed_ns, began_ns)
        self.record(bet_id, "set", began_ns, ended_ns, {"toteboard.set.bets": bets, "toteboard.set.lane": lane})

    def answered(self, bet_id: UUID, status: int) -> None:
        """The answer is on its way to the client: the trace's root ends."""
        begun = self._begun.pop(bet_id, None)
        now = time.time_ns()
        self.record(bet_id, ROOT, begun.head_ns if begun else now, now, {"http.response.status_code": status})

    def record(
        self,
        bet_id: UUID,
        name: str,
        began_ns: int,
        ended_ns: int,
        attributes: Mapping[str, str | int] | None = None,
    ) -> None:
        """Tells of a stretch of its way."""
        root = _number(bet_id, ROOT)
        is_root = name == ROOT
        number = root if is_root else _number(bet_id, f"{name} {self._here} {began_ns}")
        parent = None if is_root else root
        # Clocks of two machines may differ; a span does not end before it began.
        ended_ns = max(began_ns, ended_ns)
        self._export(Span(bet_id.int, number, parent, name, began_ns, ended_ns, attributes or {}))


def _number(bet_id: UUID, what: str) -> int:
    """A span's number: never 0."""
    digest = blake2b(bet_id.bytes + what.encode(), digest_size=8).digest()
    return int.from_bytes(digest) or 1
