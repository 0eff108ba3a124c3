"""Tournaments and their members, end to end: made, edited, archived, joined, staffed, refused."""

import asyncio
from typing import Any

import pytest

from .stage import FOUL_TEXTS, SQL_TEXTS, Stage, fields, taken
from .visitors import Visitor, code

PATH = "/api/tournament"


def member_path(stage: Stage, visitor: Visitor) -> str:
    return f"{PATH}/{stage.tournament_id}/member/{visitor.id}"


async def test_a_new_tournament_has_its_feed_its_accounts_and_its_organizer(stage: Stage, admin: Visitor) -> None:
    made = await stage.new_tournament("Coupe de l'Été", subtitle="Ça commence", timezone="Europe/Paris")
    assert made["slug"] == "coupe-de-l-ete"
    assert (made["currency"], made["exponent"], made["timezone"]) == ("EUR", 2, "Europe/Paris")
    assert (made["markets_open"], made["total"], made["bets"], made["archived"]) == (0, 0, 0, False)
    kinds = await stage.value("SELECT array_agg(kind ORDER BY kind) FROM accounts WHERE tournament_id = $1", made["id"])
    assert kinds == ["breakage", "cash", "house", "receivable", "takeout"]
    assert await stage.value("SELECT seq FROM feeds WHERE tournament_id = $1", made["id"]) == 1
    me = (await admin.get("/api/me")).json()
    assert {m["slug"]: m["role"] for m in me["memberships"]}["coupe-de-l-ete"] == "organizer"
    assert await stage.records.audited("tournament.created")


async def test_everybody_may_look_by_id_and_by_slug(stage: Stage, client: Visitor) -> None:
    by_slug = await client.get(f"{PATH}/world-cup")
    assert by_slug.json() == (await client.get(f"{PATH}/{stage.tournament_id}")).json()
    assert [t["slug"] for t in (await client.get(PATH)).json()["items"]] == ["world-cup"]


@pytest.mark.parametrize("which", ["999", "no-such", "%00", "１", "9" * 30, "'; DROP TABLE bets; --"[:20]])
async def test_a_tournament_that_is_not_there_is_404(stage: Stage, client: Visitor, which: str) -> None:
    assert code(await client.get(f"{PATH}/{which}")) == "NOT_FOUND"


async def test_tournaments_come_in_pages_newest_first(stage: Stage, client: Visitor) -> None:
    for number in range(3):
        await stage.new_tournament(f"Cup {number}")
    first = (await client.get(PATH, params={"limit": 3})).json()
    assert [t["name"] for t in first["items"]] == ["Cup 2", "Cup 1", "Cup 0"]
    second = (await client.get(PATH, params={"limit": 3, "after": first["next"]})).json()
    assert [t["name"] for t in second["items"]] == ["World Cup"]
    assert second["next"] is None


@pytest.mark.parametrize("query", ["after=x", "after=１", "after=-1", "after=%00", "limit=0", "limit=201", "limit=１"])
async def test_a_page_asked_wrongly_is_422(client: Visitor, query: str) -> None:
    assert code(await client.get(f"{PATH}?{query}")) == "INVALID"


async def test_only_an_admin_makes_tournaments(stage: Stage, client: Visitor) -> None:
    asked = {"name": "Mine", "currency": "EUR"}
    assert code(await client.post(PATH, json=asked)) == "UNAUTHENTICATED"
    assert code(await stage.organizer.post(PATH, json=asked)) == "FORBIDDEN"
    denied = await stage.records.audited("access.denied")
    assert denied[-1]["user_id"] == stage.organizer.id


async def test_a_slug_that_is_taken_is_a_conflict(stage: Stage) -> None:
    asked = {"name": "World Cup", "currency": "EUR"}
    assert code(await stage.admin.post(PATH, json=asked)) == "CONFLICT"
    other = await stage.new_tournament("Other")
    answer = await stage.admin.patch(f"{PATH}/{other['id']}", json={"slug": "world-cup"})
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
async def test_what_a_tournament_cannot_be_is_422_at_its_field(stage: Stage, field: str, value: Any) -> None:
    asked = {"name": "Fine", "currency": "EUR", field: value}
    assert fields(await stage.admin.post(PATH, json=asked)) == [field]
    assert await stage.value("SELECT count(*) FROM tournaments") == 1


async def test_half_a_surrogate_pair_and_broken_json_are_refused(stage: Stage) -> None:
    for body in (b'{"name":"\\ud800","currency":"EUR"}', b'{"name":"a","name":"b","currency":"EUR"}', b"{"):
        answer = await stage.admin.post(PATH, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422)
    assert await stage.value("SELECT count(*) FROM tournaments") == 1


@pytest.mark.parametrize("text", SQL_TEXTS)
async def test_sql_in_a_name_is_stored_as_text(stage: Stage, text: str) -> None:
    made = await stage.new_tournament(text, subtitle=text)
    assert (made["name"], made["subtitle"]) == (text, text)
    assert await stage.value("SELECT count(*) FROM tournaments") == 2


