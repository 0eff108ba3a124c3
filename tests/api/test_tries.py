"""Tries of passwords, codes and registrations: an attacker is slowed down, a hall behind one address is not."""

import asyncio
from time import monotonic
from typing import Any

import pytest

from toteboard.api.people.passwords import CROWD_TURN_S, CROWD_WAITING_MAX

from .clients import PASSWORD, ApiClient, code
from .conftest import Records, SignUp
from .scenarios import ApiScenario, taken

HALL = "203.0.113.7"
WRONG = "a wrong password"


async def sign_in(client: ApiClient, email: str, password: str = PASSWORD) -> int:
    return (await client.post("/api/session", json={"email": email, "password": password})).status_code


# Passwords ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [{"sign_in_tries_max": 3}])
async def test_right_passwords_pass_beside_a_hundred_wrong_ones_from_the_same_hall(app: Any, sign_up: SignUp) -> None:
    people = [f"p{number}@example.org" for number in range(20)]
    for number in range(20):
        await sign_up(f"P{number}", address=f"192.0.2.{number + 10}")
    guesser = ApiClient(app, address=HALL)
    wrong = [(f"nobody{number % 34}@example.org", WRONG) for number in range(100)]
    answers = await asyncio.gather(*(sign_in(guesser, *one) for one in wrong))
    assert 401 in answers
    # The address has used up what it may; whoever knows their password is in, the first time.
    assert [await sign_in(ApiClient(app, address=HALL), email) for email in people] == [201] * 20
    # What counts is the wrong: one more of each account, and it is refused.
    assert await sign_in(guesser, people[0], WRONG) == 401
    assert await sign_in(guesser, people[0], WRONG) == 429


@pytest.mark.parametrize("wanted", [{"sign_in_tries_max": 3}])
async def test_sixty_addresses_of_one_ipv6_network_are_one(app: Any, sign_up: SignUp) -> None:
    await sign_up("Ada")
    said = [
        await sign_in(ApiClient(app, address=f"2001:db8:7::{number:x}"), "ada@example.org", WRONG)
        for number in range(1, 61)
    ]
    assert said == [401] * 3 + [429] * 57
    # The owner, of another network, is in.
    assert await sign_in(ApiClient(app, address="2001:db8:8::1"), "ada@example.org") == 201


@pytest.mark.parametrize("wanted", [{"sign_in_tries_max": 3}])
async def test_one_account_is_tried_from_everywhere_and_its_owner_gets_in(app: Any, sign_up: SignUp) -> None:
    await sign_up("Ada")
    said = []
    for number in range(40):
        guesser = ApiClient(app, address=f"198.51.100.{number}")
        said.append([await sign_in(guesser, "ada@example.org", WRONG) for _ in range(4)])
    # Ten networks try as often as a person may, every further one once.
    assert said == [[401] * 3 + [429]] * 10 + [[401] + [429] * 3] * 30
    assert await sign_in(ApiClient(app, address=HALL), "ada@example.org") == 201


@pytest.mark.parametrize("wanted", [{"sign_in_tries_max": 3}])
async def test_a_long_list_of_accounts_takes_turns_at_one_address_and_a_right_password_is_in(
    app: Any, sign_up: SignUp
) -> None:
    people = [f"p{number}@example.org" for number in range(3)]
    for number in range(3):
        await sign_up(f"P{number}", address=f"192.0.2.{number + 10}")
    guesser = ApiClient(app, address=HALL)
    listed = [f"u{number}@example.org" for number in range(400)]
    began = monotonic()
    said = await asyncio.gather(*(sign_in(guesser, email, WRONG) for email in listed))
    # Thirty as ever; of the others one after the other, and who would wait too long is told so.
    turns = (monotonic() - began) / CROWD_TURN_S
    assert 30 <= said.count(401) <= 30 + CROWD_WAITING_MAX + 2 + turns
    assert said.count(429) == 400 - said.count(401)
    # Whoever goes on with it waits for each, and beside them people sign in.
    began = monotonic()
    others = asyncio.gather(*(sign_in(guesser, f"v{number}@example.org", WRONG) for number in range(8)))
    assert [await sign_in(ApiClient(app, address=HALL), email) for email in people] == [201] * 3
    assert await others == [401] * 8
    assert monotonic() - began >= 9 * CROWD_TURN_S


@pytest.mark.parametrize("wanted", [{"sign_in_tries_max": 3}])
async def test_hundreds_of_unknown_accounts_tried_from_a_hall_keep_nobody_out(app: Any, sign_up: SignUp) -> None:
    await sign_up("Ada")
    guesser = ApiClient(app, address=HALL)
    for start in range(0, 400, 100):
        listed = [f"u{number}@example.org" for number in range(start, start + 100)]
        await asyncio.gather(*(sign_in(guesser, email, WRONG) for email in listed))
    assert await sign_in(ApiClient(app, address=HALL), "ada@example.org") == 201


