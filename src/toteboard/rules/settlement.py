"""What every bet of a market is paid once the result is known. Knows outcomes and their sums, never a single bet's row.

Each outcome gets terms (a, b, c), and each bet on it is paid floor(stake · (a + b · odds_milli) / c), floored once. The
same three integers stand in the settlement's row, so that SQL pays a market in chunks by the formula of `payout`. Late
bets are paid by the refund's terms, whatever their outcome's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from toteboard.rules.bounds import BREAK_TO_MILLI_MAX, MINIMUM_MILLI_MAX, PLACES_MAX, TAKEOUT_BPS_MAX
from toteboard.rules.market import MarketKind
from toteboard.rules.money import Minor
from toteboard.rules.odds import OddsMilli, dividend, takeout_of

_ZERO = Minor(0)

Label = Literal["won", "lost", "void", "half"]
# What became of a bet.
BetStatus = Literal["pending", "won", "lost", "void", "half"]


class ResultRefused(ValueError):
    """The result contradicts itself or the market; the message is for the organizer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeStakes:
    """What lies on an outcome, in minor units: `staked` in all, of which `late` was placed after the true start."""

    outcome_id: int
    staked: Minor
    late: Minor = _ZERO
    withdrawn: bool = False

    def __post_init__(self) -> None:
        assert 0 <= self.late <= self.staked

    @property
    def live(self) -> Minor:
        """What is decided by the result."""
        return Minor(0 if self.withdrawn else self.staked - self.late)


