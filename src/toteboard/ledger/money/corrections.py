"""What of a match is found out late: its true start, a runner that did not run. Settled markets are paid again by it.

A preview is the decision itself, rolled back (`Ledger.rehearsal`), so that what was shown is what is decided.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from toteboard.ledger.connection import Conn, Row
from toteboard.ledger.ledger import Change
from toteboard.ledger.money import reckonings, settlements
from toteboard.ledger.money.reckonings import Reckoning
from toteboard.ledger.money.settlement_rows import Bettors, Correction, Difference, Settlement
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments import markets, matches, outcomes
from toteboard.ledger.tournaments.market_rows import LockedMarket, MarketResult
from toteboard.ledger.tournaments.outcomes import Parent
from toteboard.rules.market import MarketState
from toteboard.rules.refusals import Refusal, Refused

_SQL = statements("settlements")
# Late bets shown one by one; their sums count all.
LATE_SHOWN = 200
_PAYING = (MarketState.SETTLING, MarketState.VOIDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaid:
    """A settled market that is paid again: what it comes to now, and what that changes for whom."""

    reckoning: Reckoning
    bettors: Bettors
    differences: list[Difference]
    correction: Correction
    settlement: Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class LateBets:
    """Of one market: how many bets are late and their stakes. `is_suspended`: it was open."""

    market: LockedMarket
    bets: int
    stakes: int
    is_suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCorrected:
    """What a true start comes to. `late` are the latest bets after it, one by one; `repaid` the markets paid again."""

    markets: list[LateBets]
    late: list[Row]
    repaid: list[Repaid]

    @property
    def digest(self) -> str:
        """Says what was agreed to."""
        return _digest([f"{one.market.id}:{one.bets}:{one.stakes}" for one in self.markets], self.repaid)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalCorrected:
    """What a withdrawal comes to: the deduction, and the market paid again if it was settled."""

    deduction_bps: int
    repaid: list[Repaid]

    @property
    def digest(self) -> str:
        """Says what was agreed to."""
        return _digest([str(self.deduction_bps)], self.repaid)


def _digest(said: list[str], repaid: list[Repaid]) -> str:
    text = " ".join([*said, *(one.reckoning.digest for one in repaid)])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


async def correct_start(
    change: Change, match_id: int, started_at: datetime | None, *, reason: str, digest: str | None = None
) -> StartCorrected:
    """Enters the true start, at any time: open markets are suspended, settled ones paid again without the late bets.

    Raises Refused: NOT_FOUND, STATE, INVALID (in the future), PREVIEW_CHANGED.
    """
    conn = change.conn
    before, of_match = await matches.lock(change, match_id)
    _check_not_paying(of_match)
    await matches.edit(change, match_id, {"started_at": started_at}, is_correction=True, reason=reason)
    ids = [market.id for market in of_match]
    sums = {row["market_id"]: row for row in await conn.fetch(_SQL["late_sums"], ids, started_at)}
    late = [
        LateBets(
            market=market,
            bets=sums[market.id]["bets"] if market.id in sums else 0,
            stakes=sums[market.id]["stakes"] if market.id in sums else 0,
            is_suspended=market.status is MarketState.OPEN
            and started_at is not None
            and started_at != before.started_at,
        )
        for market in of_match
    ]
    repaid = [
        await _repay(change, market, reason=reason)
        for market in of_match
        if market.status is MarketState.SETTLED and await _is_changed(conn, market.id, started_at)
    ]
    done = StartCorrected(
        markets=late, late=list(await conn.fetch(_SQL["late_bets"], ids, started_at, LATE_SHOWN)), repaid=repaid
    )
    _check_digest(digest, done.digest)
    return done


async def correct_withdrawal(
    change: Change,
    parent: Parent,
    outcome_id: int,
    *,
    withdrawn: bool,
    deduction_bps: int | None,
    reason: str,
    digest: str | None = None,
) -> WithdrawalCorrected:
    """Withdraws an outcome, or takes that back, at any time; a settled market is paid again.

    Raises Refused: NOT_FOUND, STATE, INVALID, PREVIEW_CHANGED.
    """
    market = await markets.lock(change, parent.market_id)
    _check_not_paying([market])
    if withdrawn and market.status is MarketState.SETTLED and outcome_id in (market.result or {}).get("winners", []):
        raise Refused(Refusal.STATE, "It is a winner of the result. Correct the result first.")
    given: dict[str, Any] = {"withdrawn": withdrawn, "deduction_bps": deduction_bps}
    await outcomes.edit(change, parent, outcome_id, given, is_correction=True, reason=reason)
    rows = await markets.outcomes(change.conn, [market.id])
    repaid = []
    if market.status is MarketState.SETTLED:
        repaid.append(await _repay(change, market, without=outcome_id if withdrawn else None, reason=reason))
    deduction = next(row.deduction_bps for row in rows if row.id == outcome_id)
    done = WithdrawalCorrected(deduction_bps=deduction, repaid=repaid)
    _check_digest(digest, done.digest)
    return done


def _check_not_paying(of_match: list[LockedMarket]) -> None:
    paying = next((market for market in of_match if market.status in _PAYING), None)
    if paying is not None:
        raise Refused(Refusal.STATE, f"The market {paying.name!r} is being paid. Wait until it is done.")


def _check_digest(digest: str | None, now: str) -> None:
    if digest is not None and digest != now:
        raise Refused(Refusal.PREVIEW_CHANGED, "Something changed since the preview. Look at it again.")


async def _is_changed(conn: Conn, market_id: int, started_at: datetime | None) -> bool:
    before = await reckonings.last(conn, market_id)
    assert before is not None, "a settled market has a settlement"
    return bool(await conn.fetchval(_SQL["lateness_differs"], market_id, before.started_at, started_at))


async def _repay(change: Change, market: LockedMarket, *, reason: str, without: int | None = None) -> Repaid:
    """The next version of a settled market, by the result it has."""
    before = await reckonings.last(change.conn, market.id)
    assert before is not None, "a settled market has a settlement"
    settlements.check_paid(before)
    reckoning = await reckonings.reckon(change.conn, market.id, result=_without(before.result, without))
    return Repaid(
        reckoning=reckoning,
        bettors=await reckonings.bettors(change.conn, reckoning),
        differences=await reckonings.differences(change.conn, reckoning),
        correction=await reckonings.correction(change.conn, reckoning),
        settlement=await settlements.decide(change, reckoning, digest=None, before=before, reason=reason),
    )


def _without(result: MarketResult, outcome_id: int | None) -> MarketResult:
    """The result without an outcome that does not run: it is refunded whatever was said of it."""
    return {name: [one for one in ids if one != outcome_id] for name, ids in result.items()}
