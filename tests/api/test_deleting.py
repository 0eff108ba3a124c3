"""Deleting one's own account: what is personal goes, the books stay whole."""

import asyncio
from typing import Any

import pytest

from toteboard.ledger.ledger import Change
from toteboard.ledger.people import erasing

from .clients import PASSWORD, ApiClient, code
from .scenarios import ApiScenario, taken

PATH = "/api/me/deletion"


async def delete(who: ApiClient, password: str = PASSWORD) -> Any:
    return await who.post(PATH, json={"password": password})


async def test_what_is_personal_goes_and_the_books_stay(scenario: ApiScenario) -> None:
    bettor, market = scenario.bettor, await scenario.open_market("2.00", "3.00")
    wallet_id = await scenario.fund(bettor, 1000)
    seen = {"tournament_id": scenario.tournament_id, "user_id": bettor.id, "document": "passport C01X00T47"}
    taken(await scenario.cashier.post("/api/kyc/desk", json=seen | {"decision": "verified"}))
    assert await scenario.bet(bettor, market["outcomes"][0]["id"], 1000) == 0
    taken(await bettor.post("/api/token", json={"label": "Bettor's telephone", "days": 3}))
    assert code(await delete(bettor)) == "CONFLICT"
    closed = await scenario.do(market, "close")
    path = f"/api/market/{market['id']}"
    taken(await scenario.organizer.post(f"{path}/result", json={"winners": [closed["outcomes"][1]["id"]]}), 200)
    taken(await scenario.organizer.post(f"{path}/settle", json={}), 202)
    await scenario.records.pay()
    cookie = dict(bettor.cookies)
    answer = await delete(bettor)
    assert answer.status_code == 204, answer.text
    assert 'toteboard_session=""' in answer.headers["set-cookie"]
    bettor.cookies.update(cookie)
    assert code(await bettor.get("/api/me")) == "UNAUTHENTICATED"
    assert code(
        await scenario.stranger.post("/api/session", json={"email": "bettor@example.org", "password": PASSWORD})
    )
    # Nothing of them is left in any table, under whatever column.
    for table in ("users", "sessions", "kyc_checks", "audit_log", "events", "members", "invitations", "imports"):
        text = await scenario.value(f"SELECT string_agg(one::text, ' ') FROM {table} one") or ""
        for personal in ("Bettor", "bettor@", "C01X00T47"):
            assert personal not in text.replace('"role" : "bettor"', ""), (table, personal)
    # Their bets and money stand as they stood.
    assert await scenario.value("SELECT count(*) FROM bets WHERE user_id = $1", bettor.id) == 1
    assert await scenario.value("SELECT count(*) FROM transfers WHERE credit_account = $1", wallet_id) == 1
    listed = taken(await scenario.organizer.get(f"/api/tournament/{scenario.tournament_id}/bet"), 200)["items"]
    assert [one["bettor"] for one in listed] == ["Deleted account"]
    (row,) = await scenario.records.audited("user.deleted")
    assert (row["user_id"], row["subject"]) == (bettor.id, f"user:{bettor.id}")
    await scenario.records.assert_balanced()
    # The address is free again.
    await scenario.sign_up("Bettor")


async def test_money_debts_and_a_tournament_keep_an_account(scenario: ApiScenario) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    assert "paid out first" in (await delete(scenario.bettor)).json()["detail"]
    taken(await scenario.move(wallet_id, "withdrawal", 1000))
    await scenario.records.conn.execute("UPDATE accounts SET owed = 5 WHERE id = $1", wallet_id)
    assert "You owe money" in (await delete(scenario.bettor)).json()["detail"]
    assert "an administrator" in (await delete(scenario.admin)).json()["detail"]
    await scenario.records.conn.execute("DELETE FROM members WHERE user_id = $1", scenario.admin.id)
    assert "only organizer" in (await delete(scenario.organizer)).json()["detail"]


@pytest.mark.parametrize("why", ["excluded", "blocked"])
async def test_whoever_is_barred_does_not_begin_anew(scenario: ApiScenario, why: str) -> None:
    if why == "excluded":
        taken(await scenario.bettor.post("/api/exclusion", json={"until": None}))
        answer = await delete(scenario.bettor)
        assert (code(answer), "excluded yourself" in answer.json()["detail"]) == ("CONFLICT", True)
    else:
        await scenario.records.block(scenario.bettor)
        assert "is blocked" in (await delete(scenario.bettor)).json()["detail"]
    assert await scenario.value("SELECT deleted_at FROM users WHERE id = $1", scenario.bettor.id) is None


# At the same moment -------------------------------------------------------------------------------------------------


