"""Fixed markets: the formula R = S·[v + (1 − v)·w·O·d] with its numbers, and what holds for every one of them."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toteboard.rules.bounds import AMOUNT_MAX, PLACES_MAX
from toteboard.rules.fixed_odds import RULE_4, close_fixed_books, deduction_of, fixed_terms, liability
from toteboard.rules.money import Minor
from toteboard.rules.odds import ODDS_MAX
from toteboard.rules.settlement import Book, OutcomeStakes, Result, ResultRefused, payout

from .markets import Bet, Market, markets, paid_bets

FIELD = Book(tuple(OutcomeStakes(outcome_id=i, staked=Minor(1000)) for i in range(1, 7)))


def paid(result: Result, *, on: int, stake: int, odds_milli: int, book: Book = FIELD) -> tuple[int, str]:
    terms = next(each for each in fixed_terms(book, result) if each.outcome_id == on)
    return payout(stake=stake, odds_milli=odds_milli, terms=terms), terms.label


def test_a_winner_is_paid_its_odds_and_a_loser_nothing() -> None:
    result = Result(winners=frozenset({1}))
    assert paid(result, on=1, stake=2500, odds_milli=2280) == (5700, "won")
    assert paid(result, on=2, stake=2500, odds_milli=2280) == (0, "lost")


def test_two_in_a_dead_heat_are_paid_half_the_odds() -> None:
    """10.00 at 5.00 (4/1) with two winners: half the stake wins, 25.00."""
    assert paid(Result(winners=frozenset({1, 2})), on=1, stake=1000, odds_milli=5000) == (2500, "won")


def test_three_in_a_dead_heat_are_floored_once_at_the_end() -> None:
    """10.00 at 2.00 with three winners: 6.666… is 6.66; a third of the stake first would have been 6.66 or 6.67."""
    assert paid(Result(winners=frozenset({1, 2, 3})), on=3, stake=1000, odds_milli=2000) == (666, "won")


def test_where_there_is_a_place_for_everybody_the_odds_are_whole() -> None:
    result = Result(winners=frozenset({1, 2, 3}), places=3)
    assert paid(result, on=2, stake=1000, odds_milli=1500) == (1500, "won")


def test_four_for_three_places_are_paid_three_quarters() -> None:
    result = Result(winners=frozenset({1, 2, 3, 4}), places=3)
    assert paid(result, on=4, stake=1000, odds_milli=2000) == (1500, "won")


def test_a_tie_for_the_last_place_halves_only_those_who_tied() -> None:
    """First and second are clear, two share the third place: one place left, two for it."""
    result = Result(winners=frozenset({1, 2, 3, 4}), places=3, tied=frozenset({3, 4}))
    assert paid(result, on=1, stake=1000, odds_milli=2000) == (2000, "won")
    assert paid(result, on=3, stake=1000, odds_milli=2000) == (1000, "won")


def test_half_void_and_won_pays_half_the_stake_back_and_half_at_the_odds() -> None:
    """An Asian handicap's half win: 100.00 at 1.95 is 50 + 97.50."""
    result = Result(winners=frozenset({1}), half_void=frozenset({1, 2}))
    assert paid(result, on=1, stake=10000, odds_milli=1950) == (14750, "half")


def test_half_void_and_lost_pays_half_the_stake_back_floored() -> None:
    result = Result(winners=frozenset({1}), half_void=frozenset({1, 2}))
    assert paid(result, on=2, stake=10000, odds_milli=1950) == (5000, "half")
    assert paid(result, on=2, stake=5, odds_milli=1950) == (2, "half")


def test_void_and_withdrawn_outcomes_are_refunded() -> None:
    book = Book((*FIELD.outcomes, OutcomeStakes(outcome_id=7, staked=Minor(50), withdrawn=True)))
    result = Result(winners=frozenset({1}), void=frozenset({2}))
    assert paid(result, on=2, stake=777, odds_milli=9000) == (777, "void")
    assert paid(result, on=7, stake=777, odds_milli=9000, book=book) == (777, "void")


def test_if_no_outcome_won_everybody_loses_and_the_house_wins_all() -> None:
    assert all(each.label == "lost" for each in fixed_terms(FIELD, Result(winners=frozenset())))
    assert close_fixed_books(gross_paid_in=6000, refunds=0, paid=0).house_won == 6000


