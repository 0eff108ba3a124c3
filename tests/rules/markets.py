"""Markets with bets, drawn by Hypothesis, and the plain sums over their bets that the rules are compared with."""

from collections.abc import Iterable
from dataclasses import dataclass

from hypothesis import strategies as st

from toteboard.rules.bounds import AMOUNT_MAX
from toteboard.rules.market import Carry, Division
from toteboard.rules.money import Minor
from toteboard.rules.pools import PoolRules
from toteboard.rules.settlement import Book, OutcomeStakes, Terms, payout

REFUND = Terms(outcome_id=0, a=1, b=0, c=1, label="void")


@dataclass(frozen=True)
class Bet:
    outcome_id: int
    stake: int
    odds_milli: int
    late: bool


@dataclass(frozen=True)
class Market:
    outcome_ids: tuple[int, ...]
    withdrawn: frozenset[int]
    bets: tuple[Bet, ...]

    @property
    def book(self) -> Book:
        return Book(
            tuple(
                OutcomeStakes(
                    outcome_id=outcome_id,
                    staked=Minor(sum(bet.stake for bet in self.bets if bet.outcome_id == outcome_id)),
                    late=Minor(sum(bet.stake for bet in self.bets if bet.outcome_id == outcome_id and bet.late)),
                    withdrawn=outcome_id in self.withdrawn,
                )
                for outcome_id in self.outcome_ids
            )
        )

    @property
    def runners(self) -> tuple[int, ...]:
        """The outcomes that can still win."""
        return tuple(outcome_id for outcome_id in self.outcome_ids if outcome_id not in self.withdrawn)


def paid_bets(market: Market, terms: Iterable[Terms]) -> tuple[int, int]:
    """What goes to refunds and what to the other bets, bet by bet, as SQL does it."""
    by_outcome = {each.outcome_id: each for each in terms}
    refunds = paid = 0
    for bet in market.bets:
        own = REFUND if bet.late else by_outcome[bet.outcome_id]
        amount = payout(stake=bet.stake, odds_milli=bet.odds_milli, terms=own)
        if own.label == "void":
            refunds += amount
        else:
            paid += amount
    return refunds, paid


stakes = st.one_of(st.integers(1, 300), st.integers(1, AMOUNT_MAX))
odds = st.one_of(st.integers(1000, 5000), st.integers(1000, 1_000_000))
pool_rules = st.builds(
    PoolRules,
    takeout_bps=st.integers(0, 5000),
    break_to_milli=st.sampled_from([1, 10, 50, 100, 1000]),
    minimum_milli=st.sampled_from([0, 1000, 1050, 1100, 5000]),
    division=st.sampled_from(Division),
)
house_money = st.one_of(st.just(0), st.just(0), st.integers(1, AMOUNT_MAX))
# With what the house and earlier markets put in, and somewhere to go on to.
fed_pool_rules = st.builds(
    PoolRules,
    takeout_bps=st.integers(0, 5000),
    break_to_milli=st.sampled_from([1, 10, 100]),
    minimum_milli=st.sampled_from([0, 1000, 1100]),
    minimum_tiers=st.sampled_from(["", "1.01:1.04, 1.08:1.10"]),
    division=st.sampled_from(Division),
    started_with=house_money,
    guaranteed=house_money,
    carried=house_money,
    carried_gross=house_money,
    carry_to=st.sampled_from([None, 7]),
    carry=st.sampled_from(Carry),
)


@st.composite
def markets(draw: st.DrawFn) -> Market:
    ids = tuple(range(1, 1 + draw(st.integers(2, 6))))
    bet = st.builds(Bet, st.sampled_from(ids), stakes, odds, st.sampled_from([False, False, False, True]))
    return Market(
        outcome_ids=ids,
        withdrawn=draw(st.sets(st.sampled_from(ids), max_size=1).map(frozenset)),
        bets=tuple(draw(st.lists(bet, min_size=draw(st.sampled_from([8, 8, 1, 0])), max_size=20))),
    )


@st.composite
def markets_with_winners(draw: st.DrawFn) -> tuple[Market, frozenset[int]]:
    """One winner or several, mostly backed ones, as most results are; sometimes none, or one that nobody backed."""
    market = draw(markets())
    backed = {bet.outcome_id for bet in market.bets if not bet.late and bet.outcome_id not in market.withdrawn}
    among = draw(st.sampled_from([sorted(backed), sorted(backed), sorted(backed), market.runners])) or market.runners
    count = min(len(among), draw(st.sampled_from([1, 1, 2, 3, 0])))
    winners = draw(st.lists(st.sampled_from(among), unique=True, min_size=count, max_size=count))
    return market, frozenset(winners)
