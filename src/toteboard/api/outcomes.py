"""Single outcomes: added, renamed, priced, withdrawn. Knows no SQL."""

from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from toteboard.api import markets
from toteboard.api.auth import actor, asker, need_role
from toteboard.api.changing import changing
from toteboard.api.house import House
from toteboard.api.markets import NewOutcomeAsked, Outcome
from toteboard.api.problems import Problem
from toteboard.api.sessions import Identity
from toteboard.api.wire import ID_MAX, VERSION_MAX, Edited, Id, Name, Odds, Page
from toteboard.ledger import outcomes
from toteboard.ledger.ledger import Actor
from toteboard.rules.odds import parse_odds
from toteboard.rules.refusals import Refusal

OutcomeId = Annotated[int, Path(ge=1, le=ID_MAX)]
ORGANIZER = frozenset({"organizer"})


class AddedOutcome(NewOutcomeAsked):
    market_id: Id


class EditedOutcome(Edited):
    clearable: ClassVar[frozenset[str]] = frozenset({"odds", "odds_version"})

    name: Name | None = None
    odds: Odds | None = None
    odds_version: Annotated[int, Field(ge=1, le=VERSION_MAX)] | None = Field(
        None, description="the version of the odds that was seen; others in between are 409 CONFLICT"
    )
    withdrawn: bool | None = None


async def _known(conn: Any, outcome_id: int) -> outcomes.Place:
    place = await outcomes.place_of(conn, outcome_id)
    if place is None:
        raise Problem(Refusal.NOT_FOUND, "There is no such outcome.")
    return place


async def _shown(conn: Any, market_id: int, outcome_id: int) -> Outcome:
    market = markets.market_shape(await markets.known(conn, market_id))
    for outcome in market.outcomes:
        if outcome.id == outcome_id:
            return outcome
    raise Problem(Refusal.NOT_FOUND, "There is no such outcome.")


def routes(house: House) -> APIRouter:
    router = APIRouter(prefix="/api/outcome", tags=["markets"])
    Asker = Annotated[Identity, Depends(asker(house))]
    By = Annotated[Actor, Depends(actor(house))]

    async def need_organizer(who: Identity, outcome_id: int) -> outcomes.Place:
        async with house.ledger.read() as conn:
            place = await _known(conn, outcome_id)
        need_role(who, place.tournament_id, ORGANIZER)
        return place

    @router.get("")
    async def of_market(market: Annotated[int, Query(ge=1, le=ID_MAX)]) -> Page[Outcome]:
        """A market's outcomes, all of them, in their places."""
        async with house.ledger.snapshot() as conn:
            return Page(items=markets.market_shape(await markets.known(conn, market)).outcomes)

    @router.get("/{outcome_id}")
    async def one(outcome_id: OutcomeId) -> Outcome:
        async with house.ledger.snapshot() as conn:
            return await _shown(conn, (await _known(conn, outcome_id)).market_id, outcome_id)

    @router.post("", status_code=201)
    async def create(body: AddedOutcome, who: Asker, by: By) -> Outcome:
        """A new outcome, behind the others."""
        async with house.ledger.read() as conn:
            market = await markets.known(conn, body.market_id)
        need_role(who, market["tournament_id"], ORGANIZER)
        async with changing(house, by) as change:
            outcome_id = await outcomes.create(change, body.market_id, markets.new_outcome(body, market["kind"]))
            return await _shown(change.conn, body.market_id, outcome_id)

    @router.patch("/{outcome_id}")
    async def edit(outcome_id: OutcomeId, body: EditedOutcome, who: Asker, by: By) -> Outcome:
        """Renames, prices or withdraws. New odds are for the bets to come; those taken keep theirs."""
        place = await need_organizer(who, outcome_id)
        given = body.given()
        odds_version = given.pop("odds_version", None)
        if "odds" in given:
            odds = given.pop("odds")
            given["odds_milli"] = None if odds is None else parse_odds(odds)
        async with changing(house, by) as change:
            await outcomes.edit(change, place, outcome_id, given, odds_version=odds_version)
            return await _shown(change.conn, place.market_id, outcome_id)

    @router.delete("/{outcome_id}", status_code=204)
    async def delete(outcome_id: OutcomeId, who: Asker, by: By) -> None:
        """Takes the outcome away, unless bets have touched it."""
        place = await need_organizer(who, outcome_id)
        async with changing(house, by) as change:
            await outcomes.remove(change, place, outcome_id)

    return router
