"""Markets: made, edited, opened and closed, their results entered. Knows no SQL; paying is settlements.py's."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from toteboard.api.caller import Caller, CurrentUser
from toteboard.api.money.settlements import ResultRequest
from toteboard.api.openapi import problems
from toteboard.api.paging import Paging
from toteboard.api.services import InServices, Services
from toteboard.api.tournaments import matches
from toteboard.api.tournaments.market_shapes import (
    Exposure,
    Market,
    MarketPatch,
    MarketRequest,
    exposures,
    market_shape,
)
from toteboard.api.wire import Page, RequestModel
from toteboard.ledger.connection import Conn
from toteboard.ledger.money import reckonings
from toteboard.ledger.tournaments import market_rows, markets
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.market import MarketAction
from toteboard.rules.refusals import Refusal, Refused

MarketId = Annotated[int, Path(ge=1, le=ID_MAX)]
EXPOSURE_READERS = frozenset({"organizer", "auditor"})


class EmptyRequest(RequestModel):
    """An empty body, for who must send one."""


async def known(conn: Conn, market_id: int) -> market_rows.Market:
    """The market with its outcomes. Raises Refused (NOT_FOUND)."""
    for row in await markets.shown(conn, [market_id]):
        return row
    raise Refused(Refusal.NOT_FOUND, "There is no such market.")


# Routes -------------------------------------------------------------------------------------------------------------


async def _need_organizer(services: Services, caller: Caller, market_id: int) -> None:
    async with services.ledger.read() as conn:
        market = await known(conn, market_id)
    caller.need_organizer(market.tournament_id)


router = APIRouter(prefix="/api/market", tags=["markets"])


@router.get("")
async def of_match(services: InServices, match: Annotated[int, Query(ge=1, le=ID_MAX)], page: Paging) -> Page[Market]:
    """A match's markets, in the order they were added."""
    async with services.ledger.snapshot() as conn:
        rows = await markets.page(conn, match, after=page.after_id(), limit=page.rows)
    shown, following = page.split(rows, lambda row: str(row.id))
    return Page(items=[market_shape(row) for row in shown], next=following)


@router.get("/{market_id}", responses=problems(Refusal.NOT_FOUND))
async def one(services: InServices, market_id: MarketId) -> Market:
    """One market with its outcomes."""
    async with services.ledger.snapshot() as conn:
        return market_shape(await known(conn, market_id))


@router.get("/{market_id}/exposure", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def exposure(services: InServices, market_id: MarketId, caller: CurrentUser) -> Page[Exposure]:
    """What the house risks, outcome by outcome."""
    async with services.ledger.snapshot() as conn:
        market = await known(conn, market_id)
        caller.need_role(market.tournament_id, EXPOSURE_READERS)
        # A deduction counts for some bets and not for others: then each winner is worked out on the bets, as settling would.
        has_deduction = any(row.deduction_bps for row in market.outcomes)
        results = {
            row.id: (await reckonings.reckon(conn, market_id, result={"winners": [row.id]})).split.house_result
            for row in market.outcomes
            if has_deduction and not row.withdrawn
        }
    return Page(items=exposures(market, results))


@router.post("", status_code=201, responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE))
async def create(services: InServices, body: MarketRequest, caller: CurrentUser) -> Market:
    """A new market, a draft until it is opened."""
    async with services.ledger.read() as conn:
        match = await matches.known(conn, body.match_id)
    caller.need_organizer(match.tournament_id)
    terms = body.terms
    new = [outcome.of(terms.kind) for outcome in body.outcomes]
    async with services.ledger.change(caller.actor) as change:
        market_id = await markets.create(change, body.match_id, terms, new)
        return market_shape(await known(change.conn, market_id))


@router.patch("/{market_id}", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.CONFLICT, Refusal.STATE))
async def edit(services: InServices, market_id: MarketId, body: MarketPatch, caller: CurrentUser) -> Market:
    """Edits the market. What was promised to bettors stands from the first bet on."""
    await _need_organizer(services, caller, market_id)
    async with services.ledger.change(caller.actor) as change:
        given = body.given()
        await markets.edit(change, market_id, given, version=given.pop("version", None))
        return market_shape(await known(change.conn, market_id))


@router.delete(
    "/{market_id}",
    status_code=204,
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.CONFLICT, Refusal.STATE),
)
async def delete(services: InServices, market_id: MarketId, caller: CurrentUser) -> None:
    """Takes the market away, unless bets have touched it."""
    await _need_organizer(services, caller, market_id)
    async with services.ledger.change(caller.actor) as change:
        await markets.remove(change, market_id)


async def _move(services: Services, market_id: int, action: MarketAction, caller: Caller) -> Market:
    await _need_organizer(services, caller, market_id)
    async with services.ledger.change(caller.actor) as change:
        await markets.move(change, market_id, action)
        return market_shape(await known(change.conn, market_id))


@router.post("/{market_id}/open", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE))
async def open_(
    services: InServices, market_id: MarketId, caller: CurrentUser, _body: EmptyRequest | None = None
) -> Market:
    """Bets may come in. Takes two outcomes, with odds in a fixed market, and a closes_at in the future or none."""
    return await _move(services, market_id, MarketAction.OPEN, caller)


@router.post("/{market_id}/suspend", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE))
async def suspend(
    services: InServices, market_id: MarketId, caller: CurrentUser, _body: EmptyRequest | None = None
) -> Market:
    """No bets for a while."""
    return await _move(services, market_id, MarketAction.SUSPEND, caller)


@router.post("/{market_id}/close", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE))
async def close(
    services: InServices, market_id: MarketId, caller: CurrentUser, _body: EmptyRequest | None = None
) -> Market:
    """No bets any more."""
    return await _move(services, market_id, MarketAction.CLOSE, caller)


@router.post("/{market_id}/reopen", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE))
async def reopen(
    services: InServices, market_id: MarketId, caller: CurrentUser, _body: EmptyRequest | None = None
) -> Market:
    """It was closed too early: bets may come in again."""
    return await _move(services, market_id, MarketAction.REOPEN, caller)


@router.post("/{market_id}/result", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE))
async def result(services: InServices, market_id: MarketId, body: ResultRequest, caller: CurrentUser) -> Market:
    """Enters what happened, or replaces what was entered; pays nothing yet."""
    await _need_organizer(services, caller, market_id)
    async with services.ledger.change(caller.actor) as change:
        await markets.enter_result(
            change,
            market_id,
            winners=frozenset(body.winners),
            void=frozenset(body.void),
            half_void=frozenset(body.half_void),
            tied=frozenset(body.tied),
        )
        return market_shape(await known(change.conn, market_id))
