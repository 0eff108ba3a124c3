"""A server to try things on: points only, accounts by invitation, simulated bettors, starting anew, throwing away."""

import asyncio
from typing import Any

import pytest

from toteboard.ledger.ledger import Actor
from toteboard.ledger.people import simulated_people
from toteboard.rules.refusals import Refused

from .clients import PASSWORD, ApiClient, code
from .scenarios import ApiScenario, fields, taken


@pytest.fixture
def wanted() -> dict[str, Any]:
    return {"sandbox": True, "demo": False}


async def trial(scenario: ApiScenario, **more: Any) -> dict[str, Any]:
    """A tournament for points with one pool open, its organizer the scenario's."""
    points = {"currency": "PTS", "kyc_provider": "none", "starting_points": 500}
    made = taken(await scenario.admin.post("/api/tournament", json={"name": "Trial"} | points | more))
    scenario.tournament_id = made["id"]
    await scenario.records.add_member(made["id"], scenario.organizer, "organizer")
    await scenario.records.add_member(made["id"], scenario.bettor, "bettor")
    match = await scenario.new_match(starts_at="2099-06-11T19:00:00Z", round="Final", venue="Table 1")
    await scenario.open_market(match_id=match["id"], closes_offset_s=0, stake_min=2)
    return made


async def invitation(scenario: ApiScenario, *, uses: int, role: str = "bettor") -> str:
    path = f"/api/tournament/{scenario.tournament_id}/invitation"
    return str(taken(await scenario.organizer.post(path, json={"role": role, "uses": uses, "days": 1}))["code"])


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"email": f"{name.lower()}@example.org", "name": name, "password": PASSWORD, **more}


async def until_archived(scenario: ApiScenario, tournament_id: int) -> None:
    """The loops of the application refund and archive it."""
    for _ in range(200):
        shown = (await scenario.admin.get(f"/api/tournament/{tournament_id}")).json()
        if shown["archived"]:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it is not archived")


async def test_the_server_says_that_it_is_a_sandbox_and_has_no_demo_people(client: ApiClient) -> None:
    said = (await client.get("/api/server")).json()
    assert (said["sandbox"], said["demo"]) == (True, False)
    assert code(await client.post("/api/sandbox/sign-in", json={"as": "organizer"})) == "NOT_FOUND"


async def test_nobody_registers_without_an_invitation(scenario: ApiScenario, client: ApiClient) -> None:
    await trial(scenario)
    for more in ({}, {"invitation": "7K3QX-M9TPA"}, {"invitation": ""}):
        answer = await client.post("/api/user", json=person("Ada", **more))
        assert (answer.status_code, code(answer)) == (403, "FORBIDDEN"), more
    assert await scenario.value("SELECT count(*) FROM users WHERE email = 'ada@example.org'") == 0


@pytest.mark.parametrize("role", ["bettor", "organizer"])
async def test_an_invitation_for_one_makes_one_account_in_its_role(
    scenario: ApiScenario, client: ApiClient, role: str
) -> None:
    await trial(scenario)
    asked = await invitation(scenario, uses=1, role=role)
    ada = taken(await client.post("/api/user", json=person("Ada", invitation=asked)))
    assert [(one["slug"], one["role"]) for one in ada["memberships"]] == [("trial", role)]
    assert code(await ApiClient(client.app).post("/api/user", json=person("Bo", invitation=asked))) == "FORBIDDEN"
    # Whoever has an account signs in as ever, also by registering once more.
    again = await ApiClient(client.app).post(
        "/api/user", json=person("Ada", invitation=await invitation(scenario, uses=1))
    )
    assert again.status_code == 201


async def test_only_points_are_played_for(scenario: ApiScenario) -> None:
    await trial(scenario)
    for currency in ("EUR", "JPY"):
        answer = await scenario.admin.post("/api/tournament", json={"name": "Real", "currency": currency})
        assert fields(answer) == ["currency"]
        answer = await scenario.admin.post("/api/tournament/trial/copy", json={"name": "Real", "currency": currency})
        assert fields(answer) == ["currency"]


