"""Wallets: mine, their statements, deposits and withdrawals at the desk. Knows no SQL and moves no money itself."""

from dataclasses import asdict
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Path, Response
from pydantic import Field

from toteboard.api.caller import Caller, CurrentUser
from toteboard.api.openapi import Responses, problems
from toteboard.api.paging import Paging, moment, moment_cursor
from toteboard.api.services import InServices, Services
from toteboard.api.wire import Amount, Currency, Page, RequestModel, ResponseModel, Text, utc
from toteboard.ledger.money import wallets
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.refusals import Refusal, Refused, invalid

WalletId = Annotated[int, Path(ge=1, le=ID_MAX)]
# Of one moment: lent, moved, paid back, staked.
RANK_MAX = 3
READERS = frozenset({"cashier", "organizer", "auditor"})
DESK = frozenset({"cashier", "organizer"})


class OwnLimit(ResponseModel):
    """A limit that the bettor has set, and what of it is used in the period that rolls."""

    kind: Literal["deposit", "stake", "loss"]
    period: Literal["day", "week", "month"]
    amount: int
    used: int


class Wallet(ResponseModel):
    """A wallet; `balance` and `owed` in minor units. While something is owed no bet is taken."""

    id: int
    tournament_id: int
    slug: str
    user_id: int
    balance: int
    owed: int
    currency: str
    exponent: int
    limits: list[OwnLimit]


class StatementEntry(ResponseModel):
    """A movement, signed, and the balance after it. `text` says it in words."""

    id: str
    at: str
    kind: str
    amount: int
    balance: int
    bet_id: UUID | None
    outcome: str | None = Field(description="of its bet, if it has one; market and match likewise")
    market: str | None
    match: str | None
    text: str


class CashRequest(RequestModel):
    """Money in or out; the header Idempotency-Key (a UUID) names it."""

    amount: Amount
    currency: Currency
    note: Text = ""


class CashResponse(ResponseModel):
    """What was booked; `repaid` is what of a deposit went on to what was owed."""

    transfer_id: int
    wallet_id: int
    kind: Literal["deposit", "withdrawal"]
    amount: int
    repaid: int
    balance: int
    currency: str
    exponent: int


def _entry(movement: wallets.Movement) -> StatementEntry:
    return StatementEntry(
        id=f"{movement.source}-{movement.no}",
        at=utc(movement.at) or "",
        kind=movement.kind,
        amount=movement.amount,
        balance=movement.balance,
        bet_id=movement.bet_id,
        outcome=movement.outcome,
        market=movement.market,
        match=movement.match,
        text=movement.text,
    )


def _cursor(movement: wallets.Movement) -> str:
    # The balance goes along, so that the next page need not sum up all before it: it is what the asker was just shown.
    return moment_cursor(movement.at, movement.rank, movement.no, movement.balance - movement.amount)


def _read_cursor(text: str | None) -> wallets.Cursor | None:
    if text is None:
        return None
    at, (rank, no, balance) = moment(text, numbers=3)
    if rank > RANK_MAX:
        raise invalid("after", "not a cursor of this list")
    return wallets.Cursor(at, rank, no, balance)


async def _visible(services: Services, wallet_id: int, caller: Caller) -> wallets.Owner:
    """Whose wallet it is, and where. To whom it is nothing there is none: nobody learns of others' wallets."""
    async with services.ledger.read() as conn:
        owner = await wallets.owner_of(conn, wallet_id)
    if owner is None or not (owner.user_id == caller.user_id or caller.has_role(owner.tournament_id, READERS)):
        raise Refused(Refusal.NOT_FOUND, "You have no such wallet.")
    return owner


Key = Annotated[UUID, Header(alias="Idempotency-Key")]

router = APIRouter(prefix="/api/wallet", tags=["money"])


@router.get("")
async def mine(services: InServices, caller: CurrentUser, page: Paging) -> Page[Wallet]:
    """My wallets, the newest tournament first."""
    async with services.ledger.snapshot() as conn:
        rows = await wallets.mine(conn, caller.user_id, before=page.after_id(), limit=page.rows)
    shown, following = page.split(rows, lambda wallet: str(wallet.tournament_id))
    return Page(items=[Wallet(**asdict(wallet)) for wallet in shown], next=following)


@router.get("/{wallet_id}/statement", responses=problems(Refusal.NOT_FOUND))
async def statement(
    services: InServices, wallet_id: WalletId, caller: CurrentUser, page: Paging
) -> Page[StatementEntry]:
    """What went in and out, newest first, with the balance after each."""
    after = _read_cursor(page.after)
    await _visible(services, wallet_id, caller)
    async with services.replica.read() as conn:
        rows = await wallets.statement(conn, wallet_id, after=after, limit=page.rows)
    shown, following = page.split(rows, _cursor)
    return Page(items=[_entry(row) for row in shown], next=following)


async def _move(
    services: Services, wallet_id: int, direction: wallets.Direction, caller: Caller, key: UUID, body: CashRequest
) -> tuple[CashResponse, bool]:
    owner = await _visible(services, wallet_id, caller)
    caller.need_role(owner.tournament_id, DESK)
    async with services.ledger.change(caller.actor) as change:
        moved, fresh = await wallets.move(
            change, wallet_id, direction, key=key, amount=body.amount, currency=body.currency, note=body.note
        )
    return CashResponse(**asdict(moved)), fresh


_BEFORE: Responses = {
    200: {"model": CashResponse, "description": "The same key with the same content: what was booked then"}
}


@router.post(
    "/{wallet_id}/deposit",
    status_code=201,
    responses=_BEFORE
    | problems(
        Refusal.FORBIDDEN,
        Refusal.NOT_FOUND,
        Refusal.CURRENCY,
        Refusal.KEY_REUSED,
        Refusal.EXCLUDED,
        Refusal.OWN_LIMIT,
        Refusal.STATE,
    ),
)
async def deposit(
    services: InServices, wallet_id: WalletId, body: CashRequest, caller: CurrentUser, key: Key, out: Response
) -> CashResponse:
    """Money was paid in for somebody else. What is owed is paid back first. Again with the same key: 200."""
    moved, fresh = await _move(services, wallet_id, "deposit", caller, key, body)
    out.status_code = 201 if fresh else 200
    return moved


@router.post(
    "/{wallet_id}/withdrawal",
    status_code=201,
    responses=_BEFORE
    | problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.CURRENCY, Refusal.KEY_REUSED, Refusal.FUNDS),
)
async def withdraw(
    services: InServices, wallet_id: WalletId, body: CashRequest, caller: CurrentUser, key: Key, out: Response
) -> CashResponse:
    """Money was paid out, to somebody else. Again with the same key: 200, the same answer."""
    moved, fresh = await _move(services, wallet_id, "withdrawal", caller, key, body)
    out.status_code = 201 if fresh else 200
    return moved
