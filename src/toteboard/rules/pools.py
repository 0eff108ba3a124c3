"""How a pool is divided among those who backed the winners. Knows no odds that were set and no single bet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from toteboard.rules.bounds import BREAK_TO_MILLI_MAX, MINIMUM_MILLI_MAX, TAKEOUT_BPS_MAX
from toteboard.rules.market import Carry, Division, MarketKind
from toteboard.rules.minimum_tiers import tiers_of
from toteboard.rules.money import Minor
from toteboard.rules.odds import ODDS_MAX, OddsMilli, dividend, takeout_of
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
    """How a pool is divided: the takeout in basis points, the dividend's step and minimum in thousandths, minor units.

    The house starts it with an amount and guarantees another to the net pool; `carried` (after a house share) and
    `carried_gross` (before one) came from earlier markets. With `carry_to` it goes on to that market if nobody wins it.
    The names are those of the columns of `markets`: see `rules_of`.
    """

    takeout_bps: int
    break_to_milli: int = 10
    minimum_milli: int = 1000
    minimum_tiers: str = ""
    division: Division = Division.PROFIT
    started_with: int = 0
    guaranteed: int = 0
    carried: int = 0
    carried_gross: int = 0
    carry_to: int | None = None
    carry: Carry = Carry.NET

    def __post_init__(self) -> None:
        assert 0 <= self.takeout_bps <= TAKEOUT_BPS_MAX
        assert 1 <= self.break_to_milli <= BREAK_TO_MILLI_MAX
        assert 0 <= self.minimum_milli <= MINIMUM_MILLI_MAX

    @property
    def carried_in(self) -> int:
        """All that earlier markets carried into this one."""
        return self.carried + self.carried_gross

    def takeout(self, live: int) -> int:
        """The house share of a pool with so much staked."""
        return takeout_of(live + self.carried_gross, takeout_bps=self.takeout_bps)

    def net(self, live: int) -> int:
        """What is divided where so much was staked, with all that the house and earlier markets put in."""
        own = live + self.carried_gross - self.takeout(live) + self.carried + self.started_with
        return max(own, self.guaranteed)


RULES = tuple(field.name for field in fields(PoolRules))


def rules_of(given: Mapping[str, Any]) -> PoolRules:
    """The rules of a market, from its columns by name; others are passed over."""
    named = {name: given[name] for name in RULES}
    return PoolRules(**named | {"division": Division(given["division"]), "carry": Carry(given["carry"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOutcome:
    """A pool divided, in minor units. The takeout is the full one: `close_books` says what a minimum dividend costs it.

    gross = all stakes − refunds, net is what is divided, `winning` what lies on the winners. `dividends` has the winners
    that somebody backed. If nobody backed any, the pool is carried on (`carried_out`, of it `carried_out_gross` before the
    house share), or `all_refunded`, and whoever bet shares what earlier markets carried in. `house_put_in` is what the
    pool was started with and what the guarantee added; `house_won` what nobody is left to get.
    """

    terms: tuple[Terms, ...]
    gross: Minor
    refunds: Minor
    takeout: Minor
    net: Minor
    winning: Minor
    all_refunded: bool
    dividends: Mapping[int, OddsMilli]
    house_put_in: Minor = _ZERO
    house_won: Minor = _ZERO
    carried_out: Minor = _ZERO
    carried_out_gross: Minor = _ZERO


def pool_terms(book: Book, result: Result, rules: PoolRules) -> PoolOutcome:
    """Divides a pool. Raises ResultRefused. Where nobody backed a winner, or none is named, it is carried on or refunded."""
    check_result(book, result, kind=MarketKind.POOL)
    live = {outcome.outcome_id: outcome.live for outcome in book.outcomes}
    backed = {winner: live[winner] for winner in sorted(result.winners) if live[winner] > 0}
    if not backed:
        return _nobody_won(book, rules)
    takeout, net = rules.takeout(book.live), rules.net(book.live)
    dividends = _dividends(backed, _parts(frozenset(backed), result), net=net, rules=rules)
    return PoolOutcome(
        terms=tuple(_terms_of(outcome, result, dividends) for outcome in book.outcomes),
        gross=book.live,
        refunds=Minor(book.staked - book.live),
        takeout=Minor(takeout),
        net=Minor(net),
        winning=Minor(sum(backed.values())),
        all_refunded=False,
        dividends=dividends,
        house_put_in=Minor(net - (book.live + rules.carried_in - takeout)),
    )


def _nobody_won(book: Book, rules: PoolRules) -> PoolOutcome:
    if rules.carry_to is not None:
        return _carried_on(book, rules)
    if rules.carried_in and book.live:
        return _shared_by_all(book, rules)
    return _all_refunded(book, house_won=rules.carried_in)


def void_pool(book: Book, rules: PoolRules) -> PoolOutcome:
    """A void market: every stake is refunded; what earlier markets carried in goes on, or is the house's."""
    if rules.carry_to is None:
        return _all_refunded(book, house_won=rules.carried_in)
    return _all_refunded(book, carried_out=rules.carried_in, carried_out_gross=rules.carried_gross)


