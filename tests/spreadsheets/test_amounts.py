"""Amounts as people write them."""

import pytest

from toteboard.spreadsheets.amounts import AmountRefused, read_amount


@pytest.mark.parametrize(
    ("text", "exponent", "minor"),
    [
        ("25", 2, 2500),
        ("12,50", 2, 1250),
        ("12.5", 2, 1250),
        ("€ 12.50", 2, 1250),
        ("12,50 €", 2, 1250),
        ("EUR 12.50", 2, 1250),
        ("1.250,00", 2, 125_000),
        ("1,250.00", 2, 125_000),
        ("1'250.00", 2, 125_000),
        ("1 250,00", 2, 125_000),
        ("1,250,000", 2, 125_000_000),
        ("1250", 0, 1250),
        ("1.500", 3, 1500),
        ("0", 2, 0),
        ("0.000", 2, 0),
        ("12.50000", 2, 1250),
    ],
)
def test_amounts_are_read(text: str, exponent: int, minor: int) -> None:
    assert read_amount(text, exponent) == minor


@pytest.mark.parametrize(
    ("text", "exponent", "why"),
    [
        ("1,000", 2, "may be 1000 or 1.00"),
        ("1.000", 2, "may be 1000 or 1.00"),
        ("1,000", 3, "may be 1000"),
        ("12.345,6", 0, "more decimals"),
        ("12.505", 2, "may be"),
        ("12.5051", 2, "more decimals"),
        ("-5", 2, "no amount"),
        ("1,00,0", 2, "no amount"),
        ("1.2,3.4", 2, "no amount"),
        ("five", 2, "no amount"),
        ("", 2, "no amount"),
        ("9" * 15, 2, "more than can be held"),
    ],
)
def test_what_is_none_or_may_be_two_is_refused(text: str, exponent: int, why: str) -> None:
    with pytest.raises(AmountRefused, match=why):
        read_amount(text, exponent)
