"""For the operator at 3 a.m.: is the database there, do the books balance, is anything behind. Measures nothing itself.

All but the database's answers are figures of this process, kept in memory since its start.
"""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from toteboard.api.caller import Caller, CurrentUser, actor_of
from toteboard.api.openapi import problems
from toteboard.api.operating.figures import figures
from toteboard.api.operating.ops_shapes import Database, DerivationReport, Ops, derivation_shape, ops_shape
from toteboard.api.services import InServices, Services
from toteboard.api.wire import Reason, RequestModel
from toteboard.ledger.ledger import Outage
from toteboard.ledger.operating import health
from toteboard.ledger.tournaments import stopping
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.refusals import Refusal, Refused

PATH = "/api/ops"


async def onlooker(request: Request, services: InServices) -> Caller:
    """As `current_user`, for looking only: while the database is away, whoever was known before it went is shown it."""
    headers = request.scope["headers"]
    try:
        identity = await services.sessions.identify_request(headers)
    except Outage:
        identity = services.sessions.remembered(headers)
        if identity is None:
            raise
    if identity is None:
        raise Refused(Refusal.UNAUTHENTICATED, "Sign in first.")
    return Caller(identity, actor_of(request.scope, identity, services.settings))


Onlooker = Annotated[Caller, Depends(onlooker)]

router = APIRouter(prefix=PATH, tags=["operating"])


@router.get("", responses=problems(Refusal.MALFORMED, Refusal.UNAUTHENTICATED, Refusal.FORBIDDEN))
async def look(services: InServices, caller: Onlooker) -> Ops:
    """How this process and its database are. Asked every two seconds by the page."""
    caller.need_admin()
    database, look = await _database(services)
    return ops_shape(figures(services), database, look, services.books.last)


@router.get("/audit", responses=problems(Refusal.MALFORMED, Refusal.UNAUTHENTICATED, Refusal.FORBIDDEN))
async def derivation(services: InServices, caller: Onlooker) -> DerivationReport:
    """The last full derivation of the books that this process was asked for: its progress, or its result."""
    caller.need_admin()
    return derivation_shape(services.books.last, whole=True)


@router.post("/audit", status_code=202, responses=problems(Refusal.FORBIDDEN))
async def derive(services: InServices, caller: CurrentUser) -> DerivationReport:
    """Derive all books again, in the background. Where that is under way already it simply goes on."""
    caller.need_admin()
    if services.books.last.state != "running":
        async with services.ledger.change(caller.actor) as change:
            await change.audit("books.derivation_requested", "books:all")
        services.books.begin(datetime.now(UTC))
    return derivation_shape(services.books.last, whole=True)


class LiftRequest(RequestModel):
    """Why bets are to be taken again; it is logged."""

    reason: Reason


@router.post(
    "/books/{tournament_id}/lift",
    status_code=204,
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE),
)
async def lift(
    services: InServices, tournament_id: Annotated[int, Path(ge=1, le=ID_MAX)], body: LiftRequest, caller: CurrentUser
) -> None:
    """Take bets again in a tournament that its books stopped. The same difference does not stop it once more."""
    caller.need_admin()
    async with services.ledger.change(caller.actor) as change:
        await stopping.lift(change, tournament_id, reason=body.reason)


async def _database(services: Services) -> tuple[Database, health.Look | None]:
    try:
        async with asyncio.timeout(services.settings.ops_wait_ms / 1000):
            look = await health.look(services.ledger)
            why_not = await services.intake.why_not_writable()
    except TimeoutError:
        why = f"no answer within {services.settings.ops_wait_ms} ms"
    except Outage as away:
        why = str(away)
    else:
        return Database(reachable=True, answer_ms=look.answer_ms, why=why_not), look
    return Database(reachable=False, answer_ms=None, why=why), None
