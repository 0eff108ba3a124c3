"""Members sought by what stands in their name or address, as text, page by page."""

from itertools import count
from typing import Any

import pytest

from .stage import SQL_TEXTS, Stage, taken
from .visitors import code

_numbers = count()


async def add(stage: Stage, name: str) -> None:
    visitor = await stage.sign_up(f"guest {next(_numbers)}")
    await stage.records.conn.execute("UPDATE users SET name = $2 WHERE id = $1", visitor.id, name)
    await stage.records.add_member(stage.tournament_id, visitor, "bettor")


async def found(stage: Stage, **query: Any) -> list[str]:
    answer = await stage.cashier.get(f"/api/tournament/{stage.tournament_id}/member", params=query)
    return [member["name"] for member in taken(answer, 200)["items"]]


async def test_members_are_found_by_name_address_and_role(stage: Stage) -> None:
    await add(stage, "ÉLODIE 100%")
    await add(stage, "مريم")
    assert await found(stage, q="élodie") == ["ÉLODIE 100%"]
    assert await found(stage, q="مري") == ["مريم"]
    assert await found(stage, q="CASHIER@example") == ["Cashier"]
    assert await found(stage, role="auditor") == ["Auditor"]
    assert await found(stage, q="o", role="cashier") == ["Cashier"]
    assert await found(stage, q="nobody at all") == []
    assert len(await found(stage, q="  ")) == 7


@pytest.mark.parametrize("text", ["%", "_", "\\", "0%", *SQL_TEXTS])
async def test_what_is_sought_is_text_and_nothing_else(stage: Stage, text: str) -> None:
    await add(stage, "100% sure_\\")
    assert await found(stage, q=text) == (["100% sure_\\"] if text in "100% sure_\\" else [])
    assert await stage.value("SELECT count(*) FROM members") == 6


@pytest.mark.parametrize("query", ["q=%00", "q=a%0db", f"q={'x' * 201}", "role=admin", "role=", "q=%ED%A0%80"])
async def test_a_search_that_is_none_is_refused(stage: Stage, query: str) -> None:
    answer = await stage.cashier.get(f"/api/tournament/{stage.tournament_id}/member?{query}")
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        # Broken bytes are read as the sign for them, which nobody is called.
        assert answer.json()["items"] == []


async def test_a_search_comes_in_pages(stage: Stage) -> None:
    for number in range(5):
        await add(stage, f"Somebody {number}")
    path, names, query = f"/api/tournament/{stage.tournament_id}/member", [], {"q": "somebody", "limit": "2"}
    for _ in range(3):
        page = taken(await stage.cashier.get(path, params=query), 200)
        names += [member["name"] for member in page["items"]]
        query["after"] = page["next"]
    assert names == [f"Somebody {number}" for number in range(5)]
    assert page["next"] is None


async def test_one_member_is_read_by_those_who_read_all(stage: Stage) -> None:
    path = f"/api/tournament/{stage.tournament_id}/member/{stage.bettor.id}"
    for visitor in (stage.organizer, stage.cashier, stage.auditor):
        assert taken(await visitor.get(path), 200)["name"] == "Bettor"
    assert code(await stage.bettor.get(path)) == "FORBIDDEN"
    stranger = f"/api/tournament/{stage.tournament_id}/member/{stage.stranger.id}"
    assert code(await stage.cashier.get(stranger)) == "NOT_FOUND"
