"""Identity by Veriff and by Onfido, against doubles of theirs: contract-tested, not certified (docs/kyc.md)."""

import asyncio
import logging
from typing import Any

import pytest

from toteboard.kyc.asking import hex_hmac, is_signed
from toteboard.kyc.registry import KycProviders
from toteboard.settings import SettingRefused, Settings

from . import third_parties
from .clients import ApiClient, code
from .conftest import Records, SignUp
from .doubles import onfido, veriff
from .doubles.signing import hex_mac
from .identity import begin, kyc_of
from .scenarios import taken
from .third_parties import KEY, Third, begun, tell, verified

third, wanted, cup = third_parties.third, third_parties.wanted, third_parties.cup

# What they publish --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "signature"), veriff.VECTORS)
def test_we_and_the_double_sign_as_veriff_publishes(data: bytes, signature: str) -> None:
    assert hex_hmac(veriff.SECRET, data) == hex_mac(veriff.SECRET, data) == signature
    assert is_signed(veriff.SECRET, data, signature.upper())
    assert not is_signed(veriff.SECRET, data + b" ", signature)
    assert not is_signed(veriff.SECRET, data, None)


@pytest.mark.parametrize(("token", "data", "signature"), onfido.VECTORS)
def test_we_and_the_double_sign_as_onfido_publishes(token: str, data: bytes, signature: str) -> None:
    assert hex_hmac(token, data) == hex_mac(token, data) == signature


@pytest.mark.parametrize(("token", "data", "signature"), onfido.VECTORS)
def test_published_events_that_are_no_news_of_a_run_are_taken_and_do_nothing(
    token: str, data: bytes, signature: str
) -> None:
    ours = onfido_of({"kyc_onfido_webhook_token": token})
    assert ours.verify_message({"x-sha2-signature": signature}, data, 0) is None


def onfido_of(more: dict[str, str]) -> Any:
    settings = {
        "kyc_identity_key": KEY,
        "kyc_onfido_token": onfido.TOKEN,
        "kyc_onfido_workflow": onfido.WORKFLOW,
        "kyc_onfido_webhook_token": onfido.WEBHOOK_TOKEN,
    }
    return KycProviders(Settings(**(settings | more))).get("onfido")  # type: ignore[arg-type]


# The way of a check -------------------------------------------------------------------------------------------------


async def test_a_check_goes_to_their_page_and_their_decision_opens_betting(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records
) -> None:
    session = await begun(ada, cup, third)
    started = await begin(ada, cup)
    # Gone on with, it is the same check with the same page.
    assert len(third.double.sessions) == 1
    assert started["url"].startswith("https://")
    assert session in started["url"]
    third.double.decide(session, "approved")
    answer = taken(await tell(client, third, session), 200)
    assert answer == {"effect": "polled"}
    assert await kyc_of(ada, cup) == "verified"
    assert await records.conn.fetchval("SELECT eligibility FROM accounts WHERE kind = 'wallet'") == 0
    kept = await records.conn.fetchrow("SELECT * FROM kyc_checks")
    assert (kept["provider"], kept["reference"], kept["page_url"], kept["ask_at"]) == (third.name, session, None, None)
    # References only: nothing of the document, in no table.
    for table in ("kyc_checks", "identity_marks", "audit_log", "kyc_messages", "users"):
        text = await records.conn.fetchval(f"SELECT string_agg(one::text, ' ') FROM {table} one") or ""
        assert not any(one in text for one in ("TERE", "Jane", "B01234567", "999999999")), table
    await records.assert_balanced()


async def test_what_a_message_says_counts_only_once_they_confirm_it(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records
) -> None:
    session = await begun(ada, cup, third)
    third.double.decide(session, "declined")
    # Signed, and not so: a secret that leaked makes nobody verified.
    assert (await tell(client, third, session, status="approved")).json() == {"effect": "polled"}
    assert await kyc_of(ada, cup) == "declined"
    (row,) = await records.audited("kyc.notified")
    assert (row["details"]["reported"], row["details"]["after"]) == ("verified", "declined")


