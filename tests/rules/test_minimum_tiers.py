"""Minimum dividends by tiers: as they are typed, and what they pay."""

import pytest

from toteboard.rules.minimum_tiers import read_tiers, tiers_of
from toteboard.rules.pools import PoolRules, minimum_of


def test_tiers_are_written_in_one_way() -> None:
    assert read_tiers(" 1.010:1.040,1.08 : 1.1 ") == "1.01:1.04, 1.08:1.10"
    assert read_tiers("") == read_tiers(" , ") == ""
    assert tiers_of("1.01:1.04, 1.08:1.10") == ((1010, 1040), (1080, 1100))


@pytest.mark.parametrize(
    "text", ["1.01", "1.01:", "x:1.04", "1.08:1.10, 1.01:1.04", "1.01:1.10, 1.08:1.04", "1.01:9.00", "1.00:1.01," * 20]
)
def test_what_is_no_tier_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"tier|minimum"):
        read_tiers(text)


@pytest.mark.parametrize(
    ("calculated", "least"), [(500, 1000), (1009, 1000), (1010, 1040), (1079, 1040), (1080, 1100), (9000, 1100)]
)
def test_the_least_is_that_of_the_tier(calculated: int, least: int) -> None:
    assert minimum_of(calculated, PoolRules(takeout_bps=0, minimum_tiers="1.01:1.04, 1.08:1.10")) == least