def _all_refunded(book: Book, *, house_won: int = 0, carried_out: int = 0, carried_out_gross: int = 0) -> PoolOutcome:
    return PoolOutcome(
        terms=void_terms(book),
        gross=_ZERO,
        refunds=book.staked,
        takeout=_ZERO,
        net=_ZERO,
        winning=_ZERO,
        all_refunded=True,
        dividends={},
        house_won=Minor(house_won),
        carried_out=Minor(carried_out),
        carried_out_gross=Minor(carried_out_gross),
    )


def _carried_on(book: Book, rules: PoolRules) -> PoolOutcome:
    """Every bet has lost, and the pool goes to a later market, with what it was started with; a guarantee was for winners."""
    is_net = rules.carry is Carry.NET
    gross = book.live + rules.carried_gross
    takeout = rules.takeout(book.live) if is_net else 0
    before_share = 0 if is_net else gross
    return PoolOutcome(
        terms=tuple(refund(outcome) if outcome.withdrawn else loss(outcome) for outcome in book.outcomes),
        gross=book.live,
        refunds=Minor(book.staked - book.live),
        takeout=Minor(takeout),
        net=_ZERO,
        winning=_ZERO,
        all_refunded=False,
        dividends={},
        house_put_in=Minor(rules.started_with),
        carried_out=Minor(gross - takeout + rules.carried + rules.started_with),
        carried_out_gross=Minor(before_share),
    )


def _shared_by_all(book: Book, rules: PoolRules) -> PoolOutcome:
    """The last market of a chain: every stake is paid back with its part of what was carried in, rounded to the step."""
    each = dividend(
        net=book.live + rules.carried_in, winning=book.live, break_to_milli=rules.break_to_milli, minimum_milli=1000
    )
    return PoolOutcome(
        terms=tuple(
            refund(outcome)
            if outcome.withdrawn
            else Terms(outcome_id=outcome.outcome_id, a=each, b=0, c=1000, label="won")
            for outcome in book.outcomes
        ),
        gross=book.live,
        refunds=Minor(book.staked - book.live),
        takeout=_ZERO,
        net=Minor(book.live + rules.carried_in),
        winning=book.live,
        all_refunded=False,
        dividends={outcome.outcome_id: each for outcome in book.outcomes if outcome.live},
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
            minimum_milli=minimum_of(share[0] * 1000 // share[1], rules),
        )

    return {winner: of(winner, stakes) for winner, stakes in backed.items()}


def minimum_of(calculated_milli: int, rules: PoolRules) -> int:
    """The least that is paid where so much was worked out, in thousandths: the market's minimum, or that of its tier."""
    tiers = [least for start, least in tiers_of(rules.minimum_tiers) if calculated_milli >= start]
    return max([rules.minimum_milli, *tiers])


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


def close_books(
    *,
    gross_paid_in: int,
    refunds: int,
    paid: int,
    takeout: int,
    house_put_in: int = 0,
    house_won: int = 0,
    carried_in: int = 0,
    carried_out: int = 0,
) -> Split:
    """Divides what a pool's bettors did not get, in minor units. `takeout` is the full one of `pool_terms`.

    `gross_paid_in` is every stake, refunded ones too; `paid` went to the winners. What flooring left is breakage; what
    a minimum dividend cost comes out of the takeout first, then from the house.
    """
    came_in = gross_paid_in + house_put_in + carried_in
    residue = came_in - refunds - takeout - paid - carried_out - house_won
    missing = max(0, -residue)
    from_takeout = min(takeout, missing)
    split = Split(
        takeout=Minor(takeout - from_takeout),
        breakage=Minor(max(0, residue)),
        house_added=Minor(house_put_in + missing - from_takeout),
        house_won=Minor(house_won),
    )
    assert_conserved(split, gross_paid_in=gross_paid_in + carried_in, refunds=refunds + carried_out, paid=paid)
    return split


def pool_odds(*, on_outcome: int, others: Sequence[int], rules: PoolRules, places: int = 1) -> OddsMilli | None:
    """What an outcome would pay as the pool stands, in thousandths; None where nobody has bet on it.

    `others` are the stakes on the other outcomes that run. Where several places are paid, the other places are taken by
    those with the largest stakes: the least that it can pay. Tiers of the minimum do not count: they only pay more. Capped
    at ODDS_MAX, so that it fits where odds are kept; the dividend that is paid is not.
    """
    if on_outcome <= 0:
        return None
    net = rules.net(on_outcome + sum(others))
    placed = [stakes for stakes in sorted(others, reverse=True)[: places - 1] if stakes > 0]
    winning, parts = on_outcome + sum(placed), 1 + len(placed)
    if rules.division is Division.POOL:
        share = (net, on_outcome * parts)
    elif net < winning:
        share = (net, winning)
    else:
        share = (on_outcome * parts + net - winning, on_outcome * parts)
    now = dividend(
        net=share[0], winning=share[1], break_to_milli=rules.break_to_milli, minimum_milli=rules.minimum_milli
    )
    return min(now, ODDS_MAX)
