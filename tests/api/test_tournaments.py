"""Tournaments and their members, end to end: made, edited, archived, joined, staffed, refused."""

import asyncio
from typing import Any

import pytest

from .clients import ApiClient, code
from .scenarios import FOUL_TEXTS, SQL_TEXTS, ApiScenario, fields, taken

PATH = "/api/tournament"


def member_path(scenario: ApiScenario, client: ApiClient) -> str:
    return f"{PATH}/{scenario.tournament_id}/member/{client.id}"


async def test_a_new_tournament_has_its_feed_its_accounts_and_its_organizer(
    scenario: ApiScenario, admin: ApiClient
) -> None:
    made = await scenario.new_tournament("Coupe de l'Été", subtitle="Ça commence", timezone="Europe/Paris")
    assert made["slug"] == "coupe-de-l-ete"
    assert (made["currency"], made["exponent"], made["timezone"]) == ("EUR", 2, "Europe/Paris")
    assert (made["markets_open"], made["total"], made["bets"], made["archived"]) == (0, 0, 0, False)
    kinds = await scenario.value(
        "SELECT array_agg(kind ORDER BY kind) FROM accounts WHERE tournament_id = $1", made["id"]
    )
    assert kinds == ["breakage", "cash", "house", "receivable", "takeout"]
    assert await scenario.value("SELECT seq FROM feeds WHERE tournament_id = $1", made["id"]) == 1
    me = (await admin.get("/api/me")).json()
    assert {m["slug"]: m["role"] for m in me["memberships"]}["coupe-de-l-ete"] == "organizer"
    assert await scenario.records.audited("tournament.created")


async def test_everybody_may_look_by_id_and_by_slug(scenario: ApiScenario, client: ApiClient) -> None:
    by_slug = await client.get(f"{PATH}/world-cup")
    assert by_slug.json() == (await client.get(f"{PATH}/{scenario.tournament_id}")).json()
    assert [t["slug"] for t in (await client.get(PATH)).json()["items"]] == ["world-cup"]


@pytest.mark.parametrize("which", ["999", "no-such", "%00", "１", "9" * 30, "'; DROP TABLE bets; --"[:20]])
async def test_a_tournament_that_is_not_there_is_404(scenario: ApiScenario, client: ApiClient, which: str) -> None:
    assert code(await client.get(f"{PATH}/{which}")) == "NOT_FOUND"


async def test_tournaments_come_in_pages_newest_first(scenario: ApiScenario, client: ApiClient) -> None:
    for number in range(3):
        await scenario.new_tournament(f"Cup {number}")
    first = (await client.get(PATH, params={"limit": 3})).json()
    assert [t["name"] for t in first["items"]] == ["Cup 2", "Cup 1", "Cup 0"]
    second = (await client.get(PATH, params={"limit": 3, "after": first["next"]})).json()
    assert [t["name"] for t in second["items"]] == ["World Cup"]
    assert second["next"] is None


@pytest.mark.parametrize("query", ["after=x", "after=１", "after=-1", "after=%00", "limit=0", "limit=201", "limit=１"])
async def test_a_page_asked_wrongly_is_422(client: ApiClient, query: str) -> None:
    assert code(await client.get(f"{PATH}?{query}")) == "INVALID"


async def test_only_an_admin_makes_tournaments(scenario: ApiScenario, client: ApiClient) -> None:
    asked = {"name": "Mine", "currency": "EUR"}
    assert code(await client.post(PATH, json=asked)) == "UNAUTHENTICATED"
    assert code(await scenario.organizer.post(PATH, json=asked)) == "FORBIDDEN"
    denied = await scenario.records.audited("access.denied")
    assert denied[-1]["user_id"] == scenario.organizer.id