@pytest.fixture
def deleting(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """A deletion that takes a moment before it is committed; set once it is done but for that."""
    real, done = erasing.erase, asyncio.Event()

    async def slowly(change: Change, user_id: int) -> None:
        await real(change, user_id)
        done.set()
        await asyncio.sleep(0.5)

    monkeypatch.setattr(erasing, "erase", slowly)
    return done


async def test_nothing_is_begun_for_who_is_being_deleted(scenario: ApiScenario, deleting: asyncio.Event) -> None:
    bettor, wallet_id = scenario.bettor, (await scenario.wallet_of(scenario.bettor))["id"]
    going = asyncio.create_task(delete(bettor))
    await deleting.wait()
    seen = {"tournament_id": scenario.tournament_id, "user_id": bettor.id, "document": "C01X00T47"}
    elsewhere = (await scenario.new_tournament("Elsewhere"))["id"]
    answers = await asyncio.gather(
        bettor.post("/api/token", json={"label": "Bettor's laptop", "days": 300}),
        ApiClient(bettor.app).post("/api/session", json={"email": "bettor@example.org", "password": PASSWORD}),
        bettor.patch("/api/me", json={"name": "Bettor again"}),
        bettor.post(f"/api/tournament/{elsewhere}/join"),
        scenario.cashier.post("/api/kyc/desk", json=seen | {"decision": "verified"}),
        scenario.organizer.post(f"/api/tournament/{scenario.tournament_id}/member/{bettor.id}/password-code"),
        scenario.move(wallet_id, "deposit", 500),
    )
    assert (await going).status_code == 204
    assert [answer.status_code // 100 for answer in answers] == [4] * len(answers), [one.text for one in answers]
    for table in ("users", "sessions", "kyc_checks", "audit_log", "password_codes"):
        text = await scenario.value(
            f"SELECT string_agg(one::text, ' ') FROM {table} one WHERE one::text ~ 'Bettor|C01X'"
        )
        assert text is None, table
    assert await scenario.value("SELECT count(*) FROM members WHERE user_id = $1", bettor.id) == 0
    assert await scenario.value("SELECT balance FROM accounts WHERE id = $1", wallet_id) == 0
    # Nor afterwards.
    assert code(await scenario.move(wallet_id, "deposit", 500)) == "STATE"
    await scenario.records.assert_balanced()


async def test_who_goes_while_their_role_changes_is_gone_or_stays(scenario: ApiScenario) -> None:
    for number in range(12):
        one = await scenario.add_member(f"Person {number}", "bettor")
        path = f"/api/tournament/{scenario.tournament_id}/member/{one.id}"
        roles = ("auditor", "bettor", "cashier", "bettor")
        answers = await asyncio.gather(
            delete(one),
            *(scenario.organizer.put(path, json={"role": role}) for role in roles),
            scenario.organizer.delete(path),
        )
        assert {answer.status_code for answer in answers} <= {200, 204, 404, 409, 503}, number
        gone = await scenario.value("SELECT deleted_at IS NOT NULL FROM users WHERE id = $1", one.id)
        left = await scenario.value("SELECT count(*) FROM members WHERE user_id = $1", one.id)
        assert not (gone and left)


async def test_of_two_organizers_who_leave_at_once_one_stays(scenario: ApiScenario) -> None:
    duo = (await scenario.new_tournament("Duo"))["id"]
    two = [await scenario.records.add_member(duo, await scenario.sign_up(name), "organizer") for name in ("Ann", "Bob")]
    await scenario.records.conn.execute(
        "DELETE FROM members WHERE tournament_id = $1 AND user_id = $2", duo, scenario.admin.id
    )
    answers = await asyncio.gather(*(delete(one) for one in two))
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    organizers = "SELECT count(*) FROM members WHERE tournament_id = $1 AND role = 'organizer'"
    assert await scenario.value(organizers, duo) == 1


async def test_whoever_found_the_device_unlocked_deletes_nothing(scenario: ApiScenario) -> None:
    assert code(await delete(scenario.stranger, "not the password")) == "FORBIDDEN"
    token = taken(await scenario.stranger.post("/api/token", json={"label": "script", "days": 1}))["token"]
    script = ApiClient(scenario.stranger.app, api_token=token)
    assert code(await delete(script)) == "FORBIDDEN"
    assert (await scenario.stranger.get("/api/me")).status_code == 200


async def test_somebody_deleted_is_found_by_no_admin(scenario: ApiScenario) -> None:
    assert (await delete(scenario.stranger)).status_code == 204
    assert taken(await scenario.admin.get("/api/user", params={"q": "deleted"}), 200)["items"] == []
    answer = await scenario.admin.patch(f"/api/user/{scenario.stranger.id}", json={"blocked": True, "reason": "x"})
    assert code(answer) == "NOT_FOUND"


@pytest.mark.parametrize("body", [{}, {"password": None}, {"password": "x", "user_id": 1}])
async def test_a_deletion_names_nobody_else(scenario: ApiScenario, body: dict[str, Any]) -> None:
    assert code(await scenario.stranger.post(PATH, json=body)) == "INVALID"
