"""The short form of a fleet of which everything is killed once (fleet.py)."""

from pathlib import Path

from .fleet import fleet_run


def test_a_fleet_loses_and_doubles_nothing_whatever_of_it_is_killed(data_folder: Path) -> None:
    told = fleet_run(data_folder, rounds=1, is_short=True)
    assert told["lost"] == told["charged twice"] == 0
    assert told["bets acknowledged"] == told["bets stored"] > 250
    assert told["markets paid meanwhile"] == 1
