"""One's own account, and the way back in: codes by an organizer, by e-mail, by the command line."""

import asyncio
import re
from typing import Any

import pytest

from .clients import PASSWORD, ApiClient, code
from .conftest import Records, SignUp
from .mail_sink import Sink
from .scenarios import ApiScenario, taken

FRESH = "a fresh password"


def code_path(scenario: ApiScenario, client: ApiClient) -> str:
    return f"/api/tournament/{scenario.tournament_id}/member/{client.id}/password-code"


async def test_a_code_from_the_desk_opens_once_and_ends_every_other_session(
    scenario: ApiScenario, client: ApiClient, app: Any, records: Records
) -> None:
    ada = await scenario.sign_up("Ada Forgets")
    await records.add_member(scenario.tournament_id, ada, "bettor")
    given = taken(await scenario.organizer.post(code_path(scenario, ada)), 201)
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", given["code"]), given
    # However it is typed.
    typed = given["code"].replace("-", " ").lower()
    me = taken(await client.post("/api/password", json={"code": typed, "password": FRESH}), 201)
    assert me["id"] == ada.id
    assert (await ada.get("/api/me")).status_code == 401
    assert (await client.get("/api/me")).status_code == 200
    again = await ApiClient(app).post("/api/password", json={"code": given["code"], "password": FRESH})
    assert (again.status_code, code(again)) == (404, "NOT_FOUND")
    old = await ApiClient(app).post("/api/session", json={"email": me["email"], "password": PASSWORD})
    assert old.status_code == 401
    await ApiClient(app).sign_in(me["email"], FRESH)
    (made,) = await records.audited("password.code_made")
    assert (made["user_id"], made["subject"]) == (scenario.organizer.id, f"user:{ada.id}")
    (edited,) = await records.audited("user.edited")
    assert (edited["user_id"], edited["details"]) == (ada.id, {"fields": ["password"]})


async def test_a_code_that_is_over_or_replaced_opens_nothing(
    scenario: ApiScenario, client: ApiClient, records: Records
) -> None:
    ada = await scenario.sign_up("Ada Late")
    await records.add_member(scenario.tournament_id, ada, "bettor")
    first = taken(await scenario.organizer.post(code_path(scenario, ada)), 201)["code"]
    second = taken(await scenario.organizer.post(code_path(scenario, ada)), 201)["code"]
    assert (await client.post("/api/password", json={"code": first, "password": FRESH})).status_code == 404
    await records.conn.execute("UPDATE password_codes SET expires_at = now() - interval '1 second'")
    assert (await client.post("/api/password", json={"code": second, "password": FRESH})).status_code == 404
    assert (await ada.get("/api/me")).status_code == 200


async def test_a_code_for_who_became_an_admin_since_opens_nothing(
    scenario: ApiScenario, client: ApiClient, records: Records
) -> None:
    ada = await scenario.sign_up("Ada Promoted")
    await records.add_member(scenario.tournament_id, ada, "bettor")
    given = taken(await scenario.organizer.post(code_path(scenario, ada)), 201)["code"]
    await records.make_admin(ada)
    assert (await client.post("/api/password", json={"code": given, "password": FRESH})).status_code == 404


async def test_an_organizer_makes_codes_for_bettors_of_their_own_alone(
    scenario: ApiScenario, records: Records, sign_up: SignUp
) -> None:
    for who in (scenario.cashier, scenario.auditor):
        ada = scenario.organizer
        assert (await who.post(code_path(scenario, ada))).status_code == 403
        refused = await scenario.organizer.post(code_path(scenario, who))
        assert (refused.status_code, code(refused)) == (403, "FORBIDDEN")
        assert taken(await scenario.admin.post(code_path(scenario, who)), 201)["code"]
    stranger = await sign_up("Somebody Else")
    assert (await scenario.organizer.post(code_path(scenario, stranger))).status_code == 404
    # Who also bets elsewhere, and who is an admin, is nobody an organizer can become.
    await records.add_member(scenario.tournament_id, stranger, "bettor")
    assert (await scenario.organizer.post(code_path(scenario, stranger))).status_code == 201
    await records.add_member(await records.add_tournament("elsewhere"), stranger, "bettor")
    assert (await scenario.organizer.post(code_path(scenario, stranger))).status_code == 403
    await records.add_member(scenario.tournament_id, scenario.admin, "bettor")
    for who in (scenario.organizer, scenario.admin):
        answer = await who.post(code_path(scenario, scenario.admin))
        assert answer.status_code == 403
        assert "toteboard admin reset" in answer.json()["detail"]


