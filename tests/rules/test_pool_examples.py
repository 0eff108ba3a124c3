"""Pools of the trade with their numbers, in cents."""

import pytest

from toteboard.rules.money import Minor
from toteboard.rules.settlement import (
    Book,
    OutcomeStakes,
    PoolOutcome,
    PoolRules,
    Result,
    ResultRefused,
    Split,
    close_books,
    payout,
    pool_terms,
)


def book(*staked: int, late: dict[int, int] | None = None, withdrawn: set[int] | None = None) -> Book:
    """Outcomes 1, 2, 3 … with these stakes."""
    return Book(
        tuple(
            OutcomeStakes(
                outcome_id=i,
                staked=Minor(amount),
                late=Minor((late or {}).get(i, 0)),
                withdrawn=i in (withdrawn or set()),
            )
            for i, amount in enumerate(staked, start=1)
        )
    )


def won_by(*winners: int) -> Result:
    return Result(winners=frozenset(winners))


def pay(pool: PoolOutcome, outcome_id: int, stake: int) -> int:
    terms = next(each for each in pool.terms if each.outcome_id == outcome_id)
    return payout(stake=stake, odds_milli=1000, terms=terms)


def test_the_textbook_race_of_eight_pays_8_01() -> None:
    """514.00 staked, takeout 14.25 %, 55.00 on number 4: 440.76 / 55 = 8.01. Source: Wikipedia, Parimutuel betting."""
    race = book(3000, 7000, 1200, 5500, 11000, 4700, 15000, 4000)
    pool = pool_terms(race, won_by(4), PoolRules(takeout_bps=1425))
    assert (pool.gross, pool.takeout, pool.net, pool.winning) == (51400, 7324, 44076, 5500)
    assert pool.dividends == {4: 8010}
    assert pay(pool, 4, 5500) == 44055
    split = close_books(gross_paid_in=51400, refunds=0, paid=44055, takeout=7324)
    assert split == Split(takeout=Minor(7324), breakage=Minor(21), house_added=Minor(0), house_won=Minor(0))


def test_breakage_to_ten_cents_rounds_8_01_down_to_8_00() -> None:
    race = book(3000, 7000, 1200, 5500, 11000, 4700, 15000, 4000)
    pool = pool_terms(race, won_by(4), PoolRules(takeout_bps=1425, break_to_milli=100))
    assert pool.dividends == {4: 8000}


def test_a_dead_heat_splits_the_profit_in_equal_parts() -> None:
    """1,000.00 staked, 10 % taken: profit 900 − 100 − 300 = 500, 250 to each: 1 + 250/100 and 1 + 250/300."""
    pool = pool_terms(book(10000, 30000, 60000), won_by(1, 2), PoolRules(takeout_bps=1000))
    assert pool.dividends == {1: 3500, 2: 1830}
    assert pay(pool, 1, 10000) + pay(pool, 2, 30000) == 35000 + 54900
    split = close_books(gross_paid_in=100000, refunds=0, paid=89900, takeout=10000)
    assert split.breakage == 100


def test_in_a_dead_heat_a_winner_nobody_backed_leaves_its_part_to_the_others() -> None:
    pool = pool_terms(book(10000, 0, 60000), won_by(1, 2), PoolRules(takeout_bps=0))
    assert pool.dividends == {1: 7000}
    assert [each.label for each in pool.terms] == ["won", "won", "lost"]


def test_a_dead_heat_without_profit_pays_all_winners_the_same_share() -> None:
    """100.00 staked, all on the two winners, 20 % taken: 80 / 100."""
    pool = pool_terms(book(4000, 6000), won_by(1, 2), PoolRules(takeout_bps=2000, minimum_milli=0))
    assert pool.dividends == {1: 800, 2: 800}


def test_a_minimum_dividend_is_paid_out_of_the_takeout_first() -> None:
    """A minus pool: 85.00 net over 95.00 is 0.89; 1.05 costs 99.75, 14.75 of it missing."""
    pool = pool_terms(book(9500, 500), won_by(1), PoolRules(takeout_bps=1500, minimum_milli=1050))
    assert pool.dividends == {1: 1050}
    split = close_books(gross_paid_in=10000, refunds=0, paid=pay(pool, 1, 9500), takeout=pool.takeout)
    assert split == Split(takeout=Minor(25), breakage=Minor(0), house_added=Minor(0), house_won=Minor(0))


def test_what_the_takeout_cannot_cover_of_a_minimum_dividend_comes_from_the_house() -> None:
    pool = pool_terms(book(9500, 500), won_by(1), PoolRules(takeout_bps=1500, minimum_milli=1100))
    split = close_books(gross_paid_in=10000, refunds=0, paid=pay(pool, 1, 9500), takeout=pool.takeout)
    assert split == Split(takeout=Minor(0), breakage=Minor(0), house_added=Minor(450), house_won=Minor(0))


def test_a_favourite_everybody_backed_gives_the_stakes_back_at_the_default_minimum() -> None:
    pool = pool_terms(book(10000, 0), won_by(1), PoolRules(takeout_bps=1000))
    assert pool.dividends == {1: 1000}
    assert pay(pool, 1, 2500) == 2500


def test_late_bets_leave_the_pool_before_the_dividend_is_taken() -> None:
    """40.00 of the 50.00 on the winner came after the start: 60.00 / 10.00 is left."""
    pool = pool_terms(book(5000, 5000, late={1: 4000}), won_by(1), PoolRules(takeout_bps=0))
    assert (pool.gross, pool.refunds) == (6000, 4000)
    assert pool.dividends == {1: 6000}


def test_a_withdrawn_outcome_leaves_the_pool_whole_also_with_late_bets_on_it() -> None:
    pool = pool_terms(book(5000, 5000, 700, late={3: 200}, withdrawn={3}), won_by(1), PoolRules(takeout_bps=0))
    assert (pool.gross, pool.refunds) == (10000, 700)
    assert [each.label for each in pool.terms] == ["won", "lost", "void"]


def test_a_winner_backed_only_too_late_is_a_winner_nobody_backed() -> None:
    pool = pool_terms(book(500, 5000, late={1: 500}), won_by(1), PoolRules(takeout_bps=1500))
    assert pool.all_refunded
    assert (pool.refunds, pool.takeout) == (5500, 0)


def test_an_odd_cent_of_a_payout_is_floored_into_breakage() -> None:
    """1.00 over 0.03: 33.33; three bets of a cent are paid 33 cents each."""
    pool = pool_terms(book(3, 97), won_by(1), PoolRules(takeout_bps=0))
    assert pool.dividends == {1: 33330}
    assert pay(pool, 1, 1) * 3 == 99
    assert close_books(gross_paid_in=100, refunds=0, paid=99, takeout=0).breakage == 1


def test_a_market_without_a_bet_settles_to_nothing() -> None:
    pool = pool_terms(book(0, 0), won_by(1), PoolRules(takeout_bps=1500))
    assert (pool.gross, pool.refunds, pool.takeout, pool.net) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "result",
    [
        Result(winners=frozenset({9})),
        Result(winners=frozenset({3})),
        Result(winners=frozenset({1}), void=frozenset({2})),
        Result(winners=frozenset({1}), half_void=frozenset({1})),
    ],
    ids=["of another market", "withdrawn", "void in a pool", "half void in a pool"],
)
def test_a_result_a_pool_cannot_have_is_refused(result: Result) -> None:
    with pytest.raises(ResultRefused):
        pool_terms(book(100, 100, 100, withdrawn={3}), result, PoolRules(takeout_bps=0))
