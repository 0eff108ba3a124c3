"""Reads every metric of names.py from the snapshot of a process, as prometheus-client's families. Measures nothing."""

import platform
from collections.abc import Iterator, Mapping
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.utils import floatToGoString

from toteboard.metrics.figures import BusFigures, Figures, LaneFigures, LedgerFigures, SocketFigures
from toteboard.metrics.histograms import Spread
from toteboard.metrics.names import BY_NAME, NAMES, PREFIX, Kind, Name

# What waits for NATS, and not for the database.
OF_THE_BUS = frozenset({"bus", "relay"})
# A metric's name, the values of its labels, and its own.
Sample = tuple[str, tuple[str, ...], float | Spread]


def families(now: Figures) -> Iterator[Metric]:
    """All of them in the order of names.py; one that this process's role does not have is left out."""
    samples: dict[str, list[tuple[tuple[str, ...], float | Spread]]] = {name.name: [] for name in NAMES}
    for name, labels, value in _samples(now):
        samples[name].append((labels, value))
    for name, found in samples.items():
        if found:
            yield _family(BY_NAME[name], found)


def _family(name: Name, samples: list[tuple[tuple[str, ...], float | Spread]]) -> Metric:
    full = PREFIX + name.name
    if name.kind is Kind.HISTOGRAM:
        histogram = HistogramMetricFamily(full, name.help, labels=name.labels)
        for labels, value in samples:
            assert isinstance(value, Spread)
            histogram.add_metric(labels, _buckets(value), value.sum)
        return histogram
    family = (CounterMetricFamily if name.kind is Kind.COUNTER else GaugeMetricFamily)(
        full, name.help, labels=name.labels
    )
    for labels, value in samples:
        assert not isinstance(value, Spread)
        family.add_metric(labels, value)
    return family


def _buckets(spread: Spread) -> list[tuple[str, float]]:
    bounds = [*spread.bounds, float("inf")]
    return list(zip(map(floatToGoString, bounds), accumulate(spread.counts), strict=True))


def _samples(now: Figures) -> Iterator[Sample]:
    yield "build_info", (now.version, platform.python_version(), now.role), 1
    yield "start_time_seconds", (), now.started_at.timestamp()
    yield "workers", (), 1
    for loop in now.loops:
        yield "loop_alive", (loop.name,), loop.alive
        yield "loop_turns_total", (loop.name,), loop.turns
        yield "loop_errors_total", (loop.name,), loop.errors
    yield "log_lines_total", ("warning",), now.errors.warnings
    yield "log_lines_total", ("error",), now.errors.errors
    for route in now.requests:
        for status, many in sorted(route.statuses.items()):
            yield "http_requests_total", (route.method, route.route, str(status)), many
        yield "http_request_duration_seconds", (route.method, route.route), route.seconds
    yield "connections_open", (), now.connections.open
    yield "connections_max", (), now.connections.max
    yield from _by("connections_ended_total", now.connections.ended)
    yield from _lanes(now.lanes or [])
    if now.feed is not None:
        yield "feed_boards", (), now.feed.boards
        yield "feed_lag_seconds", (), now.feed.lag_ms.max / 1000
        yield "feed_events_behind", (), now.feed.events_behind
    if now.bus is not None:
        yield from _bus(now.bus, serves_feed=now.feed is not None)
    if now.replica is not None:
        yield "replica_is_read", (), not now.replica.why_not
        if now.replica.age_s is not None:
            yield "replica_age_seconds", (), now.replica.age_s
        for source, many in now.replica.reads.items():
            yield "replica_reads_total", (source,), many
    for what, leads in now.leads.items():
        yield "leads", (what,), leads
    if now.sockets is not None:
        yield from _sockets(now.sockets)
    if now.ledger is not None:
        yield from _ledger(now.ledger)
    for provider in now.identity:
        yield "kyc_requests_total", (provider.name,), provider.asked
        yield "kyc_request_failures_total", (provider.name,), provider.failed
        yield "kyc_provider_up", (provider.name,), provider.down_since is None
    for (name, result), many in now.messages.items():
        yield "kyc_webhooks_total", (name, result), many
    yield "database_up", (), not any(loop.waiting for loop in now.loops if loop.name not in OF_THE_BUS)
    yield "database_connections_open", (), now.pool.open
    yield "database_connections_in_use", (), now.pool.in_use
    yield "database_connections_max", (), now.pool.max
    if now.disk is not None:
        yield "disk_free_bytes", (), now.disk.free
        yield "disk_size_bytes", (), now.disk.size


