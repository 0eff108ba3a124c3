"""What an API token does not do for its owner: nothing that opens a door and outlives the token."""

from typing import Any

import pytest

from .clients import ApiClient, code
from .scenarios import ApiScenario, taken

PASSWORD_OF_NOW = "correct horse"


async def script_of(person: ApiClient) -> ApiClient:
    token = taken(await person.post("/api/token", json={"label": "script", "days": 1}))["token"]
    return ApiClient(person.app, api_token=token)


def doors(scenario: ApiScenario) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Whose token, and what would open a door with it."""
    here, them = f"/api/tournament/{scenario.tournament_id}", scenario.bettor.id
    return [
        ("organizer", "POST", f"{here}/invitation", {"role": "cashier", "uses": 1, "days": 1}),
        ("organizer", "POST", f"{here}/invitation", {"role": "organizer", "uses": 1, "days": 1}),
        ("organizer", "PUT", f"{here}/member/{them}", {"role": "organizer"}),
        ("organizer", "PUT", f"{here}/member/{scenario.cashier.id}", {"role": "bettor"}),
        ("organizer", "PATCH", here, {"min_age": 18}),
        ("organizer", "PATCH", here, {"staff_may_bet": True}),
        ("organizer", "DELETE", f"{here}/member/{scenario.cashier.id}", {}),
        ("organizer", "POST", f"{here}/member/{them}/password-code", {}),
        ("admin", "POST", f"{here}/member/{them}/password-code", {}),
        ("admin", "PATCH", f"/api/user/{them}", {"admin": True, "reason": "a friend"}),
        ("admin", "PATCH", f"/api/user/{them}", {"blocked": True, "reason": "a foe"}),
        ("admin", "POST", f"/api/user/{them}/kyc", {"decision": "verified", "document": "none"}),
        ("bettor", "POST", "/api/token", {"label": "another", "days": 9}),
        ("bettor", "PATCH", "/api/me", {"email": "mine@example.org", "password": PASSWORD_OF_NOW}),
        ("bettor", "POST", "/api/me/deletion", {"password": PASSWORD_OF_NOW}),
        ("bettor", "DELETE", "/api/session/1", {}),
        # It can be made longer, never shorter.
        ("bettor", "POST", "/api/exclusion", {"until": None}),
    ]


@pytest.mark.parametrize("number", range(17))
async def test_a_token_opens_no_door_that_outlives_it(scenario: ApiScenario, number: int) -> None:
    whose, method, path, body = doors(scenario)[number]
    assert len(doors(scenario)) == 17
    person: ApiClient = getattr(scenario, whose)
    answer = await (await script_of(person)).request(method, path, json=body or None)
    assert (code(answer), "API token" in answer.json()["detail"]) == ("FORBIDDEN", True)
    if number < 13:
        # Who is signed in may.
        assert (await person.request(method, path, json=body or None)).status_code in (200, 201, 204)


async def test_a_token_works_for_what_it_is_for(scenario: ApiScenario) -> None:
    here, script = f"/api/tournament/{scenario.tournament_id}", await script_of(scenario.organizer)
    taken(await script.post(f"{here}/invitation", json={"role": "bettor", "uses": 20, "days": 1}))
    taken(await script.patch(here, json={"subtitle": "Round two"}), 200)


async def test_a_file_by_token_gives_nobody_an_address(scenario: ApiScenario) -> None:
    async def brought(client: ApiClient, file: str) -> Any:
        return await client.post(
            f"/api/tournament/{scenario.tournament_id}/import",
            content=file.encode(),
            params={"file": "people.csv", "dry_run": False},
            headers={"Content-Type": "text/csv"},
        )

    script = await script_of(scenario.organizer)
    taken(await brought(script, "Name,Balance\nLisa Listed,50\n"), 200)
    refused = await brought(script, "Name,E-mail\nLisa Listed,mine@example.org\n")
    assert (code(refused), "API token" in refused.text) == ("INVALID", True)
    refused = await brought(script, "Name,E-mail,Balance\nMy Friend,friend@example.org,5000\n")
    assert (code(refused), "API token" in refused.text) == ("INVALID", True)
    assert await scenario.records.conn.fetchval("SELECT email FROM users WHERE name = 'Lisa Listed'") is None
    taken(await brought(scenario.organizer, "Name,E-mail\nLisa Listed,lisa@example.org\n"), 200)
