"""What bettors bar themselves from: own limits, exclusions. Knows no SQL; a bet looks at them when it is decided."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from toteboard.api.auth import actor_of, asker
from toteboard.api.house import House
from toteboard.api.problems import Problem, invalid
from toteboard.api.sessions import Identity
from toteboard.api.wire import AMOUNT_MAX, Asked, Id, Moment, Page, Said, utc
from toteboard.ledger import people
from toteboard.rules.refusals import Refusal

# asyncpg writes it as PostgreSQL's infinity.
FOR_GOOD = datetime.max.replace(tzinfo=UTC)


class Exclusion(Asked):
    until: Moment | None = Field(description="null is for good")


class Excluded(Said):
    excluded_until: str = Field(description="the year 9999 is for good")


class WantedLimit(Asked):
    tournament_id: Id
    kind: people.LimitKind
    period: people.Period
    amount: int | None = Field(ge=0, le=AMOUNT_MAX, description="minor units; null lifts the limit")


class Limit(Said):
    tournament_id: int
    kind: str
    period: str
    amount: int | None
    next_amount: int | None
    next_at: str | None = Field(description="from when next_amount counts; null where no change is to come")


def routes(house: House) -> APIRouter:
    router = APIRouter(tags=["people"])
    asking = asker(house)

    async def mine(user_id: int) -> Page[Limit]:
        async with house.ledger.read() as conn:
            rows = await people.limits(conn, user_id)
        return Page(items=[Limit(**(dict(row) | {"next_at": utc(row["next_at"])})) for row in rows])

    @router.get("/api/limit")
    async def limits(identity: Annotated[Identity, Depends(asking)]) -> Page[Limit]:
        return await mine(identity.user_id)

    @router.put("/api/limit")
    async def set_limit(
        body: WantedLimit, request: Request, identity: Annotated[Identity, Depends(asking)]
    ) -> Page[Limit]:
        async with house.ledger.change(actor_of(request.scope, identity, house.settings)) as change:
            if not await people.is_member(change.conn, body.tournament_id, identity.user_id):
                raise Problem(Refusal.NOT_FOUND)
            await people.set_limit(
                change,
                user_id=identity.user_id,
                tournament_id=body.tournament_id,
                kind=body.kind,
                period=body.period,
                amount=body.amount,
            )
        return await mine(identity.user_id)

    @router.post("/api/exclusion", status_code=201)
    async def exclude(body: Exclusion, request: Request, identity: Annotated[Identity, Depends(asking)]) -> Excluded:
        until = body.until or FOR_GOOD
        try:
            async with house.ledger.change(actor_of(request.scope, identity, house.settings)) as change:
                person = await people.lock(change, identity.user_id)
                if until <= person["now"]:
                    raise invalid("until", "an exclusion ends in the future")
                await people.exclude(change, identity.user_id, until)
        except people.Shorter as shorter:
            raise Problem(
                Refusal.CONFLICT,
                "An exclusion can be made longer, never shorter.",
                excluded_until=utc(shorter.excluded_until),
            ) from None
        house.ledger.wakeups.sessions(identity.user_id)
        return Excluded(excluded_until=utc(until) or "")

    return router
