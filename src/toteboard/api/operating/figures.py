"""Takes the snapshot of what this process measures of itself. Measures nothing and asks nobody."""

import os
import time
from datetime import UTC, datetime
from importlib.metadata import version

from toteboard.api.services import Services
from toteboard.feed.hub import Hub
from toteboard.http.connections import Ended
from toteboard.intake.batcher import Lane
from toteboard.metrics import (
    ConnectionFigures,
    ErrorFigures,
    FeedFigures,
    Figures,
    IdentityFigures,
    LaneFigures,
    LoopFigures,
    PoolFigures,
    SocketFigures,
)

_STARTED_AT, _STARTED = datetime.now(UTC), time.monotonic()
_VERSION = version("toteboard")


def figures(services: Services) -> Figures:
    """All figures of this process as of now, frozen."""
    role = services.settings.role
    lanes = services.intake.lanes if role.serves_api else None
    in_use, opened, most = services.ledger.connections
    return Figures(
        at=datetime.now(UTC),
        started_at=_STARTED_AT,
        uptime_s=int(time.monotonic() - _STARTED),
        pid=os.getpid(),
        version=_VERSION,
        role=role,
        pool=PoolFigures(in_use=in_use, open=opened, max=most),
        loops=[
            LoopFigures(
                name=loop.name,
                alive=loop.alive,
                turns=loop.turns,
                errors=loop.errors,
                last_error=loop.last_error,
                waiting=loop.waiting,
            )
            for loop in services.loops
        ],
        lanes=[_lane(lane) for lane in lanes] if lanes is not None else None,
        bets_by_second=_bets_by_second(lanes) if lanes is not None else None,
        feed=_feed(services.hub) if role.serves_feed else None,
        sockets=_sockets(services.hub, services.settings.sockets_max) if role.serves_feed else None,
        connections=ConnectionFigures(
            open=len(services.connections),
            max=services.connections.most,
            ended={why.value: services.connections.ended[why] for why in Ended},
        ),
        identity=[
            IdentityFigures(name=one.name, asked=one.asked, failed=one.failed, down_since=one.down_since, why=one.why)
            for one in services.kyc.health
        ],
        errors=ErrorFigures(
            errors=services.errors.errors, warnings=services.errors.warnings, items=services.errors.newest_first()
        ),
    )


def _lane(lane: Lane) -> LaneFigures:
    done = lane.figures
    return LaneFigures(
        queue=len(lane),
        queue_max=lane.queue_max,
        batch_max=lane.batch_max,
        bets=done.bets,
        sets=done.sets,
        errors=done.errors,
        last_error=done.last_error,
        batch=done.sizes.summary(),
        wait_ms=done.waits_ms.summary(),
        set_ms=done.sets_ms.summary(),
    )


def _bets_by_second(lanes: list[Lane]) -> list[int]:
    return [sum(second) for second in zip(*(lane.figures.sizes.sums() for lane in lanes), strict=True)]


def _feed(hub: Hub) -> FeedFigures:
    tail = hub.tail
    return FeedFigures(
        boards=len(tail.boards),
        compared_s=None if tail.compared_at is None else int(time.monotonic() - tail.compared_at),
        events_behind=tail.events_behind,
        lag_ms=tail.lag_ms.summary(),
        lag_by_second=tail.lag_ms.maxima(),
    )


def _sockets(hub: Hub, most: int) -> SocketFigures:
    return SocketFigures(open=hub.sockets, max=most, behind=hub.behind, fell_behind=hub.fell_behind, frames=hub.frames)