async def test_who_was_entered_from_a_list_gets_an_address_with_the_code(
    scenario: ApiScenario, client: ApiClient, records: Records, app: Any
) -> None:
    ada = await scenario.sign_up("Ada Listed")
    await records.add_member(scenario.tournament_id, ada, "bettor")
    await records.conn.execute("UPDATE users SET email = NULL WHERE id = $1", ada.id)
    given = taken(await scenario.organizer.post(code_path(scenario, ada)), 201)["code"]
    body = {"code": given, "password": FRESH}
    missing = await client.post("/api/password", json=body)
    assert (missing.status_code, missing.json()["field"]) == (409, "email"), missing.text
    used = await client.post("/api/password", json=body | {"email": scenario.organizer.me["email"]})
    assert (used.status_code, code(used)) == (409, "CONFLICT")
    me = taken(await client.post("/api/password", json=body | {"email": "listed@example.org"}), 201)
    assert (me["id"], me["email"]) == (ada.id, "listed@example.org")
    await ApiClient(app).sign_in("listed@example.org", FRESH)


async def test_guessed_codes_are_counted(client: ApiClient) -> None:
    statuses = [
        (await client.post("/api/password", json={"code": f"WRONG{n}", "password": FRESH})).status_code
        for n in range(120)
    ]
    assert statuses[0] == 404
    assert statuses[-1] == 429


async def test_name_address_and_password_are_ones_own_to_change(
    sign_up: SignUp, client: ApiClient, records: Records, app: Any
) -> None:
    ada, bob = await sign_up("Ada"), await sign_up("Bob")
    other = await ApiClient(app).sign_in("ada@example.org")
    assert taken(await ada.patch("/api/me", json={"name": "Ada Lovelace"}), 200)["name"] == "Ada Lovelace"
    for change in ({"email": "countess@example.org"}, {"new_password": FRESH}):
        for wrong in ({}, {"password": "not it, surely"}):
            answer = await ada.patch("/api/me", json=change | wrong)
            assert (answer.status_code, code(answer)) == (403, "FORBIDDEN")
    used = await ada.patch("/api/me", json={"email": "bob@example.org", "password": PASSWORD})
    assert (used.status_code, code(used)) == (409, "CONFLICT")
    moved = taken(await ada.patch("/api/me", json={"email": "Countess@example.org", "password": PASSWORD}), 200)
    assert moved["email"] == "countess@example.org"
    assert (await other.get("/api/me")).status_code == 200
    taken(await ada.patch("/api/me", json={"new_password": FRESH, "password": PASSWORD}), 200)
    assert (await other.get("/api/me")).status_code == 401
    assert (await ada.get("/api/me")).status_code == 200
    await client.sign_in("countess@example.org", FRESH)
    assert (await bob.get("/api/me")).json()["name"] == "Bob"
    assert [row["details"]["fields"] for row in await records.audited("user.edited")] == [
        ["name"],
        ["email"],
        ["password"],
    ]


async def test_a_session_elsewhere_is_ended_and_nobody_elses(sign_up: SignUp, app: Any) -> None:
    ada, bob = await sign_up("Ada"), await sign_up("Bob")
    phone = await ApiClient(app).sign_in("ada@example.org")
    listed = taken(await ada.get("/api/session"), 200)["items"]
    assert [row["is_this"] for row in listed] == [False, True]
    lost = listed[0]["id"]
    assert (await bob.delete(f"/api/session/{lost}")).status_code == 404
    assert (await ada.delete(f"/api/session/{lost}")).status_code == 204
    assert (await phone.get("/api/me")).status_code == 401
    assert len(taken(await ada.get("/api/session"), 200)["items"]) == 1


async def test_an_api_token_cannot_change_the_account(sign_up: SignUp, app: Any) -> None:
    ada = await sign_up("Ada")
    token = taken(await ada.post("/api/token", json={"label": "script", "days": 1}), 201)["token"]
    script = ApiClient(app, api_token=token)
    assert (await script.patch("/api/me", json={"name": "Eve"})).status_code == 403
    session = taken(await ada.get("/api/session"), 200)["items"][0]["id"]
    assert (await script.delete(f"/api/session/{session}")).status_code == 403


# By e-mail ----------------------------------------------------------------------------------------------------------


