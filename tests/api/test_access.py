"""docs/access.md says who may do what: every operation of the OpenAPI, every role, own and foreign tournaments."""

import os
import re
from pathlib import Path

import pytest

from toteboard.api.description import API

from .access import ROLES, Row, observed
from .scenarios import ApiScenario

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
LINE = re.compile(r"^\| `([A-Z]+ /[^`]+)` \|(.*)\|$", re.MULTILINE)


def written() -> list[Row]:
    text = PAGE.read_text(encoding="utf-8")
    return [(name, tuple(cell.strip() for cell in cells.split("|"))) for name, cells in LINE.findall(text)]


def test_every_operation_stands_there_once() -> None:
    described = [f"{method.upper()} {path}" for path, methods in API.openapi()["paths"].items() for method in methods]
    assert [name for name, _ in written()] == described


def test_a_foreign_tournament_is_open_to_no_role_but_as_to_everybody() -> None:
    """What a member may do in somebody else's tournament, anybody who is signed in may do there."""
    for name, cells in written():
        of = dict(zip(ROLES, cells, strict=True))
        for role in ("bettor", "cashier", "auditor", "organizer"):
            if of[role] in ("all", "elsewhere"):
                assert of["signed in"] == "yes", (name, role)


@pytest.mark.timeout(240)
async def test_nobody_may_what_is_not_listed_and_everybody_what_is(scenario: ApiScenario) -> None:
    found = await observed(scenario)
    if "TOTEBOARD_WRITE_ACCESS" in os.environ:
        lines = (
            f"| `{name}` | {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |") for name, cells in found
        )
        Path(os.environ["TOTEBOARD_WRITE_ACCESS"]).write_text(  # noqa: ASYNC240 once, by hand
            "\n".join(lines) + "\n", encoding="utf-8"
        )
    listed = dict(written())
    assert {name: cells for name, cells in found if listed.get(name) != cells} == {}
