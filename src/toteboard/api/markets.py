"""Markets: made, edited, opened and closed, their results entered. Knows no SQL; paying is settlements.py's."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from toteboard.api import matches
from toteboard.api.auth import actor, asker, need_role
from toteboard.api.changing import changing
from toteboard.api.house import House
from toteboard.api.paging import PageAsked, paging
from toteboard.api.problems import Problem, invalid
from toteboard.api.sessions import Identity
from toteboard.api.settlements import ResultAsked
from toteboard.api.wire import (
    AMOUNT_MAX,
    ID_MAX,
    Amount,
    Asked,
    Edited,
    Id,
    Moment,
    Name,
    Odds,
    Page,
    Said,
    Version,
    utc,
)
from toteboard.ledger import markets
from toteboard.ledger.ledger import Actor
from toteboard.ledger.markets import OUTCOMES_MAX, NewOutcome
from toteboard.rules.market import MarketAction, MarketKind
from toteboard.rules.odds import format_odds, parse_odds, pool_odds
from toteboard.rules.refusals import Refusal

MarketId = Annotated[int, Path(ge=1, le=ID_MAX)]
ORGANIZER = frozenset({"organizer"})
EXPOSURE_READERS = frozenset({"organizer", "auditor"})
# All stakes of a market; keeps every sum and product of the rules inside a bigint.
TOTAL_MAX = 10**15

TakeoutBps = Annotated[int, Field(ge=0, le=5000)]
BreakTo = Annotated[int, Field(ge=1, le=1000, description="the dividend's step in thousandths")]
Minimum = Annotated[int, Field(ge=0, le=5000, description="the smallest dividend in thousandths")]
Places = Annotated[int, Field(ge=1, le=40, description="how many outcomes can win; fixed markets")]
Liability = Annotated[int, Field(ge=0, le=TOTAL_MAX, description="what the house risks on one outcome; fixed markets")]
Total = Annotated[int, Field(ge=1, le=TOTAL_MAX)]
Kind = Literal["pool", "fixed"]


class NewOutcomeAsked(Asked):
    name: Name
    odds: Odds | None = None


class NewMarket(Asked):
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
    outcomes: Annotated[list[NewOutcomeAsked], Field(max_length=OUTCOMES_MAX)] = []


class EditedMarket(Edited):
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


class Nothing(Asked):
    """An empty body, for who must send one."""


class Outcome(Said):
    id: int
    market_id: int
    name: str
    place: int
    odds: str | None
    odds_version: int
    withdrawn: bool
    stakes: int
    bets: int


class Market(Said):
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


class Exposure(Said):
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
    kept = ("id", "market_id", "name", "place", "odds_version", "withdrawn", "stakes", "bets")
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


def new_outcome(asked: NewOutcomeAsked, kind: str) -> NewOutcome:
    """Raises Problem (422): the odds of a pool are nobody's to set."""
    if asked.odds is not None and kind == MarketKind.POOL:
        raise invalid("odds", "the odds of a pool follow the stakes")
    return NewOutcome(asked.name, None if asked.odds is None else parse_odds(asked.odds))


async def known(conn: Any, market_id: int) -> dict[str, Any]:
    """The market with its outcomes. Raises Problem (404)."""
    for row in await markets.shown(conn, [market_id]):
        return row
    raise Problem(Refusal.NOT_FOUND, "There is no such market.")


# Routes -------------------------------------------------------------------------------------------------------------


def routes(house: House) -> APIRouter:
    router = APIRouter(prefix="/api/market", tags=["markets"])
    _add_looks(router, house)
    _add_changes(router, house)
    _add_moves(router, house)
    return router


async def _need_organizer(house: House, who: Identity, market_id: int) -> None:
    async with house.ledger.read() as conn:
        market = await known(conn, market_id)
    need_role(who, market["tournament_id"], ORGANIZER)


