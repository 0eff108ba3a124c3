"""What the bets of a fixed market are paid: won, half won, dead heats, deductions for withdrawn runners. Knows no pool."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from toteboard.rules.bounds import DEDUCTION_BPS_MAX
from toteboard.rules.market import MarketKind
from toteboard.rules.money import Minor
from toteboard.rules.settlement import (
    Book,
    OutcomeStakes,
    Result,
    Split,
    Terms,
    assert_conserved,
    check_result,
    dead_heat,
    loss,
    refund,
)

BPS = 10_000

# Up to these odds, in thousandths, a withdrawn runner takes so many basis points off winnings; above the last, nothing.
# Source: Tattersalls' Rule on Betting 4 (c), the British "Rule 4": 90p in the pound at 1/9 or shorter, 5p at 14/1.
RULE_4: tuple[tuple[int, int], ...] = (
    (1111, 9000),
    (1182, 8500),
    (1250, 8000),
    (1300, 7500),
    (1400, 7000),
    (1533, 6500),
    (1615, 6000),
    (1800, 5500),
    (1952, 5000),
    (2200, 4500),
    (2500, 4000),
    (2750, 3500),
    (3250, 3000),
    (4000, 2500),
    (5000, 2000),
    (6500, 1500),
    (10_000, 1000),
    (15_000, 500),
)


def deduction_of(odds_milli: int | None, table: Sequence[tuple[int, int]]) -> int:
    """What a runner withdrawn at these odds takes off winnings by the table, in basis points; 0 without odds or a table."""
    if odds_milli is None:
        return 0
    return next((bps for up_to, bps in table if odds_milli <= up_to), 0)


def fixed_terms(book: Book, result: Result) -> tuple[Terms, ...]:
    """The terms of a fixed market: R = S·[v + (1 − v)·w·d·(r + (1 − r)·O)]. Raises ResultRefused.

    v is the void fraction (0, ½, 1), w won (0, 1), O the odds taken, d the dead-heat factor: places left / tied, r what
    runners take off winnings that were withdrawn after the bet, together at most 90 %.
    Source: the bookmakers' dead-heat rule, the half-won and half-lost bets of Asian handicaps, and Rule 4.
    """
    check_result(book, result, kind=MarketKind.FIXED)
    spans = _deductions(book)
    return tuple(terms for outcome in book.outcomes for terms in _terms_of(outcome, result, spans))


_Span = tuple[datetime | None, datetime | None, int]


def _deductions(book: Book) -> list[_Span]:
    """What is taken off winnings, by when a bet was placed: (since, until, basis points), all time in order."""
    withdrawn = sorted(
        (outcome.withdrawn_at, outcome.deduction_bps)
        for outcome in book.outcomes
        if outcome.withdrawn and outcome.withdrawn_at is not None and outcome.deduction_bps
    )
    times = sorted({at for at, _ in withdrawn})
    edges: list[datetime | None] = [None, *times, None]
    return [
        (since, until, min(DEDUCTION_BPS_MAX, sum(bps for at, bps in withdrawn if until is not None and at >= until)))
        for since, until in pairwise(edges)
    ]


def _terms_of(outcome: OutcomeStakes, result: Result, spans: list[_Span]) -> list[Terms]:
    if outcome.withdrawn or outcome.outcome_id in result.void:
        return [refund(outcome)]
    won = outcome.outcome_id in result.winners
    half = outcome.outcome_id in result.half_void
    if not won and not half:
        return [loss(outcome)]
    left, tied = dead_heat(outcome.outcome_id, result)
    # v is kept in halves, odds in thousandths; one denominator for all of it.
    whole = Terms(
        outcome_id=outcome.outcome_id,
        a=half * 1000 * tied,
        b=(2 - half) * won * left,
        c=2000 * tied,
        label="half" if half else "won",
    )
    return [_deducted(whole, *span) for span in spans]


def _deducted(terms: Terms, since: datetime | None, until: datetime | None, bps: int) -> Terms:
    """The same with so much taken off the winnings: of b · O stays b · (r + (1 − r) · O)."""
    if not bps:
        a, b, c = terms.a, terms.b, terms.c
    else:
        a, b, c = terms.a * BPS + terms.b * 1000 * bps, terms.b * (BPS - bps), terms.c * BPS
    return Terms(outcome_id=terms.outcome_id, a=a, b=b, c=c, label=terms.label, since=since, until=until)


def close_fixed_books(*, gross_paid_in: int, refunds: int, paid: int) -> Split:
    """What the house won or added in a fixed market, in minor units; `paid` is everything paid that is no refund."""
    result = gross_paid_in - refunds - paid
    split = Split(
        takeout=Minor(0), breakage=Minor(0), house_added=Minor(max(0, -result)), house_won=Minor(max(0, result))
    )
    assert_conserved(split, gross_paid_in=gross_paid_in, refunds=refunds, paid=paid)
    return split


def liability(*, returns_on_outcome: int, stakes_on_market: int) -> int:
    """What the house loses if the outcome wins, in minor units; below zero it wins.

    `returns_on_outcome` is Σ ⌊stake · odds⌋ of the bets on it, `stakes_on_market` Σ stake of all bets that are not to be
    refunded. It is the same as Σ on it S(O − 1) − Σ elsewhere S.
    """
    return returns_on_outcome - stakes_on_market
