"""docs/api.md says what is so: every message of the feed, every field of it, every close code, every import route."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from toteboard.api.description import API
from toteboard.feed import messages
from toteboard.feed.messages import FROM_SERVER, CloseCode, Ping
from toteboard.rules.refusals import Refusal

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (.+?) \| (.*) \|$", re.MULTILINE)
SHAPES = (
    *("Board", "TournamentOnBoard", "MatchOnBoard", "MarketOnBoard", "OutcomeOnBoard"),
    *("GoneFromBoard", "BetOnFeed", "SettledBet"),
)


def _named(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def _rows(heading: str) -> dict[str, str]:
    """The last cells of the table whose first column is called so, by the first."""
    table = PAGE.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return {first.strip("`"): rest.rpartition(" | ")[2] for first, rest in ROW.findall(table) if first != "---"}


@pytest.mark.parametrize("message", [*FROM_SERVER, Ping], ids=lambda one: one.__name__)
def test_every_message_stands_there_with_its_fields_in_order(message: Any) -> None:
    tag = msgspec.inspect.type_info(message).tag  # type: ignore[attr-defined]
    assert _named(_rows("`t`")[tag]) == list(message.__struct_fields__)


def test_no_other_message_stands_there() -> None:
    tags = {msgspec.inspect.type_info(message).tag for message in (*FROM_SERVER, Ping)}  # type: ignore[attr-defined]
    assert set(_rows("`t`")) == tags


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_stands_there_with_its_fields_in_order(name: str) -> None:
    assert _named(_rows("shape")[name]) == list(getattr(messages, name).__struct_fields__)


def test_every_close_code_stands_there() -> None:
    told = re.findall(r"^\| (\d{4}) \| (\w+) \| .+ \|$", PAGE, re.MULTILINE)
    assert told == [(str(code.value), code.name) for code in CloseCode]


def test_every_refusal_of_a_bet_stands_there_as_it_is() -> None:
    table = PAGE.partition("| code | status | retry |")[2].partition("\n\n")[0]
    told = {
        name: (int(status), retry == "yes")
        for names, status, retry in re.findall(r"^\| ([A-Z_ ·]+) \| (\d+) \| (yes|no) \|", table, re.MULTILINE)
        for name in names.split(" · ")
    }
    of_bets = {one for one in Refusal if one.number < 100} | {Refusal.TOO_BUSY, Refusal.OUTAGE}
    assert told == {one.code: (one.http_status, one.transient) for one in of_bets}


def test_every_path_stands_there() -> None:
    """Whole, whatever its parameters are called: a longer path that begins so does not count."""
    page = _without_names(PAGE)
    paths = [_without_names(path) for path in API.openapi()["paths"]]
    missing = [path for path in paths if not re.search(rf"(?<![\w/{{}}]){re.escape(path)}(?![\w/{{])", page)]
    assert missing == []


def _without_names(text: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", text)
