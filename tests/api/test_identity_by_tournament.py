"""A desk decides about identity in its own tournament, a provider and an admin for all; it is logged where one belongs."""

import asyncpg

from .clients import ApiClient, code
from .identity import begin, kyc_of
from .scenarios import ApiScenario, taken


async def decided(who: ApiClient, tournament_id: int, about: ApiClient, decision: str) -> None:
    asked = {"tournament_id": tournament_id, "user_id": about.id, "document": "passport", "decision": decision}
    taken(await who.post("/api/kyc/desk", json=asked))


async def another(scenario: ApiScenario) -> tuple[int, ApiClient]:
    """Another tournament with an organizer of its own, which the bettor has joined too."""
    other = (await scenario.new_tournament("Other"))["id"]
    boss = await scenario.records.add_member(other, await scenario.sign_up("Boss"), "organizer")
    taken(await scenario.bettor.post(f"/api/tournament/{other}/join"))
    return other, boss


async def eligibility(scenario: ApiScenario, tournament_id: int) -> int:
    return int(
        await scenario.value(
            "SELECT eligibility FROM accounts WHERE kind = 'wallet' AND tournament_id = $1 AND user_id = $2",
            tournament_id,
            scenario.bettor.id,
        )
    )


async def test_a_decline_at_one_desk_bars_from_no_other_tournament(scenario: ApiScenario) -> None:
    here, (other, boss) = scenario.tournament_id, await another(scenario)
    await decided(scenario.organizer, here, scenario.bettor, "verified")
    await decided(boss, other, scenario.bettor, "declined")
    assert await kyc_of(scenario.bettor, here) == "verified"
    assert await kyc_of(scenario.bettor, other) == "declined"
    assert (await eligibility(scenario, here), await eligibility(scenario, other)) == (0, 8)
    me = taken(await scenario.bettor.get("/api/me"), 200)
    assert {one["tournament_id"]: one["kyc"] for one in me["memberships"]} == {here: "verified", other: "declined"}
    assert me["kyc"] == "none"
    # Each is logged where it was decided, and nowhere else.
    (row,) = await scenario.records.audited("kyc.declined")
    assert row["tournament_id"] == other
    listed = taken(await boss.get(f"/api/tournament/{other}/member/{scenario.bettor.id}"), 200)
    assert listed["kyc"] == "declined"
    await scenario.records.assert_balanced()


async def test_verified_at_one_desk_is_not_verified_at_another(scenario: ApiScenario) -> None:
    other, boss = await another(scenario)
    await decided(boss, other, scenario.bettor, "verified")
    assert await eligibility(scenario, scenario.tournament_id) == 8
    assert await kyc_of(scenario.bettor, scenario.tournament_id) == "none"
    begun = await begin(scenario.bettor, scenario.tournament_id)
    assert begun["status"] == "pending"


async def test_a_provider_counts_where_no_desk_has_decided(scenario: ApiScenario) -> None:
    here, (other, boss) = scenario.tournament_id, await another(scenario)
    await decided(boss, other, scenario.bettor, "declined")
    await scenario.records.conn.execute(
        "INSERT INTO kyc_checks (user_id, provider, reference, status) VALUES ($1, 'sandbox', 'one', 'verified')",
        scenario.bettor.id,
    )
    await scenario.records.conn.execute("UPDATE users SET kyc = 'verified' WHERE id = $1", scenario.bettor.id)
    assert (await eligibility(scenario, here), await eligibility(scenario, other)) == (0, 8)


async def test_an_admin_decides_for_the_whole_server_and_it_is_logged_where_the_person_belongs(
    scenario: ApiScenario,
) -> None:
    here, (other, boss) = scenario.tournament_id, await another(scenario)
    await decided(boss, other, scenario.bettor, "verified")
    path, asked = f"/api/user/{scenario.bettor.id}/kyc", {"document": "letter of the police", "decision": "declined"}
    for who in (scenario.organizer, boss, scenario.bettor):
        assert code(await who.post(path, json=asked)) == "FORBIDDEN"
    taken(await scenario.admin.post(path, json=asked))
    # Even where a desk had verified them.
    assert (await eligibility(scenario, here), await eligibility(scenario, other)) == (8, 8)
    assert [row["tournament_id"] for row in await scenario.records.audited("kyc.declined")] == [None, here, other]
    # And no desk undoes it.
    await decided(boss, other, scenario.bettor, "verified")
    assert await kyc_of(scenario.bettor, other) == "declined"
    assert code(await scenario.bettor.post("/api/kyc", json={"tournament_id": here})) == "CONFLICT"
    taken(await scenario.admin.post(path, json=asked | {"decision": "verified"}))
    assert (await eligibility(scenario, here), await eligibility(scenario, other)) == (0, 0)
    assert code(await scenario.admin.post("/api/user/999999/kyc", json=asked)) == "NOT_FOUND"
    own = f"/api/user/{scenario.admin.id}/kyc"
    assert code(await scenario.admin.post(own, json=asked | {"decision": "verified"})) == "FORBIDDEN"
    await scenario.records.assert_balanced()


async def test_the_document_is_kept_with_the_check_and_not_in_the_log(scenario: ApiScenario) -> None:
    await decided(scenario.organizer, scenario.tournament_id, scenario.bettor, "verified")
    logged = await scenario.value("SELECT string_agg(details::text, '') FROM audit_log")
    assert "passport" not in logged
    assert await scenario.value("SELECT note FROM kyc_checks") == "passport"


async def test_decisions_from_before_belong_to_the_desk_that_made_them(scenario: ApiScenario) -> None:
    """What migration 0018 does with a check that a desk had decided for everywhere."""
    conn: asyncpg.Connection = scenario.records.conn
    await decided(scenario.organizer, scenario.tournament_id, scenario.bettor, "declined")
    await conn.execute("UPDATE kyc_checks SET tournament_id = NULL")
    await conn.execute("UPDATE users SET kyc = 'declined' WHERE id = $1", scenario.bettor.id)
    from toteboard.ledger.migrate import MIGRATIONS

    text = (MIGRATIONS / "0018_identity_by_tournament.sql").read_text(encoding="utf-8")
    moves = text[text.index("WITH told") : text.index("CREATE INDEX")], text[text.index("UPDATE users SET kyc") :]
    for statement in moves:
        await conn.execute(statement)
    assert await conn.fetchval("SELECT tournament_id FROM kyc_checks") == scenario.tournament_id
    assert await conn.fetchval("SELECT kyc FROM users WHERE id = $1", scenario.bettor.id) == "none"
    assert await kyc_of(scenario.bettor, scenario.tournament_id) == "declined"
