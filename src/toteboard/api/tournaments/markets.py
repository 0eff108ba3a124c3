"""Markets: made, edited, opened and closed, their results entered. Knows no SQL; paying is settlements.py's."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field

from toteboard.api.caller import Caller, CurrentUser
from toteboard.api.money.settlements import ResultRequest
from toteboard.api.paging import Paging
from toteboard.api.services import InServices, Services
from toteboard.api.tournaments import matches
from toteboard.api.wire import (
    Amount,
    Id,
    Moment,
    Name,
    Odds,
    Page,
    PatchModel,
    RequestModel,
    ResponseModel,
    Version,
    utc,
)
from toteboard.ledger.connection import Conn
from toteboard.ledger.tournaments import markets
from toteboard.ledger.tournaments.markets import NewOutcome
from toteboard.rules.bounds import (
    AMOUNT_MAX,
    BREAK_TO_MILLI_MAX,
    ID_MAX,
    MINIMUM_MILLI_MAX,
    OUTCOMES_MAX,
    PLACES_MAX,
    TAKEOUT_BPS_MAX,
    TOTAL_MAX,
)
from toteboard.rules.market import MarketAction, MarketKind
from toteboard.rules.odds import format_odds, parse_odds, pool_odds
from toteboard.rules.refusals import Refusal, Refused, invalid

MarketId = Annotated[int, Path(ge=1, le=ID_MAX)]
EXPOSURE_READERS = frozenset({"organizer", "auditor"})

TakeoutBps = Annotated[int, Field(ge=0, le=TAKEOUT_BPS_MAX)]
BreakTo = Annotated[int, Field(ge=1, le=BREAK_TO_MILLI_MAX, description="the dividend's step in thousandths")]
Minimum = Annotated[int, Field(ge=0, le=MINIMUM_MILLI_MAX, description="the smallest dividend in thousandths")]
Places = Annotated[int, Field(ge=1, le=PLACES_MAX, description="how many outcomes can win; fixed markets")]
Liability = Annotated[int, Field(ge=0, le=TOTAL_MAX, description="what the house risks on one outcome; fixed markets")]
Total = Annotated[int, Field(ge=1, le=TOTAL_MAX)]
Kind = Literal["pool", "fixed"]


class OutcomeRequest(RequestModel):
    name: Name
    odds: Odds | None = None


class MarketRequest(RequestModel):
    match_id: Id
    name: Name
    kind: Kind
    closes_at: Moment | None = None
    takeout_bps: TakeoutBps = 0
    break_to_milli: BreakTo = 10
    minimum_milli: Minimum = 1000
    places: Places = 1
    liability_max: Liability | None = None
    stake_min: Amount = 1
    stake_max: Amount = AMOUNT_MAX
    total_max: Total = TOTAL_MAX
    outcomes: Annotated[list[OutcomeRequest], Field(max_length=OUTCOMES_MAX)] = []


class MarketPatch(PatchModel):
    clearable: ClassVar[frozenset[str]] = frozenset({"closes_at", "liability_max"})

    name: Name | None = None
    kind: Kind | None = None
    closes_at: Moment | None = None
    takeout_bps: TakeoutBps | None = None
    break_to_milli: BreakTo | None = None
    minimum_milli: Minimum | None = None
    places: Places | None = None
    liability_max: Liability | None = None
    stake_min: Amount | None = None
    stake_max: Amount | None = None
    total_max: Total | None = None
    version: Version | None = None


class EmptyRequest(RequestModel):
    """An empty body, for who must send one."""


class Outcome(ResponseModel):
    id: int
    market_id: int
    name: str
    lane_no: int
    odds: str | None
    odds_version: int
    withdrawn: bool
    stakes: int
    bets: int


class Market(ResponseModel):
    id: int
    tournament_id: int
    match_id: int
    name: str
    kind: Kind
    status: str
    closes_at: str | None
    closed_at: str | None
    takeout_bps: int
    break_to_milli: int
    minimum_milli: int
    places: int
    liability_max: int | None
    stake_min: int
    stake_max: int
    total_max: int
    result: dict[str, list[int]] | None
    version: int
    outcomes: list[Outcome]


class Exposure(ResponseModel):
    outcome_id: int
    stakes: int
    bets: int
    liability: int | None = Field(description="what the house pays more than it holds if this one wins; null in a pool")


# Shapes -------------------------------------------------------------------------------------------------------------


def market_shape(market: dict[str, Any]) -> Market:
    times = {name: utc(market[name]) for name in ("closes_at", "closed_at")}
    return Market(**(market | times | {"outcomes": outcome_shapes(market, market["outcomes"])}))


def outcome_shapes(market: dict[str, Any], rows: Sequence[dict[str, Any]]) -> list[Outcome]:
    """The outcomes of a market, all of them: in a pool each one's odds hang on the others."""
    pool = sum(row["stakes"] for row in rows if not row["withdrawn"])
    kept = ("id", "market_id", "name", "lane_no", "odds_version", "withdrawn", "stakes", "bets")
    return [Outcome(**{name: row[name] for name in kept}, odds=_odds(market, row, pool)) for row in rows]


