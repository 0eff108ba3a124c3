"""Single outcomes: added, renamed, priced, withdrawn. Knows no SQL."""

from typing import Annotated, ClassVar

from fastapi import APIRouter, Path, Query
from pydantic import Field

from toteboard.api.caller import Caller, CurrentUser
from toteboard.api.openapi import problems
from toteboard.api.services import InServices, Services
from toteboard.api.tournaments import markets
from toteboard.api.tournaments.market_shapes import Outcome, OutcomeRequest, market_shape
from toteboard.api.wire import Id, Name, Odds, Page, PatchModel, Reason
from toteboard.ledger.connection import Conn
from toteboard.ledger.tournaments import outcomes
from toteboard.rules.bounds import ID_MAX, VERSION_MAX
from toteboard.rules.odds import parse_odds
from toteboard.rules.refusals import Refusal, Refused

OutcomeId = Annotated[int, Path(ge=1, le=ID_MAX)]


class AddOutcomeRequest(OutcomeRequest):
    """An outcome for a market that is there."""

    market_id: Id


class OutcomePatch(PatchModel):
    """What changes. With `odds_version` odds that somebody else changed meanwhile are left alone (409)."""

    clearable: ClassVar[frozenset[str]] = frozenset({"odds", "odds_version"})

    name: Name | None = None
    odds: Odds | None = None
    odds_version: Annotated[int, Field(ge=1, le=VERSION_MAX)] | None = Field(
        None, description="the version of the odds that was seen; others in between are 409 CONFLICT"
    )
    withdrawn: bool | None = None
    reason: Reason | None = Field(
        None, description="why an outcome with bets has another name; bets keep the one they were taken under"
    )


async def _known(conn: Conn, outcome_id: int) -> outcomes.Parent:
    parent = await outcomes.parent_of(conn, outcome_id)
    if parent is None:
        raise Refused(Refusal.NOT_FOUND, "There is no such outcome.")
    return parent


async def _shown(conn: Conn, market_id: int, outcome_id: int) -> Outcome:
    market = market_shape(await markets.known(conn, market_id))
    for outcome in market.outcomes:
        if outcome.id == outcome_id:
            return outcome
    raise Refused(Refusal.NOT_FOUND, "There is no such outcome.")


async def _need_organizer(services: Services, caller: Caller, outcome_id: int) -> outcomes.Parent:
    async with services.ledger.read() as conn:
        parent = await _known(conn, outcome_id)
    caller.need_organizer(parent.tournament_id)
    return parent


router = APIRouter(prefix="/api/outcome", tags=["markets"])


@router.get("", responses=problems(Refusal.NOT_FOUND))
async def of_market(services: InServices, market: Annotated[int, Query(ge=1, le=ID_MAX)]) -> Page[Outcome]:
    """A market's outcomes, all of them, in the order of their lanes."""
    async with services.ledger.snapshot() as conn:
        return Page(items=market_shape(await markets.known(conn, market)).outcomes)


@router.get("/{outcome_id}", responses=problems(Refusal.NOT_FOUND))
async def one(services: InServices, outcome_id: OutcomeId) -> Outcome:
    """One outcome."""
    async with services.ledger.snapshot() as conn:
        return await _shown(conn, (await _known(conn, outcome_id)).market_id, outcome_id)


@router.post("", status_code=201, responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE))
async def create(services: InServices, body: AddOutcomeRequest, caller: CurrentUser) -> Outcome:
    """A new outcome, behind the others."""
    async with services.ledger.read() as conn:
        market = await markets.known(conn, body.market_id)
    caller.need_organizer(market.tournament_id)
    async with services.ledger.change(caller.actor) as change:
        outcome_id = await outcomes.create(change, body.market_id, body.of(market.kind))
        return await _shown(change.conn, body.market_id, outcome_id)


@router.patch(
    "/{outcome_id}", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.CONFLICT, Refusal.STATE)
)
async def edit(services: InServices, outcome_id: OutcomeId, body: OutcomePatch, caller: CurrentUser) -> Outcome:
    """Renames, prices or withdraws. New odds are for the bets to come; those taken keep theirs."""
    parent = await _need_organizer(services, caller, outcome_id)
    given = body.given()
    odds_version, reason = given.pop("odds_version", None), given.pop("reason", None)
    if "odds" in given:
        odds = given.pop("odds")
        given["odds_milli"] = None if odds is None else parse_odds(odds)
    async with services.ledger.change(caller.actor) as change:
        await outcomes.edit(change, parent, outcome_id, given, odds_version=odds_version, reason=reason)
        return await _shown(change.conn, parent.market_id, outcome_id)


@router.delete(
    "/{outcome_id}",
    status_code=204,
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.CONFLICT, Refusal.STATE),
)
async def delete(services: InServices, outcome_id: OutcomeId, caller: CurrentUser) -> None:
    """Takes the outcome away, unless bets have touched it."""
    parent = await _need_organizer(services, caller, outcome_id)
    async with services.ledger.change(caller.actor) as change:
        await outcomes.remove(change, parent, outcome_id)