async def test_a_slug_that_is_taken_is_a_conflict(scenario: ApiScenario) -> None:
    asked = {"name": "World Cup", "currency": "EUR"}
    assert code(await scenario.admin.post(PATH, json=asked)) == "CONFLICT"
    other = await scenario.new_tournament("Other")
    answer = await scenario.admin.patch(f"{PATH}/{other['id']}", json={"slug": "world-cup"})
    assert code(answer) == "CONFLICT"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", 7),
        ("name", "x" * 201),
        *[("name", text) for text in FOUL_TEXTS],
        *[("subtitle", text) for text in FOUL_TEXTS[:-1]],
        ("slug", "Big Letters"),
        ("slug", "2026"),
        ("slug", "a/b"),
        ("currency", "XXX"),
        ("currency", "eur"),
        ("currency", "BTC"),
        ("currency", 978),
        ("timezone", "Mars/Olympus"),
        ("timezone", "Europe/Paris; DROP"),
        ("kyc_provider", "mine"),
        ("staff_may_bet", 1),
        ("role", "organizer"),
        ("archived", False),
        ("id", 1),
    ],
)
async def test_what_a_tournament_cannot_be_is_422_at_its_field(scenario: ApiScenario, field: str, value: Any) -> None:
    asked = {"name": "Fine", "currency": "EUR", field: value}
    assert fields(await scenario.admin.post(PATH, json=asked)) == [field]
    assert await scenario.value("SELECT count(*) FROM tournaments") == 1


async def test_half_a_surrogate_pair_and_broken_json_are_refused(scenario: ApiScenario) -> None:
    for body in (b'{"name":"\\ud800","currency":"EUR"}', b'{"name":"a","name":"b","currency":"EUR"}', b"{"):
        answer = await scenario.admin.post(PATH, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422)
    assert await scenario.value("SELECT count(*) FROM tournaments") == 1


@pytest.mark.parametrize("text", SQL_TEXTS)
async def test_sql_in_a_name_is_stored_as_text(scenario: ApiScenario, text: str) -> None:
    made = await scenario.new_tournament(text, subtitle=text)
    assert (made["name"], made["subtitle"]) == (text, text)
    assert await scenario.value("SELECT count(*) FROM tournaments") == 2


async def test_an_organizer_edits_and_the_feed_is_told(scenario: ApiScenario) -> None:
    path = f"{PATH}/{scenario.tournament_id}"
    edited = taken(await scenario.organizer.patch(path, json={"name": "The Cup", "subtitle": "2026"}), 200)
    assert (edited["name"], edited["slug"]) == ("The Cup", "world-cup")
    (*_, last) = await scenario.events("tournament")
    assert last["tournament"] == {
        "id": scenario.tournament_id,
        "slug": "world-cup",
        "name": "The Cup",
        "subtitle": "2026",
        "currency": "EUR",
        "exponent": 2,
        "timezone": "UTC",
    }
    (row,) = await scenario.records.audited("tournament.edited")
    assert row["details"] == {"name": ["World Cup", "The Cup"], "subtitle": ["", "2026"]}


async def test_an_edit_that_changes_nothing_leaves_no_trace(scenario: ApiScenario) -> None:
    before = len(await scenario.events("tournament"))
    taken(await scenario.organizer.patch(f"{PATH}/{scenario.tournament_id}", json={"name": "World Cup"}), 200)
    assert len(await scenario.events("tournament")) == before
    assert await scenario.records.audited("tournament.edited") == []


@pytest.mark.parametrize("body", [{"currency": "USD"}, {"name": None}, {"total": 5}, {"name": "a\x00"}, []])
async def test_what_cannot_be_edited_is_422(scenario: ApiScenario, body: Any) -> None:
    assert code(await scenario.organizer.patch(f"{PATH}/{scenario.tournament_id}", json=body)) == "INVALID"


async def test_nobody_but_the_organizer_edits(scenario: ApiScenario, client: ApiClient) -> None:
    path = f"{PATH}/{scenario.tournament_id}"
    for member in (scenario.cashier, scenario.auditor, scenario.bettor, scenario.stranger):
        assert code(await member.patch(path, json={"name": "Mine"})) == "FORBIDDEN"
    assert code(await client.patch(path, json={"name": "Mine"})) == "UNAUTHENTICATED"


async def test_an_archived_tournament_is_read_and_no_longer_written(scenario: ApiScenario, client: ApiClient) -> None:
    path = f"{PATH}/{scenario.tournament_id}"
    match = await scenario.new_match()
    assert code(await scenario.organizer.delete(path)) == "FORBIDDEN"
    assert (await scenario.admin.delete(path)).status_code == 204
    assert (await scenario.admin.delete(path)).status_code == 204
    assert (await client.get(path)).json()["archived"] is True
    assert (await client.get(PATH)).json()["items"] == []
    assert code(await scenario.organizer.patch(path, json={"name": "Again"})) == "STATE"
    assert code(await scenario.organizer.patch(f"/api/match/{match['id']}", json={"name": "Again"})) == "STATE"
    asked = {"tournament_id": scenario.tournament_id, "name": "Late"}
    assert code(await scenario.organizer.post("/api/match", json=asked)) == "STATE"
    assert code(await scenario.stranger.post(f"{path}/join")) == "STATE"
    assert len(await scenario.records.audited("tournament.archived")) == 1


