"""Takes the snapshot of what this process measures of itself. Measures nothing and asks nobody."""

import os
import shutil
import time
from datetime import UTC, datetime
from importlib.metadata import version

from toteboard.api.services import Services
from toteboard.feed.hub import Hub
from toteboard.http.connections import Ended
from toteboard.intake.batcher import TAKEN, TAKEN_BEFORE, Lane
from toteboard.ledger.replica import PrimaryReader, Replica
from toteboard.metrics.figures import (
    BackupFigures,
    BusFigures,
    ConnectionFigures,
    DiskFigures,
    ErrorFigures,
    FeedFigures,
    Figures,
    IdentityFigures,
    LaneFigures,
    LedgerFigures,
    LoopFigures,
    PoolFigures,
    ReplicaFigures,
    SocketFigures,
    StreamFigures,
    TournamentFigures,
)
from toteboard.rules.refusals import by_number

_STARTED_AT, _STARTED = datetime.now(UTC), time.monotonic()
_VERSION = version("toteboard")
# Verdicts that are no refusal.
VERDICTS = {TAKEN: "taken", TAKEN_BEFORE: "taken_before"}


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
        bus=_bus(services) if services.bus is not None else None,
        leads=_leads(services) if role.works else {},
        replica=_replica(services.replica),
        sockets=_sockets(services.hub, services.settings.sockets_max) if role.serves_feed else None,
        connections=ConnectionFigures(
            open=len(services.connections),
            max=services.connections.most,
            ended={why.value: services.connections.ended[why] for why in Ended},
        ),
        requests=services.requests.figures(),
        messages=dict(services.kyc.messages),
        ledger=_ledger(services) if role.works else None,
        disk=_disk(services.settings.data_folder),
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
        verdicts={_verdict(what): many for what, many in done.verdicts.items()},
        stakes=dict(done.stakes),
        batches=done.batch.spread(),
        waited_s=done.waited_s.spread(),
        set_s=done.set_s.spread(),
    )


def _verdict(what: int | str) -> str:
    if isinstance(what, str):
        return what
    return VERDICTS.get(what) or by_number(what).code


def _ledger(services: Services) -> LedgerFigures | None:
    stands, watch = services.standing.last, services.watch
    if stands is None:
        return None
    return LedgerFigures(
        settlements_unfinished=stands.settlements_unfinished,
        settlement_oldest_s=stands.settlement_oldest_s,
        bets_paid=stands.bets_paid,
        checks=stands.checks,
        books_age_s=None if watch.looked_at is None else time.time() - watch.looked_at,
        tournaments=[
            TournamentFigures(
                slug=slug,
                bets=watch.bets[tournament_id],
                open_markets=stands.open_markets[tournament_id],
                balanced=tournament_id not in watch.differing,
            )
            for tournament_id, slug in stands.slugs.items()
        ],
        next_close_s=None if stands.next_close_at is None else max(0.0, stands.next_close_at - time.monotonic()),
        backups=[
            BackupFigures(kind=one.kind, age_s=time.time() - one.at.timestamp(), whole=one.whole)
            for one in stands.backups
        ],
        streams=[
            StreamFigures(name=one.name, streams=one.streams, behind_bytes=one.behind_bytes, behind_s=one.behind_s)
            for one in stands.streams
        ],
    )


def _disk(folder: str) -> DiskFigures | None:
    try:
        usage = shutil.disk_usage(folder) if folder else None
    except OSError:
        return None
    return DiskFigures(free=usage.free, size=usage.total) if usage else None


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


def _bus(services: Services) -> BusFigures:
    bus = services.bus
    assert bus is not None
    return BusFigures(
        connected=bus.connected,
        heard=bus.is_heard,
        beat_age_s=bus.beat_age_s,
        messages_said=bus.said,
        messages_heard=bus.heard,
        unreadable=bus.unreadable,
        holes=services.hub.tail.holes,
        silences=bus.silences,
        told=services.relay.told if services.relay is not None else None,
    )


def _replica(replica: PrimaryReader) -> ReplicaFigures | None:
    if not isinstance(replica, Replica):
        return None
    return ReplicaFigures(why_not=replica.why_not, age_s=replica.lag_s, reads=dict(replica.reads))


def _leads(services: Services) -> dict[str, bool]:
    leaders = [services.leader, *([services.relay.leader] if services.relay is not None else [])]
    return {leader.what.name.lower(): leader.leads for leader in leaders}


def _sockets(hub: Hub, most: int) -> SocketFigures:
    return SocketFigures(
        open=hub.sockets,
        max=most,
        behind=hub.behind,
        fell_behind=hub.fell_behind,
        frames=hub.frames,
        bytes=hub.bytes_written,
        opened=hub.opened,
        closed=dict(hub.closed),
    )