@pytest.mark.parametrize(
    "result",
    [
        Result(winners=frozenset({8})),
        Result(winners=frozenset({1}), void=frozenset({1})),
        Result(winners=frozenset(), void=frozenset({1}), half_void=frozenset({1})),
        Result(winners=frozenset({1}), places=0),
        Result(winners=frozenset({1}), places=PLACES_MAX + 1),
        Result(winners=frozenset({1, 2}), tied=frozenset({3})),
        Result(winners=frozenset({1, 2, 3}), places=1, tied=frozenset({2, 3})),
    ],
    ids=["of another market", "won and void", "void and half", "no place", "too many places", "tied loser", "no room"],
)
def test_a_result_that_contradicts_itself_is_refused(result: Result) -> None:
    with pytest.raises(ResultRefused):
        fixed_terms(FIELD, result)


@st.composite
def results(draw: st.DrawFn) -> tuple[Market, Result]:
    market = draw(markets())
    parts = {i: draw(st.sampled_from(["won", "lost", "lost", "void", "half won", "half lost"])) for i in market.runners}

    def named(*how: str) -> frozenset[int]:
        return frozenset(i for i, part in parts.items() if part in how)

    winners = named("won", "half won")
    return market, Result(
        winners=winners,
        half_void=named("half won", "half lost"),
        void=named("void"),
        places=draw(st.integers(1, 4)),
    )


@given(drawn=results())
def test_every_cent_of_a_fixed_market_is_paid_refunded_won_or_added(drawn: tuple[Market, Result]) -> None:
    market, result = drawn
    refunds, paid_out = paid_bets(market, fixed_terms(market.book, result))
    split = close_fixed_books(gross_paid_in=market.book.staked, refunds=refunds, paid=paid_out)
    assert refunds + paid_out + split.house_won == market.book.staked + split.house_added
    assert 0 in (split.house_won, split.house_added)
    assert split.takeout == split.breakage == 0


@given(drawn=results())
def test_every_bet_is_paid_the_formula_floored_once(drawn: tuple[Market, Result]) -> None:
    market, result = drawn
    terms = {each.outcome_id: each for each in fixed_terms(market.book, result)}
    tied = max(1, len(result.winners))
    d = min(Fraction(1), Fraction(result.places, tied))
    for bet in market.bets:
        i = bet.outcome_id
        v = Fraction(2 if i in result.void | market.withdrawn else 1 if i in result.half_void else 0, 2)
        w = int(i in result.winners)
        exact = bet.stake * (v + (1 - v) * w * Fraction(bet.odds_milli, 1000) * d)
        assert payout(stake=bet.stake, odds_milli=bet.odds_milli, terms=terms[i]) == exact.__floor__()


@given(drawn=results(), raised=st.integers(1, 1000))
def test_better_odds_and_larger_stakes_never_pay_less(drawn: tuple[Market, Result], raised: int) -> None:
    market, result = drawn
    for terms in fixed_terms(market.book, result):
        base = payout(stake=1000, odds_milli=2000, terms=terms)
        assert payout(stake=1000 + raised, odds_milli=2000, terms=terms) >= base
        assert payout(stake=1000, odds_milli=2000 + raised, terms=terms) >= base


@given(places=st.integers(1, PLACES_MAX), more=st.integers(0, 160), half=st.booleans())
def test_every_product_of_a_fixed_settlement_fits_a_bigint(places: int, more: int, half: bool) -> None:
    ids = frozenset(range(1, places + more + 1))
    book = Book(tuple(OutcomeStakes(outcome_id=i, staked=Minor(AMOUNT_MAX)) for i in ids))
    result = Result(winners=ids, half_void=ids if half else frozenset(), places=places)
    for terms in fixed_terms(book, result):
        assert AMOUNT_MAX * (terms.a + terms.b * ODDS_MAX) < 2**63


