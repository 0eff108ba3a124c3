"""Invitations: made, looked at, taken once and again, used up, over, ended, guessed, raced for."""

import asyncio
import re
from typing import Any

import pytest

from .clients import ApiClient, code
from .scenarios import ApiScenario, fields, taken

CROCKFORD = re.compile(r"^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$")


def path_of(scenario: ApiScenario) -> str:
    return f"/api/tournament/{scenario.tournament_id}/invitation"


async def invite(scenario: ApiScenario, role: str = "bettor", *, uses: int = 1, days: int = 7) -> dict[str, Any]:
    return taken(await scenario.organizer.post(path_of(scenario), json={"role": role, "uses": uses, "days": days}))


async def take(client: ApiClient, made: dict[str, Any]) -> Any:
    return await client.post(f"/api/invitation/{made['code']}")


async def listed(scenario: ApiScenario) -> list[dict[str, Any]]:
    return list(taken(await scenario.organizer.get(path_of(scenario)), 200)["items"])


async def role_of(scenario: ApiScenario, client: ApiClient) -> str | None:
    role: str | None = await scenario.value(
        "SELECT role FROM members WHERE tournament_id = $1 AND user_id = $2", scenario.tournament_id, client.id
    )
    return role


# Making -------------------------------------------------------------------------------------------------------------


async def test_an_invitation_says_its_code_once_and_only_its_hash_is_kept(scenario: ApiScenario) -> None:
    answer = await scenario.organizer.post(path_of(scenario), json={"role": "cashier", "uses": 2, "days": 3})
    made = taken(answer)
    assert CROCKFORD.match(made["code"])
    assert answer.headers["cache-control"] == "no-store"
    (row,) = await listed(scenario)
    assert row == {
        "id": made["id"],
        "role": "cashier",
        "state": "open",
        "uses_left": 2,
        "taken": 0,
        "expires_at": made["expires_at"],
        "created_at": row["created_at"],
        "created_by": "Organizer",
    }
    code_text = made["code"].replace("-", "")
    for table in ("invitations", "audit_log"):
        kept = await scenario.value(f"SELECT string_agg(row_to_json(t)::text, '') FROM {table} t")
        assert made["code"] not in kept
        assert code_text not in kept
    (audited,) = await scenario.records.audited("invitation.created")
    assert audited["details"].pop("expires_at")[:19] == made["expires_at"][:19].replace("T", " ")
    assert audited["details"] == {"role": "cashier", "uses": 2, "days": 3}


@pytest.mark.parametrize(
    ("field", "value"),
    [("role", "admin"), ("uses", 0), ("uses", 10_001), ("uses", "5"), ("days", 0), ("days", 367), ("code", "AAAA")],
)
async def test_what_an_invitation_cannot_be_is_422_at_its_field(scenario: ApiScenario, field: str, value: Any) -> None:
    asked = {"role": "bettor", "uses": 5, "days": 7, field: value}
    assert fields(await scenario.organizer.post(path_of(scenario), json=asked)) == [field]
    assert await listed(scenario) == []


async def test_nobody_but_the_organizer_invites_looks_through_invitations_or_ends_one(scenario: ApiScenario) -> None:
    made = await invite(scenario)
    for member in (scenario.cashier, scenario.auditor, scenario.bettor, scenario.stranger):
        asked = {"role": "organizer", "uses": 1, "days": 1}
        assert code(await member.post(path_of(scenario), json=asked)) == "FORBIDDEN"
        assert code(await member.get(path_of(scenario))) == "FORBIDDEN"
        assert code(await member.delete(f"{path_of(scenario)}/{made['id']}")) == "FORBIDDEN"


async def test_an_organizer_ends_no_invitation_of_another_tournament(scenario: ApiScenario) -> None:
    other = await scenario.new_tournament("Other")
    made = await invite(scenario)
    answer = await scenario.admin.delete(f"/api/tournament/{other['id']}/invitation/{made['id']}")
    assert code(answer) == "NOT_FOUND"
    assert (await listed(scenario))[0]["state"] == "open"


async def test_an_archived_tournament_invites_nobody(scenario: ApiScenario) -> None:
    made = await invite(scenario)
    assert (await scenario.admin.delete(f"/api/tournament/{scenario.tournament_id}")).status_code == 204
    answer = await scenario.organizer.post(path_of(scenario), json={"role": "bettor", "uses": 1, "days": 1})
    assert code(answer) == "STATE"
    assert code(await take(scenario.stranger, made)) == "NOT_FOUND"


# Taking -------------------------------------------------------------------------------------------------------------