@pytest.mark.parametrize("wanted", [{"sign_in_tries_max": 3}])
async def test_who_came_when_too_many_waited_comes_again_and_is_in(app: Any, sign_up: SignUp) -> None:
    await sign_up("Ada")
    guesser, ada = ApiClient(app, address=HALL), ApiClient(app, address=HALL)
    for number in range(30):
        await sign_in(guesser, f"u{number}@example.org", WRONG)
    flood = [asyncio.create_task(sign_in(guesser, f"v{number}@example.org", WRONG)) for number in range(60)]
    await asyncio.wait(flood, return_when=asyncio.FIRST_COMPLETED)
    said = await ada.post("/api/session", json={"email": "ada@example.org", "password": PASSWORD})
    assert (said.status_code, said.headers["retry-after"]) == (429, "1")
    await asyncio.gather(*flood)
    assert await sign_in(ada, "ada@example.org") == 201


# Codes and registrations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [{"invitation_tries_max": 1000, "invitation_address_tries_max": 4}])
async def test_a_good_code_is_taken_at_an_address_that_guesses(scenario: ApiScenario, client: ApiClient) -> None:
    path = f"/api/tournament/{scenario.tournament_id}/invitation"
    made = taken(await scenario.organizer.post(path, json={"role": "bettor", "uses": 5, "days": 1}))["code"]
    said = [code(await client.get("/api/invitation/GUESS-GUESS")) for _ in range(6)]
    assert said == ["NOT_FOUND"] * 4 + ["TOO_MANY"] * 2
    assert taken(await client.get(f"/api/invitation/{made}"), 200)["role"] == "bettor"
    taken(await scenario.stranger.post(f"/api/invitation/{made}"))
    assert code(await client.get("/api/invitation/GUESS-GUESS")) == "TOO_MANY"


@pytest.mark.parametrize("wanted", [{"invitation_tries_max": 1000, "invitation_address_tries_max": 4}])
async def test_wrong_codes_and_invitations_of_a_hall_bar_no_good_code_for_a_password(
    scenario: ApiScenario, app: Any
) -> None:
    path = f"/api/tournament/{scenario.tournament_id}/member/{scenario.bettor.id}/password-code"
    given = taken(await scenario.organizer.post(path))["code"]
    hall = ApiClient(app, address=HALL)
    for _ in range(6):
        await hall.get("/api/invitation/GUESS-GUESS")
    asked = {"code": "WRONG-WRONG", "password": "another good password"}
    said = [code(await hall.post("/api/password", json=asked)) for _ in range(6)]
    # Invitations are another count; and a code that is none is not looked at with a password's cost.
    assert said == ["NOT_FOUND"] * 4 + ["TOO_MANY"] * 2
    taken(await hall.post("/api/password", json=asked | {"code": given}))
    assert code(await hall.post("/api/password", json=asked)) == "TOO_MANY"


@pytest.mark.parametrize("wanted", [{"register_tries_max": 8}])
async def test_a_hall_registers_with_its_invitation(scenario: ApiScenario, app: Any) -> None:
    path = f"/api/tournament/{scenario.tournament_id}/invitation"
    made = taken(await scenario.organizer.post(path, json={"role": "bettor", "uses": 50, "days": 1}))["code"]
    staff = taken(await scenario.organizer.post(path, json={"role": "cashier", "uses": 5, "days": 1}))["code"]

    async def register(number: int, invitation: str | None) -> int:
        asked = {"email": f"g{number}@example.org", "name": f"Guest {number}", "password": PASSWORD}
        at_the_door = ApiClient(app, address=HALL)
        return (await at_the_door.post("/api/user", json=asked | {"invitation": invitation})).status_code

    assert [await register(number, made.lower()) for number in range(20)] == [201] * 20
    # With none, a wrong one, or one for staff an address registers a few.
    others = [None, "GUESS-GUESS", staff, None, staff, "GUESS-GUESS", None, None, None, staff]
    assert [await register(100 + number, one) for number, one in enumerate(others)] == [201] * 8 + [429] * 2
    assert await register(200, made) == 201


# What is told -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [{"sign_in_tries_max": 3}])
async def test_an_answer_says_how_many_tries_are_left(app: Any, sign_up: SignUp, records: Records) -> None:
    await sign_up("Ada")
    guesser = ApiClient(app, address=HALL)
    asked = {"email": "ada@example.org", "password": WRONG}
    told = [(await guesser.post("/api/session", json=asked)).headers for _ in range(4)]
    assert {headers["ratelimit-policy"] for headers in told[:3]} == {'"accounts";q=3;w=300, "addresses";q=30;w=300'}
    assert [headers["ratelimit"].split(";t=")[0] for headers in told] == [
        f'"accounts";r={left}' for left in (2, 1, 0, 0)
    ]
    # Refused: the wait, the same in both headers; and of what others tried nothing.
    wait = told[3]["retry-after"]
    assert told[3]["ratelimit"] == f'"accounts";r=0;t={wait}'
    assert "everywhere" not in str(told)
    # What counts nothing says nothing.
    assert "ratelimit" not in (await guesser.get("/api/server")).headers
