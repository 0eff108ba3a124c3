"""Bets in PostgreSQL: the set that places them, and the questions about them. Knows neither queue nor HTTP."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from uuid import UUID

import asyncpg

from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import ACQUIRE_WAIT_S, OUTAGES, Ledger, is_undone
from toteboard.ledger.statements import statements

if TYPE_CHECKING:
    from asyncpg import Connection, Record

_SQL = statements("bets")

# A server that stands still is given up after this long; whether the set was taken is then unknown.
PLACE_WAIT_S = 10.0
_CLOSING_FAILS: tuple[type[BaseException], ...] = (*OUTAGES, asyncpg.PostgresError)


class BetRequest(Protocol):
    """The columns of one bet in a set."""

    @property
    def bet_id(self) -> UUID: ...
    @property
    def user_id(self) -> int: ...
    @property
    def outcome_id(self) -> int: ...
    @property
    def stake(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def min_odds_milli(self) -> int | None: ...
    @property
    def ip(self) -> str | None: ...


class Placed(NamedTuple):
    """When a bet was placed, and its number: two of one moment are told apart."""

    at: datetime
    no: int


class Verdict(NamedTuple):
    """What became of a bet: see functions/place_bets.sql.

    `number` is 0 (taken), -1 (taken before), -2 (ask again) or a refusal's number; `balance` is the wallet's afterwards;
    `left` is what the refusal leaves open, of BLOCKED what is owed, in minor units; `at` is seconds since 1970.
    """

    number: int
    odds_milli: int | None
    balance: int | None
    left: int | None
    at: float


class NothingTaken(Exception):
    """Nothing was taken for certain: nothing was sent, or the server says that it undid the set, as at a full disk."""


class BetConnection:
    """One connection that places sets, opened when first needed and again after an outage."""

    def __init__(self, ledger: Ledger, fed: Callable[[int], None], *, wait_s: float = PLACE_WAIT_S):
        self._ledger = ledger
        self._fed = fed
        self._wait_s = wait_s
        self._conn: Connection[Record] | None = None
        self._place: Any = None

    async def place(self, bets: Sequence[BetRequest]) -> list[Verdict]:
        """Places the set in one transaction; one Verdict per bet, in order.

        Raises NothingTaken when nothing was, and one of OUTAGES when the connection was lost on the way.
        """
        conn = self._conn
        if conn is None or conn.is_closed():
            conn = await self._connect()
        try:
            row = await self._place.fetchrow(
                [bet.bet_id for bet in bets],
                [bet.user_id for bet in bets],
                [bet.outcome_id for bet in bets],
                [bet.stake for bet in bets],
                [bet.currency for bet in bets],
                [bet.min_odds_milli for bet in bets],
                [bet.ip for bet in bets],
                timeout=self._wait_s,
            )
        except (TimeoutError, asyncio.CancelledError):
            # A server that does not answer would not hear of a cancellation either.
            conn.terminate()
            raise
        except OUTAGES as failed:
            if is_undone(failed):
                raise NothingTaken(f"{type(failed).__name__}: {failed}") from failed
            raise
        at, numbers, odds, balances, left, tournaments = row
        for tournament_id in tournaments or ():
            self._fed(tournament_id)
        at = at.timestamp()
        return [Verdict(*columns, at) for columns in zip(numbers, odds, balances, left, strict=True)]

    async def _connect(self) -> "Connection[Record]":
        conn = None
        try:
            conn = await self._ledger.connect()
            self._place = await conn.prepare(_SQL["place"], timeout=ACQUIRE_WAIT_S)
        except OUTAGES as away:
            if conn is not None:
                conn.terminate()
            raise NothingTaken(str(away)) from away
        self._conn = conn
        return conn

    async def close(self) -> None:
        """Closes the connection; what is in flight on it is unknown."""
        if self._conn is not None and not self._conn.is_closed():
            try:
                await self._conn.close(timeout=ACQUIRE_WAIT_S)
            except _CLOSING_FAILS:
                self._conn.terminate()


async def one(conn: Conn, bet_id: UUID, user_id: int | None) -> dict[str, Any] | None:
    """This person's bet with its bettor and the names around it, or None: another's is as unknown as none.

    `user_id` None: anybody's, for staff.
    """
    row = await conn.fetchrow(_SQL["one"], bet_id, user_id)
    return dict(row) if row else None


async def mine(
    conn: Conn,
    user_id: int,
    *,
    tournament_id: int | None,
    market_id: int | None,
    status: str | None,
    before: Placed | None,
    limit: int,
) -> list[dict[str, Any]]:
    """A bettor's bets, newest first, of one wallet or all, from behind the bet that was placed then."""
    at, no = before or (None, None)
    rows = await conn.fetch(_SQL["mine"], user_id, tournament_id, market_id, status, at, no, limit)
    return [dict(row) for row in rows]


async def around_outcome(conn: Conn, outcome_id: int) -> dict[str, Any] | None:
    """What stands around a bet on this outcome: names, ids, currency."""
    row = await conn.fetchrow(_SQL["around_outcome"], outcome_id)
    return dict(row) if row else None