def _odds(market: dict[str, Any], row: dict[str, Any], pool: int) -> str | None:
    """The odds of now, as on the board."""
    odds_milli = row["odds_milli"]
    if market["kind"] == MarketKind.POOL:
        odds_milli = pool_odds(
            pool=pool,
            on_outcome=0 if row["withdrawn"] else row["stakes"],
            takeout_bps=market["takeout_bps"],
            break_to_milli=market["break_to_milli"],
            minimum_milli=market["minimum_milli"],
        )
    return None if odds_milli is None else format_odds(odds_milli)


def exposures(market: dict[str, Any]) -> list[Exposure]:
    """What the house risks on each outcome: its returns less all stakes that stay. A withdrawn one is refunded."""
    rows = market["outcomes"]
    kept = sum(row["stakes"] for row in rows if not row["withdrawn"])
    is_pool = market["kind"] == MarketKind.POOL
    return [
        Exposure(
            outcome_id=row["id"],
            stakes=row["stakes"],
            bets=row["bets"],
            liability=None if is_pool else 0 if row["withdrawn"] else row["returns"] - kept,
        )
        for row in rows
    ]


def new_outcome(request: OutcomeRequest, kind: str) -> NewOutcome:
    """Raises Refused (422): the odds of a pool are nobody's to set."""
    if request.odds is not None and kind == MarketKind.POOL:
        raise invalid("odds", "the odds of a pool follow the stakes")
    return NewOutcome(request.name, None if request.odds is None else parse_odds(request.odds))


async def known(conn: Conn, market_id: int) -> dict[str, Any]:
    """The market with its outcomes. Raises Refused (NOT_FOUND)."""
    for row in await markets.shown(conn, [market_id]):
        return row
    raise Refused(Refusal.NOT_FOUND, "There is no such market.")


# Routes -------------------------------------------------------------------------------------------------------------


async def _need_organizer(services: Services, caller: Caller, market_id: int) -> None:
    async with services.ledger.read() as conn:
        market = await known(conn, market_id)
    caller.need_organizer(market["tournament_id"])


router = APIRouter(prefix="/api/market", tags=["markets"])


@router.get("")
async def of_match(services: InServices, match: Annotated[int, Query(ge=1, le=ID_MAX)], page: Paging) -> Page[Market]:
    """A match's markets, in the order they were added."""
    async with services.ledger.snapshot() as conn:
        rows = await markets.page(conn, match, after=page.after_id(), limit=page.rows)
    shown, following = page.split(rows, lambda row: str(row["id"]))
    return Page(items=[market_shape(row) for row in shown], next=following)


@router.get("/{market_id}")
async def one(services: InServices, market_id: MarketId) -> Market:
    """One market with its outcomes."""
    async with services.ledger.snapshot() as conn:
        return market_shape(await known(conn, market_id))


@router.get("/{market_id}/exposure")
async def exposure(services: InServices, market_id: MarketId, caller: CurrentUser) -> Page[Exposure]:
    """What the house risks, outcome by outcome."""
    async with services.ledger.snapshot() as conn:
        market = await known(conn, market_id)
    caller.need_role(market["tournament_id"], EXPOSURE_READERS)
    return Page(items=exposures(market))


@router.post("", status_code=201)
async def create(services: InServices, body: MarketRequest, caller: CurrentUser) -> Market:
    """A new market, a draft until it is opened."""
    async with services.ledger.read() as conn:
        match = await matches.known(conn, body.match_id)
    caller.need_organizer(match["tournament_id"])
    new = [new_outcome(outcome, body.kind) for outcome in body.outcomes]
    given = body.model_dump(exclude={"match_id", "outcomes"})
    async with services.ledger.change(caller.actor) as change:
        market_id = await markets.create(change, body.match_id, given, new)
        return market_shape(await known(change.conn, market_id))


@router.patch("/{market_id}")
async def edit(services: InServices, market_id: MarketId, body: MarketPatch, caller: CurrentUser) -> Market:
    """Edits the market. What was promised to bettors stands from the first bet on."""
    await _need_organizer(services, caller, market_id)
    async with services.ledger.change(caller.actor) as change:
        given = body.given()
        await markets.edit(change, market_id, given, version=given.pop("version", None))
        return market_shape(await known(change.conn, market_id))


@router.delete("/{market_id}", status_code=204)
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


@router.post("/{market_id}/open")
async def open_(
    services: InServices, market_id: MarketId, caller: CurrentUser, _body: EmptyRequest | None = None
) -> Market:
    """Bets may come in. Takes two outcomes, with odds in a fixed market, and a closes_at in the future or none."""
    return await _move(services, market_id, MarketAction.OPEN, caller)


@router.post("/{market_id}/suspend")
async def suspend(
    services: InServices, market_id: MarketId, caller: CurrentUser, _body: EmptyRequest | None = None
) -> Market:
    """No bets for a while."""
    return await _move(services, market_id, MarketAction.SUSPEND, caller)


@router.post("/{market_id}/close")
async def close(
    services: InServices, market_id: MarketId, caller: CurrentUser, _body: EmptyRequest | None = None
) -> Market:
    """No bets any more."""
    return await _move(services, market_id, MarketAction.CLOSE, caller)


@router.post("/{market_id}/reopen")
async def reopen(
    services: InServices, market_id: MarketId, caller: CurrentUser, _body: EmptyRequest | None = None
) -> Market:
    """It was closed too early: bets may come in again."""
    return await _move(services, market_id, MarketAction.REOPEN, caller)


@router.post("/{market_id}/result")
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