async def test_an_organizer_edits_and_the_feed_is_told(stage: Stage) -> None:
    path = f"{PATH}/{stage.tournament_id}"
    edited = taken(await stage.organizer.patch(path, json={"name": "The Cup", "subtitle": "2026"}), 200)
    assert (edited["name"], edited["slug"]) == ("The Cup", "world-cup")
    (*_, last) = await stage.events("tournament")
    assert last["tournament"] == {
        "id": stage.tournament_id,
        "slug": "world-cup",
        "name": "The Cup",
        "subtitle": "2026",
        "currency": "EUR",
        "exponent": 2,
        "timezone": "UTC",
    }
    (row,) = await stage.records.audited("tournament.edited")
    assert row["details"] == {"name": ["World Cup", "The Cup"], "subtitle": ["", "2026"]}


async def test_an_edit_that_changes_nothing_leaves_no_trace(stage: Stage) -> None:
    before = len(await stage.events("tournament"))
    taken(await stage.organizer.patch(f"{PATH}/{stage.tournament_id}", json={"name": "World Cup"}), 200)
    assert len(await stage.events("tournament")) == before
    assert await stage.records.audited("tournament.edited") == []


@pytest.mark.parametrize("body", [{"currency": "USD"}, {"name": None}, {"total": 5}, {"name": "a\x00"}, []])
async def test_what_cannot_be_edited_is_422(stage: Stage, body: Any) -> None:
    assert code(await stage.organizer.patch(f"{PATH}/{stage.tournament_id}", json=body)) == "INVALID"


async def test_nobody_but_the_organizer_edits(stage: Stage, client: Visitor) -> None:
    path = f"{PATH}/{stage.tournament_id}"
    for visitor in (stage.cashier, stage.auditor, stage.bettor, stage.stranger):
        assert code(await visitor.patch(path, json={"name": "Mine"})) == "FORBIDDEN"
    assert code(await client.patch(path, json={"name": "Mine"})) == "UNAUTHENTICATED"


async def test_an_archived_tournament_is_read_and_no_longer_written(stage: Stage, client: Visitor) -> None:
    path = f"{PATH}/{stage.tournament_id}"
    match = await stage.new_match()
    assert code(await stage.organizer.delete(path)) == "FORBIDDEN"
    assert (await stage.admin.delete(path)).status_code == 204
    assert (await stage.admin.delete(path)).status_code == 204
    assert (await client.get(path)).json()["archived"] is True
    assert (await client.get(PATH)).json()["items"] == []
    assert code(await stage.organizer.patch(path, json={"name": "Again"})) == "STATE"
    assert code(await stage.organizer.patch(f"/api/match/{match['id']}", json={"name": "Again"})) == "STATE"
    asked = {"tournament_id": stage.tournament_id, "name": "Late"}
    assert code(await stage.organizer.post("/api/match", json=asked)) == "STATE"
    assert code(await stage.stranger.post(f"{path}/join")) == "STATE"
    assert len(await stage.records.audited("tournament.archived")) == 1


async def test_a_tournament_with_an_open_market_is_not_archived(stage: Stage) -> None:
    await stage.open_market()
    assert code(await stage.admin.delete(f"{PATH}/{stage.tournament_id}")) == "STATE"


# Members ------------------------------------------------------------------------------------------------------------


async def test_joining_makes_a_bettor_with_a_wallet_and_joining_again_the_same(stage: Stage) -> None:
    path = f"{PATH}/world-cup/join"
    wallet = taken(await stage.stranger.post(path))
    assert wallet == {
        "id": wallet["id"],
        "tournament_id": stage.tournament_id,
        "slug": "world-cup",
        "user_id": stage.stranger.id,
        "balance": 0,
        "owed": 0,
        "currency": "EUR",
        "exponent": 2,
        "limits": [],
    }
    assert taken(await stage.stranger.post(path)) == wallet
    me = (await stage.stranger.get("/api/me")).json()
    assert [(m["role"], m["wallet_id"]) for m in me["memberships"]] == [("bettor", wallet["id"])]