@dataclass(frozen=True, slots=True)
class Book:
    """What was staked on a market, outcome by outcome. Every outcome stands in it, also one without bets."""

    outcomes: tuple[OutcomeStakes, ...]

    def __post_init__(self) -> None:
        assert len({outcome.outcome_id for outcome in self.outcomes}) == len(self.outcomes)

    @property
    def staked(self) -> Minor:
        """Σ stakes on all outcomes, in minor units."""
        return Minor(sum(outcome.staked for outcome in self.outcomes))

    @property
    def live(self) -> Minor:
        """G: the stakes less what is refunded as late or withdrawn."""
        return Minor(sum(outcome.live for outcome in self.outcomes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What happened. Outcomes named nowhere have lost.

    Fixed markets only: `void` outcomes are refunded, of `half_void` ones half the stake is, the other half won or lost;
    `places` can win, and where more do, `tied` are those that share the last of them (empty: all winners share).
    """

    winners: frozenset[int]
    half_void: frozenset[int] = frozenset()
    void: frozenset[int] = frozenset()
    places: int = 1
    tied: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRules:
    """How a pool is divided: the takeout in basis points, the dividend's step and minimum in thousandths."""

    takeout_bps: int
    break_to_milli: int = 10
    minimum_milli: int = 1000

    def __post_init__(self) -> None:
        assert 0 <= self.takeout_bps <= TAKEOUT_BPS_MAX
        assert 1 <= self.break_to_milli <= BREAK_TO_MILLI_MAX
        assert 0 <= self.minimum_milli <= MINIMUM_MILLI_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A bet on the outcome is paid floor(stake · (a + b · odds_milli) / c)."""

    outcome_id: int
    a: int
    b: int
    c: int
    label: Label


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Where the money of a market went that no bettor got, in minor units. `house_added` is what the house put in."""

    takeout: Minor
    breakage: Minor
    house_added: Minor
    house_won: Minor


def payout(*, stake: int, odds_milli: int, terms: Terms) -> Minor:
    """What one bet is paid, its stake included, in minor units. Floored once, here."""
    return Minor(stake * (terms.a + terms.b * odds_milli) // terms.c)


def check_result(book: Book, result: Result, *, kind: MarketKind) -> None:
    """Raises ResultRefused if the result contradicts itself, or names an outcome that is not there or was withdrawn.

    No winner at all is a result for the rules: in a pool everybody is refunded, in a fixed market everybody loses.
    Organizers have to name one: `check_named`.
    """
    named = result.winners | result.half_void | result.void
    withdrawn = {outcome.outcome_id for outcome in book.outcomes if outcome.withdrawn}
    if not named <= {outcome.outcome_id for outcome in book.outcomes}:
        raise ResultRefused("the result names an outcome of another market")
    if result.winners & withdrawn:
        raise ResultRefused("a withdrawn outcome cannot win")
    if result.winners & result.void or result.half_void & result.void:
        raise ResultRefused("an outcome is void, half void or won, not both")
    if kind is MarketKind.POOL and (result.half_void or result.void):
        raise ResultRefused("in a pool no outcome is void: withdraw it")
    if not 1 <= result.places <= PLACES_MAX:
        raise ResultRefused(f"places go from 1 to {PLACES_MAX}")
    if not result.tied <= result.winners:
        raise ResultRefused("only winners are tied for a place")
    if result.tied and len(result.winners - result.tied) >= result.places:
        raise ResultRefused("there is no place left to tie for")


def check_named(book: Book, result: Result) -> None:
    """Raises ResultRefused unless somebody wins, or every outcome is void; a withdrawn one is refunded anyway."""
    withdrawn = {outcome.outcome_id for outcome in book.outcomes if outcome.withdrawn}
    running = {outcome.outcome_id for outcome in book.outcomes} - withdrawn
    if (result.void | result.half_void) & withdrawn:
        raise ResultRefused("a withdrawn outcome is refunded anyway")
    if not result.winners and not (running and running <= result.void):
        raise ResultRefused("somebody wins, unless every outcome is void")


def pool_terms(book: Book, result: Result, rules: PoolRules) -> PoolOutcome:
    """Divides a pool. Raises ResultRefused; `places` and `tied` do not matter here, each winner has its equal part.

    A winner that nobody backed takes no part: what would be its own goes to the other winners.
    """
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
    dividends = _dividends(backed, net=net, rules=rules)
    return PoolOutcome(
        terms=tuple(_pool_terms_of(outcome, result, dividends) for outcome in book.outcomes),
        gross=book.live,
        refunds=Minor(book.staked - book.live),
        takeout=Minor(takeout),
        net=net,
        winning=Minor(sum(backed.values())),
        all_refunded=False,
        dividends=dividends,
    )


def _dividends(backed: Mapping[int, Minor], *, net: int, rules: PoolRules) -> dict[int, OddsMilli]:
    """The dividend of each winner that has backers, in thousandths.

    The profit net − ΣW is split in k equal parts, one for each winner's own backers: 1 + profit / (k · W), here as one
    fraction. If the takeout is larger than what the losers staked there is no profit to split, and all winners are
    paid the same share of their stakes. With one winner both are net / W. Source: the place pools of the totes.
    """
    winning, parts = sum(backed.values()), len(backed)
    profit = net - winning

    def of(stakes: int) -> OddsMilli:
        shared = (net, winning) if profit < 0 else (parts * stakes + profit, parts * stakes)
        return dividend(
            net=shared[0],
            winning=shared[1],
            break_to_milli=rules.break_to_milli,
            minimum_milli=rules.minimum_milli,
        )

    return {winner: of(stakes) for winner, stakes in backed.items()}


def _pool_terms_of(outcome: OutcomeStakes, result: Result, dividends: Mapping[int, OddsMilli]) -> Terms:
    if outcome.withdrawn:
        return _refund(outcome)
    if outcome.outcome_id not in result.winners:
        return _loss(outcome)
    # A winner without backers has nobody to pay: its dividend of 1.00 is a placeholder.
    a = dividends.get(outcome.outcome_id, 1000)
    return Terms(outcome_id=outcome.outcome_id, a=a, b=0, c=1000, label="won")


def fixed_terms(book: Book, result: Result) -> tuple[Terms, ...]:
    """The terms of a fixed market: R = S·[v + (1 − v)·w·O·d]. Raises ResultRefused.

    v is the void fraction (0, ½, 1), w won (0, 1), O the odds taken, d the dead-heat factor: places left / tied.
    Source: the bookmakers' dead-heat rule, and the half-won and half-lost bets of Asian handicaps.
    """
    check_result(book, result, kind=MarketKind.FIXED)
    return tuple(_fixed_terms_of(outcome, result) for outcome in book.outcomes)


def _fixed_terms_of(outcome: OutcomeStakes, result: Result) -> Terms:
    if outcome.withdrawn or outcome.outcome_id in result.void:
        return _refund(outcome)
    won = outcome.outcome_id in result.winners
    half = outcome.outcome_id in result.half_void
    if not won and not half:
        return _loss(outcome)
    left, tied = _dead_heat(outcome.outcome_id, result)
    # v is kept in halves, odds in thousandths; one denominator for all of it.
    return Terms(
        outcome_id=outcome.outcome_id,
        a=half * 1000 * tied,
        b=(2 - half) * won * left,
        c=2000 * tied,
        label="half" if half else "won",
    )


def _dead_heat(outcome_id: int, result: Result) -> tuple[int, int]:
    """Places left, and how many share them: (1, 1) where there is a place for all, or for this one in any case."""
    tied = result.tied or result.winners
    if len(result.winners) <= result.places or outcome_id not in tied:
        return 1, 1
    return result.places - len(result.winners - tied), len(tied)


def void_terms(book: Book) -> tuple[Terms, ...]:
    """The terms of a void market: every stake is refunded."""
    return tuple(_refund(outcome) for outcome in book.outcomes)


def _refund(outcome: OutcomeStakes) -> Terms:
    return Terms(outcome_id=outcome.outcome_id, a=1, b=0, c=1, label="void")


def _loss(outcome: OutcomeStakes) -> Terms:
    return Terms(outcome_id=outcome.outcome_id, a=0, b=0, c=1, label="lost")


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
    _assert_conserved(split, gross_paid_in=gross_paid_in, refunds=refunds, paid=paid)
    return split


def close_fixed_books(*, gross_paid_in: int, refunds: int, paid: int) -> Split:
    """What the house won or added in a fixed market, in minor units; `paid` is everything paid that is no refund."""
    result = gross_paid_in - refunds - paid
    split = Split(takeout=_ZERO, breakage=_ZERO, house_added=Minor(max(0, -result)), house_won=Minor(max(0, result)))
    _assert_conserved(split, gross_paid_in=gross_paid_in, refunds=refunds, paid=paid)
    return split


def _assert_conserved(split: Split, *, gross_paid_in: int, refunds: int, paid: int) -> None:
    out = refunds + paid + split.takeout + split.breakage + split.house_won
    assert out == gross_paid_in + split.house_added


def liability(*, returns_on_outcome: int, stakes_on_market: int) -> int:
    """What the house loses if the outcome wins, in minor units; below zero it wins.

    `returns_on_outcome` is Σ ⌊stake · odds⌋ of the bets on it, `stakes_on_market` Σ stake of all bets that are not to be
    refunded. It is the same as Σ on it S(O − 1) − Σ elsewhere S.
    """
    return returns_on_outcome - stakes_on_market
