"""Members sought by what stands in their name or address, as text, page by page."""

import asyncio
from itertools import count
from typing import Any

import pytest

from .clients import code
from .scenarios import SQL_TEXTS, ApiScenario, taken

_numbers = count()


async def add(scenario: ApiScenario, name: str) -> None:
    client = await scenario.sign_up(f"guest {next(_numbers)}")
    await scenario.records.conn.execute("UPDATE users SET name = $2 WHERE id = $1", client.id, name)
    await scenario.records.add_member(scenario.tournament_id, client, "bettor")


async def found(scenario: ApiScenario, **query: Any) -> list[str]:
    answer = await scenario.cashier.get(f"/api/tournament/{scenario.tournament_id}/member", params=query)
    return [member["name"] for member in taken(answer, 200)["items"]]


async def test_members_are_found_by_name_address_and_role(scenario: ApiScenario) -> None:
    await add(scenario, "ÉLODIE 100%")
    await add(scenario, "مريم")
    assert await found(scenario, q="élodie") == ["ÉLODIE 100%"]
    assert await found(scenario, q="مري") == ["مريم"]
    assert await found(scenario, q="CASHIER@example") == ["Cashier"]
    assert await found(scenario, role="auditor") == ["Auditor"]
    assert await found(scenario, q="o", role="cashier") == ["Cashier"]
    assert await found(scenario, q="nobody at all") == []
    # As the bettor's own page says it, or reads it out.
    wallet = (await scenario.wallet_of(scenario.bettor))["id"]
    for number in (f"#{scenario.bettor.id}", str(scenario.bettor.id), str(wallet)):
        assert "Bettor" in await found(scenario, q=number)
    assert await found(scenario, q=f"wallet {wallet}") == ["Bettor"]
    # With its sign a number is a member's alone.
    assert ("Bettor" in await found(scenario, q=f"#{wallet}")) == (wallet == scenario.bettor.id)
    assert len(await found(scenario, q="  ")) == 7


@pytest.mark.parametrize("text", ["%", "_", "\\", "0%", *SQL_TEXTS])
async def test_what_is_sought_is_text_and_nothing_else(scenario: ApiScenario, text: str) -> None:
    await add(scenario, "100% sure_\\")
    assert await found(scenario, q=text) == (["100% sure_\\"] if text in "100% sure_\\" else [])
    assert await scenario.value("SELECT count(*) FROM members") == 6


@pytest.mark.parametrize("query", ["q=%00", "q=a%0db", f"q={'x' * 201}", "role=admin", "role=", "q=%ED%A0%80"])
async def test_a_search_that_is_none_is_refused(scenario: ApiScenario, query: str) -> None:
    answer = await scenario.cashier.get(f"/api/tournament/{scenario.tournament_id}/member?{query}")
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        # Broken bytes are read as the sign for them, which nobody is called.
        assert answer.json()["items"] == []


async def test_a_search_comes_in_pages(scenario: ApiScenario) -> None:
    for number in range(5):
        await add(scenario, f"Somebody {number}")
    path, names, query = f"/api/tournament/{scenario.tournament_id}/member", [], {"q": "somebody", "limit": "2"}
    for _ in range(3):
        page = taken(await scenario.cashier.get(path, params=query), 200)
        names += [member["name"] for member in page["items"]]
        query["after"] = page["next"]
    assert names == [f"Somebody {number}" for number in range(5)]
    assert page["next"] is None


async def test_one_member_is_read_by_those_who_read_all(scenario: ApiScenario) -> None:
    path = f"/api/tournament/{scenario.tournament_id}/member/{scenario.bettor.id}"
    for member in (scenario.organizer, scenario.cashier, scenario.auditor):
        assert taken(await member.get(path), 200)["name"] == "Bettor"
    assert code(await scenario.bettor.get(path)) == "FORBIDDEN"
    stranger = f"/api/tournament/{scenario.tournament_id}/member/{scenario.stranger.id}"
    assert code(await scenario.cashier.get(stranger)) == "NOT_FOUND"


async def test_of_two_organizers_who_take_each_others_role_one_stays(scenario: ApiScenario) -> None:
    duo = (await scenario.new_tournament("Duo"))["id"]
    ann, bob = [
        await scenario.records.add_member(duo, await scenario.sign_up(name), "organizer") for name in ("Ann", "Bob")
    ]
    await scenario.records.conn.execute(
        "DELETE FROM members WHERE tournament_id = $1 AND user_id = $2", duo, scenario.admin.id
    )
    answers = await asyncio.gather(
        ann.put(f"/api/tournament/{duo}/member/{bob.id}", json={"role": "auditor"}),
        bob.put(f"/api/tournament/{duo}/member/{ann.id}", json={"role": "auditor"}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 403]
    organizers = "SELECT count(*) FROM members WHERE tournament_id = $1 AND role = 'organizer'"
    assert await scenario.value(organizers, duo) == 1