async def test_joining_many_times_at_once_opens_one_wallet(stage: Stage) -> None:
    path = f"{PATH}/{stage.tournament_id}/join"
    answers = await asyncio.gather(*(stage.stranger.post(path) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_staff_do_not_join_unless_staff_may_bet(stage: Stage) -> None:
    path = f"{PATH}/{stage.tournament_id}"
    assert code(await stage.cashier.post(f"{path}/join")) == "STAFF"
    taken(await stage.organizer.patch(path, json={"staff_may_bet": True}), 200)
    assert taken(await stage.cashier.post(f"{path}/join"))["user_id"] == stage.cashier.id
    assert (await stage.cashier.get("/api/me")).json()["memberships"][0]["role"] == "cashier"


async def test_the_blocked_do_not_join(stage: Stage) -> None:
    await stage.records.block(stage.stranger)
    assert code(await stage.stranger.post(f"{PATH}/{stage.tournament_id}/join")) == "BLOCKED"


async def test_staff_read_the_members_and_others_do_not(stage: Stage, client: Visitor) -> None:
    path = f"{PATH}/{stage.tournament_id}/member"
    for visitor in (stage.organizer, stage.cashier, stage.auditor, stage.admin):
        items = taken(await visitor.get(path), 200)["items"]
        assert [m["role"] for m in items] == ["organizer", "organizer", "cashier", "auditor", "bettor"]
    bettor = items[-1]
    assert bettor == {
        "user_id": stage.bettor.id,
        "name": "Bettor",
        "email": "bettor@example.org",
        "role": "bettor",
        "kyc": "none",
        "wallet_id": bettor["wallet_id"],
        "balance": 0,
        "owed": 0,
    }
    assert items[0]["wallet_id"] is None
    assert code(await stage.bettor.get(path)) == "FORBIDDEN"
    assert code(await client.get(path)) == "UNAUTHENTICATED"
    first = taken(await stage.cashier.get(path, params={"limit": 4}), 200)
    rest = taken(await stage.cashier.get(path, params={"limit": 4, "after": first["next"]}), 200)
    assert len(first["items"] + rest["items"]) == 5


async def test_a_role_given_counts_at_once(stage: Stage) -> None:
    path = f"{PATH}/{stage.tournament_id}/member"
    assert code(await stage.stranger.get(path)) == "FORBIDDEN"
    given = taken(await stage.organizer.put(member_path(stage, stage.stranger), json={"role": "auditor"}), 200)
    assert (given["role"], given["wallet_id"]) == ("auditor", None)
    assert (await stage.stranger.get(path)).status_code == 200
    given = taken(await stage.organizer.put(member_path(stage, stage.stranger), json={"role": "bettor"}), 200)
    assert given["balance"] == 0
    assert code(await stage.stranger.get(path)) == "FORBIDDEN"
    (row,) = await stage.records.audited("member.role_changed")
    assert row["details"] == {"role": ["auditor", "bettor"]}


@pytest.mark.parametrize(
    "body", [{}, {"role": "admin"}, {"role": None}, {"role": ["bettor"]}, {"role": "bettor", "balance": 5}]
)
async def test_a_role_that_is_none_is_422(stage: Stage, body: Any) -> None:
    assert code(await stage.organizer.put(member_path(stage, stage.stranger), json=body)) == "INVALID"


async def test_nobody_but_the_organizer_gives_and_takes_roles(stage: Stage) -> None:
    for visitor in (stage.cashier, stage.auditor, stage.bettor, stage.stranger):
        path = member_path(stage, visitor)
        assert code(await visitor.put(path, json={"role": "organizer"})) == "FORBIDDEN"
        assert code(await visitor.delete(path)) == "FORBIDDEN"


async def test_nobody_becomes_a_member_who_is_not_there(stage: Stage) -> None:
    for role in ("bettor", "cashier"):
        answer = await stage.organizer.put(f"{PATH}/{stage.tournament_id}/member/999999", json={"role": role})
        assert code(answer) == "NOT_FOUND"
    assert code(await stage.organizer.delete(f"{PATH}/{stage.tournament_id}/member/999999")) == "NOT_FOUND"


async def test_a_member_goes_when_no_money_hangs_on_them(stage: Stage) -> None:
    path = member_path(stage, stage.bettor)
    wallet_id = await stage.fund(stage.bettor, 500)
    assert code(await stage.organizer.delete(path)) == "CONFLICT"
    market = await stage.open_market()
    assert await stage.bet(stage.bettor, market["outcomes"][0]["id"], 500) == 0
    assert code(await stage.organizer.delete(path)) == "CONFLICT"
    other = await stage.add_member("Other", "bettor")
    assert (await stage.organizer.delete(member_path(stage, other))).status_code == 204
    assert (await stage.organizer.get(f"/api/wallet/{wallet_id}/statement")).status_code == 200
    (row,) = await stage.records.audited("member.removed")
    assert row["details"] == {"role": "bettor"}


async def test_totals_and_open_markets_are_counted(stage: Stage, client: Visitor) -> None:
    await stage.fund(stage.bettor, 500)
    market = await stage.open_market()
    await stage.new_market()
    await stage.bet(stage.bettor, market["outcomes"][0]["id"], 300)
    seen = (await client.get(f"{PATH}/world-cup")).json()
    assert (seen["markets_open"], seen["total"], seen["bets"]) == (1, 300, 1)


async def test_the_next_close_of_an_open_market_is_told(stage: Stage, client: Visitor) -> None:
    await stage.open_market()
    assert (await client.get(f"{PATH}/world-cup")).json()["closes_next"] is None
    for at in ("2090-06-11T20:00:00Z", "2090-06-11T19:00:00Z"):
        await stage.open_market(closes_at=at)
    await stage.new_market(closes_at="2090-06-11T18:00:00Z")
    assert (await client.get(f"{PATH}/world-cup")).json()["closes_next"] == "2090-06-11T19:00:00Z"