class TestByMail:
    @pytest.fixture
    def wanted(self, mail_port: int) -> dict[str, Any]:
        smtp_url = f"smtp://127.0.0.1:{mail_port}"
        return {"smtp_url": smtp_url, "mail_from": "desk@tote.test", "confirm_addresses": False}

    async def test_a_letter_brings_a_code(
        self, sign_up: SignUp, client: ApiClient, mail_port: int, sink: Sink, app: Any
    ) -> None:
        assert taken(await client.get("/api/server"), 200)["mail"] is True
        ada = await sign_up("Ada")
        async with await asyncio.start_server(sink.serve, "127.0.0.1", mail_port):
            # Whether somebody has the address is not told.
            for email in ("nobody@example.org", "ADA@example.org"):
                assert (await client.post("/api/password/forgotten", json={"email": email})).status_code == 202
        (letter,) = sink.letters
        assert "To: ada@example.org" in letter
        assert "From: desk@tote.test" in letter
        given = re.search(r"Your code is ([0-9A-Z-]+)\.", letter)
        assert given
        assert "http://tote.test/password" in letter
        me = taken(await client.post("/api/password", json={"code": given[1], "password": FRESH}), 201)
        assert me["id"] == ada.id

    async def test_a_code_that_was_sent_opens_nothing_once_the_address_is_another(
        self, sign_up: SignUp, client: ApiClient, mail_port: int, sink: Sink
    ) -> None:
        ada = await sign_up("Ada")
        async with await asyncio.start_server(sink.serve, "127.0.0.1", mail_port):
            assert (await client.post("/api/password/forgotten", json={"email": "ada@example.org"})).status_code == 202
        given = re.search(r"Your code is ([0-9A-Z-]+)\.", sink.letters[0])
        assert given
        moved = {"email": "ada@elsewhere.org", "password": PASSWORD}
        assert taken(await ada.patch("/api/me", json=moved), 200)["email"] == "ada@elsewhere.org"
        refused = await client.post("/api/password", json={"code": given[1], "password": FRESH})
        assert refused.status_code == 404, refused.text

    async def test_a_letter_leaves_the_code_from_the_desk(
        self, sign_up: SignUp, scenario: ApiScenario, client: ApiClient, records: Records
    ) -> None:
        ada = await sign_up("Ada")
        await records.add_member(scenario.tournament_id, ada, "bettor")
        given = taken(await scenario.organizer.post(code_path(scenario, ada)), 201)["code"]
        assert (await client.post("/api/password/forgotten", json={"email": "ada@example.org"})).status_code == 202
        assert taken(await client.post("/api/password", json={"code": given, "password": FRESH}), 201)["id"] == ada.id

    async def test_a_mail_server_that_is_away_is_the_operators_trouble(
        self, sign_up: SignUp, client: ApiClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        await sign_up("Ada")
        assert (await client.post("/api/password/forgotten", json={"email": "ada@example.org"})).status_code == 202
        assert "a code could not be sent" in caplog.text

    async def test_letters_to_one_address_are_counted(self, client: ApiClient) -> None:
        asked = [
            (await client.post("/api/password/forgotten", json={"email": "ada@example.org"})).status_code
            for _ in range(12)
        ]
        assert asked[0] == 202
        assert asked[-1] == 429


async def test_without_a_mail_server_the_desk_is_named(client: ApiClient) -> None:
    answer = await client.post("/api/password/forgotten", json={"email": "ada@example.org"})
    assert (answer.status_code, code(answer)) == (409, "STATE")
    assert "organizer" in answer.json()["detail"]
    assert taken(await client.get("/api/server"), 200)["mail"] is False


async def test_whose_an_address_is_cannot_be_asked_for_ever(scenario: ApiScenario) -> None:
    path, tried = "/api/me", []
    for _ in range(6):
        asked = {"email": "bettor@example.org", "password": PASSWORD}
        tried.append(code(await scenario.stranger.patch(path, json=asked)))
    assert tried == ["CONFLICT"] * 5 + ["TOO_MANY"]
    # What is one's own already, and a name, is nothing that tells.
    taken(await scenario.stranger.patch(path, json={"name": "Somebody"}), 200)


async def test_of_two_who_take_one_address_at_once_one_gets_it(scenario: ApiScenario) -> None:
    for number in range(4):
        asked = {"email": f"new{number}@example.org", "password": PASSWORD}
        answers = await asyncio.gather(
            *(who.patch("/api/me", json=asked) for who in (scenario.stranger, scenario.bettor))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_code_ends_with_the_reason_it_was_made_for(scenario: ApiScenario, client: ApiClient) -> None:
    made = taken(await scenario.organizer.post(code_path(scenario, scenario.bettor)), 201)["code"]
    other = (await scenario.new_tournament("Other"))["id"]
    await scenario.records.add_member(other, scenario.bettor, "organizer")
    assert code(await scenario.organizer.post(code_path(scenario, scenario.bettor))) == "FORBIDDEN"
    assert code(await client.post("/api/password", json={"code": made, "password": FRESH})) == "NOT_FOUND"
    # And with the right of whoever made it.
    await scenario.records.conn.execute("DELETE FROM members WHERE tournament_id = $1", other)
    made = taken(await scenario.organizer.post(code_path(scenario, scenario.bettor)), 201)["code"]
    await scenario.records.add_member(scenario.tournament_id, scenario.organizer, "auditor")
    assert code(await client.post("/api/password", json={"code": made, "password": FRESH})) == "NOT_FOUND"
