"""Wallets in the ledger: what is in them, how it came there, money in and out at the desk.

Knows neither HTTP nor who may ask. Amounts are minor units of the tournament's currency.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from toteboard.ledger.connection import Conn, Row, fetch_one
from toteboard.ledger.ledger import Change
from toteboard.ledger.people.own_affairs import Affair, check_another
from toteboard.ledger.statements import statements
from toteboard.rules.events import EventKind
from toteboard.rules.refusals import Refusal, Refused
from toteboard.words import word

_SQL = statements("wallets")

Direction = Literal["deposit", "withdrawal"]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose wallet it is, and in which tournament."""

    tournament_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """The movement a page of a statement ended with, and the balance before it."""

    at: datetime
    rank: int
    no: int
    balance: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What happened at the desk. Of a deposit `repaid` went on to what was owed; `balance` is what was left then."""

    transfer_id: int
    wallet_id: int
    kind: Direction
    amount: int
    repaid: int
    balance: int
    currency: str
    exponent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLimit:
    """What a bettor has set for themselves; amounts in minor units."""

    kind: Literal["deposit", "stake", "loss"]
    period: Literal["day", "week", "month"]
    amount: int
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """A bettor's account in a tournament; amounts in minor units. `owed` is what a corrected result could not take back."""

    id: int
    tournament_id: int
    slug: str
    user_id: int
    balance: int
    owed: int
    currency: str
    exponent: int
    limits: tuple[OwnLimit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One line of a statement: a bet or a transfer (`source`, `no`), and the balance after it.

    `outcome`, `market` and `match` are those of its bet, if it has one.
    """

    source: Literal["bet", "transfer"]
    no: int
    at: datetime
    rank: int
    kind: str
    amount: int
    balance: int
    bet_id: UUID | None
    outcome: str | None
    market: str | None
    match: str | None

    @property
    def text(self) -> str:
        """What happened, for people: "Bet on Mexico, Mexico v Norway"."""
        kind = self.kind
        if kind == "receivable":
            kind = "debt" if self.amount > 0 else "debt_repaid"
        return word("movement", kind).format(outcome=self.outcome, market=self.market, match=self.match)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedWallet:
    """A wallet as it is under its lock.

    `deposit_left` is what the bettor's own limits still allow, None without any; `is_excluded` that they bet nothing now.
    """

    id: int
    tournament_id: int
    user_id: int
    balance: int
    owed: int
    currency: str
    exponent: int
    archived_at: datetime | None
    deposit_left: int | None
    is_excluded: bool
    is_deleted: bool


# Looking ------------------------------------------------------------------------------------------------------------


async def mine(conn: Conn, user_id: int, *, before: int | None, limit: int) -> list[Wallet]:
    """A person's wallets with their own limits, the newest tournament first. Ask in a snapshot."""
    return await _with_limits(conn, await conn.fetch(_SQL["mine"], user_id, before, limit))


async def of_member(conn: Conn, tournament_id: int, user_id: int) -> Wallet | None:
    """A person's wallet in one tournament, with their own limits."""
    return next(iter(await _with_limits(conn, await conn.fetch(_SQL["of_member"], tournament_id, user_id))), None)


async def _with_limits(conn: Conn, wallets: list[Row]) -> list[Wallet]:
    limits: dict[int, list[OwnLimit]] = {wallet["id"]: [] for wallet in wallets}
    for row in await conn.fetch(_SQL["limits"], list(limits)):
        limit = OwnLimit(kind=row["kind"], period=row["period"], amount=row["amount"], used=row["used"])
        limits[row["wallet_id"]].append(limit)
    return [Wallet(**wallet, limits=tuple(limits[wallet["id"]])) for wallet in wallets]


async def owner_of(conn: Conn, wallet_id: int) -> Owner | None:
    """The user id of the wallet's owner; None where there is no such wallet."""
    row = await conn.fetchrow(_SQL["owner_of"], wallet_id)
    return Owner(*row) if row else None


async def statement(conn: Conn, wallet_id: int, *, after: Cursor | None, limit: int) -> list[Movement]:
    """A wallet's movements with the balance after each, newest first; what a page costs is what the page costs."""
    at, rank, no, balance = (after.at, after.rank, after.no, after.balance) if after else (None, None, None, None)
    rows = await conn.fetch(_SQL["statement"], wallet_id, at, rank, no, limit, balance)
    return [Movement(**row) for row in rows]


# At the desk --------------------------------------------------------------------------------------------------------


async def move(
    change: Change,
    wallet_id: int,
    direction: Direction,
    *,
    key: UUID,
    amount: int,
    currency: str,
    note: str,
    given: bool = False,
) -> tuple[Moved, bool]:
    """Pays in or out; what happened, and whether it happened now. The same key with the same content answers again.

    A deposit first pays back what is owed. `given`: by the house to everybody, so that nobody decides about themselves.

    Raises Refused: NOT_FOUND, FORBIDDEN (one's own wallet), KEY_REUSED, CURRENCY, STATE (archived), EXCLUDED, OWN_LIMIT,
    FUNDS.
    """
    await change.conn.execute(_SQL["limits_turn"], wallet_id)
    await change.conn.execute(_SQL["lock"], wallet_id)
    row = await change.conn.fetchrow(_SQL["under_lock"], wallet_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    wallet = LockedWallet(**row)
    if not given:
        check_another(change.actor, wallet.user_id, Affair.MONEY, wallet.tournament_id)
    if currency != wallet.currency:
        raise Refused(Refusal.CURRENCY, f"The tournament's currency is {wallet.currency}.")
    before = await change.conn.fetchrow(_SQL["by_key"], key)
    if before is not None:
        return await _again(change, wallet, before, direction, amount), False
    if direction == "deposit":
        _check_deposit(wallet, amount, given=given)
    else:
        _check_withdrawal(wallet, amount)
    paid = await change.conn.fetchrow(_SQL["move_cash"], wallet_id, direction, amount, key)
    if paid is None:
        # The same key at the same time, on another wallet: this one's lock would have made us wait.
        raise _key_reused()
    balance = wallet.balance + (amount - paid["repaid"] if direction == "deposit" else -amount)
    moved = _moved(wallet, paid["id"], direction, amount, paid["repaid"], balance)
    await _tell(change, wallet, moved, note)
    return moved, True


async def _again(change: Change, wallet: LockedWallet, before: Row, direction: Direction, amount: int) -> Moved:
    if (before["wallet_id"], before["kind"], before["amount"]) != (wallet.id, direction, amount):
        raise _key_reused()
    balance = await change.conn.fetchval(_SQL["balance_after"], wallet.id, before["at"])
    return _moved(wallet, before["id"], direction, amount, before["repaid"], balance)


def _key_reused() -> Refused:
    return Refused(Refusal.KEY_REUSED, "This Idempotency-Key was used for another transfer.")


def _moved(wallet: LockedWallet, transfer_id: int, kind: Direction, amount: int, repaid: int, balance: int) -> Moved:
    return Moved(transfer_id, wallet.id, kind, amount, repaid, balance, wallet.currency, wallet.exponent)


def _check_deposit(wallet: LockedWallet, amount: int, *, given: bool) -> None:
    if wallet.archived_at is not None and amount > wallet.owed:
        raise Refused(Refusal.STATE, "The tournament is archived; only what is owed can be paid in.")
    if given:
        return
    if wallet.is_deleted and amount > wallet.owed:
        raise Refused(Refusal.STATE, "This account was deleted: nothing is paid in for it but what it owes.")
    if wallet.is_excluded and amount > wallet.owed:
        raise Refused(Refusal.EXCLUDED, "The bettor has excluded themselves from betting: nothing is paid in for them.")
    left = wallet.deposit_left
    if left is not None and amount > left:
        raise Refused(Refusal.OWN_LIMIT, "The bettor's own deposit limit does not allow it.", left=max(left, 0))


def _check_withdrawal(wallet: LockedWallet, amount: int) -> None:
    # What is owed is paid back before anything goes out.
    if amount > wallet.balance - wallet.owed:
        raise Refused(Refusal.FUNDS, balance=wallet.balance, owed=wallet.owed)


async def _tell(change: Change, wallet: LockedWallet, moved: Moved, note: str) -> None:
    action = "wallet.deposited" if moved.kind == "deposit" else "wallet.withdrawn"
    await change.audit(action, f"wallet:{moved.wallet_id}", wallet.tournament_id, note=note, **asdict(moved))
    now = await fetch_one(change.conn, _SQL["balance"], moved.wallet_id)
    change.event(
        wallet.tournament_id,
        EventKind.WALLET,
        {"user_id": wallet.user_id, "wallet_id": wallet.id, "balance": now["balance"], "owed": now["owed"]},
    )
