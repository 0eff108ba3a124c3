"""Pools of the trade with their numbers, in cents."""

import pytest

from toteboard.rules.market import Division
from toteboard.rules.money import Minor
from toteboard.rules.pools import PoolOutcome, PoolRules, close_books, dividends_of, pool_terms
from toteboard.rules.settlement import Book, OutcomeStakes, Result, ResultRefused, Split, payout


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


# Places ---------------------------------------------------------------------------------------------------------------


def placed(*winners: int, places: int, tied: set[int] | None = None) -> Result:
    return Result(winners=frozenset(winners), places=places, tied=frozenset(tied or ()))


def test_each_place_has_an_equal_part_of_the_profit() -> None:
    """1,000.00, no takeout, three places: profit 1000 − 100 − 200 − 300 = 400, 133.33 a place."""
    pool = pool_terms(
        book(10000, 20000, 30000, 40000), placed(1, 2, 3, places=3), PoolRules(takeout_bps=0, break_to_milli=1)
    )
    assert pool.dividends == {1: 2333, 2: 1666, 3: 1444}


def test_two_tied_for_the_second_of_two_places_get_a_quarter_each() -> None:
    """Profit 1000 − 100 − 100 − 200 = 600: 300 to the winner, 150 to each that tied."""
    pool = pool_terms(
        book(10000, 10000, 20000, 60000), placed(1, 2, 3, places=2, tied={2, 3}), PoolRules(takeout_bps=0)
    )
    assert pool.dividends == {1: 4000, 2: 2500, 3: 1750}


def test_two_tied_for_second_of_three_share_what_is_left_of_the_places() -> None:
    """First alone, two tied for second: second and third together, halved. Three places, three paid: a third each."""
    pool = pool_terms(
        book(10000, 10000, 10000, 60000), placed(1, 2, 3, places=3, tied={2, 3}), PoolRules(takeout_bps=0)
    )
    assert pool.dividends == {1: 3000, 2: 3000, 3: 3000}


def test_three_tied_for_first_of_two_places_share_both() -> None:
    pool = pool_terms(book(10000, 10000, 10000, 60000), placed(1, 2, 3, places=2), PoolRules(takeout_bps=0))
    assert pool.dividends == {1: 3000, 2: 3000, 3: 3000}


def test_the_part_of_a_place_that_nobody_backed_goes_to_the_others() -> None:
    pool = pool_terms(book(10000, 0, 10000, 80000), placed(1, 2, 3, places=3), PoolRules(takeout_bps=0))
    assert pool.dividends == {1: 5000, 3: 5000}
    assert dividends_of(pool.terms) == {1: 5000, 3: 5000}


def test_who_ties_with_one_that_nobody_backed_has_the_whole_place() -> None:
    """Second is shared by one with backers and one without: its part stays with those who backed it."""
    pool = pool_terms(book(10000, 10000, 0, 80000), placed(1, 2, 3, places=2, tied={2, 3}), PoolRules(takeout_bps=0))
    assert pool.dividends == {1: 5000, 2: 5000}


def test_an_unbacked_winner_that_tied_has_no_dividend() -> None:
    pool = pool_terms(book(10000, 0, 30000), won_by(1, 2), PoolRules(takeout_bps=0))
    assert pool.dividends == dividends_of(pool.terms) == {1: 4000}
    assert [terms.label for terms in pool.terms] == ["won", "won", "lost"]


def test_by_pool_each_place_has_an_equal_part_of_the_whole() -> None:
    """UK, NZ: 1,000.00 on three places is 333.33 a place, over 100, 200 and 300; not under the minimum."""
    rules = PoolRules(takeout_bps=0, division=Division.POOL)
    pool = pool_terms(book(10000, 20000, 30000, 40000), placed(1, 2, 3, places=3), rules)
    assert pool.dividends == {1: 3330, 2: 1660, 3: 1110}
    pool = pool_terms(book(10000, 20000, 60000, 10000), placed(1, 2, 3, places=3), rules)
    assert pool.dividends[3] == 1000


def test_by_pool_a_dead_heat_halves_the_part_of_its_place() -> None:
    rules = PoolRules(takeout_bps=0, division=Division.POOL)
    pool = pool_terms(book(10000, 20000, 20000, 50000), placed(1, 2, 3, places=2, tied={2, 3}), rules)
    assert pool.dividends == {1: 5000, 2: 1250, 3: 1250}


def test_nobody_wins_and_everybody_is_refunded() -> None:
    pool = pool_terms(book(10000, 20000), Result(winners=frozenset()), PoolRules(takeout_bps=1000))
    assert (pool.all_refunded, pool.refunds, pool.takeout) == (True, 30000, 0)
