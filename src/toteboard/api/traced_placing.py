"""Placing with spans: what `Placing` does, told to Traces. Built in its place only where bets are traced."""

import time
from typing import Any

from toteboard.api.people.sessions import Identity
from toteboard.api.placing import Answered, Placing
from toteboard.intake.batcher import PlaceBet
from toteboard.ledger.money.bets import Verdict
from toteboard.tracing.traces import Traces


class TracedPlacing(Placing):
    """`begin` is never entered again before it returns, so that what it notes is its own."""

    def __init__(self, *given: Any, traces: Traces):
        super().__init__(*given)
        self._traces = traces
        self._head_ns = self._entered_ns = 0

    def begin(self, scope: Any, body: bytes, answered: Answered) -> bool:
        self._entered_ns = time.time_ns()
        # The HTTP parser's own cycle noted when the request's head had come (front.py).
        began = getattr(getattr(answered, "__self__", None), "began", None)
        waited_ns = 0 if began is None else int((time.perf_counter() - began) * 1e9)
        self._head_ns = self._entered_ns - waited_ns
        return super().begin(scope, body, answered)

    def _parse(self, scope: Any, identity: Identity, is_cookie: bool, body: bytes) -> PlaceBet:
        bet = super()._parse(scope, identity, is_cookie, body)
        if self._traces.takes(bet.bet_id):
            self._traces.parsed(bet.bet_id, self._head_ns, self._entered_ns)
        return bet

    def _decided(self, bet: PlaceBet, around: bytes, verdict: Verdict | Exception, answered: Answered) -> None:
        if not self._traces.takes(bet.bet_id):
            super()._decided(bet, around, verdict, answered)
            return

        def told(status: int, text: bytes) -> None:
            answered(status, text)
            self._traces.answered(bet.bet_id, status)

        super()._decided(bet, around, verdict, told)
