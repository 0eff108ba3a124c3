"""Snapshots of processes that did little."""

from datetime import UTC, datetime
from typing import Any

from toteboard.metrics.figures import ConnectionFigures, ErrorFigures, Figures, LaneFigures, PoolFigures
from toteboard.metrics.histograms import BATCH, LATENCY_S, Histogram
from toteboard.metrics.windows import Summary

NOTHING = Summary(None, 0, 0, 0)


def lane(**said: Any) -> LaneFigures:
    nothing: dict[str, Any] = {
        "queue": 0,
        "queue_max": 10,
        "batch_max": 10,
        "bets": 0,
        "sets": 0,
        "errors": 0,
        "last_error": "",
        "batch": NOTHING,
        "wait_ms": NOTHING,
        "set_ms": NOTHING,
        "verdicts": {},
        "stakes": {},
        "batches": Histogram(BATCH).spread(),
        "waited_s": Histogram(LATENCY_S).spread(),
        "set_s": Histogram(LATENCY_S).spread(),
    }
    return LaneFigures(**nothing | said)


def figures(*, open: int = 0, started: int = 0, **said: Any) -> Figures:
    at = datetime.fromtimestamp(started, UTC)
    nothing: dict[str, Any] = {
        "at": at,
        "started_at": at,
        "uptime_s": 0,
        "pid": 1,
        "version": "1.0",
        "role": "all",
        "loops": [],
        "lanes": None,
        "bets_by_second": None,
        "feed": None,
        "sockets": None,
        "bus": None,
        "leads": {},
        "replica": None,
        "requests": [],
        "identity": [],
        "messages": {},
        "ledger": None,
        "disk": None,
        "pool": PoolFigures(in_use=0, open=0, max=1),
        "connections": ConnectionFigures(open=open, max=10, ended={}),
        "errors": ErrorFigures(errors=0, warnings=0, items=[]),
    }
    return Figures(**nothing | said)
