"""Settlement: what a result comes to (a preview), and the one decision that starts the paying. paying.py pays.

Preview and decision are computed by the same function from the same rows, so what was shown is what is decided; the digest
of a preview says whether anything changed in between.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from toteboard.ledger.connection import Conn, Row, fetch_one
from toteboard.ledger.ledger import Change
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
from toteboard.ledger.tournaments import markets
from toteboard.ledger.tournaments.markets import in_words
from toteboard.rules import fixed_odds, pools
from toteboard.rules import settlement as rules
from toteboard.rules.events import EventKind
from toteboard.rules.market import MarketAction, MarketKind, MarketState, may
from toteboard.rules.pools import PoolOutcome
from toteboard.rules.refusals import Refusal, Refused, invalid
from toteboard.rules.settlement import Book, Result, Split, Terms

_SQL = statements("settlements")
# Bettors listed one by one in a preview; the sums count everybody.
DIFFERENCES_MAX = 1000
# A pool may still be carried into a market that is one of these.
CAN_TAKE_CARRY = markets.UNDECIDED | {MarketState.RESULTED}


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
    carrying = Carrying()
    if pool is None:
        split = fixed_odds.close_fixed_books(gross_paid_in=book.staked, refunds=refunds, paid=paid)
    else:
        carrying = _carrying(market, pool, target, gone)
        split = pools.close_books(
            gross_paid_in=book.staked,
            refunds=refunds,
            paid=paid,
            takeout=pool.takeout,
            house_put_in=pool.house_put_in,
            house_won=pool.house_won + max(0, pool.carried_out - carrying.out),
            carried_in=carrying.into,
            carried_out=carrying.out,
        )
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


async def history(conn: Conn, market_id: int) -> list[Settlement]:
    """All settlements of the market, the newest first."""
    return [settlement_of(row) for row in await conn.fetch(_SQL["all"], market_id)]


async def settle(
    change: Change, market_id: int, *, result: dict[str, Any] | None, void: bool, digest: str | None, reason: str = ""
) -> Settlement:
    """Decides a settlement or a void, once. Asked again with the same, answers with the same settlement.

    A void of what was settled is a correction: a new version that takes back what was paid.

    Raises Refused: NOT_FOUND, STATE, INVALID, ALREADY_SETTLED, PREVIEW_CHANGED.
    """
    await change.conn.fetchval(_SQL["lock_market"], market_id)
    before = await last(change.conn, market_id)
    if before is not None and void and before.kind == "settle":
        return await _corrected(change, market_id, before, result=None, void=True, digest=digest, reason=reason)
    if before is not None:
        return _same_again(before, result=result, void=void)
    reckoning = await reckon(change.conn, market_id, result=result, void=void)
    action = MarketAction.VOID if void else MarketAction.SETTLE
    state = reckoning.market.status
    if not may(state, action):
        done = "voided" if void else "settled"
        raise Refused(Refusal.STATE, f"The market is {in_words(state)}; it cannot be {done} now.", state=state)
    return await decide(change, reckoning, digest=digest, before=None, reason=reason)


def _same_again(before: Settlement, *, result: dict[str, Any] | None, void: bool) -> Settlement:
    if void != (before.kind == "void"):
        raise Refused(Refusal.ALREADY_SETTLED, "To pay by another result, correct this one.")
    if not void and result is not None and result_json(result) != before.result:
        raise Refused(Refusal.ALREADY_SETTLED, "To pay by another result, correct this one.")
    return before


async def resettle(
    change: Change, market_id: int, *, result: dict[str, Any], digest: str | None, reason: str
) -> Settlement:
    """Decides a correction: a new version that takes back and pays again. The same result answers with the last one."""
    await change.conn.fetchval(_SQL["lock_market"], market_id)
    before = await last(change.conn, market_id)
    if before is None:
        raise Refused(Refusal.STATE, "This market was not settled yet.")
    return await _corrected(change, market_id, before, result=result, void=False, digest=digest, reason=reason)


async def _corrected(
    change: Change,
    market_id: int,
    before: Settlement,
    *,
    result: dict[str, Any] | None,
    void: bool,
    digest: str | None,
    reason: str,
) -> Settlement:
    reckoning = await reckon(change.conn, market_id, result=result, void=void)
    if _is_same(before, reckoning):
        return before
    check_paid(before)
    return await decide(change, reckoning, digest=digest, before=before, reason=reason)


def check_paid(before: Settlement) -> None:
    """Goes on if a settlement is paid to its end, so that it can be corrected. Raises Refused (STATE)."""
    if before.status != "paid":
        raise Refused(Refusal.STATE, "The settlement before this one is still being paid. Wait until it is done.")


def _is_same(before: Settlement, reckoning: Reckoning) -> bool:
    """Whether a correction corrects nothing: the result, the true start and all terms are the last settlement's."""
    return (
        before.kind == reckoning.kind
        and before.started_at == reckoning.market.started_at
        and before.result == reckoning.result
        and before.terms == reckoning.terms
    )


