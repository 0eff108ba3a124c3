from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toteboard.rules.bounds import AMOUNT_MAX
from toteboard.rules.money import CURRENCIES, format_minor

codes = st.sampled_from(sorted(CURRENCIES))


@given(amount=st.integers(-AMOUNT_MAX, AMOUNT_MAX), code=codes)
def test_what_is_formatted_reads_back_as_the_same_amount(amount: int, code: str) -> None:
    assert Decimal(format_minor(amount, code)).scaleb(CURRENCIES[code].exponent) == amount


@pytest.mark.parametrize(
    ("amount", "code", "text"),
    [
        (125000, "EUR", "1250.00"),
        (5, "EUR", "0.05"),
        (-5, "EUR", "-0.05"),
        (0, "EUR", "0.00"),
        (1250, "JPY", "1250"),
        (1250, "KWD", "1.250"),
        (-1250, "PTS", "-1250"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(amount: int, code: str, text: str) -> None:
    assert format_minor(amount, code) == text


def test_the_exponents_are_those_of_iso_4217() -> None:
    exponents = {code: currency.exponent for code, currency in CURRENCIES.items()}
    assert {code for code, exponent in exponents.items() if exponent == 0} == {"JPY", "KRW", "PTS"}
    assert {code for code, exponent in exponents.items() if exponent == 3} == {"KWD", "BHD"}
    assert exponents["HUF"] == 2
    assert len(CURRENCIES) == 19
