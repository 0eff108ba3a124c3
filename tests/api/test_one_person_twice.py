"""One person, one account: who comes as two is looked at, and who is barred does not come back as somebody else."""

import asyncio
from datetime import date
from typing import Any

import pytest

from . import third_parties
from .clients import PASSWORD, ApiClient, code
from .conftest import Records
from .identity import kyc_of
from .scenarios import taken
from .third_parties import Third, begun, tell, twins, verified

third, wanted, cup = third_parties.third, third_parties.wanted, third_parties.cup


@pytest.mark.parametrize(
    ("born", "status"), [("1990-01-01", "verified"), ("2015-01-01", "declined"), (None, "review"), ("", "review")]
)
async def test_who_is_too_young_for_a_tournament_is_declined_there_alone(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records, born: str | None, status: str
) -> None:
    await records.conn.execute("UPDATE tournaments SET min_age = 18 WHERE id = $1", cup)
    assert await verified(client, ada, cup, third, number="A1", born=born) == status
    bets = await records.conn.fetchval("SELECT eligibility FROM accounts WHERE kind = 'wallet'")
    assert bets == (0 if status == "verified" else 8)
    other = await records.add_tournament("other", kyc_provider=third.name)
    await records.add_member(other, ada, "bettor")
    assert await kyc_of(ada, other) == "verified"
    # Whose age nobody knows is looked at by the desk.
    olga = await records.add_member(cup, await ApiClient(ada.app).sign_up("Olga"), "organizer")
    queue = taken(await olga.get(f"/api/tournament/{cup}/member", params={"kyc": "review"}), 200)["items"]
    assert [one["user_id"] for one in queue] == ([ada.id] if status == "review" else [])
    await records.assert_balanced()


async def test_the_same_person_twice_goes_to_review_and_a_false_alarm_is_undone(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records, admin: ApiClient
) -> None:
    twin, olga = await twins(client, ada, cup, third, records)
    (queued,) = taken(await olga.get(f"/api/tournament/{cup}/member", params={"kyc": "review"}), 200)["items"]
    assert (queued["user_id"], queued["kyc_is_twin"], queued["kyc_twin"]) == (twin.id, True, ada.id)
    # What a desk has seen counts at the desk.
    seen = {"document": "both came", "decision": "verified"}
    taken(await olga.post("/api/kyc/desk", json=seen | {"tournament_id": cup, "user_id": twin.id}))
    assert (await kyc_of(ada, cup), await kyc_of(twin, cup), await kyc_of(twin)) == ("verified", "verified", "review")
    # Looked at by an admin, the two are two everywhere, and alarm nobody again.
    taken(await admin.post(f"/api/user/{twin.id}/kyc", json=seen))
    assert await kyc_of(twin) == "verified"
    await records.conn.execute("UPDATE kyc_checks SET status = 'expired' WHERE user_id = $1", ada.id)
    await records.conn.execute("UPDATE users SET kyc = 'expired' WHERE id = $1", ada.id)
    assert await verified(client, ada, cup, third, number="A177") == "verified"
    taken(await ada.post("/api/exclusion", json={"until": None}))
    assert await kyc_of(twin) == "verified"
    assert await bars(records, twin) == 0
    await records.assert_balanced()


async def test_another_tournaments_desk_is_not_told_who_the_other_is(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records
) -> None:
    twin, _ = await twins(client, ada, cup, third, records)
    other = await records.add_tournament("other", kyc_provider=third.name)
    await records.add_member(other, twin, "bettor")
    boss = await records.add_member(other, await ApiClient(ada.app).sign_up("Boss"), "organizer")
    (queued,) = taken(await boss.get(f"/api/tournament/{other}/member", params={"kyc": "review"}), 200)["items"]
    assert (queued["kyc_is_twin"], queued["kyc_twin"]) == (True, None)


async def bars(records: Records, who: ApiClient) -> int:
    """What keeps somebody's wallet from betting; 0 for nothing, 8 for their identity."""
    return int(await records.conn.fetchval("SELECT eligibility FROM accounts WHERE user_id = $1 LIMIT 1", who.id))


async def barred(ada: ApiClient, records: Records, admin: ApiClient, how: str) -> None:
    if how == "excluded":
        taken(await ada.post("/api/exclusion", json={"until": None}))
    elif how == "blocked":
        await records.block(ada)
    else:
        taken(await admin.post(f"/api/user/{ada.id}/kyc", json={"document": "forged", "decision": "declined"}))


@pytest.mark.parametrize("how", ["excluded", "blocked", "declined"])
async def test_who_is_barred_does_not_come_back_as_somebody_else(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records, admin: ApiClient, how: str
) -> None:
    assert await verified(client, ada, cup, third, number="A1") == "verified"
    await barred(ada, records, admin, how)
    twin = await records.add_member(cup, await ApiClient(ada.app).sign_up("Twin"), "bettor")
    olga = await records.add_member(cup, await ApiClient(ada.app).sign_up("Olga"), "organizer")
    session = await begun(twin, cup, third)
    # The desk looks before the provider answers: it opens nothing.
    seen = {"tournament_id": cup, "user_id": twin.id, "document": "passport", "decision": "verified"}
    taken(await olga.post("/api/kyc/desk", json=seen))
    assert await bars(records, twin) == 0
    third.double.decide(session, "approved", number="A1")
    assert (await tell(client, third, session)).status_code == 200
    assert (await kyc_of(twin, cup), await bars(records, twin)) == ("review", 8)
    # Nor does it afterwards, here or in another tournament, whatever becomes of the check that told.
    other = await records.add_tournament("other", kyc_provider=third.name)
    await records.add_member(other, twin, "bettor")
    await records.add_member(other, olga, "organizer")
    await records.conn.execute("UPDATE kyc_checks SET status = 'expired' WHERE reference = $1", session)
    for where in (cup, other):
        answer = await olga.post("/api/kyc/desk", json=seen | {"tournament_id": where})
        assert code(answer) == "FORBIDDEN"
        assert "an administrator decides" in answer.json()["detail"]
    assert await kyc_of(twin, other) == "review"
    taken(await olga.post("/api/kyc/desk", json=seen | {"decision": "declined"}))
    assert await bars(records, twin) == 8
    await records.assert_balanced()