async def test_a_visitor_learns_what_a_code_is_for_before_signing_in(scenario: ApiScenario, client: ApiClient) -> None:
    made = await invite(scenario, "cashier")
    seen = taken(await client.get(f"/api/invitation/{made['code']}"), 200)
    assert seen == {
        "tournament_id": scenario.tournament_id,
        "slug": "world-cup",
        "name": "World Cup",
        "subtitle": "",
        "currency": "EUR",
        "staff_may_bet": False,
        "role": "cashier",
        "taken": False,
    }
    assert code(await client.post(f"/api/invitation/{made['code']}")) == "UNAUTHENTICATED"


async def test_taking_an_invitation_makes_a_member_and_a_bettor_gets_a_wallet(scenario: ApiScenario) -> None:
    membership = taken(await take(scenario.stranger, await invite(scenario)))
    assert (membership["slug"], membership["role"]) == ("world-cup", "bettor")
    assert (await scenario.wallet_of(scenario.stranger))["id"] == membership["wallet_id"]
    made = await invite(scenario, "cashier")
    newcomer = await scenario.sign_up("Newcomer")
    membership = taken(await take(newcomer, made))
    assert (membership["role"], membership["wallet_id"]) == ("cashier", None)
    # At once, whatever was remembered of them.
    assert (await newcomer.get(f"/api/tournament/{scenario.tournament_id}/member")).status_code == 200
    rows = await scenario.records.audited("invitation.taken")
    assert [(row["user_id"], row["details"]) for row in rows] == [
        (scenario.stranger.id, {"role": "bettor"}),
        (newcomer.id, {"role": "cashier"}),
    ]


@pytest.mark.parametrize("written", ["{0}", "{1}", " {1} "])
async def test_a_code_is_read_as_people_type_it(scenario: ApiScenario, client: ApiClient, written: str) -> None:
    made = await invite(scenario)
    small = made["code"].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    typed = written.format(made["code"].replace("-", ""), small)
    assert taken(await client.get(f"/api/invitation/{typed}"), 200)["name"] == "World Cup"


async def test_taking_it_again_answers_the_same_and_uses_nothing_up(scenario: ApiScenario) -> None:
    made = await invite(scenario, uses=2)
    first = taken(await take(scenario.stranger, made))
    again = await take(scenario.stranger, made)
    assert taken(again, 200) == first
    assert (await listed(scenario))[0] | {"uses_left": 1, "taken": 1} == (await listed(scenario))[0]
    # Also when its last use is gone: a lost answer is asked for again.
    taken(await take(await scenario.sign_up("Last"), made))
    assert taken(await take(scenario.stranger, made), 200) == first