async def test_a_tournament_with_an_open_market_is_not_archived(scenario: ApiScenario) -> None:
    await scenario.open_market()
    assert code(await scenario.admin.delete(f"{PATH}/{scenario.tournament_id}")) == "STATE"


# Members ------------------------------------------------------------------------------------------------------------


async def test_joining_makes_a_bettor_with_a_wallet_and_joining_again_the_same(scenario: ApiScenario) -> None:
    path = f"{PATH}/world-cup/join"
    wallet = taken(await scenario.stranger.post(path))
    assert wallet == {
        "id": wallet["id"],
        "tournament_id": scenario.tournament_id,
        "slug": "world-cup",
        "user_id": scenario.stranger.id,
        "balance": 0,
        "owed": 0,
        "currency": "EUR",
        "exponent": 2,
        "limits": [],
    }
    assert taken(await scenario.stranger.post(path)) == wallet
    me = (await scenario.stranger.get("/api/me")).json()
    assert [(m["role"], m["wallet_id"]) for m in me["memberships"]] == [("bettor", wallet["id"])]


async def test_joining_many_times_at_once_opens_one_wallet(scenario: ApiScenario) -> None:
    path = f"{PATH}/{scenario.tournament_id}/join"
    answers = await asyncio.gather(*(scenario.stranger.post(path) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_staff_do_not_join_unless_staff_may_bet(scenario: ApiScenario) -> None:
    path = f"{PATH}/{scenario.tournament_id}"
    assert code(await scenario.cashier.post(f"{path}/join")) == "STAFF"
    taken(await scenario.organizer.patch(path, json={"staff_may_bet": True}), 200)
    assert taken(await scenario.cashier.post(f"{path}/join"))["user_id"] == scenario.cashier.id
    assert (await scenario.cashier.get("/api/me")).json()["memberships"][0]["role"] == "cashier"


async def test_the_blocked_do_not_join(scenario: ApiScenario) -> None:
    await scenario.records.block(scenario.stranger)
    assert code(await scenario.stranger.post(f"{PATH}/{scenario.tournament_id}/join")) == "BLOCKED"


async def test_staff_read_the_members_and_others_do_not(scenario: ApiScenario, client: ApiClient) -> None:
    path = f"{PATH}/{scenario.tournament_id}/member"
    for member in (scenario.organizer, scenario.cashier, scenario.auditor, scenario.admin):
        items = taken(await member.get(path), 200)["items"]
        assert [m["role"] for m in items] == ["organizer", "organizer", "cashier", "auditor", "bettor"]
    bettor = items[-1]
    assert bettor == {
        "user_id": scenario.bettor.id,
        "name": "Bettor",
        "email": "bettor@example.org",
        "role": "bettor",
        "kyc": "none",
        "kyc_is_twin": False,
        "kyc_twin": None,
        "wallet_id": bettor["wallet_id"],
        "balance": 0,
        "owed": 0,
        "invitations": 0,
    }
    assert items[0]["wallet_id"] is None
    assert code(await scenario.bettor.get(path)) == "FORBIDDEN"
    assert code(await client.get(path)) == "UNAUTHENTICATED"
    first = taken(await scenario.cashier.get(path, params={"limit": 4}), 200)
    rest = taken(await scenario.cashier.get(path, params={"limit": 4, "after": first["next"]}), 200)
    assert len(first["items"] + rest["items"]) == 5


async def test_a_role_given_counts_at_once(scenario: ApiScenario) -> None:
    path = f"{PATH}/{scenario.tournament_id}/member"
    member = scenario.cashier
    given = taken(await scenario.organizer.put(member_path(scenario, member), json={"role": "auditor"}), 200)
    assert (given["role"], given["wallet_id"]) == ("auditor", None)
    assert (await member.get(path)).status_code == 200
    given = taken(await scenario.organizer.put(member_path(scenario, member), json={"role": "bettor"}), 200)
    assert given["balance"] == 0
    assert code(await member.get(path)) == "FORBIDDEN"
    assert [row["details"]["role"] for row in await scenario.records.audited("member.role_changed")] == [
        ["cashier", "auditor"],
        ["auditor", "bettor"],
    ]


async def test_nobody_is_made_a_member_by_another(scenario: ApiScenario) -> None:
    path = member_path(scenario, scenario.stranger)
    for who in (scenario.organizer, scenario.admin):
        for role in ("bettor", "auditor"):
            answer = await who.put(path, json={"role": role})
            assert code(answer) == "NOT_FOUND"
            # Nor is it learnt who they are.
            assert "stranger" not in answer.text.lower()
        assert code(await who.get(path)) == "NOT_FOUND"
    assert await scenario.value("SELECT count(*) FROM members WHERE user_id = $1", scenario.stranger.id) == 0


async def test_nobody_changes_their_own_role(scenario: ApiScenario) -> None:
    path = member_path(scenario, scenario.organizer)
    for answer in (await scenario.organizer.put(path, json={"role": "bettor"}), await scenario.organizer.delete(path)):
        assert code(answer) == "FORBIDDEN"
        assert "another organizer" in answer.json()["detail"]
    assert (await scenario.organizer.put(path, json={"role": "organizer"})).status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"role": "admin"}, {"role": None}, {"role": ["bettor"]}, {"role": "bettor", "balance": 5}]
)
async def test_a_role_that_is_none_is_422(scenario: ApiScenario, body: Any) -> None:
    assert code(await scenario.organizer.put(member_path(scenario, scenario.stranger), json=body)) == "INVALID"


