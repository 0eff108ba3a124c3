"""What a result comes to on a market's bets: who is paid what, how it divides, what a correction changes. Writes nothing."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from toteboard.ledger.connection import Conn, Row, fetch_one
from toteboard.ledger.money.settlement_rows import (
    Bettors,
    BookedOutcome,
    Correction,
    Difference,
    Kind,
    MarketToSettle,
    Settlement,
    market_to_settle_of,
    result_json,
    settlement_of,
    terms_json,
)
from toteboard.ledger.statements import statements
from toteboard.rules import fixed_odds, pools
from toteboard.rules import settlement as rules
from toteboard.rules.market import UNDECIDED, MarketKind, MarketState
from toteboard.rules.pools import PoolOutcome
from toteboard.rules.refusals import Refusal, Refused, invalid
from toteboard.rules.settlement import Book, Result, Split, Terms

_SQL = statements("settlements")
# Bettors listed one by one in a preview; the sums count everybody.
DIFFERENCES_MAX = 1000
# A pool may still be carried into a market that is one of these.
CAN_TAKE_CARRY = UNDECIDED | {MarketState.RESULTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrying:
    """What a pool gets from earlier ones and hands on, in minor units; `out_gross` of `out` before a house share.

    `before` of `out` went with an earlier version to a market that is decided since, and stays there.
    """

    into: int = 0
    out: int = 0
    out_gross: int = 0
    before: int = 0
    to: int | None = None
    to_name: str | None = None

    def made_up(self, pool: PoolOutcome) -> int:
        """What the house puts in for the part of the pool that is gone to another market, and is won here after all."""
        return max(0, self.before - pool.carried_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """A result worked out on a market's bets: everything that a preview shows and a decision writes down."""

    market: MarketToSettle
    kind: Kind
    result: dict[str, list[int]]
    outcomes: list[BookedOutcome]
    terms: tuple[Terms, ...]
    gross: int
    refunds: int
    paid: int
    split: Split
    bets: int
    all_refunded: bool
    dividends: dict[int, int]
    paid_by_outcome: dict[int, int]
    carrying: Carrying
    # How a pool is divided; None of a fixed market.
    pool: PoolOutcome | None

    @property
    def digest(self) -> str:
        """Says what was agreed to: the result, what it comes to, and on how many bets."""
        text = json.dumps(
            [
                self.kind,
                self.result,
                # Not from when to when they count: a preview of a withdrawal is of a moment earlier.
                [line[:5] for line in terms_json(self.terms)],
                self.gross,
                self.refunds,
                self.paid,
                asdict(self.split),
                self.bets,
                asdict(self.carrying),
            ]
        )
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def _no_such_market() -> Refused:
    return Refused(Refusal.NOT_FOUND, "There is no such market.")


async def tournament_of(conn: Conn, market_id: int) -> int:
    """The tournament a market belongs to. Raises Refused (NOT_FOUND)."""
    tournament_id = await conn.fetchval(_SQL["tournament_of"], market_id)
    if tournament_id is None:
        raise _no_such_market()
    return int(tournament_id)


async def reckon(conn: Conn, market_id: int, *, result: dict[str, Any] | None, void: bool = False) -> Reckoning:
    """What this result (none: the one entered) comes to. Raises Refused: NOT_FOUND, STATE, INVALID."""
    row = await conn.fetchrow(_SQL["market"], market_id)
    if row is None:
        raise _no_such_market()
    market = market_to_settle_of(row)
    is_entered = result is None
    if result is None:
        if market.result is None and not void:
            raise Refused(Refusal.STATE, "No result was entered yet.")
        result = market.result or {}
    wanted = result_json({} if void else result)
    outcomes = [BookedOutcome(**outcome) for outcome in await conn.fetch(_SQL["book"], market_id, market.started_at)]
    if is_entered:
        # Withdrawn after it was entered: refunded, whatever was said of it.
        withdrawn = {outcome.outcome_id for outcome in outcomes if outcome.withdrawn}
        wanted |= {name: [one for one in wanted[name] if one not in withdrawn] for name in ("void", "half_void")}
    book = Book(tuple(outcome.stakes for outcome in outcomes))
    target, gone = await _carry_target(conn, market)
    try:
        pool, terms = _terms(market, book, wanted, target=target, gone=gone, void=void)
    except rules.ResultRefused as refused:
        raise invalid("winners", str(refused)) from None
    paid_by_outcome = await _paid(conn, market, terms)
    late = sum(outcome.late for outcome in outcomes)
    labels = {t.outcome_id: t.label for t in terms}
    refunds = late + sum(paid for outcome_id, paid in paid_by_outcome.items() if labels[outcome_id] == "void")
    paid = sum(paid for outcome_id, paid in paid_by_outcome.items() if labels[outcome_id] != "void")
    carrying = Carrying() if pool is None else _carrying(market, pool, target, gone)
    split = split_of(pool, carrying, staked=book.staked, refunds=refunds, paid=paid)
    return Reckoning(
        market=market,
        kind="void" if void else "settle",
        result=wanted,
        outcomes=outcomes,
        terms=terms,
        gross=book.staked - refunds,
        refunds=refunds,
        paid=paid,
        split=split,
        bets=sum(outcome.bets for outcome in outcomes),
        all_refunded=void or (pool is not None and pool.all_refunded),
        dividends=dict(pool.dividends) if pool else {},
        paid_by_outcome=paid_by_outcome,
        carrying=carrying,
        pool=pool,
    )


