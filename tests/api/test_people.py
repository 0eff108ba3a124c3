"""People: registering, signing in and out, API tokens, the sandbox's demo people."""

import asyncio
import json
from typing import Any

import pytest

from .clients import PASSWORD, ApiClient, code
from .conftest import Records, SignUp

ADA: dict[str, Any] = {"email": "ada@example.org", "name": "Ada", "password": PASSWORD}
TOKEN = {"label": "laptop", "days": 30}

# Registering --------------------------------------------------------------------------------------------------------


async def test_who_registers_is_signed_in_and_on_record(client: ApiClient, records: Records) -> None:
    answer = await client.post("/api/user", json=ADA | {"email": " Ada@Example.ORG "})
    me = client.enter(answer).me
    assert me == {
        "id": me["id"],
        "email": "ada@example.org",
        "name": "Ada",
        "admin": False,
        "kyc": "none",
        "blocked": False,
        "excluded_until": None,
        "csrf_token": me["csrf_token"],
        "memberships": [],
    }
    assert (await client.get("/api/me")).json() == me
    (row,) = await records.audited("user.registered")
    assert (row["subject"], row["details"], str(row["ip"])) == (f"user:{me['id']}", {}, "192.0.2.7")
    (row,) = await records.audited("session.started")
    assert row["user_id"] == me["id"]


async def test_the_database_keeps_neither_the_password_nor_the_token(client: ApiClient, records: Records) -> None:
    await client.sign_up("Ada")
    kept = await records.conn.fetchval("SELECT password_hash FROM users")
    assert kept.startswith("$argon2id$")
    token = client.cookies["toteboard_session"].encode()
    assert len(token) == 43
    rows = await records.conn.fetch("SELECT row_to_json(sessions)::text AS text FROM sessions")
    assert token.decode() not in str(rows)


async def test_an_address_registers_once_whatever_its_letters(client: ApiClient, sign_up: SignUp) -> None:
    await sign_up("Ada")
    answer = await client.post("/api/user", json=ADA | {"email": "ADA@example.org", "password": "some other words"})
    assert (answer.status_code, code(answer)) == (409, "CONFLICT")
    assert "toteboard_session" not in client.cookies


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "ada"},
        {"email": "a b@example.org"},
        {"email": "ada@example@org"},
        {"email": "ädä@example.org"},
        {"email": "ada@example.org\u0000"},
        {"email": "a@" + "b" * 300},
        {"email": 7},
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 81},
        {"name": "Ada\r\nroot"},
        {"name": "Ada\u001b[31m"},
        {"name": "Ada\u202e"},
        {"name": "Ada\u0000"},
        {"name": "Ada\ud800"},
        {"name": None},
        {"password": "short"},
        {"password": "x" * 201},
        {"password": 12345678},
        {"password": "correct\ud800horse"},
        {"role": "admin"},
        {"admin": True},
    ],
)
async def test_a_wrong_field_of_a_registration_is_named_and_nobody_is_registered(
    client: ApiClient, records: Records, wrong: dict[str, Any]
) -> None:
    answer = await client.post(
        "/api/user",
        # As a script may write it: httpx would refuse half a surrogate pair.
        content=_ascii_json(ADA | wrong),
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status_code, code(answer)) == (422, "INVALID")
    assert answer.json()["errors"][0]["field"] == next(iter(wrong))
    assert await records.conn.fetchval("SELECT count(*) FROM users") == 0