def _add_looks(router: APIRouter, house: House) -> None:
    Asker = Annotated[Identity, Depends(asker(house))]
    Asking = Annotated[PageAsked, Depends(paging(house.settings))]

    @router.get("")
    async def of_match(match: Annotated[int, Query(ge=1, le=ID_MAX)], asked: Asking) -> Page[Market]:
        """A match's markets, in the order they were added."""
        async with house.ledger.snapshot() as conn:
            rows = await markets.page(conn, match, after=asked.after_id(), limit=asked.rows)
        shown, following = asked.split(rows, lambda row: str(row["id"]))
        return Page(items=[market_shape(row) for row in shown], next=following)

    @router.get("/{market_id}")
    async def one(market_id: MarketId) -> Market:
        async with house.ledger.snapshot() as conn:
            return market_shape(await known(conn, market_id))

    @router.get("/{market_id}/exposure")
    async def exposure(market_id: MarketId, who: Asker) -> Page[Exposure]:
        """What the house risks, outcome by outcome."""
        async with house.ledger.snapshot() as conn:
            market = await known(conn, market_id)
        need_role(who, market["tournament_id"], EXPOSURE_READERS)
        return Page(items=exposures(market))


def _add_changes(router: APIRouter, house: House) -> None:
    Asker = Annotated[Identity, Depends(asker(house))]
    By = Annotated[Actor, Depends(actor(house))]

    @router.post("", status_code=201)
    async def create(body: NewMarket, who: Asker, by: By) -> Market:
        """A new market, a draft until it is opened."""
        async with house.ledger.read() as conn:
            match = await matches.known(conn, body.match_id)
        need_role(who, match["tournament_id"], ORGANIZER)
        new = [new_outcome(outcome, body.kind) for outcome in body.outcomes]
        given = body.model_dump(exclude={"match_id", "outcomes"})
        async with changing(house, by) as change:
            market_id = await markets.create(change, body.match_id, given, new)
            return market_shape(await known(change.conn, market_id))

    @router.patch("/{market_id}")
    async def edit(market_id: MarketId, body: EditedMarket, who: Asker, by: By) -> Market:
        """Edits the market. What was promised to bettors stands from the first bet on."""
        await _need_organizer(house, who, market_id)
        async with changing(house, by) as change:
            given = body.given()
            await markets.edit(change, market_id, given, version=given.pop("version", None))
            return market_shape(await known(change.conn, market_id))

    @router.delete("/{market_id}", status_code=204)
    async def delete(market_id: MarketId, who: Asker, by: By) -> None:
        """Takes the market away, unless bets have touched it."""
        await _need_organizer(house, who, market_id)
        async with changing(house, by) as change:
            await markets.remove(change, market_id)


def _add_moves(router: APIRouter, house: House) -> None:
    Asker = Annotated[Identity, Depends(asker(house))]
    By = Annotated[Actor, Depends(actor(house))]

    async def move(market_id: int, action: MarketAction, who: Identity, by: Actor) -> Market:
        await _need_organizer(house, who, market_id)
        async with changing(house, by) as change:
            await markets.move(change, market_id, action)
            return market_shape(await known(change.conn, market_id))

    @router.post("/{market_id}/open")
    async def open_(market_id: MarketId, who: Asker, by: By, _body: Nothing | None = None) -> Market:
        """Bets may come in. Takes two outcomes, with odds in a fixed market, and a closes_at in the future or none."""
        return await move(market_id, MarketAction.OPEN, who, by)

    @router.post("/{market_id}/suspend")
    async def suspend(market_id: MarketId, who: Asker, by: By, _body: Nothing | None = None) -> Market:
        """No bets for a while."""
        return await move(market_id, MarketAction.SUSPEND, who, by)

    @router.post("/{market_id}/close")
    async def close(market_id: MarketId, who: Asker, by: By, _body: Nothing | None = None) -> Market:
        """No bets any more."""
        return await move(market_id, MarketAction.CLOSE, who, by)

    @router.post("/{market_id}/reopen")
    async def reopen(market_id: MarketId, who: Asker, by: By, _body: Nothing | None = None) -> Market:
        """It was closed too early: bets may come in again."""
        return await move(market_id, MarketAction.REOPEN, who, by)

    @router.post("/{market_id}/result")
    async def result(market_id: MarketId, body: ResultAsked, who: Asker, by: By) -> Market:
        """Enters what happened, or replaces what was entered; pays nothing yet."""
        await _need_organizer(house, who, market_id)
        async with changing(house, by) as change:
            await markets.enter_result(
                change,
                market_id,
                winners=frozenset(body.winners),
                void=frozenset(body.void),
                half_void=frozenset(body.half_void),
                tied=frozenset(body.tied),
            )
            return market_shape(await known(change.conn, market_id))
