"""What an admin decides about people: block and unblock, give and take admin; and what ends with a right."""

import asyncio

import pytest

from .clients import ApiClient, code
from .scenarios import ApiScenario, taken


def path(client: ApiClient) -> str:
    return f"/api/user/{client.id}"


async def invitation(scenario: ApiScenario, by: ApiClient, role: str = "bettor", **more: int) -> str:
    asked = {"role": role, "uses": 5, "days": 1, **more}
    return str(taken(await by.post(f"/api/tournament/{scenario.tournament_id}/invitation", json=asked))["code"])


async def test_an_admin_finds_everybody_and_nobody_else_does(scenario: ApiScenario) -> None:
    for who in (scenario.organizer, scenario.cashier, scenario.auditor, scenario.bettor):
        assert code(await who.get("/api/user")) == "FORBIDDEN"
    found = taken(await scenario.admin.get("/api/user", params={"q": "STRANGER@"}), 200)["items"]
    assert [(one["name"], one["tournaments"], one["blocked"]) for one in found] == [("Stranger", 0, False)]
    page = taken(await scenario.admin.get("/api/user", params={"limit": 4}), 200)
    rest = taken(await scenario.admin.get("/api/user", params={"limit": 4, "after": page["next"]}), 200)
    names = {one["name"] for one in (*page["items"], *rest["items"])}
    assert names == {"Admin", "Organizer", "Cashier", "Auditor", "Bettor", "Stranger"}


async def test_the_blocked_may_nothing_until_they_are_unblocked(scenario: ApiScenario) -> None:
    asked = {"blocked": True, "reason": "used a second account"}
    for who in (scenario.organizer, scenario.bettor):
        assert code(await who.patch(path(scenario.cashier), json=asked)) == "FORBIDDEN"
    assert taken(await scenario.admin.patch(path(scenario.cashier), json=asked), 200)["blocked"] is True
    members = f"/api/tournament/{scenario.tournament_id}/member"
    assert code(await scenario.cashier.get(members)) == "FORBIDDEN"
    (row,) = await scenario.records.audited("user.blocked")
    assert (row["user_id"], row["details"]) == (scenario.admin.id, {"reason": "used a second account"})
    # Once more changes nothing and is not logged again.
    taken(await scenario.admin.patch(path(scenario.cashier), json=asked), 200)
    assert len(await scenario.records.audited("user.blocked")) == 1
    taken(await scenario.admin.patch(path(scenario.cashier), json={"blocked": False, "reason": "it was her"}), 200)
    assert (await scenario.cashier.get(members)).status_code == 200


async def test_admin_is_given_and_taken_and_never_ones_own(scenario: ApiScenario) -> None:
    taken(await scenario.admin.patch(path(scenario.stranger), json={"admin": True, "reason": "takes over"}), 200)
    assert (await scenario.stranger.get("/api/user")).status_code == 200
    for body in ({"admin": False}, {"blocked": True}):
        answer = await scenario.admin.patch(path(scenario.admin), json={"reason": "enough", **body})
        assert code(answer) == "FORBIDDEN"
        assert "another administrator" in answer.json()["detail"]
    taken(await scenario.stranger.patch(path(scenario.admin), json={"admin": False, "reason": "moved"}), 200)
    assert code(await scenario.admin.get("/api/user")) == "FORBIDDEN"
    assert [row["subject"] for row in await scenario.records.audited("user.demoted")] == [f"user:{scenario.admin.id}"]
    assert code(await scenario.stranger.patch("/api/user/999999", json={"blocked": True, "reason": "?"})) == "NOT_FOUND"


async def test_of_two_admins_who_take_each_others_right_one_stays(scenario: ApiScenario) -> None:
    taken(await scenario.admin.patch(path(scenario.stranger), json={"admin": True, "reason": "two"}), 200)
    body = {"admin": False, "reason": "a quarrel"}
    await asyncio.gather(
        scenario.admin.patch(path(scenario.stranger), json=body),
        scenario.stranger.patch(path(scenario.admin), json=body),
    )
    assert await scenario.value("SELECT count(*) FROM users WHERE admin") == 1


# Invitations end with their maker's right ---------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["demoted", "removed", "blocked"])
async def test_an_invitation_ends_with_its_makers_right(scenario: ApiScenario, how: str) -> None:
    second = await scenario.add_member("Second", "organizer")
    kept, gone = await invitation(scenario, scenario.organizer), await invitation(scenario, second)
    member = f"/api/tournament/{scenario.tournament_id}/member/{second.id}"
    assert taken(await scenario.organizer.get(member), 200)["invitations"] == 1
    if how == "demoted":
        assert taken(await scenario.organizer.put(member, json={"role": "bettor"}), 200)["invitations"] == 0
    elif how == "removed":
        assert (await scenario.organizer.delete(member)).status_code == 204
    else:
        taken(await scenario.admin.patch(path(second), json={"blocked": True, "reason": "gone"}), 200)
    assert code(await scenario.stranger.get(f"/api/invitation/{gone}")) == "NOT_FOUND"
    assert code(await scenario.stranger.post(f"/api/invitation/{gone}")) == "NOT_FOUND"
    listed = taken(await scenario.organizer.get(f"/api/tournament/{scenario.tournament_id}/invitation"), 200)["items"]
    assert [(one["created_by"], one["state"]) for one in listed] == [("Second", "ended"), ("Organizer", "open")]
    (row,) = await scenario.records.audited("invitation.ended")
    assert (row["tournament_id"], row["details"]) == (scenario.tournament_id, {"maker": second.id})
    # Not because it comes back with the right.
    await scenario.records.add_member(scenario.tournament_id, second, "organizer")
    assert code(await scenario.stranger.post(f"/api/invitation/{gone}")) == "NOT_FOUND"
    taken(await scenario.stranger.post(f"/api/invitation/{kept}"))


async def test_an_admins_invitation_ends_with_admin(scenario: ApiScenario) -> None:
    taken(await scenario.admin.patch(path(scenario.stranger), json={"admin": True, "reason": "helps"}), 200)
    given = await invitation(scenario, scenario.stranger)
    taken(await scenario.admin.patch(path(scenario.stranger), json={"admin": False, "reason": "helped"}), 200)
    newcomer = await scenario.sign_up("Newcomer")
    assert code(await newcomer.post(f"/api/invitation/{given}")) == "NOT_FOUND"


async def test_a_right_taken_behind_our_back_opens_nothing_either(scenario: ApiScenario) -> None:
    """As by a restored table: whoever takes an invitation is looked at with its maker's right of now."""
    second = await scenario.add_member("Second", "organizer")
    given = await invitation(scenario, second)
    await scenario.records.conn.execute("UPDATE members SET role = 'auditor' WHERE user_id = $1", second.id)
    assert code(await scenario.stranger.post(f"/api/invitation/{given}")) == "NOT_FOUND"


@pytest.mark.parametrize(
    ("role", "uses", "days", "status"),
    [
        ("bettor", 10_000, 92, 201),
        ("bettor", 10_001, 92, 422),
        ("bettor", 10_000, 93, 422),
        ("organizer", 20, 14, 201),
        ("organizer", 21, 1, 422),
        ("cashier", 1, 15, 422),
        ("auditor", 10_000, 365, 422),
    ],
)
async def test_an_invitation_is_bounded_and_one_for_staff_more_so(
    scenario: ApiScenario, role: str, uses: int, days: int, status: int
) -> None:
    answer = await scenario.organizer.post(
        f"/api/tournament/{scenario.tournament_id}/invitation", json={"role": role, "uses": uses, "days": days}
    )
    assert answer.status_code == status, answer.text
