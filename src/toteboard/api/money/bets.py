"""Bets as their bettor sees them. Placing is answered in front of this (placing.py); here it is only described."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query
from pydantic import Field

from toteboard.api.caller import CurrentUser
from toteboard.api.openapi import Responses, problems
from toteboard.api.paging import PageRequest, Paging, moment, moment_cursor
from toteboard.api.services import InServices
from toteboard.api.wire import Amount, Currency, Id, Odds, Page, RequestModel, ResponseModel, utc
from toteboard.ledger.money import bets
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.odds import format_odds
from toteboard.rules.refusals import Refusal, Refused
from toteboard.rules.settlement import BetStatus


class BetRequest(RequestModel):
    """A bet; the header Idempotency-Key (a UUID) names it."""

    outcome_id: Id
    stake: Amount
    currency: Currency
    min_odds: Odds | None = None


# The market was voided; it was placed after the actual start; its outcome was withdrawn; the result refunds it.
RefundReason = Literal["market", "late", "withdrawn", "result"]


class Bet(ResponseModel):
    """A bet of one's own. `odds` are those taken; of a pool they are for the record, `dividend` is what a unit was
    paid.
    """

    id: UUID
    tournament_id: int
    match_id: int
    market_id: int
    outcome_id: int
    match: str
    market: str
    outcome: str = Field(description="as it was called when the bet was taken")
    outcome_now: str | None = Field(None, description="what it is called now; said where that is another name")
    kind: Literal["pool", "fixed"]
    status: BetStatus
    stake: int
    currency: str
    exponent: int
    odds: str
    payout: int | None
    placed_at: str
    balance: int | None = Field(None, description="said when it is placed")
    settled_at: str | None = Field(None, description="said once it is settled")
    dividend: str | None = Field(None, description="what a unit of the pool was paid; said of one bet that won")
    refunded_for: RefundReason | None = Field(None, description="why it was refunded; said of one bet that was")


_OF_A_BET = [refusal for refusal in Refusal if refusal.number < 100]
_OF_A_REQUEST = (
    *(Refusal.MALFORMED, Refusal.UNAUTHENTICATED, Refusal.FORBIDDEN, Refusal.TIMEOUT, Refusal.TOO_LARGE),
    *(Refusal.MEDIA_TYPE, Refusal.INVALID, Refusal.TOO_BUSY),
)
_ANSWERS: Responses = {
    200: {"model": Bet, "description": "The same key with the same content: the same bet, as it is by now"},
    503: {"description": "TOO_BUSY: nothing was taken. OUTAGE: with `unknown`, ask for the bet by its id"},
}

_SAME = ("tournament_id", "match_id", "market_id", "outcome_id", "match", "market", "outcome", "kind", "status")


def bet_shape(row: dict[str, Any]) -> dict[str, Any]:
    """A bet's row as the API says it."""
    return {
        "id": str(row["id"]),
        **{name: row[name] for name in _SAME},
        "stake": row["stake"],
        "currency": row["currency"],
        "exponent": row["exponent"],
        "odds": format_odds(row["odds_milli"]),
        "payout": row["payout"],
        "placed_at": utc(row["placed_at"]),
    }


def _own_bet(row: dict[str, Any]) -> dict[str, Any]:
    """The same for its bettor: with when it was settled."""
    settled = {} if row["settled_at"] is None else {"settled_at": utc(row["settled_at"])}
    renamed = {"outcome_now": row["outcome_now"]} if row["outcome_now"] != row["outcome"] else {}
    return bet_shape(row) | renamed | settled


router = APIRouter(prefix="/api/bet", tags=["bets"])


@router.post("", status_code=201, responses=_ANSWERS | problems(*_OF_A_BET, *_OF_A_REQUEST))
async def place(
    body: BetRequest,
    key: Annotated[UUID, Header(alias="Idempotency-Key", description="names the bet; version 7 from our pages")],
) -> Bet:
    """Place a bet. Asked again with the same key and content it answers 200 with the same bet."""
    raise AssertionError("front.py answers this before FastAPI; here it is only described")


def placed_cursor(row: Mapping[str, Any]) -> str:
    """The cursor behind a bet of a list, newest first."""
    return moment_cursor(row["placed_at"], row["no"])


def placed_before(page: PageRequest) -> bets.Placed | None:
    """What such a cursor says. Raises Refused (422) for what is none."""
    if page.after is None:
        return None
    at, (no,) = moment(page.after, numbers=1)
    return bets.Placed(at, no)


@router.get("", response_model_exclude_unset=True, responses=problems(Refusal.NOT_FOUND))
async def mine(
    services: InServices,
    caller: CurrentUser,
    page: Paging,
    tournament: Annotated[int | None, Query(ge=1, le=ID_MAX)] = None,
    market: Annotated[int | None, Query(ge=1, le=ID_MAX)] = None,
    status: BetStatus | None = None,
) -> Page[Bet]:
    """My bets, newest first."""
    before = placed_before(page)
    async with services.ledger.read() as conn:
        rows = await bets.mine(
            conn,
            caller.user_id,
            tournament_id=tournament,
            market_id=market,
            status=status,
            before=before,
            limit=page.rows,
        )
    shown, following = page.split(rows, placed_cursor)
    return Page(items=[Bet(**_own_bet(row)) for row in shown], next=following)


@router.get("/{bet_id}", response_model_exclude_unset=True, responses=problems(Refusal.NOT_FOUND))
async def one(services: InServices, bet_id: UUID, caller: CurrentUser) -> Bet:
    """One of my bets. 404 says that it was not taken, or is another's."""
    async with services.ledger.read() as conn:
        row = await bets.one(conn, bet_id, caller.user_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND, "You have no such bet.")
    bet = _own_bet(row)
    if row["dividend_milli"] is not None:
        bet["dividend"] = format_odds(row["dividend_milli"])
    if row["refunded_for"] is not None:
        bet["refunded_for"] = row["refunded_for"]
    return Bet(**bet)