def _ascii_json(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"ada"', b"null", b"\xff\xfe", b'{"email": NaN}'])
async def test_a_body_that_is_no_registration_is_refused(client: ApiClient, body: bytes) -> None:
    answer = await client.post("/api/user", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert code(answer) in ("MALFORMED", "INVALID")


async def test_sql_in_a_name_is_a_name(client: ApiClient, records: Records) -> None:
    name = "Robert'); DROP TABLE users;--"
    client.enter(await client.post("/api/user", json=ADA | {"name": name}))
    assert await records.conn.fetchval("SELECT name FROM users") == name


async def test_json_sent_as_a_form_is_refused(client: ApiClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = await client.post("/api/user", content=_ascii_json(ADA), headers={"Content-Type": kind})
        assert (answer.status_code, code(answer)) == (415, "MEDIA_TYPE")


@pytest.mark.parametrize("wanted", [{"register_tries_max": 3}])
async def test_one_address_registers_a_few_and_is_told_how_long_to_wait(app: Any, sign_up: SignUp) -> None:
    for name in ("Ada", "Bob", "Cid"):
        await sign_up(name)
    answer = await ApiClient(app).post("/api/user", json=ADA | {"email": "dan@example.org"})
    assert (answer.status_code, code(answer)) == (429, "TOO_MANY")
    assert 0 < int(answer.headers["Retry-After"]) <= 100
    # Another address is not held up by it.
    await sign_up("Eve", address="192.0.2.8")


# Signing in and out -------------------------------------------------------------------------------------------------


async def test_signing_in_gives_a_new_session_and_ends_the_one_that_came_along(app: Any, records: Records) -> None:
    ada = await ApiClient(app).sign_up("Ada")
    first = ada.cookies["toteboard_session"]
    await ada.sign_in("ada@example.org")
    assert ada.cookies["toteboard_session"] != first
    assert (await ada.get("/api/me")).status_code == 200
    stale = ApiClient(app)
    stale.cookies.set("toteboard_session", first)
    assert (await stale.get("/api/me")).status_code == 401
    assert len(await records.audited("session.ended")) == 1


async def test_a_session_that_an_attacker_chose_is_never_taken_over(app: Any, sign_up: SignUp) -> None:
    await sign_up("Ada")
    victim = ApiClient(app)
    victim.cookies.set("toteboard_session", "x" * 43, domain="tote.test")
    await victim.sign_in("ada@example.org")
    attacker = ApiClient(app)
    attacker.cookies.set("toteboard_session", "x" * 43)
    assert (await attacker.get("/api/me")).status_code == 401


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: ApiClient, sign_up: SignUp) -> None:
    await sign_up("Ada")
    wrong = await client.post("/api/session", json={"email": "ada@example.org", "password": "another password"})
    unknown = await client.post("/api/session", json={"email": "eve@example.org", "password": "another password"})
    assert (wrong.status_code, code(wrong)) == (401, "UNAUTHENTICATED")
    assert wrong.content == unknown.content
    assert "set-cookie" not in wrong.headers


@pytest.mark.parametrize("wanted", [{"password_memory_kib": 19_456, "sign_in_tries_max": 1000}])
async def test_an_unknown_address_takes_as_long_as_a_wrong_password(client: ApiClient, sign_up: SignUp) -> None:
    await sign_up("Ada")

    async def quickest(email: str) -> float:
        took = []
        for _ in range(7):
            answer = await client.post("/api/session", json={"email": email, "password": "another password"})
            assert answer.status_code == 401
            took.append(answer.elapsed.total_seconds())
        return min(took)

    known, unknown = await quickest("ada@example.org"), await quickest("eve@example.org")
    # A lookup that skipped the hash would be ten times as quick.
    assert 0.5 < known / unknown < 2


@pytest.mark.parametrize("wanted", [{"sign_in_tries_max": 3}])
async def test_guessing_is_slowed_down_but_locks_nobody_out(app: Any, sign_up: SignUp) -> None:
    await sign_up("Ada")
    guess = {"email": "ada@example.org", "password": "a wrong password"}
    guesser = ApiClient(app, address="203.0.113.9")
    answers = await asyncio.gather(*(guesser.post("/api/session", json=guess) for _ in range(8)))
    assert sorted(a.status_code for a in answers) == [401] * 3 + [429] * 5
    refused = next(a for a in answers if a.status_code == 429)
    assert (code(refused), refused.json()["retry"]) == ("TOO_MANY", True)
    assert 0 < int(refused.headers["Retry-After"]) <= 100
    # Even the right one has to wait there; the owner, elsewhere, does not.
    right = await guesser.post("/api/session", json={"email": "ada@example.org", "password": PASSWORD})
    assert right.status_code == 429
    await ApiClient(app, address="198.51.100.4").sign_in("ada@example.org")


@pytest.mark.parametrize("wanted", [{"sign_in_tries_max": 3}])
async def test_a_right_password_is_not_counted(app: Any, sign_up: SignUp) -> None:
    await sign_up("Ada")
    for _ in range(10):
        await ApiClient(app).sign_in("ada@example.org")


async def test_the_cookie_is_for_http_and_this_site_only(app: Any) -> None:
    for base, secure in (("http://tote.test", False), ("https://tote.test", True)):
        client = ApiClient(app)
        client.base_url = base
        client.headers["Origin"] = base
        answer = await client.post("/api/user", json=ADA | {"email": f"{secure}@example.org"})
        assert answer.status_code == 201
        flags = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/", f"max-age={14 * 86_400}"} <= flags
        assert ("secure" in flags) is secure
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("wanted", [{"trusted_proxies": 1}])
async def test_behind_a_trusted_proxy_the_cookie_goes_by_what_the_proxy_says(client: ApiClient) -> None:
    answer = await client.post(
        "/api/user", json=ADA, headers={"X-Forwarded-Proto": "https", "Origin": "https://tote.test"}
    )
    assert "Secure" in answer.headers["set-cookie"]


async def test_signing_out_ends_the_session_at_once_and_clears_the_cookie(app: Any, sign_up: SignUp) -> None:
    ada = await sign_up("Ada")
    held = ada.cookies["toteboard_session"]
    answer = await ada.delete("/api/session")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "toteboard_session" not in ada.cookies
    stale = ApiClient(app)
    stale.cookies.set("toteboard_session", held)
    assert code(await stale.get("/api/me")) == "UNAUTHENTICATED"
    assert code(await stale.delete("/api/session")) == "UNAUTHENTICATED"


async def test_nobody_in_particular_is_nobody(client: ApiClient) -> None:
    for method, path in (
        ("GET", "/api/me"),
        ("DELETE", "/api/session"),
        ("GET", "/api/token"),
        ("POST", "/api/token"),
        ("DELETE", "/api/token/1"),
        ("GET", "/api/limit"),
        ("PUT", "/api/limit"),
        ("POST", "/api/exclusion"),
        ("GET", "/api/kyc"),
        ("POST", "/api/kyc"),
        ("POST", "/api/kyc/desk"),
    ):
        answer = await client.request(method, path)
        assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED"), path


# API tokens ---------------------------------------------------------------------------------------------------------


async def test_an_api_token_opens_what_its_owner_may_until_it_is_revoked(
    app: Any, sign_up: SignUp, records: Records
) -> None:
    ada = await sign_up("Ada")
    answer = await ada.post("/api/token", json=TOKEN)
    assert answer.status_code == 201
    made = answer.json()
    assert made["token"].startswith("tb_")
    assert set(made) == {"id", "label", "token", "expires_at"}
    (listed,) = (await ada.get("/api/token")).json()["items"]
    assert (listed["id"], listed["label"]) == (made["id"], "laptop")
    assert made["token"] not in str(listed)

    script = ApiClient(app, api_token=made["token"])
    assert (await script.get("/api/me")).json()["id"] == ada.id
    # A script has neither origin nor CSRF token.
    cup = await records.add_tournament()
    assert (await script.post(f"/api/tournament/{cup}/join")).status_code == 201

    assert (await ada.delete(f"/api/token/{made['id']}")).status_code == 204
    assert code(await script.get("/api/me")) == "UNAUTHENTICATED"
    assert code(await ada.delete(f"/api/token/{made['id']}")) == "NOT_FOUND"
    assert (await ada.get("/api/token")).json() == {"items": [], "next": None}
    # What its owner calls it is theirs: the log keeps for good what it is told.
    assert [set(row["details"]) for row in await records.audited("token.revoked")] == [{"session_id"}]


async def test_an_api_token_makes_no_other_and_is_no_cookie(app: Any, sign_up: SignUp) -> None:
    ada = await sign_up("Ada")
    token = (await ada.post("/api/token", json=TOKEN)).json()["token"]
    script = ApiClient(app, api_token=token)
    assert code(await script.post("/api/token", json=TOKEN)) == "FORBIDDEN"
    browser = ApiClient(app)
    browser.cookies.set("toteboard_session", token)
    assert code(await browser.get("/api/me")) == "UNAUTHENTICATED"
    cookie_as_token = ApiClient(app, api_token=ada.cookies["toteboard_session"])
    assert code(await cookie_as_token.get("/api/me")) == "UNAUTHENTICATED"


async def test_another_persons_token_is_not_there(sign_up: SignUp) -> None:
    ada, bob = await sign_up("Ada"), await sign_up("Bob")
    made = (await ada.post("/api/token", json=TOKEN)).json()
    assert code(await bob.delete(f"/api/token/{made['id']}")) == "NOT_FOUND"
    assert (await bob.get("/api/token")).json()["items"] == []


@pytest.mark.parametrize("wanted", [{"tokens_max": 2}])
async def test_nobody_hoards_api_tokens(sign_up: SignUp) -> None:
    ada = await sign_up("Ada")
    answers = await asyncio.gather(*(ada.post("/api/token", json=TOKEN) for _ in range(5)))
    assert sorted(a.status_code for a in answers) == [201, 201, 409, 409, 409]


@pytest.mark.parametrize("wrong", [{"days": 0}, {"days": 1000}, {"days": "7"}, {"days": 1.5}, {"label": ""}, {"x": 1}])
async def test_a_wrong_api_token_is_not_made(sign_up: SignUp, wrong: dict[str, Any]) -> None:
    ada = await sign_up("Ada")
    assert code(await ada.post("/api/token", json=TOKEN | wrong)) == "INVALID"


async def test_an_impossible_token_number_is_refused(sign_up: SignUp) -> None:
    ada = await sign_up("Ada")
    for number in ("0", "-1", str(2**63), "x", "1;DROP"):
        assert code(await ada.delete(f"/api/token/{number}")) == "INVALID"


# The sandbox --------------------------------------------------------------------------------------------------------


async def test_each_demo_bettor_is_a_fresh_one_with_money_that_is_recorded(app: Any, records: Records) -> None:
    await records.add_tournament("older")
    cup = await records.add_tournament("newest")
    first, second = await ApiClient(app).demo("bettor"), await ApiClient(app).demo("bettor")
    assert (first.me["name"], second.me["name"]) == ("Demo bettor 1", "Demo bettor 2")
    assert first.me["kyc"] == "verified"
    (membership,) = first.me["memberships"]
    assert (membership["slug"], membership["role"]) == ("newest", "bettor")
    rows = await records.conn.fetch(
        "SELECT kind, balance, eligibility FROM accounts WHERE tournament_id = $1 AND balance <> 0", cup
    )
    assert sorted(tuple(row.values()) for row in rows) == [
        ("cash", -100_000, 8),
        ("wallet", 50_000, 0),
        ("wallet", 50_000, 0),
    ]
    assert await records.conn.fetch("SELECT amount, kind FROM transfers") == [(50_000, "deposit")] * 2
    assert await records.conn.fetchval("SELECT count(*) FROM events WHERE kind = 'wallet'") == 2
    for action in ("user.registered", "kyc.verified", "member.joined", "wallet.deposited", "session.started"):
        assert len(await records.audited(action)) == 2, action


async def test_demo_bettors_who_click_at_once_are_all_different(app: Any, records: Records) -> None:
    await records.add_tournament(currency="JPY")
    clients = await asyncio.gather(*(ApiClient(app).demo("bettor") for _ in range(8)))
    assert {client.me["name"] for client in clients} == {f"Demo bettor {n}" for n in range(1, 9)}
    assert await records.conn.fetchval("SELECT DISTINCT balance FROM accounts WHERE kind = 'wallet'") == 500


async def test_the_demo_organizer_is_one_and_organizes_the_newest_tournament(app: Any, records: Records) -> None:
    cup = await records.add_tournament()
    first, again = await ApiClient(app).demo("organizer"), await ApiClient(app).demo("organizer")
    assert first.id == again.id
    assert [(m["tournament_id"], m["role"], m["wallet_id"]) for m in first.me["memberships"]] == [
        (cup, "organizer", None)
    ]
    newer = await records.add_tournament("newer")
    await again.demo("organizer")
    assert [m["tournament_id"] for m in again.me["memberships"]] == [newer, cup]
    assert again.me["admin"] is False


async def test_without_a_tournament_there_is_nothing_to_sign_into(client: ApiClient) -> None:
    assert code(await client.post("/api/sandbox/sign-in", json={"as": "bettor"})) == "CONFLICT"
    for body in ({}, {"as": "cashier"}, {"as": 1}, {"as": "bettor", "x": 1}):
        assert code(await client.post("/api/sandbox/sign-in", json=body)) == "INVALID"


@pytest.mark.parametrize("wanted", [{"demo": False}])
async def test_outside_the_sandbox_there_are_no_demo_people(client: ApiClient, records: Records) -> None:
    await records.add_tournament()
    for role in ("bettor", "organizer", "auditor", "admin"):
        assert code(await client.post("/api/sandbox/sign-in", json={"as": role})) == "NOT_FOUND"
    assert await records.conn.fetchval("SELECT count(*) FROM users") == 0


async def test_the_demo_auditor_audits_and_the_operator_is_an_admin(app: Any, records: Records) -> None:
    tournament_id = await records.add_tournament()
    auditor, operator = await ApiClient(app).demo("auditor"), await ApiClient(app).demo("admin")
    assert [(m["tournament_id"], m["role"]) for m in auditor.me["memberships"]] == [(tournament_id, "auditor")]
    assert (auditor.me["admin"], operator.me["admin"]) == (False, True)
    again = await ApiClient(app).demo("admin")
    assert again.id == operator.id
    assert len(await records.audited("user.promoted")) == 1


async def test_nobody_signs_in_as_a_demo_person_with_a_password(app: Any, records: Records) -> None:
    await records.add_tournament()
    await ApiClient(app).demo("organizer")
    body = {"email": "organizer@sandbox.invalid", "password": "!"}
    assert code(await ApiClient(app).post("/api/session", json=body)) == "UNAUTHENTICATED"
