"""The short form of a night at length (soak.py): the same figures, judged the same way but for memory."""

import pytest

from .soak import soak, wrong

SECONDS = 12


def test_a_short_night_has_every_figure_and_nothing_wrong(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("soak")
    told = soak(folder, seconds=SECONDS, rate=20, count=40)
    assert told["wrong"] == []
    assert told["seen"]["bets taken"] > 50
    assert told["seen"]["messages of the feed"] > 1000


FINE: dict[str, float | None] = {
    **dict.fromkeys(("answers 5xx", "feeds the server ended", "errors in loops", "restarts", "scrapes missed"), 0.0),
    **dict.fromkeys(("loops alive at least", "books balanced at least"), 1.0),
    "bets taken": 9.0,
    "memory at first, MB": 100.0,
    "memory at last, MB": 109.0,
}


@pytest.mark.parametrize(
    ("more", "rang", "line"),
    [
        ({}, ["ToteboardDown"], "ToteboardDown rang"),
        ({"answers 5xx": 2.0}, [], "answers 5xx: 2"),
        ({"loops alive at least": 0.0}, [], "loops alive at least: 0.0"),
        ({"bets taken": 0.0}, [], "nobody bet"),
        ({"memory at last, MB": 111.0}, [], "memory grew from 100 to 111 MB"),
        ({"processor, s": None}, [], "there is no processor, s"),
    ],
)
def test_whatever_is_wrong_is_found(more: dict[str, float | None], rang: list[str], line: str) -> None:
    assert wrong(FINE | more, rang, is_long=True) == [line]
    assert wrong(FINE, [], is_long=True) == []