def split_of(pool: PoolOutcome | None, carrying: Carrying, *, staked: int, refunds: int, paid: int) -> Split:
    """Where the money went that no bettor got, in minor units; `pool` is None of a fixed market."""
    if pool is None:
        return fixed_odds.close_fixed_books(gross_paid_in=staked, refunds=refunds, paid=paid)
    return pools.close_books(
        gross_paid_in=staked,
        refunds=refunds,
        paid=paid,
        takeout=pool.takeout,
        house_put_in=pool.house_put_in + carrying.made_up(pool),
        house_won=pool.house_won + max(0, pool.carried_out - carrying.out),
        carried_in=carrying.into,
        carried_out=carrying.out,
    )


async def _carry_target(conn: Conn, market: MarketToSettle) -> tuple[Row | None, int]:
    """The market that the pool goes to if nobody wins it, while that is not decided; and what went to it for good before.

    Raises Refused (STATE) where another pool is on its way into this market.
    """
    coming = await conn.fetchval(_SQL["carrying_in"], market.id)
    if coming is not None:
        raise Refused(Refusal.STATE, f"The pool of {coming!r} is on its way into this market. Wait until it is paid.")
    before = await last(conn, market.id)
    target_id = market.carry_to or (before.carried_to if before else None)
    if target_id is None:
        return None, 0
    target = await conn.fetchrow(_SQL["target"], target_id)
    if target is not None and MarketState(target["status"]) in CAN_TAKE_CARRY:
        return target, 0
    return None, await conn.fetchval(_SQL["carried_by"], market.id)


def _terms(
    market: MarketToSettle, book: Book, wanted: dict[str, list[int]], *, target: Row | None, gone: int, void: bool
) -> tuple[PoolOutcome | None, tuple[Terms, ...]]:
    """How a pool is divided, None of a fixed market, and the terms."""
    result = Result(**{name: frozenset(ids) for name, ids in wanted.items()}, places=market.places)
    if market.kind == MarketKind.FIXED:
        return None, rules.void_terms(book) if void else fixed_odds.fixed_terms(book, result)
    columns = {name: getattr(market, name) for name in pools.RULES}
    # A market that is decided takes nothing any more: then this one is the last of its chain.
    carry_to = target["id"] if target else market.carry_to if gone else None
    pool_rules = pools.rules_of(columns | {"carry_to": carry_to})
    pool = pools.void_pool(book, pool_rules) if void else pools.pool_terms(book, result, pool_rules)
    return pool, pool.terms


def _carrying(market: MarketToSettle, pool: PoolOutcome, target: Row | None, gone: int) -> Carrying:
    into = market.carried + market.carried_gross
    if gone:
        return Carrying(into=into, out=gone, before=gone, to=market.carry_to)
    return Carrying(
        into=into,
        out=pool.carried_out,
        out_gross=pool.carried_out_gross,
        to=target["id"] if target and pool.carried_out else None,
        to_name=target["name"] if target and pool.carried_out else None,
    )


def _columns(terms: tuple[Terms, ...]) -> tuple[list[Any], ...]:
    names = ("outcome_id", "a", "b", "c", "since", "until")
    return tuple([getattr(one, name) for one in terms] for name in names)


async def _paid(conn: Conn, market: MarketToSettle, terms: tuple[Terms, ...]) -> dict[int, int]:
    rows = await conn.fetch(_SQL["payouts"], market.id, market.started_at, *_columns(terms))
    return {row["outcome_id"]: row["paid"] for row in rows}


async def bettors(conn: Conn, reckoning: Reckoning) -> Bettors:
    """How many people bet, and how many are paid."""
    # Half a stake back is no win: of a half-lost bet the odds have no part.
    labels = {t.outcome_id: "lost" if t.label == "half" and t.b == 0 else t.label for t in reckoning.terms}
    row = await fetch_one(
        conn,
        _SQL["bettors"],
        reckoning.market.id,
        reckoning.market.started_at,
        list(labels),
        list(labels.values()),
    )
    return Bettors(**row)


async def differences(
    conn: Conn, reckoning: Reckoning, *, after: tuple[int, int] | None = None, limit: int = DIFFERENCES_MAX
) -> list[Difference]:
    """What a correction changes, by bettor, those who lose most first. `after`: the difference and user a page ended with."""
    market = reckoning.market
    rows = await conn.fetch(
        _SQL["differences"],
        market.id,
        market.started_at,
        *_columns(reckoning.terms),
        *(after or (None, None)),
        limit,
    )
    return [Difference(**row) for row in rows]


async def correction(conn: Conn, reckoning: Reckoning) -> Correction:
    """The differences of everybody, summed up."""
    market = reckoning.market
    row = await fetch_one(conn, _SQL["correction"], market.id, market.started_at, *_columns(reckoning.terms))
    return Correction(**row)


async def last(conn: Conn, market_id: int) -> Settlement | None:
    """The newest settlement of the market; None before the first."""
    row = await conn.fetchrow(_SQL["last"], market_id)
    return settlement_of(row) if row else None