async def test_nobody_but_the_organizer_gives_and_takes_roles(scenario: ApiScenario) -> None:
    for member in (scenario.cashier, scenario.auditor, scenario.bettor, scenario.stranger):
        path = member_path(scenario, member)
        assert code(await member.put(path, json={"role": "organizer"})) == "FORBIDDEN"
        assert code(await member.delete(path)) == "FORBIDDEN"


async def test_nobody_becomes_a_member_who_is_not_there(scenario: ApiScenario) -> None:
    for role in ("bettor", "cashier"):
        answer = await scenario.organizer.put(f"{PATH}/{scenario.tournament_id}/member/999999", json={"role": role})
        assert code(answer) == "NOT_FOUND"
    assert code(await scenario.organizer.delete(f"{PATH}/{scenario.tournament_id}/member/999999")) == "NOT_FOUND"


async def test_a_member_goes_when_no_money_hangs_on_them(scenario: ApiScenario) -> None:
    path = member_path(scenario, scenario.bettor)
    wallet_id = await scenario.fund(scenario.bettor, 500)
    assert code(await scenario.organizer.delete(path)) == "CONFLICT"
    market = await scenario.open_market()
    assert await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], 500) == 0
    assert code(await scenario.organizer.delete(path)) == "CONFLICT"
    other = await scenario.add_member("Other", "bettor")
    assert (await scenario.organizer.delete(member_path(scenario, other))).status_code == 204
    assert (await scenario.organizer.get(f"/api/wallet/{wallet_id}/statement")).status_code == 200
    (row,) = await scenario.records.audited("member.removed")
    assert row["details"] == {"role": "bettor"}


async def test_totals_and_open_markets_are_counted(scenario: ApiScenario, client: ApiClient) -> None:
    await scenario.fund(scenario.bettor, 500)
    market = await scenario.open_market()
    await scenario.new_market()
    await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], 300)
    seen = (await client.get(f"{PATH}/world-cup")).json()
    assert (seen["markets_open"], seen["total"], seen["bets"]) == (1, 300, 1)


async def test_the_next_close_of_an_open_market_is_told(scenario: ApiScenario, client: ApiClient) -> None:
    await scenario.open_market()
    assert (await client.get(f"{PATH}/world-cup")).json()["closes_next"] is None
    for at in ("2090-06-11T20:00:00Z", "2090-06-11T19:00:00Z"):
        await scenario.open_market(closes_at=at)
    await scenario.new_market(closes_at="2090-06-11T18:00:00Z")
    assert (await client.get(f"{PATH}/world-cup")).json()["closes_next"] == "2090-06-11T19:00:00Z"
