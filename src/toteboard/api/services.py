"""What a route may use. No container: a frozen list of the rooms, filled by services.py at the top of the house."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from toteboard.api.files.export_queue import ExportQueue
from toteboard.api.files.uploads import Uploads
from toteboard.api.operating.report_queue import Reports
from toteboard.api.people.passwords import Passwords
from toteboard.api.people.sessions import Sessions
from toteboard.api.throttle import Throttles
from toteboard.background import Loops
from toteboard.feed.bus import Bus
from toteboard.feed.hub import Hub
from toteboard.feed.relay import Relay
from toteboard.http.connections import Connections
from toteboard.intake.intake import Intake
from toteboard.kyc.checking import Checking
from toteboard.kyc.registry import KycProviders
from toteboard.ledger.leading import Leader
from toteboard.ledger.ledger import Ledger
from toteboard.ledger.operating.standing import Standing
from toteboard.ledger.replica import PrimaryReader
from toteboard.metrics.errors import LastErrors
from toteboard.metrics.requests import Requests
from toteboard.reconciliation.derivation import Derivation
from toteboard.reconciliation.watching import BooksWatch
from toteboard.settings import Settings
from toteboard.tracing.otlp import Collector
from toteboard.tracing.traces import Traces

# Where asgi.py puts them for each request.
SCOPE_KEY = "toteboard.services"


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything a process is made of, built and not necessarily started (services.py does both)."""

    settings: Settings
    ledger: Ledger
    # What may be a second old is read here: the same database until another one is configured.
    replica: PrimaryReader
    sessions: Sessions
    passwords: Passwords
    throttles: Throttles
    intake: Intake
    hub: Hub
    # Between several processes, where NATS is configured; and what tells it of events, in a process that works.
    bus: Bus | None
    relay: Relay | None
    # Whether this process is the one that closes and pays.
    leader: Leader
    # Where bets are traced: what is told of them, and where it goes.
    traces: Traces | None
    collector: Collector | None
    kyc: KycProviders
    checking: Checking
    connections: Connections
    requests: Requests
    uploads: Uploads
    exports: ExportQueue
    reports: Reports
    watch: BooksWatch
    standing: Standing
    books: Derivation
    errors: LastErrors
    loops: Loops


def services_of(request: Request) -> Services:
    """The services of the process that answers this request."""
    services: Services = request.scope[SCOPE_KEY]
    return services


InServices = Annotated[Services, Depends(services_of)]
