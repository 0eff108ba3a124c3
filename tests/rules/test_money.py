from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toteboard.rules.money import AMOUNT_MAX, CURRENCIES, AmountRefused, format_minor, parse_minor

codes = st.sampled_from(sorted(CURRENCIES))


@given(amount=st.integers(-AMOUNT_MAX, AMOUNT_MAX), code=codes)
def test_what_is_formatted_reads_back_as_the_same_amount(amount: int, code: str) -> None:
    assert parse_minor(format_minor(amount, code), code, signed=True) == amount


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


@pytest.mark.parametrize(
    ("text", "code", "amount"),
    [
        ("12.5", "EUR", 1250),
        ("12", "EUR", 1200),
        ("0.001", "KWD", 1),
        ("7", "PTS", 7),
        ("1000000000.00", "EUR", 10**11),
    ],
)
def test_missing_decimals_are_zeros(text: str, code: str, amount: int) -> None:
    assert parse_minor(text, code) == amount


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            " ",
            "1 ",
            " 1",
            "1\n",
            "1.",
            ".5",
            "01",
            "+1",
            "-1",
            "--1",
            "1e3",
            "1E400",
            "NaN",
            "Infinity",
            "0x10",
            "1_000",
        ],
        *["1,50", "1.234", "1,234.00", "1.2.3", "１２", "١٢", "1²", "½", "€1", "1\x00", "9" * 5000, "1000000000.01"],
    ],
)
def test_what_is_not_plainly_an_amount_is_refused(text: str) -> None:
    with pytest.raises(AmountRefused):
        parse_minor(text, "EUR")


@given(text=st.text(st.characters(categories=["Nd", "Nl", "No"], min_codepoint=128), min_size=1))
def test_digits_of_other_scripts_are_refused(text: str) -> None:
    with pytest.raises(AmountRefused):
        parse_minor(text, "PTS")


@given(text=st.text(max_size=12))
def test_any_text_is_an_amount_or_refused_and_an_amount_is_within_its_bound(text: str) -> None:
    with suppress(AmountRefused):
        assert 0 <= parse_minor(text, "EUR") <= AMOUNT_MAX


@pytest.mark.parametrize("value", [10.5, 10, None, True, b"12"])
def test_what_is_not_text_is_refused_floats_above_all(value: object) -> None:
    with pytest.raises(AmountRefused):
        parse_minor(value, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["XXX", "eur", "", "BTC"])
def test_a_currency_that_is_not_on_the_list_is_refused(code: str) -> None:
    with pytest.raises(AmountRefused):
        parse_minor("1", code)


def test_a_sign_is_read_only_where_it_is_allowed() -> None:
    assert parse_minor("-12.50", "EUR", signed=True) == -1250
    with pytest.raises(AmountRefused):
        parse_minor("-12.50", "EUR")


def test_points_and_yen_have_no_decimals() -> None:
    for code in ("PTS", "JPY", "KRW"):
        with pytest.raises(AmountRefused, match="no decimals"):
            parse_minor("1.0", code)


def test_the_exponents_are_those_of_iso_4217() -> None:
    exponents = {code: currency.exponent for code, currency in CURRENCIES.items()}
    assert {code for code, exponent in exponents.items() if exponent == 0} == {"JPY", "KRW", "PTS"}
    assert {code for code, exponent in exponents.items() if exponent == 3} == {"KWD", "BHD"}
    assert exponents["HUF"] == 2
    assert len(CURRENCIES) == 18
