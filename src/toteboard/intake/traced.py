"""The placing of a set, with spans of the bets in it. Built only where bets are traced."""

import time
from collections.abc import Sequence

from toteboard.intake.batcher import Place, PlaceBet
from toteboard.ledger.money.bets import Verdict
from toteboard.tracing.traces import Traces


def traced(place: Place, traces: Traces, lane: int) -> Place:
    """The same, told of each set; `lane` is its number."""

    async def placed(bets: Sequence[PlaceBet]) -> Sequence[Verdict]:
        began_ns = time.time_ns()
        try:
            return await place(bets)
        finally:
            ended_ns = time.time_ns()
            for bet in bets:
                if traces.takes(bet.bet_id):
                    traces.decided(bet.bet_id, began_ns, ended_ns, bets=len(bets), lane=lane)

    return placed