async def test_simulated_bets_are_asked_for_and_a_desk_hands_out_points(scenario: ApiScenario) -> None:
    made = await trial(scenario)
    path = f"/api/tournament/{made['id']}"
    # Nobody prepared simulated people here: `serve --sandbox` does.
    assert code(await scenario.organizer.patch(path, json={"simulated_per_min": 60})) == "STATE"
    async with scenario.records.services.ledger.change(Actor()) as change:
        desk = await simulated_people.desk(change)
        assert await simulated_people.people(change, ["Bo Berg"]) == await simulated_people.people(change, ["Bo Berg"])
    assert taken(await scenario.organizer.patch(path, json={"simulated_per_min": 60}), 200)["simulated_per_min"] == 60
    members = (await scenario.organizer.get(f"{path}/member")).json()["items"]
    assert [one["role"] for one in members if one["user_id"] == desk] == ["cashier"]
    for rate in (-1, 601, 1.5, "60"):
        assert fields(await scenario.organizer.patch(path, json={"simulated_per_min": rate})) == ["simulated_per_min"]
    assert code(await scenario.bettor.patch(path, json={"simulated_per_min": 1})) == "FORBIDDEN"


async def test_starting_anew_is_the_same_without_a_bet_and_what_was_is_refunded(scenario: ApiScenario) -> None:
    before = await trial(scenario)
    market = (await scenario.admin.get("/api/market", params={"match": await one_match(scenario, before["id"])})).json()
    outcome_id = market["items"][0]["outcomes"][0]["id"]
    assert await scenario.bet(scenario.bettor, outcome_id, 300, currency="PTS") == 0
    wallet = await scenario.wallet_of(scenario.bettor)
    assert wallet["balance"] == 200
    said = {"text": "It is too fast.", "screen": "/t/trial", "tournament_id": before["id"]}
    taken(await scenario.bettor.post("/api/feedback", json=said))
    asked = {"starts_at": "2099-07-01T18:00:00Z"}
    answer = taken(await scenario.organizer.post("/api/tournament/trial/reset", json=asked))
    after = answer["tournament"]
    assert (after["slug"], after["bets"], answer["matches"], answer["markets"], answer["opened"]) == (
        "trial",
        0,
        1,
        1,
        1,
    )
    assert after["id"] != before["id"]
    # What people said goes along.
    room = (await scenario.organizer.get("/api/tournament/trial/feedback")).json()["items"]
    assert [one["text"] for one in room] == ["It is too fast."]
    await until_archived(scenario, before["id"])
    assert await scenario.value("SELECT slug FROM tournaments WHERE id = $1", before["id"]) == f"trial-{before['id']}"
    # Refunded there, and fresh points here.
    assert await scenario.value("SELECT balance FROM accounts WHERE id = $1", wallet["id"]) == 500
    scenario.tournament_id = after["id"]
    assert (await scenario.wallet_of(scenario.bettor))["balance"] == 500
    match = (await scenario.admin.get("/api/match", params={"tournament": "trial"})).json()["items"][0]
    assert (match["name"], match["round"], match["venue"]) == ("Mexico – Norway", "Final", "Table 1")
    assert match["starts_at"] == "2099-07-01T18:00:00Z"
    anew = (await scenario.admin.get("/api/market", params={"match": match["id"]})).json()["items"][0]
    assert (anew["status"], anew["stake_min"], anew["closes_at"]) == ("open", 2, "2099-07-01T18:00:00Z")
    await scenario.records.assert_balanced()


async def one_match(scenario: ApiScenario, tournament_id: int) -> int:
    return int(await scenario.value("SELECT id FROM matches WHERE tournament_id = $1", tournament_id))


async def test_what_is_thrown_away_is_refunded_and_archived_whatever_its_markets_were_in(scenario: ApiScenario) -> None:
    made = await trial(scenario)
    states = ("suspended", "closed", "resulted", "settled")
    for state in states:
        market = await scenario.open_market(match_id=await one_match(scenario, made["id"]), name=state)
        outcomes = [outcome["id"] for outcome in market["outcomes"]]
        assert await scenario.bet(scenario.bettor, outcomes[0], 10, currency="PTS") == 0
        if state == "suspended":
            await scenario.do(market, "suspend")
            continue
        await scenario.do(market, "close")
        if state != "closed":
            await scenario.do(market, "result", winners=[outcomes[0]])
        if state == "settled":
            taken(await scenario.organizer.post(f"/api/market/{market['id']}/settle", json={}), 202)
    assert taken(await scenario.organizer.post("/api/tournament/trial/discard"), 202)["discarded"]
    await until_archived(scenario, made["id"])
    # Once more does nothing.
    assert (await scenario.organizer.post("/api/tournament/trial/discard")).status_code == 202
    assert (await scenario.wallet_of(scenario.bettor))["balance"] == 500
    assert len(await scenario.records.audited("tournament.discarded")) == 1
    assert code(await scenario.organizer.post("/api/tournament/trial/reset", json={})) == "STATE"
    await scenario.records.assert_balanced()