async def test_messages_twice_and_out_of_order_do_no_harm(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records
) -> None:
    session = await begun(ada, cup, third)
    third.double.decide(session, "approved")
    answers = await asyncio.gather(*(tell(client, third, session) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len([row for row in await records.audited("kyc.verified") if row["tournament_id"] is None]) == 1
    # An older one that comes late asks again, and changes nothing.
    assert (await tell(client, third, session, status="review")).status_code == 200
    assert await kyc_of(ada, cup) == "verified"


async def test_every_status_they_have_becomes_one_of_ours(
    client: ApiClient, sign_up: SignUp, cup: int, third: Third, records: Records
) -> None:
    ours = {"approved": "verified", "declined": "declined", "review": "review", "abandoned": "expired"}
    ours |= {"resubmission_requested": "pending", "expired": "expired"} if third.name == "veriff" else {}
    for number, (theirs, status) in enumerate(ours.items()):
        who = await records.add_member(cup, await sign_up(f"Bo {number}"), "bettor")
        session = await begun(who, cup, third)
        third.double.decide(session, theirs, number=f"C{number}")
        taken(await tell(client, third, session), 200)
        assert await kyc_of(who, cup) == status, theirs
    # A check that is over is begun anew.
    last = await begun(who, cup, third)
    assert last != session


async def test_a_forged_message_is_refused_and_on_record(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records
) -> None:
    session = await begun(ada, cup, third)
    third.double.decide(session, "approved")
    body, headers = third.double.message(session)
    name = "x-hmac-signature" if third.name == "veriff" else "x-sha2-signature"
    for wrong in ({}, {name: ""}, {name: "0" * 64}, {name: hex_mac("another secret", body)}):
        sent = {key: value for key, value in headers.items() if key != name} | wrong
        answer = await client.post(f"/api/kyc/webhook/{third.name}", content=body, headers=sent)
        assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
    changed = body.replace(session.encode(), b"x" * len(session))
    assert (await client.post(f"/api/kyc/webhook/{third.name}", content=changed, headers=headers)).status_code == 401
    assert await kyc_of(ada, cup) == "pending"
    assert len(await records.audited("kyc.forged")) == 5


async def test_an_answer_about_another_person_verifies_nobody(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, sign_up: SignUp, records: Records
) -> None:
    bo = await records.add_member(cup, await sign_up("Bo"), "bettor")
    first, second = await begun(ada, cup, third), await begun(bo, cup, third)
    third.double.decide(first, "approved")
    third.double.sessions[second] = third.double.sessions[first]
    body, headers = third.double.message(first)
    assert (await client.post(f"/api/kyc/webhook/{third.name}", content=body, headers=headers)).status_code == 200
    swapped = taken(await bo.post("/api/kyc", json={"tournament_id": cup}), 201)
    assert swapped["status"] == "pending"
    assert (await kyc_of(ada, cup), await kyc_of(bo, cup)) == ("verified", "pending")


# When they are away, and when messages are lost ---------------------------------------------------------------------


async def test_while_they_are_down_the_verified_bet_on_and_the_lamp_is_lit(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, sign_up: SignUp, records: Records, admin: ApiClient
) -> None:
    assert await verified(client, ada, cup, third, number="A1") == "verified"
    bo = await records.add_member(cup, await sign_up("Bo"), "bettor")
    session = await begun(bo, cup, third)
    third.double.down = 503
    third.double.decide(session, "approved", number="B1")
    # Told again later; and who begins is told to come back.
    answer = await tell(client, third, session)
    assert (answer.status_code, code(answer)) == (503, "OUTAGE")
    cy = await records.add_member(cup, await sign_up("Cy"), "bettor")
    assert code(await cy.post("/api/kyc", json={"tournament_id": cup})) == "OUTAGE"
    assert await records.conn.fetchval("SELECT count(*) FROM kyc_checks WHERE user_id = $1", cy.id) == 0
    assert await kyc_of(ada, cup) == "verified"
    (health,) = taken(await admin.get("/api/ops"), 200)["identity"]
    assert (health["name"], health["down_since"] is not None) == (third.name, True)
    assert "503" in health["why"]
    third.double.down = None
    taken(await tell(client, third, session), 200)
    assert await kyc_of(bo, cup) == "verified"
    (health,) = taken(await admin.get("/api/ops"), 200)["identity"]
    assert health["down_since"] is None


async def test_a_message_that_is_lost_is_made_up_for_by_asking(
    ada: ApiClient, cup: int, third: Third, records: Records, services: Any
) -> None:
    session = await begun(ada, cup, third)
    third.double.decide(session, "approved")
    asked = len(third.double.asked)
    # Not before its time, and not while it was just asked.
    assert await services.checking.ask_due() == 0
    assert len(third.double.asked) == asked
    await records.conn.execute("UPDATE kyc_checks SET ask_at = clock_timestamp()")
    assert await services.checking.ask_due() == 1
    assert await kyc_of(ada, cup) == "verified"
    assert await services.checking.ask_due() == 0


async def test_asking_again_takes_longer_and_longer(
    ada: ApiClient, cup: int, third: Third, records: Records, services: Any
) -> None:
    await begun(ada, cup, third)
    waits = []
    for _ in range(9):
        await records.conn.execute("UPDATE kyc_checks SET ask_at = clock_timestamp()")
        await services.checking.ask_due()
        waits.append(
            await records.conn.fetchval("SELECT round(extract(epoch FROM ask_at - now()) / 60) FROM kyc_checks")
        )
    assert [int(wait) for wait in waits] == [5, 10, 20, 40, 80, 160, 320, 360, 360]
    # One that they do not know any more is over.
    third.double.sessions.clear()
    await records.conn.execute("UPDATE kyc_checks SET ask_at = clock_timestamp()")
    assert await services.checking.ask_due() == 1
    assert await kyc_of(ada, cup) == "expired"


class TestExpiry:
    async def test_a_check_is_good_for_so_long_and_then_asked_for_anew(
        self, client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records, services: Any
    ) -> None:
        assert await verified(client, ada, cup, third, number="A1") == "verified"
        assert await services.checking.expire_old(365) == 0
        await records.conn.execute("UPDATE kyc_checks SET changed_at = clock_timestamp() - interval '366 days'")
        assert await services.checking.expire_old(0) == 0
        assert await services.checking.expire_old(365) == 1
        assert await kyc_of(ada, cup) == "expired"
        assert await records.conn.fetchval("SELECT eligibility FROM accounts WHERE kind = 'wallet'") == 8
        # The same person once more is no second one.
        assert await verified(client, ada, cup, third, number="A1") == "verified"
        await records.assert_balanced()

    async def test_one_that_nobody_finished_ends(
        self, ada: ApiClient, cup: int, third: Third, records: Records, services: Any
    ) -> None:
        await begun(ada, cup, third)
        await records.conn.execute("UPDATE kyc_checks SET changed_at = clock_timestamp() - interval '15 days'")
        assert await services.checking.expire_old(0) == 1
        assert await kyc_of(ada, cup) == "expired"


# What it costs, and what is said ------------------------------------------------------------------------------------


class TestCosts:
    @pytest.fixture
    def wanted(self, third: Third) -> dict[str, Any]:
        return third.settings | {"kyc_checks_day_max": 2}

    async def test_no_more_checks_are_begun_in_a_day_than_the_server_allows(
        self, cup: int, third: Third, sign_up: SignUp, records: Records
    ) -> None:
        people = [await records.add_member(cup, await sign_up(f"Bo {n}"), "bettor") for n in range(3)]
        for who in people[:2]:
            await begun(who, cup, third)
        answer = await people[2].post("/api/kyc", json={"tournament_id": cup})
        assert (answer.status_code, code(answer)) == (429, "TOO_MANY")
        assert len(third.double.sessions) == 2

    async def test_a_check_is_for_members_and_begun_once(
        self, ada: ApiClient, cup: int, third: Third, sign_up: SignUp
    ) -> None:
        stranger = await sign_up("Stranger")
        assert code(await stranger.post("/api/kyc", json={"tournament_id": cup})) == "NOT_A_MEMBER"
        for _ in range(4):
            await begin(ada, cup)
        assert len(third.double.sessions) == 1

    async def test_many_taps_at_once_begin_no_more_than_a_day_allows(
        self, ada: ApiClient, cup: int, third: Third, settings: Settings
    ) -> None:
        answers = await asyncio.gather(*(ada.post("/api/kyc", json={"tournament_id": cup}) for _ in range(20)))
        assert {answer.status_code for answer in answers} <= {201, 409, 429}
        assert 1 <= len(third.double.sessions) <= settings.kyc_checks_max

    async def test_what_desks_decide_uses_up_nobodys_checks(
        self, ada: ApiClient, cup: int, third: Third, records: Records, sign_up: SignUp, settings: Settings
    ) -> None:
        other = await records.add_tournament("other")
        await records.add_member(other, ada, "bettor")
        boss = await records.add_member(other, await sign_up("Boss"), "cashier")
        seen = {"tournament_id": other, "user_id": ada.id, "document": "x", "decision": "declined"}
        for _ in range(settings.kyc_checks_max):
            taken(await boss.post("/api/kyc/desk", json=seen))
        await begun(ada, cup, third)


async def test_a_message_ahead_of_its_time_does_not_swallow_the_true_one(
    client: ApiClient, ada: ApiClient, cup: int, third: Third
) -> None:
    session = await begun(ada, cup, third)
    third.double.decide(session, "review")
    # By whoever has the secret: the provider, asked, does not confirm it.
    assert (await tell(client, third, session, status="approved")).status_code == 200
    assert await kyc_of(ada, cup) == "review"
    third.double.decide(session, "approved")
    assert (await tell(client, third, session)).status_code == 200
    assert await kyc_of(ada, cup) == "verified"


async def test_a_number_that_is_none_is_nobodys(client: ApiClient, ada: ApiClient, cup: int, third: Third) -> None:
    session = await begun(ada, cup, third)
    third.double.decide(session, "approved")
    body, headers = third.double.message(session)
    name, secret = (
        ("x-hmac-signature", veriff.SECRET) if third.name == "veriff" else ("x-sha2-signature", onfido.WEBHOOK_TOKEN)
    )
    for wrong in ("a\\u0000b", "../" + session, "x" * 101, ""):
        sent = body.replace(session.encode(), wrong.encode())
        signed = headers | {name: hex_mac(secret, sent)}
        answer = await client.post(f"/api/kyc/webhook/{third.name}", content=sent, headers=signed)
        assert code(answer) == "INVALID", (wrong, answer.text)
    assert await kyc_of(ada, cup) == "pending"


async def test_no_key_stands_in_a_log(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, caplog: pytest.LogCaptureFixture, services: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    session = await begun(ada, cup, third)
    third.double.down = 500
    third.double.decide(session, "approved")
    assert (await tell(client, third, session)).status_code == 503
    await services.checking.ask_due()
    third.double.down = None
    await begin(ada, cup)
    for secret in (veriff.SECRET, veriff.KEY, onfido.TOKEN, onfido.WEBHOOK_TOKEN, KEY):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"kyc_veriff_key": "k"}, "KYC_VERIFF_SECRET"),
        ({"kyc_veriff_key": "k", "kyc_veriff_secret": "s" * 16}, "KYC_IDENTITY_KEY"),
        ({"kyc_onfido_token": "t"}, "KYC_ONFIDO_WEBHOOK_TOKEN"),
        ({"kyc_onfido_token": "t", "kyc_onfido_webhook_token": "w" * 16}, "KYC_ONFIDO_WORKFLOW"),
    ],
)
def test_half_a_set_up_is_said_at_the_start(given: dict[str, str], missing: str) -> None:
    with pytest.raises(SettingRefused, match=missing):
        KycProviders(Settings(**given))  # type: ignore[arg-type]
