import pytest
from hypothesis import given
from hypothesis import strategies as st

from toteboard.rules.odds import ODDS_MAX, ODDS_MIN, OddsRefused, dividend, format_odds, parse_odds
from toteboard.rules.pools import PoolRules, pool_odds

amounts = st.integers(1, 10**15)


@given(odds=st.integers(ODDS_MIN, ODDS_MAX))
def test_what_is_formatted_reads_back_as_the_same_odds(odds: int) -> None:
    assert parse_odds(format_odds(odds)) == odds


@pytest.mark.parametrize(
    ("text", "odds"),
    [
        ("2.28", 2280),
        ("2", 2000),
        ("2.5", 2500),
        ("1.875", 1875),
        ("1.000", 1000),
        ("1000", 1_000_000),
        ("1000.000", 10**6),
    ],
)
def test_decimal_text_reads_as_thousandths(text: str, odds: int) -> None:
    assert parse_odds(text) == odds


@pytest.mark.parametrize(
    ("odds", "text"),
    [
        (2280, "2.28"),
        (2000, "2.00"),
        (1875, "1.875"),
        (1005, "1.005"),
        (1_000_000, "1000.00"),
        (950, "0.95"),
        (0, "0.00"),
    ],
)
def test_odds_have_two_decimals_and_a_third_only_if_it_is_not_zero(odds: int, text: str) -> None:
    assert format_odds(odds) == text


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "0",
            "0.999",
            "-2.28",
            "+2.28",
            "1000.001",
            "1001",
            "2.2800",
            "2.",
            ".5",
            "02.28",
            "2,28",
            "2.28 ",
            "2.28\n",
        ],
        *["1e2", "NaN", "Infinity", "evens", "5/2", "٢.٢٨", "２.２８", "2\x00", "9" * 5000],
    ],
)
def test_what_is_not_plainly_odds_is_refused(text: str) -> None:
    with pytest.raises(OddsRefused):
        parse_odds(text)


@pytest.mark.parametrize("value", [2.28, 2280, None])
def test_what_is_not_text_is_refused(value: object) -> None:
    with pytest.raises(OddsRefused):
        parse_odds(value)  # type: ignore[arg-type]


def test_odds_below_zero_are_a_bug() -> None:
    with pytest.raises(ValueError, match="-1"):
        format_odds(-1)


def now(pool: int, on_outcome: int, *, takeout_bps: int = 0, minimum_milli: int = 1000) -> int | None:
    rules = PoolRules(takeout_bps=takeout_bps, minimum_milli=minimum_milli)
    return pool_odds(on_outcome=on_outcome, others=[pool - on_outcome], rules=rules)


def test_a_pool_of_100_with_15_percent_taken_stands_at_2_12_for_40_on_the_outcome() -> None:
    """85.00 / 40.00 = 2.125, floored to 2.12."""
    assert now(10000, 4000, takeout_bps=1500) == 2120


def test_nobody_on_the_outcome_is_no_odds_at_all() -> None:
    assert now(10000, 0) is None


def test_pool_odds_stop_at_the_highest_odds_and_dividends_do_not() -> None:
    assert now(10**15, 1) == ODDS_MAX
    assert dividend(net=10**15, winning=1, break_to_milli=10, minimum_milli=1000) == 10**18


def test_pool_odds_never_stand_under_the_minimum() -> None:
    assert now(10000, 10000, takeout_bps=1500) == 1000
    assert now(10000, 10000, takeout_bps=1500, minimum_milli=1050) == 1050
    assert now(10000, 10000, takeout_bps=1500, minimum_milli=0) == 850


@given(pool=amounts, on=amounts, more=amounts)
def test_the_more_lies_on_an_outcome_the_shorter_its_odds(pool: int, on: int, more: int) -> None:
    before, after = now(pool + on, on), now(pool + on + more, on + more)
    assert before is not None
    assert after is not None
    assert after <= before


@given(pool=amounts, on=amounts, bps=st.integers(0, 5000), higher=st.integers(0, 5000))
def test_a_higher_takeout_never_raises_the_odds(pool: int, on: int, bps: int, higher: int) -> None:
    low, high = sorted((bps, higher))
    before, after = now(pool + on, on, takeout_bps=low), now(pool + on, on, takeout_bps=high)
    assert before is not None
    assert after is not None
    assert after <= before