async def decide(
    change: Change, reckoning: Reckoning, *, digest: str | None, before: Settlement | None, reason: str
) -> Settlement:
    """Writes a reckoning down as the next version; its paying begins with the commit. Raises Refused (PREVIEW_CHANGED)."""
    if digest is not None and digest != reckoning.digest:
        raise Refused(Refusal.PREVIEW_CHANGED, "Something changed since the preview. Look at it again.")
    conn, market, split, carrying = change.conn, reckoning.market, reckoning.split, reckoning.carrying
    row = await fetch_one(
        conn,
        _SQL["decide"],
        market.tournament_id,
        market.id,
        before.version + 1 if before else 1,
        reckoning.kind,
        json.dumps(reckoning.result),
        json.dumps(terms_json(reckoning.terms)),
        market.started_at,
        reckoning.gross,
        reckoning.refunds,
        split.takeout,
        reckoning.paid,
        split.breakage,
        split.house_added,
        split.house_won,
        reckoning.bets,
        1 if before else 2,
        before.id if before else None,
        change.actor.user_id,
        carrying.into,
        carrying.out,
        carrying.out_gross,
        carrying.before,
        carrying.to,
    )
    settlement = settlement_of(row)
    await conn.execute(_SQL["lock_house"], market.tournament_id)
    if before:
        await conn.execute(_SQL["take_back_shares"], settlement.id, before.id, market.tournament_id)
        if before.carried_to is not None and not carrying.before:
            await conn.execute(_SQL["take_back_carry"], settlement.id, market.id, before.carried_to)
            await markets.announce(change, before.carried_to)
    if split.house_added:
        await conn.execute(_SQL["add_house"], settlement.id, market.tournament_id, market.id, split.house_added)
    status = "voiding" if reckoning.kind == "void" else "settling"
    await conn.execute(
        _SQL["market_status"], market.id, status, None if reckoning.kind == "void" else json.dumps(reckoning.result)
    )
    await change.audit(
        "market.resettled" if before else f"market.{'voided' if reckoning.kind == 'void' else 'settled'}",
        f"market:{market.id}",
        market.tournament_id,
        settlement=settlement.id,
        version=settlement.version,
        result=reckoning.result,
        bets=reckoning.bets,
        paid=reckoning.paid,
        refunds=reckoning.refunds,
        carried_out=carrying.out,
        reason=reason,
    )
    await markets.announce(change, market.id)
    change.event(market.tournament_id, EventKind.SETTLEMENT, progress(settlement))
    return settlement


def progress(settlement: Settlement, paid: str = "[]") -> str:
    """The event of a settlement's progress; `paid` is pay_chunk's JSON."""
    names = ("market_id", "version", "kind", "status", "bets", "bets_done")
    head = {"settlement_id": settlement.id} | {name: getattr(settlement, name) for name in names}
    return f'{json.dumps(head)[:-1]},"paid":{paid}}}'