async def test_one_person_who_takes_it_many_times_at_once_uses_one_up(scenario: ApiScenario) -> None:
    made = await invite(scenario, uses=1)
    answers = await asyncio.gather(*(take(scenario.stranger, made) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert (await listed(scenario))[0]["uses_left"] == 0


async def test_two_people_race_for_the_last_use_and_one_gets_it(scenario: ApiScenario) -> None:
    made = await invite(scenario, "cashier", uses=1)
    people = [await scenario.sign_up(f"Racer {n}") for n in range(6)]
    answers = await asyncio.gather(*(take(person, made) for person in people))
    assert sorted(answer.status_code for answer in answers) == [201] + [404] * 5
    assert [await role_of(scenario, person) for person in people].count("cashier") == 1
    row = (await listed(scenario))[0]
    assert (row["uses_left"], row["taken"], row["state"]) == (0, 1, "used_up")


@pytest.mark.parametrize(
    ("now", "offered", "then"),
    [
        ("bettor", "cashier", "cashier"),
        ("bettor", "organizer", "organizer"),
        ("cashier", "organizer", "organizer"),
        ("auditor", "organizer", "organizer"),
        ("cashier", "bettor", "cashier"),
        ("organizer", "bettor", "organizer"),
        ("organizer", "auditor", "organizer"),
        ("cashier", "auditor", "cashier"),
        ("auditor", "cashier", "auditor"),
        ("bettor", "bettor", "bettor"),
    ],
)
async def test_an_invitation_raises_a_role_and_never_lowers_one(
    scenario: ApiScenario, now: str, offered: str, then: str
) -> None:
    made = await invite(scenario, offered)
    member = getattr(scenario, now)
    raised = now != then
    assert taken(await take(member, made), 201 if raised else 200)["role"] == then
    assert await role_of(scenario, member) == then
    assert (await listed(scenario))[0]["uses_left"] == (0 if raised else 1)


async def test_a_member_who_was_removed_does_not_come_back_by_the_same_code(scenario: ApiScenario) -> None:
    made = await invite(scenario, "cashier", uses=5)
    taken(await take(scenario.stranger, made))
    path = f"/api/tournament/{scenario.tournament_id}/member/{scenario.stranger.id}"
    assert (await scenario.organizer.delete(path)).status_code == 204
    assert code(await take(scenario.stranger, made)) == "NOT_FOUND"
    assert await role_of(scenario, scenario.stranger) is None


async def test_a_role_taken_away_is_not_got_back_by_the_same_code(scenario: ApiScenario) -> None:
    made = await invite(scenario, "cashier", uses=5)
    taken(await take(scenario.stranger, made))
    path = f"/api/tournament/{scenario.tournament_id}/member/{scenario.stranger.id}"
    taken(await scenario.organizer.put(path, json={"role": "bettor"}), 200)
    assert taken(await take(scenario.stranger, made), 200)["role"] == "bettor"


async def test_the_blocked_take_no_invitation(scenario: ApiScenario) -> None:
    made = await invite(scenario)
    await scenario.records.block(scenario.stranger)
    assert code(await take(scenario.stranger, made)) == "BLOCKED"


# Refused ------------------------------------------------------------------------------------------------------------


async def test_used_up_expired_ended_and_unknown_codes_get_one_answer(scenario: ApiScenario, client: ApiClient) -> None:
    used_up, expired, ended = [await invite(scenario, "cashier") for _ in range(3)]
    taken(await take(await scenario.sign_up("First"), used_up))
    await scenario.records.conn.execute(
        "UPDATE invitations SET expires_at = clock_timestamp() WHERE id = $1", expired["id"]
    )
    for _ in range(2):
        assert (await scenario.organizer.delete(f"{path_of(scenario)}/{ended['id']}")).status_code == 204
    assert [row["state"] for row in await listed(scenario)] == ["ended", "expired", "used_up"]
    codes = [used_up["code"], expired["code"], ended["code"], "00000-00000", "x", "Ω'; DROP TABLE members; --"]
    looks = [await client.get(f"/api/invitation/{one}") for one in codes]
    takes = [await scenario.stranger.post(f"/api/invitation/{one}") for one in codes]
    assert {answer.status_code for answer in looks + takes} == {404}
    assert len({answer.content for answer in looks + takes}) == 1
    assert await role_of(scenario, scenario.stranger) is None
    refused = await scenario.records.audited("invitation.refused")
    assert [(row["user_id"], row["details"]) for row in refused] == [(scenario.stranger.id, {})] * len(codes)
    assert len(await scenario.records.audited("invitation.ended")) == 1


@pytest.mark.parametrize("wanted", [{"invitation_tries_max": 3, "invitation_address_tries_max": 1000}])
async def test_one_person_guesses_a_few_times_and_is_told_to_wait(scenario: ApiScenario) -> None:
    made = await invite(scenario)
    for _ in range(3):
        assert code(await scenario.stranger.post("/api/invitation/GUESS-GUESS")) == "NOT_FOUND"
    answer = await scenario.stranger.post(f"/api/invitation/{made['code']}")
    assert (answer.status_code, code(answer)) == (429, "TOO_MANY")
    assert 1 <= int(answer.headers["retry-after"]) <= 100
    # Somebody else at the same address is not in it.
    taken(await take(await scenario.sign_up("Other"), made))


@pytest.mark.parametrize("wanted", [{"invitation_tries_max": 1000, "invitation_address_tries_max": 4}])
async def test_one_address_guesses_a_few_times_and_is_told_to_wait(scenario: ApiScenario, client: ApiClient) -> None:
    for _ in range(4):
        assert code(await client.get("/api/invitation/GUESS-GUESS")) == "NOT_FOUND"
    answer = await client.get("/api/invitation/GUESS-GUESS")
    assert (answer.status_code, code(answer)) == (429, "TOO_MANY")
    assert int(answer.headers["retry-after"]) >= 1
    assert code(await scenario.stranger.post("/api/invitation/GUESS-GUESS")) == "TOO_MANY"


@pytest.mark.parametrize("wanted", [{"invitation_tries_max": 2, "invitation_address_tries_max": 2}])
async def test_a_hall_behind_one_address_takes_a_good_code_without_waiting(
    scenario: ApiScenario, client: ApiClient
) -> None:
    made = await invite(scenario, uses=100)
    for number in range(6):
        taken(await client.get(f"/api/invitation/{made['code']}"), 200)
        taken(await take(await scenario.sign_up(f"Guest {number}"), made))


async def test_nobody_gives_themselves_a_role_by_an_invitation(scenario: ApiScenario) -> None:
    await scenario.records.add_member(scenario.tournament_id, scenario.admin, "bettor")
    asked = {"role": "organizer", "uses": 1, "days": 1}
    made = taken(await scenario.admin.post(path_of(scenario), json=asked))
    assert (await take(scenario.admin, made)).status_code == 404
    assert await role_of(scenario, scenario.admin) == "bettor"
