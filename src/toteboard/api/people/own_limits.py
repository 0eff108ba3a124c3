"""What bettors bar themselves from: own limits, exclusions. Knows no SQL; a bet looks at them when it is decided."""

from fastapi import APIRouter
from pydantic import Field

from toteboard.api.caller import CurrentUser
from toteboard.api.openapi import problems
from toteboard.api.services import InServices, Services
from toteboard.api.wire import Id, Moment, Page, RequestModel, ResponseModel, utc
from toteboard.ledger.people import users
from toteboard.rules.bounds import AMOUNT_MAX
from toteboard.rules.refusals import Refusal, Refused


class ExclusionRequest(RequestModel):
    """Until when; null is for good."""

    until: Moment | None = Field(description="null is for good")


class ExclusionResponse(ResponseModel):
    """Until when no bet is taken; the year 9999 is for good."""

    excluded_until: str = Field(description="the year 9999 is for good")


class LimitRequest(RequestModel):
    """One limit; null lifts it. A decrease counts at once, an increase later."""

    tournament_id: Id
    kind: users.LimitKind
    period: users.Period
    amount: int | None = Field(ge=0, le=AMOUNT_MAX, description="minor units; null lifts the limit")


class Limit(ResponseModel):
    """A limit, and what it becomes and when, where a change is on its way."""

    tournament_id: int
    kind: str
    period: str
    amount: int | None
    next_amount: int | None
    next_at: str | None = Field(description="from when next_amount counts; null where no change is to come")


async def _own(services: Services, user_id: int) -> Page[Limit]:
    async with services.ledger.read() as conn:
        rows = await users.limits(conn, user_id)
    return Page(items=[Limit(**(dict(row) | {"next_at": utc(row["next_at"])})) for row in rows])


router = APIRouter(tags=["people"])


@router.get("/api/limit")
async def limits(services: InServices, caller: CurrentUser) -> Page[Limit]:
    """One's own limits as they count now, each with the change that is to come, if any."""
    return await _own(services, caller.user_id)


@router.put("/api/limit", responses=problems(Refusal.NOT_FOUND, Refusal.CONFLICT))
async def set_limit(services: InServices, body: LimitRequest, caller: CurrentUser) -> Page[Limit]:
    """Sets or lifts an own limit: a decrease counts at once, an increase after a day."""
    async with services.ledger.change(caller.actor) as change:
        if not await users.is_member(change.conn, body.tournament_id, caller.user_id):
            raise Refused(Refusal.NOT_FOUND)
        await users.set_limit(
            change,
            user_id=caller.user_id,
            tournament_id=body.tournament_id,
            kind=body.kind,
            period=body.period,
            amount=body.amount,
        )
    return await _own(services, caller.user_id)


@router.post("/api/exclusion", status_code=201, responses=problems(Refusal.FORBIDDEN, Refusal.CONFLICT))
async def exclude(services: InServices, body: ExclusionRequest, caller: CurrentUser) -> ExclusionResponse:
    """Keeps oneself from betting until then. It can be made longer, never shorter."""
    caller.need_session()
    until = body.until or users.FOR_GOOD
    async with services.ledger.change(caller.actor) as change:
        await users.exclude(change, caller.user_id, until)
    services.ledger.wakeups.sessions(caller.user_id)
    return ExclusionResponse(excluded_until=utc(until) or "")
