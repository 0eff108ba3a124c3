"""The description of the API is true: the copy that the pages are typed by is today's, and the hot routes match theirs."""

import json
import re
from pathlib import Path

from toteboard.api.description import API
from toteboard.feed.messages import Board
from toteboard.rules.money import CURRENCIES

ROOT = Path(__file__).parents[2]


def _described() -> dict[str, object]:
    return API.openapi()


def test_the_pages_are_typed_by_todays_description() -> None:
    """If not: .venv/bin/toteboard openapi web/openapi.json && (cd web && npm run api)."""
    assert json.loads((ROOT / "web" / "openapi.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(_described())
    )


def test_what_is_answered_before_fastapi_is_described_too() -> None:
    paths = _described()["paths"]
    assert isinstance(paths, dict)
    assert "post" in paths["/api/bet"]
    assert "get" in paths["/api/tournament/{which}/board"]
    assert set(Board.__struct_fields__) == {"tournament", "total", "bets", "matches", "markets", "pulse", "tape"}


def test_the_pages_offer_the_currencies_there_are() -> None:
    """The one list that the description does not carry."""
    text = (ROOT / "web" / "src" / "features" / "tournament" / "choices.ts").read_text(encoding="utf-8")
    offered = re.findall(r"'([A-Z]{3})'", text.partition("CURRENCIES = [")[2].partition("]")[0])
    assert sorted(offered) == sorted(CURRENCIES)
