"""The short form of a primary that is killed again and again (high_availability.py): once."""

from pathlib import Path

from .high_availability import campaign


def test_patroni_makes_another_primary_and_no_acknowledged_bet_is_lost(data_folder: Path) -> None:
    told = campaign(data_folder, kills=1)
    assert told["lost"] == 0
    assert told["bets acknowledged"] > 150
