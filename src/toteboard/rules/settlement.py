"""A market's book, its result, and the terms that its bets are paid by. pools.py and fixed_odds.py make the terms.

Knows outcomes and their sums, never a single bet's row. Each outcome gets terms (a, b, c), and each bet on it is paid
floor(stake · (a + b · odds_milli) / c), floored once. The same integers stand in the settlement's row, so that SQL pays a
market in chunks by the formula of `payout`. Late bets are paid by the refund's terms, whatever their outcome's.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from toteboard.rules.bounds import PLACES_MAX
from toteboard.rules.market import MarketKind
from toteboard.rules.money import Minor

_ZERO = Minor(0)

Label = Literal["won", "lost", "void", "half"]
# What became of a bet.
BetStatus = Literal["pending", "won", "lost", "void", "half"]


class ResultRefused(ValueError):
    """The result contradicts itself or the market; the message is for the organizer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeStakes:
    """What lies on an outcome, in minor units: `staked` in all, of which `late` was placed after the true start.

    `deduction_bps` of a fixed market: what winnings of bets placed before `withdrawn_at` lose because it does not run.
    """

    outcome_id: int
    staked: Minor
    late: Minor = _ZERO
    withdrawn: bool = False
    withdrawn_at: datetime | None = None
    deduction_bps: int = 0

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
    """What happened. Outcomes named nowhere have lost; without winners no listed outcome won.

    `places` can win, and where more do, `tied` are those that share the last of them (empty: all winners share). Fixed
    markets only: `void` outcomes are refunded, of `half_void` ones half the stake is, the other half won or lost.
    """

    winners: frozenset[int]
    half_void: frozenset[int] = frozenset()
    void: frozenset[int] = frozenset()
    places: int = 1
    tied: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A bet on the outcome is paid floor(stake · (a + b · odds_milli) / c).

    Where an outcome has several, each is for bets placed from `since` and before `until`; None is without end.
    """

    outcome_id: int
    a: int
    b: int
    c: int
    label: Label
    since: datetime | None = None
    until: datetime | None = None

    def is_for(self, placed_at: datetime) -> bool:
        """Whether a bet placed then is paid by these."""
        return (self.since is None or placed_at >= self.since) and (self.until is None or placed_at < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Where the money of a market went that no bettor got, in minor units. `house_added` is what the house put in."""

    takeout: Minor
    breakage: Minor
    house_added: Minor
    house_won: Minor

    @property
    def house_result(self) -> int:
        """What the house has of it in all; below zero it paid."""
        return self.takeout + self.breakage + self.house_won - self.house_added


def payout(*, stake: int, odds_milli: int, terms: Terms) -> Minor:
    """What one bet is paid, its stake included, in minor units. Floored once, here."""
    return Minor(stake * (terms.a + terms.b * odds_milli) // terms.c)


def check_result(book: Book, result: Result, *, kind: MarketKind) -> None:
    """Raises ResultRefused if the result contradicts itself, or names an outcome that is not there or was withdrawn.

    No winner at all is a result: no listed outcome won. In a fixed market everybody loses then.
    """
    named = result.winners | result.half_void | result.void
    withdrawn = {outcome.outcome_id for outcome in book.outcomes if outcome.withdrawn}
    if not named <= {outcome.outcome_id for outcome in book.outcomes}:
        raise ResultRefused("the result names an outcome of another market")
    if result.winners & withdrawn:
        raise ResultRefused("a withdrawn outcome cannot win")
    if (result.void | result.half_void) & withdrawn:
        raise ResultRefused("a withdrawn outcome is refunded anyway")
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


def dead_heat(outcome_id: int, result: Result) -> tuple[int, int]:
    """Places left, and how many share them: (1, 1) where there is a place for all, or for this one in any case."""
    tied = result.tied or result.winners
    if len(result.winners) <= result.places or outcome_id not in tied:
        return 1, 1
    return result.places - len(result.winners - tied), len(tied)


def void_terms(book: Book) -> tuple[Terms, ...]:
    """The terms of a void market: every stake is refunded."""
    return tuple(refund(outcome) for outcome in book.outcomes)


def refund(outcome: OutcomeStakes) -> Terms:
    """Stakes on the outcome go back."""
    return Terms(outcome_id=outcome.outcome_id, a=1, b=0, c=1, label="void")


def loss(outcome: OutcomeStakes) -> Terms:
    """Nothing is paid on the outcome."""
    return Terms(outcome_id=outcome.outcome_id, a=0, b=0, c=1, label="lost")


def assert_conserved(split: Split, *, gross_paid_in: int, refunds: int, paid: int) -> None:
    """Every cent that came in went somewhere."""
    out = refunds + paid + split.takeout + split.breakage + split.house_won
    assert out == gross_paid_in + split.house_added
