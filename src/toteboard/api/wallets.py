"""Wallets: mine, their statements, deposits and withdrawals at the desk. Knows no SQL and moves no money itself."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Response

from toteboard.api.auth import actor, asker, need_role
from toteboard.api.changing import changing
from toteboard.api.house import House
from toteboard.api.paging import PageAsked, number, paging
from toteboard.api.problems import Problem, invalid
from toteboard.api.sessions import Identity
from toteboard.api.wire import ID_MAX, Amount, Asked, Currency, Page, Said, Text, utc
from toteboard.ledger import wallets
from toteboard.ledger.ledger import Actor
from toteboard.rules.refusals import Refusal

WalletId = Annotated[int, Path(ge=1, le=ID_MAX)]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The last moment of the calendar, in microseconds since 1970.
AT_MAX_US = 253_402_300_799_999_999
# Of one moment: lent, moved, paid back, staked.
RANK_MAX = 3
READERS = frozenset({"cashier", "organizer", "auditor"})
DESK = frozenset({"cashier", "organizer"})


class OwnLimit(Said):
    kind: Literal["deposit", "stake", "loss"]
    period: Literal["day", "week", "month"]
    amount: int
    used: int


class Wallet(Said):
    id: int
    tournament_id: int
    slug: str
    user_id: int
    balance: int
    owed: int
    currency: str
    exponent: int
    limits: list[OwnLimit]


class Movement(Said):
    id: str
    at: str
    kind: str
    amount: int
    balance: int
    bet_id: UUID | None
    text: str


class AtTheDesk(Asked):
    """Money in or out; the header Idempotency-Key (a UUID) names it."""

    amount: Amount
    currency: Currency
    note: Text = ""


class Moved(Said):
    transfer_id: int
    wallet_id: int
    kind: Literal["deposit", "withdrawal"]
    amount: int
    repaid: int
    balance: int
    currency: str
    exponent: int


def _movement(row: dict[str, Any]) -> Movement:
    return Movement(
        id=f"{row['source']}-{row['no']}",
        at=utc(row["at"]) or "",
        kind=row["kind"],
        amount=row["amount"],
        balance=row["balance"],
        bet_id=row["bet_id"],
        text=row["text"],
    )


def _cursor(row: dict[str, Any]) -> str:
    at_us = (row["at"] - EPOCH) // timedelta(microseconds=1)
    return f"{at_us}.{row['rank']}.{row['no']}"


def _read_cursor(text: str | None) -> wallets.Cursor | None:
    if text is None:
        return None
    parts = [number(part) for part in text.split(".")]
    if len(parts) != 3 or parts[0] > AT_MAX_US or parts[1] > RANK_MAX:
        raise invalid("after", "not a cursor of this list")
    return wallets.Cursor(EPOCH + timedelta(microseconds=parts[0]), parts[1], parts[2])


async def _visible(house: House, wallet_id: int, who: Identity) -> wallets.Place:
    """Where the wallet is. To whom it is nothing there is none: nobody learns of others' wallets."""
    async with house.ledger.read() as conn:
        place = await wallets.place_of(conn, wallet_id)
    if place is None or not (place.user_id == who.user_id or who.has_role(place.tournament_id, READERS)):
        raise Problem(Refusal.NOT_FOUND, "You have no such wallet.")
    return place


def routes(house: House) -> APIRouter:
    router = APIRouter(prefix="/api/wallet", tags=["money"])
    Asker = Annotated[Identity, Depends(asker(house))]
    By = Annotated[Actor, Depends(actor(house))]
    Asking = Annotated[PageAsked, Depends(paging(house.settings))]

    @router.get("")
    async def mine(who: Asker, asked: Asking) -> Page[Wallet]:
        """My wallets, the newest tournament first."""
        async with house.ledger.snapshot() as conn:
            rows = await wallets.mine(conn, who.user_id, before=asked.after_id(), limit=asked.rows)
        shown, following = asked.split(rows, lambda row: str(row["tournament_id"]))
        return Page(items=[Wallet(**row) for row in shown], next=following)

    @router.get("/{wallet_id}/statement")
    async def statement(wallet_id: WalletId, who: Asker, asked: Asking) -> Page[Movement]:
        """What went in and out, newest first, with the balance after each."""
        after = _read_cursor(asked.after)
        await _visible(house, wallet_id, who)
        async with house.ledger.read() as conn:
            rows = await wallets.statement(conn, wallet_id, after=after, limit=asked.rows)
        shown, following = asked.split(rows, _cursor)
        return Page(items=[_movement(row) for row in shown], next=following)

    async def move(
        wallet_id: int, direction: wallets.Direction, who: Identity, by: Actor, key: UUID, body: AtTheDesk
    ) -> tuple[Moved, bool]:
        place = await _visible(house, wallet_id, who)
        need_role(who, place.tournament_id, DESK)
        async with changing(house, by) as change:
            moved, fresh = await wallets.move(
                change, wallet_id, direction, key=key, amount=body.amount, currency=body.currency, note=body.note
            )
        return Moved(**asdict(moved)), fresh

    Key = Annotated[UUID, Header(alias="Idempotency-Key")]

    @router.post("/{wallet_id}/deposit", status_code=201)
    async def deposit(wallet_id: WalletId, body: AtTheDesk, who: Asker, by: By, key: Key, out: Response) -> Moved:
        """Money was paid in. What is owed is paid back first. Again with the same key: 200, the same answer."""
        moved, fresh = await move(wallet_id, "deposit", who, by, key, body)
        out.status_code = 201 if fresh else 200
        return moved

    @router.post("/{wallet_id}/withdrawal", status_code=201)
    async def withdraw(wallet_id: WalletId, body: AtTheDesk, who: Asker, by: By, key: Key, out: Response) -> Moved:
        """Money was paid out. Again with the same key: 200, the same answer."""
        moved, fresh = await move(wallet_id, "withdrawal", who, by, key, body)
        out.status_code = 201 if fresh else 200
        return moved

    return router