async def test_what_a_pool_carried_into_a_market_without_bets_is_settled_before_it_is_archived(
    scenario: ApiScenario,
) -> None:
    made = await trial(scenario)
    match_id = await one_match(scenario, made["id"])
    later = await scenario.open_market(match_id=match_id, name="Later")
    first = await scenario.open_market(match_id=match_id, name="First", carry_to=later["id"])
    assert await scenario.bet(scenario.bettor, first["outcomes"][0]["id"], 50, currency="PTS") == 0
    await scenario.do(first, "close")
    await scenario.do(first, "result", winners=[first["outcomes"][1]["id"]])
    taken(await scenario.organizer.post(f"/api/market/{first['id']}/settle", json={}), 202)
    for _ in range(100):
        if await scenario.value("SELECT carried FROM markets WHERE id = $1", later["id"]):
            break
        await asyncio.sleep(0.05)
    await scenario.do(later, "close")
    assert code(await scenario.admin.delete("/api/tournament/trial")) == "STATE"
    taken(await scenario.organizer.post("/api/tournament/trial/discard"), 202)
    await until_archived(scenario, made["id"])
    left = "SELECT count(*) FROM accounts WHERE tournament_id = $1 AND kind = 'escrow' AND balance <> 0"
    assert await scenario.value(left, made["id"]) == 0
    await scenario.records.assert_balanced()


async def test_nobody_comes_into_what_is_being_thrown_away_and_nothing_of_it_is_changed(
    scenario: ApiScenario, client: ApiClient
) -> None:
    made = await trial(scenario)
    asked = await invitation(scenario, uses=3)
    # Held where it is until it was looked at.
    await scenario.records.conn.execute("UPDATE tournaments SET discarded_at = now() WHERE id = $1", made["id"])
    assert code(await client.post("/api/user", json=person("Ada", invitation=asked))) == "FORBIDDEN"
    path = f"/api/tournament/{made['id']}"
    assert code(await scenario.organizer.patch(path, json={"name": "Other"})) == "STATE"
    assert code(await scenario.organizer.post(f"{path}/reset", json={})) == "STATE"
    await scenario.records.conn.execute("UPDATE tournaments SET discarded_at = NULL WHERE id = $1", made["id"])


async def test_it_starts_anew_also_where_others_have_the_addresses_that_it_would_take(scenario: ApiScenario) -> None:
    made = await trial(scenario)
    other = {"name": "Other", "slug": f"trial-{made['id']}", "currency": "PTS"}
    taken(await scenario.admin.post("/api/tournament", json=other))
    taken(await scenario.organizer.post("/api/tournament/trial/reset", json={}))
    assert await scenario.value("SELECT slug FROM tournaments WHERE id = $1", made["id"]) == f"trial-{made['id']}-2"


async def _prepared(scenario: ApiScenario) -> None:
    async with scenario.records.services.ledger.change(Actor()) as change:
        await simulated_people.people(change, ["Bo Berg"])
        await simulated_people.desk(change)


async def test_whoever_registered_with_the_address_of_a_simulated_person_is_none(scenario: ApiScenario) -> None:
    somebody = "UPDATE users SET email = $1 WHERE name = 'Stranger'"
    for email in (simulated_people.DESK, f"bo.berg@{simulated_people.DOMAIN}"):
        await scenario.records.conn.execute(somebody, email)
        with pytest.raises(Refused, match="Somebody has registered as"):
            await _prepared(scenario)
    await scenario.records.conn.execute(somebody, "stranger@example.org")


async def test_only_its_organizer_starts_it_anew_or_throws_it_away(scenario: ApiScenario) -> None:
    await trial(scenario)
    for who in (scenario.bettor, scenario.cashier, scenario.stranger):
        for path in ("reset", "discard"):
            assert code(await who.post(f"/api/tournament/trial/{path}", json={})) == "FORBIDDEN"
    assert (
        code(await scenario.admin.post("/api/tournament/trial/copy", json={"name": "", "currency": "PTS"})) == "INVALID"
    )
