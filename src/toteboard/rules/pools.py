"""How a pool is divided among those who backed the winners. Knows no odds that were set and no single bet."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from toteboard.rules.bounds import BREAK_TO_MILLI_MAX, MINIMUM_MILLI_MAX, TAKEOUT_BPS_MAX
from toteboard.rules.market import Division, MarketKind
from toteboard.rules.money import Minor
from toteboard.rules.odds import OddsMilli, dividend, takeout_of
from toteboard.rules.settlement import (
    Book,
    OutcomeStakes,
    Result,
    Split,
    Terms,
    assert_conserved,
    check_result,
    loss,
    refund,
    void_terms,
)

_ZERO = Minor(0)
# The terms of a winner that nobody backed: there is nobody to pay, and no dividend to tell.
_UNBACKED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRules:
    """How a pool is divided: the takeout in basis points, the dividend's step and minimum in thousandths."""

    takeout_bps: int
    break_to_milli: int = 10
    minimum_milli: int = 1000
    division: Division = Division.PROFIT

    def __post_init__(self) -> None:
        assert 0 <= self.takeout_bps <= TAKEOUT_BPS_MAX
        assert 1 <= self.break_to_milli <= BREAK_TO_MILLI_MAX
        assert 0 <= self.minimum_milli <= MINIMUM_MILLI_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOutcome:
    """A pool divided, in minor units. The takeout is the full one: `close_books` says what a minimum dividend costs it.

    gross = all stakes − refunds, net = gross − takeout, `winning` is what lies on the winners. `dividends` has the
    winners that somebody backed. If nobody backed any, `all_refunded`, and gross, takeout and net are 0.
    """

    terms: tuple[Terms, ...]
    gross: Minor
    refunds: Minor
    takeout: Minor
    net: Minor
    winning: Minor
    all_refunded: bool
    dividends: Mapping[int, OddsMilli]


def pool_terms(book: Book, result: Result, rules: PoolRules) -> PoolOutcome:
    """Divides a pool. Raises ResultRefused. Where nobody backed a winner, or none is named, everybody is refunded."""
    check_result(book, result, kind=MarketKind.POOL)
    live = {outcome.outcome_id: outcome.live for outcome in book.outcomes}
    backed = {winner: live[winner] for winner in sorted(result.winners) if live[winner] > 0}
    if not backed:
        return PoolOutcome(
            terms=void_terms(book),
            gross=_ZERO,
            refunds=book.staked,
            takeout=_ZERO,
            net=_ZERO,
            winning=_ZERO,
            all_refunded=True,
            dividends={},
        )
    takeout = takeout_of(book.live, takeout_bps=rules.takeout_bps)
    net = Minor(book.live - takeout)
    dividends = _dividends(backed, _parts(frozenset(backed), result), net=net, rules=rules)
    return PoolOutcome(
        terms=tuple(_terms_of(outcome, result, dividends) for outcome in book.outcomes),
        gross=book.live,
        refunds=Minor(book.staked - book.live),
        takeout=Minor(takeout),
        net=net,
        winning=Minor(sum(backed.values())),
        all_refunded=False,
        dividends=dividends,
    )


def _parts(backed: frozenset[int], result: Result) -> dict[int, Fraction]:
    """Which part of what is divided belongs to each backed winner; together 1.

    One equal part a place. Those tied for the last places share what is left of them; what belongs to a place that nobody
    backed goes to the others. Source: the place pools of the totes.
    """
    tied = result.tied or (result.winners if len(result.winners) > result.places else frozenset())
    alone, together = (result.winners - tied) & backed, tied & backed
    free = min(result.places - len(result.winners - tied), len(tied))
    parts = {winner: Fraction(1) for winner in alone} | {winner: Fraction(free, len(together)) for winner in together}
    total = sum(parts.values())
    return {winner: part / total for winner, part in parts.items()}


def _dividends(
    backed: Mapping[int, Minor], parts: Mapping[int, Fraction], *, net: int, rules: PoolRules
) -> dict[int, OddsMilli]:
    """The dividend of each winner that has backers, in thousandths.

    By profit: 1 + (net − ΣW) · part / W, as one fraction. If the takeout is larger than what the losers staked there is no
    profit to split, and all winners are paid the same share of their stakes. By pool: net · part / W. With one winner
    both are net / W.
    """
    winning = sum(backed.values())
    profit = net - winning

    def of(winner: int, stakes: int) -> OddsMilli:
        part = parts[winner]
        if rules.division is Division.POOL:
            share = (net * part.numerator, stakes * part.denominator)
        elif profit < 0:
            share = (net, winning)
        else:
            share = (stakes * part.denominator + profit * part.numerator, stakes * part.denominator)
        return dividend(
            net=share[0],
            winning=share[1],
            break_to_milli=rules.break_to_milli,
            minimum_milli=rules.minimum_milli,
        )

    return {winner: of(winner, stakes) for winner, stakes in backed.items()}


def _terms_of(outcome: OutcomeStakes, result: Result, dividends: Mapping[int, OddsMilli]) -> Terms:
    if outcome.withdrawn:
        return refund(outcome)
    if outcome.outcome_id not in result.winners:
        return loss(outcome)
    if outcome.outcome_id not in dividends:
        return Terms(outcome_id=outcome.outcome_id, a=0, b=0, c=_UNBACKED, label="won")
    return Terms(outcome_id=outcome.outcome_id, a=dividends[outcome.outcome_id], b=0, c=1000, label="won")


def dividends_of(terms: tuple[Terms, ...]) -> dict[int, int]:
    """What a unit on each backed winner of a pool is paid, in thousandths by outcome id; none of a fixed market's terms."""
    # Odds taken (b) have no part in a dividend; in a fixed market they have.
    return {t.outcome_id: t.a * 1000 // t.c for t in terms if t.label == "won" and t.b == 0 and t.c != _UNBACKED}


def close_books(*, gross_paid_in: int, refunds: int, paid: int, takeout: int) -> Split:
    """Divides what a pool's bettors did not get, in minor units. `takeout` is the full one of `pool_terms`.

    `gross_paid_in` is every stake, refunded ones too; `paid` went to the winners. What flooring left is breakage; what
    a minimum dividend cost comes out of the takeout first, then from the house.
    """
    residue = gross_paid_in - refunds - takeout - paid
    missing = max(0, -residue)
    from_takeout = min(takeout, missing)
    split = Split(
        takeout=Minor(takeout - from_takeout),
        breakage=Minor(max(0, residue)),
        house_added=Minor(missing - from_takeout),
        house_won=_ZERO,
    )
    assert_conserved(split, gross_paid_in=gross_paid_in, refunds=refunds, paid=paid)
    return split
