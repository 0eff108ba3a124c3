"""The description of the API is true: the copy that the pages are typed by is today's, and the hot routes match theirs."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from toteboard.api.description import API
from toteboard.api.examples import EXAMPLES
from toteboard.api.wire import RequestModel
from toteboard.feed.messages import Board
from toteboard.rules.money import CURRENCIES

ROOT = Path(__file__).parents[2]


def _described() -> dict[str, Any]:
    return API.openapi()


def test_the_pages_are_typed_by_todays_description() -> None:
    """If not: .venv/bin/toteboard openapi web/openapi.json && (cd web && npm run api)."""
    assert json.loads((ROOT / "web" / "openapi.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(_described())
    )


def test_what_is_answered_before_fastapi_is_described_too() -> None:
    paths = _described()["paths"]
    assert "post" in paths["/api/bet"]
    assert "get" in paths["/api/tournament/{which}/board"]
    assert set(Board.__struct_fields__) == {"tournament", "total", "bets", "matches", "markets", "pulse", "tape"}


def test_the_pages_offer_the_currencies_there_are() -> None:
    """The one list that the description does not carry."""
    text = (ROOT / "web" / "src" / "features" / "tournament" / "choices.ts").read_text(encoding="utf-8")
    offered = re.findall(r"'([A-Z]{3})'", text.partition("CURRENCIES = [")[2].partition("]")[0])
    assert sorted(offered) == sorted(CURRENCIES)


# Examples and refusals ----------------------------------------------------------------------------------------------


def _models(of: type[RequestModel] = RequestModel) -> Iterator[type[RequestModel]]:
    for model in of.__subclasses__():
        yield model
        yield from _models(model)


def test_every_body_has_an_example() -> None:
    shapes = _described()["components"]["schemas"]
    assert {name for name in shapes if name.endswith(("Request", "Patch"))} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_taken(name: str) -> None:
    # A class with terms is made from one of the same name: the last is the one that is used.
    model = [model for model in _models() if model.__name__ == name][-1]
    model.model_validate_json(json.dumps(EXAMPLES[name]))


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in _described()["paths"].items():
        for method, operation in operations.items():
            yield method, path, operation


def test_every_operation_says_who_may_ask_and_what_may_be_refused() -> None:
    """Whoever must be signed in is told 401; whoever writes may be told 403 too; every refusal is a problem with a code."""
    for method, path, operation in _operations():
        told = operation["responses"]
        security = operation.get("security")
        if security is not None and {} not in security:
            assert "401" in told, (method, path)
            if method != "get":
                assert "403" in told, (method, path)
        assert "503" in told, (method, path)
        if "requestBody" in operation:
            assert {"400", "422"} <= set(told), (method, path)
        for status, answer in told.items():
            if status >= "400":
                (media,) = answer["content"]
                assert media == "application/problem+json", (method, path, status)
                assert answer["content"][media]["schema"] == {"$ref": "#/components/schemas/Problem"}
                for code, example in answer["content"][media]["examples"].items():
                    assert (example["value"]["code"], str(example["value"]["status"])) == (code, status)


def test_it_names_no_shape_of_frameworks_or_modules() -> None:
    shapes = set(_described()["components"]["schemas"])
    assert [name for name in shapes if "__" in name or name.endswith("_") or "ValidationError" in name] == []