def _lanes(lanes: list[LaneFigures]) -> Iterator[Sample]:
    if not lanes:
        return
    for name, counts in (
        ("bets_total", [lane.verdicts for lane in lanes]),
        ("bets_stakes_minor_units_total", [lane.stakes for lane in lanes]),
    ):
        for label in sorted(set().union(*counts)):
            yield name, (label,), sum(of.get(label, 0) for of in counts)
    first, *others = lanes
    for name, spread in (
        ("bets_batch_size", sum((lane.batches for lane in others), first.batches)),
        ("bets_queue_wait_seconds", sum((lane.waited_s for lane in others), first.waited_s)),
        ("bets_commit_seconds", sum((lane.set_s for lane in others), first.set_s)),
    ):
        yield name, (), spread
    yield "bets_queued", (), sum(lane.queue for lane in lanes)
    yield "bets_queue_max", (), sum(lane.queue_max for lane in lanes)
    yield "bets_set_errors_total", (), sum(lane.errors for lane in lanes)


def _bus(bus: BusFigures, *, serves_feed: bool) -> Iterator[Sample]:
    yield "bus_connected", (), bus.connected
    if serves_feed:
        yield "bus_heard", (), bus.heard
        yield "bus_holes_total", (), bus.holes
        yield "bus_silences_total", (), bus.silences
    yield "bus_messages_total", ("said",), bus.messages_said
    yield "bus_messages_total", ("heard",), bus.messages_heard
    yield "bus_messages_total", ("unreadable",), bus.unreadable
    if bus.told is not None:
        yield "bus_events_total", (), bus.told


def _sockets(sockets: SocketFigures) -> Iterator[Sample]:
    yield "sockets_open", (), sockets.open
    yield "sockets_max", (), sockets.max
    yield "sockets_behind", (), sockets.behind
    yield "sockets_opened_total", (), sockets.opened
    yield from _by("sockets_closed_total", sockets.closed)
    yield "sockets_fell_behind_total", (), sockets.fell_behind
    yield "feed_messages_total", (), sockets.frames
    yield "feed_bytes_total", (), sockets.bytes


def _ledger(ledger: LedgerFigures) -> Iterator[Sample]:
    yield "settlements_unfinished", (), ledger.settlements_unfinished
    yield "settlement_oldest_unfinished_seconds", (), ledger.settlement_oldest_s
    yield "settlements_bets_paid_total", (), ledger.bets_paid
    if ledger.books_age_s is not None:
        yield "books_age_seconds", (), ledger.books_age_s
        for tournament in ledger.tournaments:
            yield "books_balanced", (tournament.slug,), tournament.balanced
            yield "tournament_bets_total", (tournament.slug,), tournament.bets
    for tournament in ledger.tournaments:
        yield "tournament_open_markets", (tournament.slug,), tournament.open_markets
    if ledger.next_close_s is not None:
        yield "next_close_seconds", (), ledger.next_close_s
    for (provider, status), many in ledger.checks.items():
        yield "kyc_checks", (provider, status), many
    for stream in ledger.streams:
        yield "replica_streaming", (stream.name,), stream.streams
        yield "replica_lag_seconds", (stream.name,), stream.behind_s
        if stream.behind_bytes is not None:
            yield "replica_behind_bytes", (stream.name,), stream.behind_bytes
    for backup in ledger.backups:
        yield "backup_age_seconds", (backup.kind,), backup.age_s
        yield "backup_whole", (backup.kind,), backup.whole


def _by(name: str, counts: Mapping[str, int]) -> Iterator[Sample]:
    for label, many in sorted(counts.items()):
        yield name, (label,), many