@given(market=markets())
def test_liability_is_what_the_house_pays_above_the_stakes_if_the_outcome_wins(market: Market) -> None:
    on_time = Market(market.outcome_ids, frozenset(), tuple(bet for bet in market.bets if not bet.late))
    for i in on_time.outcome_ids:
        returns = sum(bet.stake * bet.odds_milli // 1000 for bet in on_time.bets if bet.outcome_id == i)
        at_risk = liability(returns_on_outcome=returns, stakes_on_market=on_time.book.staked)
        _, paid_out = paid_bets(on_time, fixed_terms(on_time.book, Result(winners=frozenset({i}))))
        split = close_fixed_books(gross_paid_in=on_time.book.staked, refunds=0, paid=paid_out)
        assert at_risk == split.house_added - split.house_won


def test_liability_weighs_what_one_outcome_pays_against_what_the_others_bring() -> None:
    """10.00 at 5.00 on it, 15.00 elsewhere: 40.00 − 15.00."""
    bet = Bet(1, 1000, 5000, False)
    assert liability(returns_on_outcome=bet.stake * bet.odds_milli // 1000, stakes_on_market=2500) == 2500


# Deductions -----------------------------------------------------------------------------------------------------------

NOON = datetime(2026, 12, 5, 12, tzinfo=UTC)


def withdrawn_book(*withdrawals: tuple[int, int, timedelta]) -> Book:
    """Six outcomes; of each (outcome, basis points, after noon) it was withdrawn then."""
    gone = {outcome_id: (bps, NOON + after) for outcome_id, bps, after in withdrawals}
    return Book(
        tuple(
            OutcomeStakes(
                outcome_id=i,
                staked=Minor(1000),
                withdrawn=i in gone,
                withdrawn_at=gone[i][1] if i in gone else None,
                deduction_bps=gone[i][0] if i in gone else 0,
            )
            for i in range(1, 7)
        )
    )


def paid_at(
    book: Book, result: Result, at: timedelta, *, on: int = 1, stake: int = 1000, odds_milli: int = 5000
) -> int:
    [own] = [one for one in fixed_terms(book, result) if one.outcome_id == on and one.is_for(NOON + at)]
    return payout(stake=stake, odds_milli=odds_milli, terms=own)


def test_a_deduction_is_off_the_winnings_of_bets_before_the_withdrawal() -> None:
    """10.00 at 5.00 wins 40.00; 25p in the pound: 30.00, and the stake. From the withdrawal on the odds are whole."""
    book = withdrawn_book((6, 2500, timedelta(0)))
    result = Result(winners=frozenset({1}))
    assert paid_at(book, result, timedelta(microseconds=-1)) == 4000
    assert paid_at(book, result, timedelta(0)) == 5000


def test_two_withdrawn_take_both_off_what_was_bet_before_both_and_at_most_ninety_per_cent() -> None:
    hour = timedelta(hours=1)
    book, result = withdrawn_book((5, 2500, timedelta(0)), (6, 4000, hour)), Result(winners=frozenset({1}))
    assert [paid_at(book, result, at) for at in (-hour, hour / 2, hour)] == [2400, 3400, 5000]
    book = withdrawn_book((5, 5500, timedelta(0)), (6, 6000, hour))
    assert paid_at(book, result, -hour) == 1400


def test_a_dead_heat_and_a_half_win_are_deducted_too() -> None:
    book, before = withdrawn_book((6, 2500, timedelta(0))), timedelta(hours=-1)
    # Half the stake at 1 + 4 · 0.75; and half the stake back with the other half won.
    assert paid_at(book, Result(winners=frozenset({1, 2})), before) == 2000
    assert paid_at(book, Result(winners=frozenset({1}), half_void=frozenset({1})), before) == 2500


def test_a_refund_and_a_half_loss_lose_nothing_by_it() -> None:
    book, before = withdrawn_book((6, 2500, timedelta(0))), timedelta(hours=-1)
    result = Result(winners=frozenset({1}), void=frozenset({2}), half_void=frozenset({3}))
    assert [paid_at(book, result, before, on=on) for on in (2, 3, 4, 6)] == [1000, 500, 0, 1000]


@pytest.mark.parametrize(
    ("odds", "bps"),
    [
        (1001, 9000),
        (1111, 9000),
        (1112, 8500),
        (1250, 8000),
        (2000, 4500),
        (2500, 4000),
        (4000, 2500),
        (15_000, 500),
        (15_001, 0),
    ],
)
def test_rule_4_by_its_table(odds: int, bps: int) -> None:
    assert deduction_of(odds, RULE_4) == bps
    assert deduction_of(odds, ()) == deduction_of(None, RULE_4) == 0