async def test_whoever_is_barred_later_takes_their_other_account_along(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records, services: Any
) -> None:
    twin, olga = await twins(client, ada, cup, third, records)
    seen = {"tournament_id": cup, "user_id": twin.id, "document": "both came", "decision": "verified"}
    taken(await olga.post("/api/kyc/desk", json=seen))
    assert await bars(records, twin) == 0
    await records.conn.execute(
        "UPDATE users SET excluded_until = clock_timestamp() + interval '1 second' WHERE id = $1", ada.id
    )
    assert (await kyc_of(twin, cup), await bars(records, twin)) == ("review", 8)
    # And it ends with the exclusion, by itself.
    await asyncio.sleep(1.1)
    await services.checking.expire_old(0)
    assert (await kyc_of(twin, cup), await bars(records, twin)) == ("verified", 0)
    await records.assert_balanced()


async def test_of_whom_somebody_is_the_same_is_in_no_tournaments_log(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records, admin: ApiClient
) -> None:
    twin, olga = await twins(client, ada, cup, third, records)
    rows = taken(await olga.get("/api/audit", params={"tournament": cup, "action": "kyc.review"}), 200)["items"]
    assert [row["subject"] for row in rows] == [f"user:{twin.id}"]
    assert "same_as" not in rows[0]["details"]
    rows = [row for row in await records.audited("kyc.review") if row["tournament_id"] is None]
    assert [row["details"]["same_as"] for row in rows] == [ada.id]
    # Asked again and again it is said once.
    for _ in range(3):
        taken(await twin.post("/api/kyc", json={"tournament_id": cup}))
    assert len(await records.audited("kyc.review")) == 2


async def test_somebody_turns_18_and_bets(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records, services: Any
) -> None:
    await records.conn.execute("UPDATE tournaments SET min_age = 18 WHERE id = $1", cup)
    today = date.today()
    born = today.replace(year=today.year - 17, day=1)
    assert await verified(client, ada, cup, third, number="A1", born=born.isoformat()) == "declined"
    await records.conn.execute("UPDATE kyc_checks SET born_on = born_on - interval '1 year'")
    await services.checking.expire_old(0)
    assert (await kyc_of(ada, cup), await bars(records, ada)) == ("verified", 0)


async def test_a_desk_that_saw_the_document_is_above_the_age_a_provider_said(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records
) -> None:
    await records.conn.execute("UPDATE tournaments SET min_age = 18 WHERE id = $1", cup)
    assert await verified(client, ada, cup, third, number="A1", born="2015-01-01") == "declined"
    olga = await records.add_member(cup, await ApiClient(ada.app).sign_up("Olga"), "cashier")
    seen = {"tournament_id": cup, "user_id": ada.id, "document": "passport", "decision": "verified"}
    taken(await olga.post("/api/kyc/desk", json=seen))
    assert (await kyc_of(ada, cup), await bars(records, ada)) == ("verified", 0)


# Accounts that go ---------------------------------------------------------------------------------------------------


async def test_nothing_of_a_check_is_left_of_who_has_deleted_their_account(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records
) -> None:
    session = await begun(ada, cup, third)
    third.double.decide(session, "approved", number="A1")
    assert (await tell(client, third, session)).status_code == 200
    assert (await ada.post("/api/me/deletion", json={"password": PASSWORD})).status_code == 204
    for table in ("users", "kyc_checks", "kyc_messages", "audit_log", "events"):
        assert session not in (await records.conn.fetchval(f"SELECT string_agg(one::text, ' ') FROM {table} one") or "")
    assert await records.conn.fetchval("SELECT count(*) FROM identity_marks") == 0
    await records.assert_balanced()


async def test_an_answer_for_who_deleted_their_account_meanwhile_is_kept_nowhere(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records, services: Any
) -> None:
    session = await begun(ada, cup, third)
    third.double.decide(session, "approved", number="A1")
    provider = services.kyc.get(third.name)
    ask, gone = provider.answer, list[int]()

    async def slowly(*args: Any) -> Any:
        answer = await ask(*args)
        if not gone:
            gone.append((await ada.post("/api/me/deletion", json={"password": PASSWORD})).status_code)
        return answer

    provider.answer = slowly
    assert (await tell(client, third, session)).status_code == 200
    assert gone == [204]
    row = await records.conn.fetchrow("SELECT kyc, born_on FROM users JOIN kyc_checks ON user_id = users.id")
    assert row is not None
    assert tuple(row) == ("none", None)
    assert await records.conn.fetchval("SELECT count(*) FROM identity_marks") == 0
    await records.assert_balanced()


async def test_two_accounts_verified_at_the_same_moment_are_not_both_verified(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records
) -> None:
    twin = await records.add_member(cup, await ApiClient(ada.app).sign_up("Twin"), "bettor")
    sessions = [await begun(ada, cup, third), await begun(twin, cup, third)]
    for session in sessions:
        third.double.decide(session, "approved", number="A1")
    await asyncio.gather(*(tell(client, third, session) for session in sessions))
    assert sorted([await kyc_of(ada, cup), await kyc_of(twin, cup)]) == ["review", "verified"]
