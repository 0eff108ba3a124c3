"""Builds what a process is made of and starts what its role needs: the one file that knows everyone. Answers nothing.

    services = build(settings)
    async with running(services):
        …

Starting is recovering: what was left half-way (a settlement, a due close) goes on by itself.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from toteboard.api.files.export_queue import ExportQueue
from toteboard.api.files.uploads import Uploads
from toteboard.api.operating.report_queue import Reports
from toteboard.api.people.passwords import Passwords
from toteboard.api.people.sessions import Sessions
from toteboard.api.services import Services
from toteboard.api.throttle import Throttles
from toteboard.background import Loops
from toteboard.feed.bus import Bus
from toteboard.feed.hub import Hub
from toteboard.feed.relay import Relay
from toteboard.feed.subscriber import FeedUser, Headers
from toteboard.feed.traced import TracedHub
from toteboard.feed.wakeups import PostgresWakeups
from toteboard.http.connections import SWEEP_S, Connections
from toteboard.intake.intake import Intake
from toteboard.kyc.checking import Checking
from toteboard.kyc.registry import KycProviders
from toteboard.ledger.leading import Leader, Leads
from toteboard.ledger.ledger import Ledger, Outage
from toteboard.ledger.money import paying
from toteboard.ledger.operating.standing import Standing
from toteboard.ledger.replica import PrimaryReader, Replica
from toteboard.ledger.tournaments import closing, discarding
from toteboard.metrics.errors import LastErrors
from toteboard.metrics.requests import Requests
from toteboard.reconciliation import derivation
from toteboard.reconciliation.watching import BooksWatch
from toteboard.rules.refusals import Refused
from toteboard.settings import Settings
from toteboard.tracing.otlp import Collector, traces_to

# How often it is looked for identity checks that are over.
EXPIRY_S = 60


def build(settings: Settings) -> Services:
    """Everything a process may need, nothing of it started. Raises SettingRefused."""
    dsn = settings.app_database_url or settings.database_url
    role = settings.role
    bus = (
        Bus(settings.nats_url, settings.nats_prefix, hears_commits=role.works, hears_events=role.serves_feed)
        if settings.nats_url
        else None
    )
    ledger = Ledger(
        dsn,
        wakeups=PostgresWakeups(dsn, bus),
        pool_max=settings.pool_max,
        pool_person_max=settings.pool_person_max,
        statement_timeout_s=settings.statement_timeout_s,
        role=None if settings.app_database_url else "toteboard_app",
        limits_everywhere=settings.limits_everywhere,
    )
    loops = Loops()
    replica = _replica(ledger, settings)
    sessions = Sessions(ledger, settings)
    providers = KycProviders(settings)
    collector = Collector(settings) if settings.trace_url else None
    traces = traces_to(collector, settings) if collector else None
    identify = _identifier(sessions)
    return Services(
        settings=settings,
        ledger=ledger,
        replica=replica,
        sessions=sessions,
        passwords=Passwords(settings),
        throttles=Throttles.of(settings),
        intake=Intake(ledger, settings, loops, traces),
        hub=TracedHub(ledger, settings, identify, loops=loops, bus=bus, traces=traces)
        if traces
        else Hub(ledger, settings, identify, loops=loops, bus=bus),
        bus=bus,
        relay=Relay(ledger, bus, settings) if bus is not None and role.works else None,
        leader=Leader(ledger, Leads.WORK),
        collector=collector,
        traces=traces,
        kyc=providers,
        checking=Checking(ledger, providers),
        connections=Connections(settings),
        requests=Requests(),
        uploads=Uploads(settings),
        exports=ExportQueue(settings),
        reports=Reports(replica, settings),
        watch=BooksWatch(ledger),
        standing=Standing(ledger.reader()),
        books=derivation.of_reader(replica, longest_s=settings.ops_books_s),
        errors=LastErrors(settings.ops_errors_max, settings.ops_error_text_max),
        loops=loops,
    )


@asynccontextmanager
async def running(services: Services) -> AsyncIterator[None]:
    """Starts what the role needs, in order, and stops it in the order turned round."""
    settings, ledger, loops = services.settings, services.ledger, services.loops
    role = settings.role
    async with AsyncExitStack() as stack:
        stack.enter_context(services.errors.listening())
        if services.collector is not None:
            stack.enter_context(services.collector.running())
        connections = services.connections
        await stack.enter_async_context(loops.running("connections", connections.sweep, every_s=SWEEP_S))
        await stack.enter_async_context(ledger.running())
        assert isinstance(ledger.wakeups, PostgresWakeups)
        await stack.enter_async_context(ledger.wakeups.running(loops))
        if isinstance(services.replica, Replica):
            await stack.enter_async_context(services.replica.following(loops))
        if services.bus is not None:
            await stack.enter_async_context(services.bus.running(loops))
        if services.relay is not None:
            await stack.enter_async_context(services.relay.running(loops))
        if role.serves_api or role.works:
            stack.push_async_callback(services.kyc.close)
        if role.serves_api:
            stack.push_async_callback(services.books.stop)
            await stack.enter_async_context(services.reports.running())
            await stack.enter_async_context(services.intake.running())
        if role.serves_feed:
            await stack.enter_async_context(services.hub.running())
        if role.works:
            payer = paying.Payer(ledger, settings.settle_chunk)
            await stack.enter_async_context(services.leader.running(loops))
            only = services.leader.only
            for name, step, every_s in (
                ("closing", only(partial(closing.close_due, ledger)), settings.close_poll_ms / 1000),
                ("paying", only(payer.step), paying.POLL_S),
                ("discarding", only(partial(discarding.step, ledger)), discarding.POLL_S),
                ("identity", only(services.checking.ask_due), settings.kyc_poll_s),
                ("expiry", only(partial(services.checking.expire_old, settings.kyc_valid_days)), EXPIRY_S),
                # What each process that works knows for itself, and says to whoever scrapes it.
                ("books", services.watch.step, settings.books_poll_s),
                ("standing", services.standing.step, settings.standing_poll_s),
            ):
                await stack.enter_async_context(loops.running(name, step, every_s=every_s, expected=(Outage,)))
        yield


def _replica(ledger: Ledger, settings: Settings) -> PrimaryReader:
    if not settings.replica_url:
        return PrimaryReader(ledger)
    return Replica(
        ledger,
        settings.replica_url,
        lag_max_s=settings.replica_lag_max_s,
        fallback=settings.replica_fallback,
        primary_readers_max=settings.replica_primary_max,
        pool_max=settings.pool_max,
        pool_person_max=settings.pool_person_max,
        statement_timeout_s=settings.statement_timeout_s,
        role=ledger.role,
        limits_everywhere=settings.limits_everywhere,
    )


def _identifier(sessions: Sessions) -> Callable[[Headers], Awaitable[FeedUser | None]]:
    async def identify(headers: Headers) -> FeedUser | None:
        try:
            identity = await sessions.identify_request(headers)
        except Refused:
            # Two cookies, two authorizations: nobody that could be told.
            return None
        if identity is None or identity.blocked:
            return None
        oversees = frozenset(t for t, role in identity.roles.items() if role in ("organizer", "auditor"))
        return FeedUser(identity.user_id, identity.session_id, identity.admin, oversees)

    return identify
